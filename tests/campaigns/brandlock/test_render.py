from __future__ import annotations

import pytest

from braze_client.liquid import LiquidRefused, tags_in
from campaigns.brandlock import MergeTag, Rendered, Target, compile_source, default_values, render
from campaigns.brandlock.pieces import Json

from .builders import (
    FIRST_NAME,
    PLAIN_FIRST_NAME,
    TOKEN,
    a_context,
    a_template,
    an_html_source,
    some_values,
)


def rendered(target: Target = Target.BRAZE, **changes: Json) -> Rendered:
    return render(a_template(), some_values(**changes), a_context(), target)


def test_a_value_is_escaped_for_the_text_that_it_stands_in() -> None:
    assert "<h1>&lt;b&gt; &amp; &quot;x&quot;</h1>" in rendered(headline='<b> & "x"').html


def test_an_image_puts_address_and_words_into_its_attributes() -> None:
    html = rendered(hero={"image": "i1", "alt": '"><script>'}).html

    assert 'alt="&quot;&gt;&lt;script&gt;"' in html
    assert 'src="https://images.example/1.png?a=1&amp;b=2"' in html


def test_a_link_that_is_none_leads_nowhere() -> None:
    assert '<a href="" ' in rendered(cta={"text": "x", "url": "javascript:alert(1)"}).html


def test_a_merge_tag_becomes_liquid_only_in_what_is_sent() -> None:
    values = {"headline": "Dear [[first_name]]", "intro": {"html": "<b>[[tier]]</b>"}}

    sent = rendered(Target.BRAZE, **values)
    shown = rendered(Target.PREVIEW, **values)

    assert f"<h1>Dear {FIRST_NAME}</h1>" in sent.html
    assert "<b>{{custom_attribute.${loyalty tier} | default: 'friend' | escape}}</b>" in sent.html
    assert ">Dear Ann</h1>" in shown.html
    assert "<b>Gold</b>" in shown.html


@pytest.mark.contract("B-LIQ-4")
def test_subject_and_text_carry_the_merge_tag_unescaped_and_the_title_carries_none() -> None:
    sent = rendered(subject="A cup for [[first_name]]")

    assert sent.subject == f"A cup for {PLAIN_FIRST_NAME}"
    assert f"Hello {PLAIN_FIRST_NAME}," in sent.text
    assert "<title>A cup for there</title>" in sent.html


def test_the_unsubscribe_link_carries_the_token_and_no_other_link_carries_anything() -> None:
    html = rendered().html

    assert f'href="https://brand.example/u/us-001/{TOKEN}"' in html
    assert html.count(TOKEN) == 1


def test_a_section_that_is_left_out_or_lacks_its_field_is_gone() -> None:
    with_offer = rendered()
    without = rendered(sections={"offer": False})
    empty = rendered(offer_text={"html": "<p> </p>"})

    assert 'class="offer"' in with_offer.html
    assert 'class="offer"' not in without.html
    assert empty.html == without.html
    assert "Free beans" not in without.text


def test_only_the_preview_names_its_places() -> None:
    shown = rendered(Target.PREVIEW).html

    assert '<h1 data-place="headline">' in shown
    assert '<img data-place="hero" ' in shown
    assert '<a data-place="cta" ' in shown
    assert shown.count('data-section-place="offer"') == 1
    assert "data-" not in rendered(Target.BRAZE).html


def test_the_text_target_gives_the_text_of_the_mail_alone() -> None:
    assert rendered(Target.TEXT).html == ""
    assert rendered(Target.TEXT).text == rendered(Target.BRAZE).text


def test_plain_text_reads_well() -> None:
    assert rendered(intro={"html": "<p>One</p><ul><li>Two</li></ul>"}).text == (
        "A cup\n"
        f"Hello {PLAIN_FIRST_NAME},\n\n"
        "An evening\n\n"
        "One\n\n- Two\n"
        "Come (https://northwind.example/e)\n\n"
        "Free beans\n\n"
        f"Portland & Sons, 10 High Street +1 (555) 0100 Unsubscribe (https://brand.example/u/us-001/{TOKEN})\n"
    )


def test_a_telephone_link_holds_the_number_alone() -> None:
    assert '<a href="tel:+15550100">+1 (555) 0100</a>' in rendered().html


@pytest.mark.parametrize("text", ["{{${user_id}}}", "{% abort_message %}", "${x}", "a{{b", "}}", "&#123;&#123;x}}"])
def test_liquid_that_a_person_typed_is_inert_everywhere(text: str) -> None:
    plain = rendered()

    sent = rendered(subject=text, headline=text, intro={"html": text}, preheader=text)

    allowed = {tag.source for output in (plain.html, plain.text) for tag in tags_in(output)}
    for output in (sent.html, sent.text, sent.subject, sent.preheader):
        assert {tag.source for tag in tags_in(output)} <= allowed


def test_two_harmless_values_do_not_join_to_liquid() -> None:
    source = an_html_source('<p>{<b data-field="a">x</b></p><p>[[group.one]][[group.two]]</p>')
    compiled = compile_source(source, kind="html")
    context = a_context(group={"one": "{", "two": "{ x }}", "street": "%"}, unsubscribe_url="https://b.example/u")

    html = render(compiled, {"a": "% x %}"}, context, Target.BRAZE).html

    assert "<p>{<b>&#37; x %&#125;</b></p>" in html
    assert tags_in(html) == ()
    assert "<p>&#123;&#123; x &#125;&#125;</p>" in html


def test_a_placeholder_that_nobody_fills_stays_visible() -> None:
    assert "<h1>[[nobody]]</h1>" in rendered(headline="[[nobody]]").html


def test_a_group_value_is_not_read_again() -> None:
    context = a_context(group={"name": "[[group.street]]", "street": "[[first_name]]", "phone": ""})

    html = render(a_template(), some_values(), context, Target.BRAZE).html

    assert "[[group.street]], [[first_name]]" in html


def test_values_of_any_shape_render() -> None:
    values: dict[str, Json] = {"headline": 3, "hero": "x", "cta": None, "intro": [], "sections": 5, "subject": {}}

    assert "<h1></h1>" in render(a_template(), values, a_context(), Target.BRAZE).html


def test_a_brand_colour_stands_in_a_style_and_nothing_else_does() -> None:
    source = an_html_source('<p style="color:[[brand.accent]]">x</p><p style="color:[[brand.evil]]">y</p>')
    compiled = compile_source(source, kind="html")
    context = a_context()
    evil = {**context.brand, "evil": "red;background:url(https://evil.example)"}

    html = render(compiled, {}, type(context)(brand=evil), Target.BRAZE).html

    assert '<p style="color:#a4451f">x</p><p style="color:">y</p>' in html


def test_a_fallback_that_could_end_its_quotes_is_refused() -> None:
    with pytest.raises(LiquidRefused):
        MergeTag("a", "A", "first_name", False, "x' | y", "s")


def test_a_render_of_the_defaults_is_the_same_each_time() -> None:
    compiled = a_template()
    values = {**default_values(compiled), "intro": {"html": '<p>a <a href="https://x.example">b</a></p>'}}

    renders = {render(compiled, values, a_context(), Target.BRAZE) for _ in range(30)}

    assert len(renders) == 1
