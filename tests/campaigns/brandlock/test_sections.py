from __future__ import annotations

import re
from dataclasses import replace

import pytest

from braze_client.liquid import render as fill_in
from campaigns.brandlock import (
    Compiled,
    SourceRefused,
    Target,
    ValuesRefused,
    braze_source,
    check_values,
    clean_values,
    compile_source,
    default_values,
    prove,
    render,
    trigger_properties,
)
from campaigns.brandlock.conditions import BadCondition, parse
from campaigns.brandlock.pieces import Json

from .builders import a_context, a_source, an_html_source

EVENTS = an_html_source(
    "<ul><li data-repeat='events' data-min='1' data-max='3'><b data-field='title' data-required>Talk</b>"
    "<i data-section='note' data-optional><u data-field='words'>Bring cake</u></i></li></ul>"
)
HERO = an_html_source(
    "<div><p data-choose='hero' data-section='summer'>Sun</p><p data-choose='hero' data-section='winter'>Snow</p></div>"
)
MOVABLE = an_html_source(
    "<div><p data-section='one' data-lock='none'><b data-field='first'>1</b></p>\n"
    "<p data-section='two' data-lock='content' data-reason='Law'><b data-field='second'>2</b></p>\n"
    "<p data-section='three' data-lock='structure'><b data-field='third'>3</b></p>\n"
    "<p data-section='four' data-lock='none'>4</p></div>"
)


def html_of(source: str | Compiled, **values: Json) -> str:
    compiled = source if isinstance(source, Compiled) else compile_source(source, kind="html")
    cleaned = clean_values(compiled, values)
    rendered = render(compiled, cleaned, a_context(), Target.BRAZE)
    assert prove(compiled, cleaned, a_context(), rendered).findings == ()
    return rendered.html.partition("<body>")[2].partition("<p>10 High")[0]


def refused(source: str, **values: Json) -> list[tuple[str, str]]:
    with pytest.raises(ValuesRefused) as caught:
        clean_values(compile_source(source, kind="html"), values)
    return [(found.code, found.field) for found in caught.value.findings]


def test_a_repeated_section_stands_once_for_each_item() -> None:
    html = html_of(EVENTS, events=[{"title": "A & B"}, {"title": "C", "sections": {"note": False}}])

    assert html == "<ul><li><b>A &amp; B</b><i><u>Bring cake</u></i></li><li><b>C</b></li></ul>"


def test_a_repeated_section_begins_with_the_words_of_the_template() -> None:
    assert default_values(compile_source(EVENTS, kind="html"))["events"] == [
        {"title": "Talk", "words": "Bring cake", "sections": {"note": True}}
    ]


def test_each_item_reads_as_its_own_paragraph_in_plain_text() -> None:
    compiled = compile_source(EVENTS, kind="html")
    values = clean_values(compiled, {"events": [{"title": "A"}, {"title": "B"}]})

    assert "- ABring cake\n- BBring cake" in render(compiled, values, a_context(), Target.TEXT).text


@pytest.mark.catalogue("T12")
@pytest.mark.parametrize(
    ("items", "found"),
    [
        ([], [("wrong_count", "events")]),
        ([{}] * 4, [("wrong_count", "events")]),
        ("x", [("wrong_type", "events")]),
        (["x"], [("wrong_type", "events")]),
        ([{"title": ["x"]}], [("wrong_type", "events.1.title")]),
        ([{}, {"headline": "x"}], [("unknown_value", "events.2.headline")]),
        ([{"sections": {"other": True}}], [("unknown_value", "events.1.sections.other")]),
    ],
)
def test_items_that_the_template_does_not_take_are_refused_by_their_number(
    items: Json, found: list[tuple[str, str]]
) -> None:
    assert refused(EVENTS, events=items) == found


def test_a_field_of_an_item_is_no_field_of_the_mail() -> None:
    assert refused(EVENTS, title="x") == [("unknown_value", "title")]


@pytest.mark.catalogue("T12")
def test_stored_items_out_of_bounds_stand_within_them_all_the_same() -> None:
    compiled = compile_source(EVENTS, kind="html")
    many: Json = [{"title": str(number)} for number in range(9)]

    for values, count in (({"events": many}, 3), ({"events": []}, 1), ({}, 1), ({"events": [7]}, 1)):
        rendered = render(compiled, values, a_context(), Target.BRAZE)
        assert rendered.html.count("<li>") == count
        assert prove(compiled, values, a_context(), rendered).findings == ()


def test_a_finding_names_the_item_that_it_is_about() -> None:
    compiled = compile_source(EVENTS, kind="html")
    values = clean_values(compiled, {"events": [{"title": "A"}, {"title": ""}]})

    assert [(found.code, found.field) for found in check_values(compiled, values, a_context())] == [
        ("required", "events.2.title")
    ]


def test_of_a_choice_exactly_one_variant_stands() -> None:
    assert html_of(HERO) == "<div><p>Sun</p></div>"
    assert html_of(HERO, choices={"hero": "winter"}) == "<div><p>Snow</p></div>"
    assert refused(HERO, choices={"hero": "autumn"}) == [("wrong_type", "choices.hero")]
    assert refused(HERO, choices={"other": "summer"}) == [("unknown_value", "choices.other")]


def test_a_stored_variant_that_is_gone_falls_back_to_the_first() -> None:
    compiled = compile_source(HERO, kind="html")
    rendered = render(compiled, {"choices": {"hero": "autumn"}}, a_context(), Target.BRAZE)

    assert "<div><p>Sun</p></div>" in rendered.html


def test_variants_stand_side_by_side() -> None:
    source = an_html_source(
        "<div><p data-choose='h' data-section='a'>x</p></div><p data-choose='h' data-section='b'>y</p>"
    )

    with pytest.raises(SourceRefused) as caught:
        compile_source(source, kind="html")

    assert [found.code for found in caught.value.findings] == ["bad_choice"]


@pytest.mark.catalogue("T6")
def test_movable_sections_change_places_and_fixed_ones_stay() -> None:
    html = html_of(MOVABLE, order=["four", "two"])

    assert html == "<div><p>4</p>\n<p><b>2</b></p>\n<p><b>3</b></p>\n<p><b>1</b></p></div>"
    assert refused(MOVABLE, order=["three"]) == [("unknown_value", "order.three")]
    assert refused(EVENTS, order=["events"]) == [("unknown_value", "order")]


def test_movable_sections_keep_to_their_own_row() -> None:
    source = an_html_source(
        "<table><tr data-section='a' data-lock='none'><td>1</td></tr></table>"
        "<div><p data-section='b' data-lock='none'>2</p><p data-section='c' data-lock='none'>3</p></div>"
    )

    assert html_of(source, order=["c", "a", "b"]) == "<table><tr><td>1</td></tr></table><div><p>3</p><p>2</p></div>"


@pytest.mark.catalogue("T5", "T6")
def test_a_section_locked_in_content_can_be_left_out_and_not_be_changed() -> None:
    assert "<b>2</b>" not in html_of(MOVABLE, sections={"two": False})
    assert refused(MOVABLE, second="changed") == [("locked_value", "second")]

    compiled = compile_source(MOVABLE, kind="html")
    assert "forged" not in render(compiled, {"second": "forged"}, a_context(), Target.BRAZE).html


@pytest.mark.catalogue("T5", "T6")
def test_a_section_locked_in_structure_can_be_changed_and_not_be_left_out() -> None:
    assert "<b>new</b>" in html_of(MOVABLE, third="new")
    assert refused(MOVABLE, sections={"three": False}) == [("unknown_value", "sections.three")]


@pytest.mark.catalogue("T3")
@pytest.mark.parametrize(
    ("rule", "stands"),
    [
        ("title", True),
        ("not title", False),
        ("title = Talk", True),
        ("title = 'talk'", True),
        ("title != Talk", False),
        ("empty", False),
        ("not empty and title", True),
        ("empty or title", True),
        ("empty and title or group.phone", True),
        ("group.fax", False),
        ('group.name = "Portland & Sons"', True),
        ("audience.kind = segment", True),
        ("audience.name = VIP", False),
        ("mailing.day >= 2026-12-01", False),
        ("mailing.day < 2026-12-01", True),
        ("count > 9", True),
        ("count >= 10.0", True),
        ("count < 9", False),
        ("count = 10.0", True),
        ("count != 10.0", False),
        ("count = 010", False),
        ("empty < 3", False),
    ],
)
def test_a_rule_decides_whether_a_section_stands(rule: str, stands: bool) -> None:
    quote = "'" if '"' in rule else '"'
    source = an_html_source(
        f"<p data-field='title'>Talk</p><p data-field='empty'></p><p data-field='count' data-type='number' "
        f"data-default='10'>x</p><div data-section='s' data-if={quote}{rule}{quote}>HERE</div>"
    )
    compiled = compile_source(source, kind="html")
    context = replace(a_context(), audience={"kind": "segment", "name": "Regulars"}, day="2026-11-24")

    html = render(compiled, default_values(compiled), context, Target.BRAZE).html

    assert ("HERE" in html) is stands


@pytest.mark.parametrize("rule", ["and", "a =", "a b", "= b", "a = = b", "A", "not not a", "a or", "'a'", "a = 'x", ""])
def test_a_rule_that_cannot_be_read_says_where(rule: str) -> None:
    with pytest.raises(BadCondition):
        parse(rule)


@pytest.mark.catalogue("T3")
def test_a_rule_inside_an_item_asks_the_item_and_the_mail() -> None:
    source = an_html_source(
        "<p data-field='all'>yes</p><ul><li data-repeat='events'><b data-field='title'>T</b>"
        "<i data-section='star' data-if='title = B and all'>*</i></li></ul>"
    )

    assert "<li><b>A</b></li><li><b>B</b><i>*</i></li>" in html_of(source, events=[{"title": "A"}, {"title": "B"}])


def test_a_repeated_section_in_mjml_is_a_whole_row_each_time() -> None:
    source = a_source(
        "<mj-section data-repeat='events' data-max='2'><mj-column><mj-text data-field='title'>T</mj-text></mj-column>"
        "</mj-section>",
        head="<mj-title>x</mj-title>",
    )
    compiled = compile_source(source, kind="mjml")
    values = clean_values(compiled, {"events": [{"title": "One"}, {"title": "Two"}]})

    rendered = render(compiled, values, a_context(), Target.BRAZE)

    assert prove(compiled, values, a_context(), rendered).findings == ()
    assert rendered.html.index("One") < rendered.html.index("Two")
    assert rendered.html.count("<!--[if") == rendered.html.count("<![endif]-->")
    for tag in ("table", "tr", "td"):
        assert len(re.findall(rf"<{tag}[ >]", rendered.html)) == rendered.html.count(f"</{tag}>")


def test_braze_shows_repeated_and_chosen_sections_as_the_portal_does() -> None:
    source = EVENTS.replace(
        "<ul>", "<div><p data-choose='h' data-section='s'>Sun</p><p data-choose='h' data-section='w'>Snow</p></div><ul>"
    )
    compiled = compile_source(source, kind="html")
    values = clean_values(
        compiled,
        {"events": [{"title": "A & B"}, {"title": "C", "sections": {"note": False}}], "choices": {"h": "w"}},
    )
    profile: dict[str, object] = {"custom_attribute": {"smartersends_token": "t0k"}}

    mirror = fill_in(render(compiled, values, a_context(), Target.BRAZE).html, profile)
    properties = trigger_properties(compiled, values, a_context())
    sent = fill_in(braze_source(compiled, a_context()), {**profile, "api_trigger_properties": properties})

    assert sent == mirror
    assert properties["events_2_title"] == "C"


def test_what_braze_cannot_do_is_refused_when_braze_shall_hold_the_mail() -> None:
    with pytest.raises(SourceRefused) as caught:
        braze_source(compile_source(MOVABLE, kind="html"), a_context())

    assert {found.code for found in caught.value.findings} == {"movable_in_braze"}


def test_only_the_preview_says_which_item_a_place_belongs_to() -> None:
    compiled = compile_source(EVENTS, kind="html")
    values = clean_values(compiled, {"events": [{"title": "A"}, {"title": "B"}]})

    html = render(compiled, values, a_context(), Target.PREVIEW).html

    assert 'data-place="events.1.title"' in html
    assert 'data-place="events.2.title"' in html
    assert html.count('data-section-place="events"') == 2
