from __future__ import annotations

from campaigns.brandlock import Fate, carry_values, clean_values, compile_source, default_values
from campaigns.brandlock.pieces import Json

from .builders import an_html_source

OLD = compile_source(
    an_html_source(
        "<p data-field='title' data-max='60'>Hello</p><p data-field='intro'>Old words</p><p data-field='gone'>x</p>"
        "<p data-field='day'>1 May</p><p data-section='offer' data-optional>x</p>"
        "<ul><li data-repeat='list' data-max='5'><b data-field='entry'>e</b></li></ul>"
        "<div><p data-choose='c' data-section='one'>1</p><p data-choose='c' data-section='two'>2</p></div>"
    ),
    kind="html",
)
NEW = compile_source(
    an_html_source(
        "<p data-field='title' data-max='20'>Hello</p><p data-field='intro'>New words</p>"
        "<p data-field='day' data-type='date'>x</p><p data-field='fresh'>y</p>"
        "<p data-section='offer' data-optional>x</p>"
        "<ul><li data-repeat='list' data-max='2'><b data-field='entry'>e</b></li></ul>"
        "<div><p data-choose='c' data-section='one'>1</p><p data-choose='c' data-section='two'>2</p></div>"
    ),
    kind="html",
)


def carried(**values: Json) -> tuple[dict[str, Json], dict[str, Fate]]:
    found = carry_values(OLD, NEW, clean_values(OLD, values))
    assert clean_values(NEW, found.values) == found.values
    return found.values, {one.name: one.fate for one in found.fates}


def test_untouched_text_follows_the_template() -> None:
    values, fates = carried()

    assert values["intro"] == "New words"
    assert fates["intro"] is Fate.FOLLOWS
    assert values == default_values(NEW)


def test_words_of_a_person_stay_and_are_looked_at_where_rules_or_text_changed() -> None:
    values, fates = carried(title="Mine", intro="My words")

    assert (values["title"], values["intro"]) == ("Mine", "My words")
    assert fates["title"] is Fate.LOOK
    assert fates["intro"] is Fate.LOOK


def test_a_value_under_the_same_rules_is_kept() -> None:
    found = carry_values(OLD, OLD, clean_values(OLD, {"title": "Mine"}))

    assert found.values["title"] == "Mine"
    assert found.named(Fate.KEPT) == ("Title", "List")


def test_a_field_that_is_gone_or_of_another_kind_is_dropped_and_a_new_one_named() -> None:
    values, fates = carried(gone="mine", day="2 May")

    assert "gone" not in values
    assert values["day"] == ""
    assert (fates["gone"], fates["day"], fates["fresh"]) == (Fate.DROPPED, Fate.DROPPED, Fate.NEW)


def test_entries_beyond_the_new_limit_must_be_looked_at() -> None:
    values, fates = carried(list=[{"entry": "a"}, {"entry": "b"}, {"entry": "c"}])

    assert values["list"] == [{"entry": "a"}, {"entry": "b"}]
    assert fates["list"] is Fate.LOOK


def test_switches_and_choices_stay() -> None:
    values, _ = carried(sections={"offer": False}, choices={"c": "two"})

    assert values["sections"] == {"offer": False}
    assert values["choices"] == {"c": "two"}
