from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.brandlock import Compiled, FieldType, Format, SourceRefused, Target, compile_source, render
from campaigns.brandlock.cut import cut
from campaigns.brandlock.pieces import Literal

from .builders import BODY, CORPORA, FOOTER, SUBJECT, a_context, a_source, a_template, an_html_source


def refusals(source: str, kind: str = "mjml", **options: frozenset[str]) -> list[tuple[str, int, int]]:
    with pytest.raises(SourceRefused) as refused:
        compile_source(source, kind=kind, **options)
    return [(finding.code, finding.line, finding.column) for finding in refused.value.findings]


def test_fields_stand_in_the_order_of_the_email_with_subject_and_preheader_first() -> None:
    compiled = a_template()

    assert [spec.name for spec in compiled.fields] == [
        "subject",
        "preheader",
        "hero",
        "headline",
        "intro",
        "cta",
        "offer_text",
    ]
    assert [spec.section for spec in compiled.fields] == [None] * 6 + ["offer"]


def test_a_field_carries_its_rules_and_its_default() -> None:
    headline = a_template().field("headline")

    assert headline is not None
    assert (headline.type, headline.maximum, headline.required) == (FieldType.LINE, 60, True)
    assert (headline.label, headline.default) == ("Headline", "Come in")


def test_the_element_gives_the_defaults_of_image_button_and_rich_text() -> None:
    compiled = a_template()

    defaults = {spec.name: spec.default for spec in compiled.fields}
    assert defaults["hero"] == {"image": "i1", "alt": "A cup"}
    assert defaults["cta"] == {"text": "Go", "url": "https://northwind.example/x"}
    assert defaults["intro"] == {"html": "Words <b>here</b>"}


def test_a_template_says_which_group_fields_and_merge_tags_it_uses() -> None:
    compiled = a_template()

    assert compiled.group_fields == ("name", "street", "phone")
    assert compiled.merge_tags == ("first_name",)


def test_a_template_survives_being_stored() -> None:
    compiled = a_template()

    assert Compiled.from_json(compiled.as_json()) == compiled
    assert Compiled.from_json(compiled.as_json()).digest == compiled.digest


def test_marks_and_sentinels_leave_no_trace() -> None:
    html = render(a_template(), {}, a_context(), Target.BRAZE).html

    assert "data-" not in html
    assert "zq" not in html
    assert "[[" not in html


@pytest.mark.catalogue("T2")
def test_a_locked_subject_and_preheader_are_filled_by_the_portal() -> None:
    compiled = a_template(head="<mj-title>News &amp; more from [[group.name]]</mj-title><mj-preview>Soon</mj-preview>")

    rendered = render(compiled, {}, a_context(), Target.BRAZE)

    assert rendered.subject == "News & more from Portland & Sons"
    assert rendered.preheader == "Soon"
    assert compiled.fields[0].name == "hero"


def test_liquid_with_angle_brackets_passes_the_mjml_compiler_unchanged() -> None:
    liquid = "{% if ${city} == 'Oslo' %}{{${city} | default: \"<here>\"}}{% endif %}"

    compiled = a_template(f"<mj-section><mj-column><mj-text>{liquid}</mj-text></mj-column></mj-section>")

    assert liquid in render(compiled, {}, a_context(), Target.BRAZE).html


def test_every_error_is_reported_at_once_with_line_and_column() -> None:
    source = (
        "<mjml><mj-head><mj-title>x</mj-title></mj-head>\n"
        "<mj-body>\n"
        '  <mj-bogus />\n  <mj-include path="/etc/passwd" />\n'
        '  <mj-section><mj-column><mj-text data-field="Bad">x</mj-text>\n'
        '    <mj-text data-field="a" data-type="blob">x</mj-text>\n'
        '    <mj-text data-field="b">x</mj-text><mj-text data-field="b">x</mj-text>\n'
        "    <mj-text>[[group.street]] [[mailing.hat]] {% connected_content https://x.example %}</mj-text>\n"
        "  </mj-column></mj-section></mj-body></mjml>"
    )

    assert refusals(source) == [
        ("no_unsubscribe", 1, 1),
        ("unknown_tag", 3, 3),
        ("include", 4, 3),
        ("bad_name", 5, 26),
        ("unknown_type", 6, 5),
        ("duplicate_name", 7, 40),
        ("unknown_token", 8, 31),
        ("liquid_not_allowed", 8, 47),
    ]


def in_a_column(body: str) -> str:
    return f"<mj-section><mj-column>{body}</mj-column></mj-section>"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<mj-section data-repeat='e' data-max='51'><mj-column></mj-column></mj-section>", "bad_rule"),
        ("<mj-section data-repeat='e' data-field='f'><mj-column></mj-column></mj-section>", "bad_rule"),
        ("<mj-section data-choose='c' data-section='a'><mj-column></mj-column></mj-section>", "bad_choice"),
        ("<mj-section data-section='a' data-lock='all'><mj-column></mj-column></mj-section>", "bad_rule"),
        ("<mj-section data-section='a' data-lock='structure' data-optional></mj-section>", "bad_rule"),
        ("<mj-section data-section='a' data-if='not'><mj-column></mj-column></mj-section>", "bad_rule"),
        ("<mj-section data-lock='content'><mj-column></mj-column></mj-section>", "stray_mark"),
        ("<mj-section data-section='order'><mj-column></mj-column></mj-section>", "bad_name"),
        (in_a_column("<mj-text data-field='a' data-folders='x'>x</mj-text>"), "bad_rule"),
        (in_a_column("<mj-text data-field='a' data-type='choice'>x</mj-text>"), "bad_rule"),
        (in_a_column("<mj-text data-field='a' data-type='date' data-min='soon'>x</mj-text>"), "bad_rule"),
        (in_a_column("<mj-text data-field='a' data-type='date' data-default='soon'>x</mj-text>"), "bad_rule"),
        (in_a_column("<mj-text data-field='a' data-type='price' data-currency='XXZ'>x</mj-text>"), "bad_rule"),
        (in_a_column("<mj-text data-field='a' data-pattern='(a+)+'>x</mj-text>"), "bad_rule"),
        (in_a_column("<mj-text data-field='a' data-attribute='align'>x</mj-text>"), "mark_not_here"),
        ("<mj-section data-field='a' data-type='color' data-attribute='onclick'></mj-section>", "mark_not_here"),
        (in_a_column("<mj-text data-repeat='e'><p data-repeat='f'>x</p></mj-text>"), "nested_repeat"),
        (in_a_column("<mj-text data-field='a' data-options='x|x' data-type='choice'>x</mj-text>"), "bad_rule"),
        ("<mj-section><mj-column><mj-text>x</mj-column></mj-section>", "unclosed"),
        ("<mj-section></mj-text></mj-section>", "unopened"),
        ("<mj-section><mj-column><mj-text>a < b</mj-text></mj-column></mj-section>", "stray_bracket"),
        ("<mj-section><mj-column><mj-text color=red>a</mj-text></mj-column></mj-section>", "bad_attribute"),
        ("<mj-section><mj-column><mj-text><script>x</script></mj-text></mj-column></mj-section>", "forbidden_tag"),
        ("<mj-section><mj-column><mj-text><form></form></mj-text></mj-column></mj-section>", "forbidden_tag"),
        ("<mj-section><mj-column><mj-text><b onclick='x'>a</b></mj-text></mj-column></mj-section>", "script"),
        ("<mj-section><mj-column data-section='a'></mj-column></mj-section>", "mark_not_here"),
        ("<mj-section data-field='a'><mj-column></mj-column></mj-section>", "mark_not_here"),
        ("<mj-section data-section='a' data-if='gone'><mj-column></mj-column></mj-section>", "unknown_field"),
        ("<mj-wrapper><mj-section data-section='a'></mj-section></mj-wrapper>", "mark_not_here"),
        (
            "<mj-section><mj-column><mj-text data-field='a'><b data-field='b'>x</b></mj-text></mj-column></mj-section>",
            "nested_field",
        ),
        (
            "<mj-section><mj-column><mj-text>{% if ${city} %}x</mj-text></mj-column></mj-section>",
            "liquid_unclosed",
        ),
        ("<mj-section><mj-column><mj-text>{{ ${city} </mj-text></mj-column></mj-section>", "liquid_unclosed"),
        (
            '<mj-section><mj-text><a href="https://x.example/{{${email_address}}}">x</a></mj-text></mj-section>',
            "liquid_in_link",
        ),
        (
            '<mj-section><mj-text><a href="https://x.example/[[first_name]]">x</a></mj-text></mj-section>',
            "token_not_here",
        ),
        (
            "<mj-section><mj-column><mj-text>{{content_blocks.${a}}}</mj-text></mj-column></mj-section>",
            "liquid_not_allowed",
        ),
        (
            "<mj-section><mj-column><mj-text data-field='a' data-max='x'>x</mj-text></mj-column></mj-section>",
            "bad_rule",
        ),
    ],
)
def test_a_source_is_refused(body: str, code: str) -> None:
    source = a_source(body, head="<mj-title>x</mj-title>")

    codes = [found for found, _, _ in refusals(source)]

    assert code in codes


def test_liquid_may_not_cross_the_edge_of_a_section() -> None:
    body = (
        "<mj-section><mj-column><mj-raw>{% if ${city} %}</mj-raw>"
        '<mj-text data-section="a" data-optional>{% endif %}x</mj-text></mj-column></mj-section>'
    )

    assert [code for code, _, _ in refusals(a_source(body))] == ["liquid_crosses"]


@pytest.mark.catalogue("M13")
def test_a_footer_in_an_optional_section_is_no_footer() -> None:
    body = FOOTER.replace("<mj-section>", '<mj-section data-section="legal" data-optional>')

    assert [code for code, _, _ in refusals(a_source(body, footer=""))] == ["no_unsubscribe", "no_postal_address"]


def test_the_brand_chooses_its_liquid_tags() -> None:
    source = a_source("<mj-section><mj-column><mj-text>{% assign a = 1 %}</mj-text></mj-column></mj-section>")

    assert compile_source(source, kind="mjml", liquid_tags=frozenset({"assign"})).sections == ()
    assert [code for code, _, _ in refusals(source, liquid_tags=frozenset())] == ["liquid_not_allowed"]


def test_a_merge_tag_that_the_brand_lacks_is_refused_where_the_brand_is_known() -> None:
    assert [code for code, _, _ in refusals(a_source(head=SUBJECT), merge_tags=frozenset({"tier"}))] == [
        "unknown_token",
        "unknown_token",
    ]


def test_a_paragraph_holds_only_inline_formats() -> None:
    body = '<p data-field="a" data-type="text">x</p><div data-field="b" data-type="text">y</div>'

    compiled = compile_source(an_html_source(body), kind="html")

    assert [spec.formats for spec in compiled.fields] == [
        (Format.BOLD, Format.ITALIC, Format.LINK),
        (Format.BOLD, Format.ITALIC, Format.LINK, Format.LIST, Format.PARAGRAPH),
    ]


def test_an_html_source_stays_as_it_is_outside_its_places() -> None:
    source = an_html_source(
        "<!--[if mso]><td width=600><![endif]-->\n<IMG data-field=pic data-type=image src=x.png WIDTH=3>\r\n"
        "<table><tr data-section=s data-optional><td>&nbsp; a&b <h1 data-field='h' class=X>Old</h1></td></tr></table>"
    )
    compiled = compile_source(source, kind="html")

    html = render(
        compiled,
        {"pic": {"image": "i1", "alt": "B"}, "h": "New"},
        a_context(unsubscribe_url="https://b.example/u"),
        Target.BRAZE,
    ).html

    expected = source.replace(
        "<IMG data-field=pic data-type=image src=x.png WIDTH=3>",
        '<IMG src="https://images.example/1.png?a=1&amp;b=2" alt="B" WIDTH=3>',
    )
    expected = expected.replace("<tr data-section=s data-optional>", "<tr>").replace(
        "<h1 data-field='h' class=X>Old", "<h1 class=X>New"
    )
    expected = expected.replace("[[group.street]]", "10 High Street").replace(
        "[[unsubscribe_url]]", "https://b.example/u"
    )
    assert html == expected


def test_an_unclosed_field_in_html_is_refused_where_it_begins() -> None:
    assert refusals(an_html_source("<div>\n<b data-field='a'>x</div>"), "html") == [("unclosed", 3, 1)]


@pytest.mark.parametrize("path", sorted((CORPORA / "html").glob("*.html")) or [None], ids=str)
def test_mail_from_elsewhere_is_cut_and_joined_byte_for_byte(path: Path | None) -> None:
    if path is None:
        pytest.skip("the shared corpora are not here")
    text = path.read_bytes().decode("utf-8")

    pieces = cut(text, {}, "nothing").pieces

    assert pieces == (Literal(text),)


def test_a_source_with_windows_line_ends_gives_the_same_template() -> None:
    assert compile_source(a_source(BODY).replace("\n", "\r\n"), kind="mjml") == a_template()


BROKEN = st.sampled_from(
    [
        "<",
        ">",
        '"',
        "'",
        "</mj-text>",
        "<mj-text>",
        "<!--",
        "-->",
        "<![",
        "{{",
        "}}",
        "{%",
        "[[",
        "]]",
        "&",
        "=",
        "\x00",
        "",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1_200), BROKEN, st.integers(0, 12)), min_size=1, max_size=3), st.booleans())
def test_a_broken_source_is_compiled_or_refused_and_nothing_else(
    breaks: list[tuple[int, str, int]], is_html: bool
) -> None:
    source = an_html_source(BODY) if is_html else a_source()
    for at, text, dropped in breaks:
        source = source[:at] + text + source[at + dropped :]

    try:
        compiled = compile_source(source, kind="html" if is_html else "mjml")
    except SourceRefused as refused:
        assert all(finding.line >= 1 and finding.column >= 1 and finding.text for finding in refused.findings)
    else:
        assert Compiled.from_json(compiled.as_json()) == compiled
