from __future__ import annotations

import pytest

from braze_client.liquid import render as fill_in
from campaigns.brandlock import (
    SourceRefused,
    Target,
    ValuesRefused,
    braze_source,
    compile_source,
    render,
    trigger_properties,
)

from .builders import FIRST_NAME, a_context, a_template, an_html_source, some_values

WORDS = some_values(subject="A cup")


def test_each_value_travels_escaped_and_plain() -> None:
    properties = trigger_properties(a_template(), {**WORDS, "headline": "a < b & {{c}}"}, a_context())

    assert properties["headline"] == "a &lt; b &amp; &#123;&#123;c&#125;&#125;"
    assert properties["headline_text"].replace("\u200b", "") == "a < b & {{c}}"
    assert properties["hero_url"] == "https://images.example/1.png?a=1&amp;b=2"
    assert properties["hero_alt"] == "A cup"
    assert properties["cta_text"] == "Come"
    assert properties["cta_url"] == "https://northwind.example/e"
    assert properties["group_street"] == "10 High Street"


def test_a_section_that_does_not_stand_does_not_travel() -> None:
    with_offer = trigger_properties(a_template(), WORDS, a_context())
    without = trigger_properties(a_template(), {**WORDS, "sections": {"offer": False}}, a_context())

    assert with_offer["section_offer"] == "1"
    assert set(with_offer) - set(without) == {"section_offer", "offer_text", "offer_text_text"}


def test_the_text_for_braze_holds_no_token_and_no_value_of_a_group() -> None:
    source = braze_source(a_template(), a_context())

    assert "[[" not in source
    assert "High Street" not in source
    assert "{{api_trigger_properties.${headline}}}" in source
    assert "{% if api_trigger_properties.${section_offer} %}" in source
    assert f"Hello {FIRST_NAME}" in source
    assert "{{" not in source[: source.index("<body")]


@pytest.mark.parametrize("offer", [True, False])
def test_what_braze_fills_in_is_what_the_mirror_shows(offer: bool) -> None:
    compiled = a_template()
    values = {**WORDS, "sections": {"offer": offer}}
    profile: dict[str, object] = {"first_name": "Zoë", "custom_attribute": {"smartersends_token": "t0k"}}

    mirror = fill_in(render(compiled, values, a_context(), Target.BRAZE).html, profile)
    properties = trigger_properties(compiled, values, a_context())
    sent = fill_in(braze_source(compiled, a_context()), {**profile, "api_trigger_properties": properties})

    assert sent.replace("<title></title>", "<title>A cup</title>") == mirror


def test_a_merge_tag_in_a_value_is_refused_because_braze_would_not_read_it() -> None:
    with pytest.raises(ValuesRefused) as refused:
        trigger_properties(a_template(), {**WORDS, "headline": "Dear [[first_name]]"}, a_context())

    assert [(finding.code, finding.field) for finding in refused.value.findings] == [
        ("merge_tag_in_property", "headline")
    ]


def test_two_places_under_one_name_are_refused() -> None:
    source = an_html_source("<b data-field='a'>x</b><b data-field='a_text'>y</b>")

    with pytest.raises(SourceRefused) as refused:
        braze_source(compile_source(source, kind="html"), a_context())

    assert [finding.code for finding in refused.value.findings] == ["property_clash"]


def test_an_unsubscribe_address_without_the_token_at_its_end_is_refused() -> None:
    with pytest.raises(ValuesRefused) as refused:
        trigger_properties(a_template(), WORDS, a_context(unsubscribe_url="https://b.example/u"))

    assert [finding.code for finding in refused.value.findings] == ["unsubscribe_address"]
