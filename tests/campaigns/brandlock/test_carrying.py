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


def carry_between(old: str, new: str, **values: Json) -> tuple[dict[str, Json], dict[str, Fate]]:
    before, after = (compile_source(an_html_source(body), kind="html") for body in (old, new))
    found = carry_values(before, after, clean_values(before, values))
    assert clean_values(after, found.values) == found.values
    return found.values, {one.name: one.fate for one in found.fates}


def test_words_in_items_that_are_lost_or_must_be_looked_at_are_named() -> None:
    values, fates = carry_between(
        "<ul><li data-repeat='list'><b data-field='who'>x</b><i data-field='what' data-max='30'>y</i></li></ul>",
        "<ul><li data-repeat='list'><b data-field='who' data-type='date'>x</b>"
        "<i data-field='what' data-max='10'>y</i></li></ul>",
        list=[{"who": "Ann", "what": "Short"}, {"who": "Ben"}],
    )

    assert values["list"] == [{"who": "", "what": "Short"}, {"who": "", "what": "y"}]
    assert (fates["list"], fates["who"], fates["what"]) == (Fate.KEPT, Fate.DROPPED, Fate.LOOK)


def test_a_field_that_moved_into_or_out_of_items_loses_its_words_and_says_so() -> None:
    outside, inside = "<p data-field='t'>x</p>", "<ul><li data-repeat='list'><b data-field='t'>x</b></li></ul>"

    _, into = carry_between(outside, inside, t="Mine")
    _, out_of = carry_between(inside, outside, list=[{"t": "Mine"}])
    _, untouched = carry_between(outside, inside)

    assert (into["t"], out_of["t"]) == (Fate.DROPPED, Fate.DROPPED)
    assert "t" not in untouched


def test_a_part_that_is_gone_is_named_where_somebody_decided_about_it() -> None:
    old = (
        "<p data-section='offer' data-optional>x</p>"
        "<div><p data-choose='c' data-section='one'>1</p><p data-choose='c' data-section='two'>2</p></div>"
    )

    _, fates = carry_between(old, "<p>x</p>", sections={"offer": False}, choices={"c": "two"})
    _, untouched = carry_between(old, "<p>x</p>")

    assert fates == {"offer": Fate.DROPPED, "two": Fate.DROPPED}
    assert untouched == {}


def test_an_item_begins_with_everything_that_the_new_version_begins_with() -> None:
    values, _ = carry_between(
        "<ul><li data-repeat='list'><b data-field='t'>x</b></li></ul>",
        "<ul><li data-repeat='list' data-min='2'><b data-field='t'>x</b>"
        "<u data-section='n' data-optional>n</u></li></ul>",
        list=[{"t": "Mine"}],
    )

    assert values["list"] == [{"t": "Mine", "sections": {"n": True}}, {"t": "x", "sections": {"n": True}}]
