from __future__ import annotations

import pytest

from campaigns.brandlock import ValuesRefused, check_values, clean_values, default_values
from campaigns.brandlock.pieces import Json

from .builders import a_context, a_template, some_values


def codes(values: dict[str, Json], **context: object) -> list[tuple[str, str]]:
    found = check_values(a_template(), values, a_context(**context))  # type: ignore[arg-type]
    return [(finding.code, finding.field) for finding in found]


def test_complete_values_have_no_findings() -> None:
    assert codes(some_values()) == []


def test_the_defaults_are_values_of_the_right_shape() -> None:
    compiled = a_template()

    defaults = default_values(compiled)

    assert clean_values(compiled, defaults) == defaults
    assert defaults["sections"] == {"offer": True}


def test_what_is_left_out_takes_its_default() -> None:
    assert clean_values(a_template(), {"headline": "Mine"})["subject"] == "News for [[first_name]]"


@pytest.mark.catalogue("T1")
def test_unknown_names_and_wrong_types_are_refused_together() -> None:
    raw: dict[str, Json] = {
        "nope": "x",
        "headline": ["x"],
        "hero": {"image": "i1", "src": "https://evil.example"},
        "intro": "<p>x</p>",
        "sections": {"offer": "yes", "footer": False},
    }

    with pytest.raises(ValuesRefused) as refused:
        clean_values(a_template(), raw)

    assert [(finding.code, finding.field) for finding in refused.value.findings] == [
        ("unknown_value", "nope"),
        ("wrong_type", "headline"),
        ("unknown_value", "hero.src"),
        ("wrong_type", "intro"),
        ("wrong_type", "sections.offer"),
        ("unknown_value", "sections.footer"),
    ]


def test_a_line_is_one_line_without_control_characters() -> None:
    assert clean_values(a_template(), {"headline": " a\r\nb\x00\u202ec "})["headline"] == "a bc"


def test_rich_text_is_sanitised_and_nothing_else_is_html() -> None:
    values = clean_values(
        a_template(), {"intro": {"html": "<script>x</script><b onclick=x>a</b>"}, "headline": "<b>a</b>"}
    )

    assert values["intro"] == {"html": "<b>a</b>"}
    assert values["headline"] == "<b>a</b>"


@pytest.mark.catalogue("T8", "T9")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"headline": ""}, ("required", "headline")),
        ({"subject": " "}, ("required", "subject")),
        ({"headline": "x" * 61}, ("too_long", "headline")),
        ({"headline": "[[nobody]]"}, ("placeholder_left", "headline")),
        ({"headline": "[[Your name]]"}, ("placeholder_left", "headline")),
        ({"headline": "[[unsubscribe_url]]"}, ("placeholder_left", "headline")),
        ({"intro": {"html": "Lorem ipsum dolor"}}, ("placeholder_left", "intro")),
        ({"headline": "[[group.fax]]"}, ("group_field_empty", "headline")),
        ({"hero": {"image": "", "alt": "x"}}, ("required", "hero")),
        ({"hero": {"image": "other", "alt": "x"}}, ("unknown_image", "hero")),
        ({"hero": {"image": "i1", "alt": " "}}, ("alt_missing", "hero")),
        ({"cta": {"text": "Go", "url": ""}}, ("required", "cta")),
        ({"cta": {"text": "Go", "url": "javascript:alert(1)"}}, ("url_scheme", "cta")),
        ({"cta": {"text": "Go", "url": "ftp://northwind.example/x"}}, ("url_scheme", "cta")),
        ({"cta": {"text": "Go", "url": "https://evil.example/"}}, ("url_domain", "cta")),
        ({"cta": {"text": "Go", "url": "https://northwind.example.evil.example/"}}, ("url_domain", "cta")),
        ({"cta": {"text": "Go", "url": "https://northwind.example@evil.example/"}}, ("url_malformed", "cta")),
        ({"cta": {"text": "Go", "url": "https://northwind.example/{{${user_id}}}"}}, ("url_liquid", "cta")),
        ({"cta": {"text": "Go", "url": "https://northwind.example/[[first_name]]"}}, ("url_liquid", "cta")),
    ],
)
def test_a_value_that_cannot_be_sent_is_found(changes: dict[str, Json], found: tuple[str, str]) -> None:
    assert found in codes(some_values(**changes))


def test_a_subdomain_of_an_allowed_domain_is_allowed() -> None:
    assert codes(some_values(cta={"text": "Go", "url": "https://shop.northwind.example/"})) == []


def test_a_field_of_a_section_that_is_left_out_is_not_asked_for() -> None:
    values = some_values(offer_text={"html": "[[nobody]]"}, sections={"offer": False})

    assert codes(values) == []


def test_a_group_field_without_a_value_is_named() -> None:
    found = check_values(a_template(), some_values(), a_context(group={"name": "P", "phone": "1"}))

    assert [(finding.code, finding.params["name"]) for finding in found] == [("group_field_empty", "street")]
    assert "street has no value" in found[0].text


@pytest.mark.catalogue("T9")
def test_a_text_that_must_change_is_found_while_it_stands() -> None:
    compiled = a_template(head='<mj-title data-field="subject" data-must-change>Write here</mj-title>')

    found = check_values(compiled, clean_values(compiled, {}), a_context())

    assert [finding.code for finding in found] == ["must_change"]


def test_every_finding_reads_as_a_sentence() -> None:
    found = check_values(a_template(), some_values(headline="x" * 61), a_context())

    assert [finding.text for finding in found] == ["Headline has 61 characters; 60 are allowed."]
