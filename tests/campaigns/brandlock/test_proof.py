from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_client.liquid import tags_in
from campaigns.brandlock import Proof, Rendered, Target, check_values, clean_values, compile_source, prove, render
from campaigns.brandlock.pieces import Json

from .builders import CORPORA, FIRST_NAME, TOKEN, a_context, a_template, an_html_source, some_values

TEMPLATE = a_template()
HTML_TEMPLATE = compile_source(
    an_html_source(
        "<table><tr data-section='offer' data-optional><td data-field='intro' data-type='text'>x</td></tr></table>"
        "{<p data-field='headline'>x</p>}<ul><li data-field='offer_text' data-type='text'>y</li></ul>"
        "<a data-field='cta' data-type='button' href='x'>Go</a><img data-field='hero' data-type='image'>"
        '<p title="[[group.name]]">[[group.name]][[group.phone]]$[[group.name]]</p>',
        head="<title data-field='subject'>s</title>",
    ),
    kind="html",
)
FRAGMENTS = (
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "%}",
    "%",
    "$",
    "${",
    "{{${email_address}}}",
    "{% raw %}",
    "{% comment %}",
    "{%- if x -%}",
    "{{content_blocks.${x}}}",
    "[[first_name]]",
    "[[tier]]",
    "[[group.name]]",
    "[[",
    "]]",
    "<",
    ">",
    '"',
    "'",
    "&#123;",
    "&lcub;",
    "&",
    "</td>",
    "</div></div>",
    "<table>",
    "<li>",
    "<p>",
    "</p>",
    "<b>",
    "<a href='https://x.example/{{'>",
    "</a>",
    "<!--",
    "-->",
    "<![endif]-->",
    "<script>",
    "<style>",
    "<title>",
    "<plaintext>",
    "\x00",
    "\x0b",
    "\r\n",
    "\u202e",
    "\u200b",
    "\ud800",
    "\ue0000\ue001",
    "zqplace",
    "zqrichplace",
    "a",
    " ",
)
hostile = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), max_size=8).map("".join)
urls = st.one_of(hostile, hostile.map(lambda text: f"https://northwind.example/{text}"))
hostile_values = st.fixed_dictionaries(
    {
        "subject": hostile,
        "preheader": hostile,
        "headline": hostile,
        "hero": st.fixed_dictionaries({"image": st.sampled_from(["i1", "", "{{"]), "alt": hostile}),
        "intro": st.fixed_dictionaries({"html": hostile}),
        "cta": st.fixed_dictionaries({"text": hostile, "url": urls}),
        "offer_text": st.fixed_dictionaries({"html": hostile}),
        "sections": st.fixed_dictionaries({"offer": st.booleans()}),
    }
)


def proof_of(values: dict[str, Json], **changes: str) -> Proof:
    rendered = render(TEMPLATE, values, a_context(), Target.BRAZE)
    return prove(TEMPLATE, values, a_context(), dataclasses.replace(rendered, **changes))


def codes(proof: Proof) -> list[str]:
    assert proof.holds is (not proof.findings)
    return [finding.code for finding in proof.findings]


def tampered(old: str, new: str, **changes: Json) -> Proof:
    values = some_values(**changes)
    html = render(TEMPLATE, values, a_context(), Target.BRAZE).html
    assert html.count(old) >= 1
    return proof_of(values, html=html.replace(old, new, 1))


def test_a_mail_as_rendered_is_proved() -> None:
    proof = proof_of(some_values())

    assert codes(proof) == []
    assert len(proof.fingerprint) == 64


def test_the_fingerprint_changes_with_the_words() -> None:
    assert proof_of(some_values()).fingerprint == proof_of(some_values()).fingerprint
    assert proof_of(some_values()).fingerprint != proof_of(some_values(headline="Other")).fingerprint


@pytest.mark.catalogue("T5")
def test_a_changed_locked_word_is_found() -> None:
    assert "literal_missing" in codes(tampered("Unsubscribe", "Stay"))


def test_a_locked_part_that_is_gone_is_found() -> None:
    assert "literal_missing" in codes(tampered("Hello ", ""))


def test_locked_text_after_the_end_is_found() -> None:
    assert "foreign_markup" in codes(tampered("</html>", "</html><p>more</p>"))


def test_a_section_that_should_not_stand_is_found() -> None:
    html = render(TEMPLATE, some_values(), a_context(), Target.BRAZE).html

    proof = proof_of(some_values(sections={"offer": False}), html=html)

    assert codes(proof) != []


def test_markup_in_a_place_for_words_is_found() -> None:
    assert "foreign_markup" in codes(tampered("An evening", "<i>An evening</i>"))


def test_an_element_more_is_a_difference_of_structure() -> None:
    assert "structure" in codes(tampered("An evening", "<i>An evening</i>"))


def test_an_attribute_more_is_a_difference_of_structure() -> None:
    assert "structure" in codes(tampered("<h1>", '<h1 class="x">'))


def test_a_changed_attribute_is_a_difference_of_structure() -> None:
    assert "structure" in codes(tampered('lang="und"', 'lang="xx"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("An evening", "{{${email_address}}}"),
        ("An evening", "{% abort_message %}"),
        ("An evening", f"{FIRST_NAME}"),
        ("An evening", "}} x"),
        ("An evening", "${x"),
        (TOKEN, "{{${user_id}}}"),
        (FIRST_NAME, "friend"),
    ],
)
def test_liquid_that_is_not_the_templates_is_found(old: str, new: str) -> None:
    assert "liquid" in codes(tampered(old, new))


@pytest.mark.parametrize("output", ["subject", "preheader", "text"])
def test_foreign_liquid_beside_the_html_is_found(output: str) -> None:
    assert codes(proof_of(some_values(), **{output: "x {{${email_address}}} y"})) == ["liquid"]


@settings(max_examples=250, deadline=None)
@given(values=hostile_values, group=st.fixed_dictionaries({"name": hostile, "street": hostile, "phone": hostile}))
def test_the_proof_holds_for_any_values_at_all(values: dict[str, Json], group: dict[str, str]) -> None:
    context = a_context(group=group)

    for template in (TEMPLATE, HTML_TEMPLATE):
        rendered = render(template, values, context, Target.BRAZE)

        assert codes(prove(template, values, context, rendered)) == []
        assert_only_allowed_liquid(rendered)


@settings(max_examples=100, deadline=None)
@given(values=hostile_values)
def test_cleaned_values_render_as_the_raw_ones_and_are_checked_without_an_error(values: dict[str, Json]) -> None:
    cleaned = clean_values(TEMPLATE, values)

    check_values(TEMPLATE, cleaned, a_context())
    assert render(TEMPLATE, cleaned, a_context(), Target.BRAZE) == render(TEMPLATE, values, a_context(), Target.BRAZE)


def test_the_proof_holds_for_the_list_of_naughty_strings() -> None:
    path = CORPORA / "naughty-strings.json"
    if not path.exists():
        pytest.skip("the shared corpora are not here")

    for text in json.loads(path.read_text()):
        values = some_values(
            subject=text,
            headline=text,
            intro={"html": text},
            cta={"text": text, "url": text},
            hero={"image": "i1", "alt": text},
        )
        rendered = render(
            TEMPLATE, values, a_context(group={"name": text, "street": text, "phone": text}), Target.BRAZE
        )
        proof = prove(TEMPLATE, values, a_context(group={"name": text, "street": text, "phone": text}), rendered)

        assert codes(proof) == [], text
        assert_only_allowed_liquid(rendered)


def assert_only_allowed_liquid(rendered: Rendered) -> None:
    for output in (rendered.html, rendered.text, rendered.subject, rendered.preheader):
        for tag in tags_in(output):
            allowed = ("{{${first_name} | ", "{{custom_attribute.${loyalty tier} | ", TOKEN)
            assert tag.source.startswith(allowed)
