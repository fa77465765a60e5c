from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_client.liquid import contains_liquid
from campaigns.brandlock.rewriting import NoSuchMark, settings_of, with_settings

SOURCE = """<p>a < b &amp; {{ "<p>" }}</p>
<h1 data-field="headline"   data-label='A "good" one' class="x" data-required>Hello</h1>
<div data-section="offer" data-optional><p data-field="other">x</p></div>
"""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(lambda text: not contains_liquid(text))


def test_the_marks_of_a_field_are_read() -> None:
    assert settings_of(SOURCE, "html", "headline") == {
        "data-field": "headline",
        "data-label": 'A "good" one',
        "data-required": "",
    }
    assert settings_of(SOURCE, "html", "offer") == {"data-section": "offer", "data-optional": ""}


def test_marks_are_changed_added_and_taken_away_in_their_place() -> None:
    changed = with_settings(
        SOURCE, "html", "headline", {"data-label": "B & <b>", "data-required": None, "data-max": "60"}
    )

    assert changed.splitlines()[1] == (
        '<h1 data-field="headline"   data-label="B &amp; &lt;b&gt;" class="x" data-max="60">Hello</h1>'
    )
    assert changed.splitlines()[::2] == SOURCE.splitlines()[::2]


@pytest.mark.parametrize("name", ["nothing", ""])
def test_a_name_that_nobody_has_is_refused(name: str) -> None:
    with pytest.raises(NoSuchMark):
        settings_of(SOURCE, "html", name)


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(NoSuchMark):
        with_settings(SOURCE + SOURCE, "html", "headline", {})


def test_what_is_no_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="onclick"):
        with_settings(SOURCE, "html", "headline", {"onclick": "x"})


@pytest.mark.parametrize("half", ["{{", "a {% b", "${x}"])
def test_half_a_liquid_tag_is_refused(half: str) -> None:
    with pytest.raises(ValueError, match="Liquid"):
        with_settings(SOURCE, "html", "headline", {"data-help": half})


@given(st.dictionaries(st.sampled_from(["data-label", "data-help", "data-max", "data-required"]), st.none() | TEXTS))
def test_what_is_written_is_read_again_and_nothing_else_changes(settings: dict[str, str | None]) -> None:
    changed = with_settings(SOURCE, "html", "headline", settings)

    read = settings_of(changed, "html", "headline")
    before = settings_of(SOURCE, "html", "headline")
    assert read == {mark: value for mark, value in (before | settings).items() if value is not None}
    assert changed.startswith(SOURCE.partition("<h1")[0])
    assert changed.endswith(SOURCE.partition("Hello")[2])


@given(st.dictionaries(st.sampled_from(["data-help", "data-max"]), TEXTS, min_size=1))
def test_taking_away_what_was_added_gives_the_first_source(settings: dict[str, str]) -> None:
    changed = with_settings(SOURCE, "html", "headline", settings)

    assert with_settings(changed, "html", "headline", dict.fromkeys(settings)) == SOURCE
