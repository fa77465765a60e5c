"""A brand's rules are written down, and what could not be searched for is refused."""

from __future__ import annotations

import time

import pytest

from campaigns.brandlock.lint import DEFAULT_LIQUID_TAGS
from campaigns.brandlock.patterns import MOST_WAYS
from campaigns.brandlock.restricted import Restriction, restricted_in
from campaigns.errors import Refusal
from campaigns.models import RestrictedWord, RuleLevel
from campaigns.rules.domains import read_domains
from campaigns.rules.liquid import CHOICES, NO_LIQUID, tags_of
from campaigns.rules.patterns import problem_of, ways_of
from campaigns.rules.services import add_word, remove_word
from groups.models import Brand, Event
from tests.builders import Cast, a_brand


def restrict(brand: Brand, text: str, **rule: object) -> RestrictedWord:
    usual: dict[str, object] = {"is_pattern": False, "level": RuleLevel.BLOCK, "reason": "", "actor": None}
    return add_word(brand=brand, text=text, **{**usual, **rule})  # type: ignore[arg-type]


def test_a_word_stands_once_in_a_brand_however_it_is_written(cast: Cast) -> None:
    restrict(cast.brand, "Guaranteed", actor=cast.manager)

    with pytest.raises(Refusal, match="already"):
        restrict(cast.brand, "  GUARANTEED ")
    restrict(cast.brand, "guaranteed", is_pattern=True)
    restrict(cast.other_brand, "guaranteed")

    assert cast.brand.restricted_words.count() == 2
    event = Event.objects.filter(action="rules.word_added").earliest("id")
    assert (event.actor, event.brand, event.detail) == (
        cast.manager,
        cast.brand,
        {"text": "Guaranteed", "level": "block"},
    )


def test_removing_a_word_is_told_once(cast: Cast) -> None:
    word = restrict(cast.brand, "guaranteed")

    remove_word(word=RestrictedWord.objects.get(), actor=cast.manager)
    remove_word(word=word, actor=cast.manager)

    assert not RestrictedWord.objects.exists()
    assert Event.objects.filter(action="rules.word_removed").count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "x" * 201])
def test_a_word_that_nothing_holds_is_refused(db: None, text: str) -> None:
    with pytest.raises(Refusal):
        restrict(a_brand(), text)

    assert not RestrictedWord.objects.exists()


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", "(a+)+b", "(a|a)*b", "(a|aa)+$", "(.*a){10}", ".*.*.*x", r"(a)\1", "(a?){20}a{20}", "x*", "a" * 201),
        *("(?i)a", "(?:.|.){15}§", r"\w+\s\d+x"),
    ],
)
def test_a_pattern_that_could_run_long_or_says_nothing_is_refused(db: None, pattern: str) -> None:
    with pytest.raises(Refusal):
        restrict(a_brand(), pattern, is_pattern=True)

    assert not RestrictedWord.objects.exists()


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        (r"\b\d{8,12}\b", 5),
        (r"risk[ -]?free|no risk", 3),
        (r"\d{3}-\d{2}-\d{4}", 1),
        (r"free (?:money|cash)", 2),
        (r"[A-Z]{2}\d{2}(?: ?\d{4}){4}", 16),
        (r"gar+antiert", 300),
        ("a)", MOST_WAYS + 1),
    ],
)
def test_the_ways_of_a_pattern_are_counted(pattern: str, ways: int) -> None:
    assert ways_of(pattern) == ways


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"\w+\s\d{1,9}x", "1 " * 50_000), (r"a.*bc?d", "ab" * 50_000), (r"(?:.|.){11}§", "a" * 100_000)],
)
def test_the_worst_pattern_that_is_taken_searches_a_whole_mail_in_seconds(pattern: str, text: str) -> None:
    assert problem_of(pattern) == ""
    begin = time.perf_counter()

    list(restricted_in(text, [Restriction(pattern, True, "block", "")]))

    assert time.perf_counter() - begin < 10


def test_domains_are_read_one_a_line_and_each_once() -> None:
    assert read_domains("Northwind.example\nshop.northwind.example, northwind.example.\n\n") == (
        "northwind.example",
        "shop.northwind.example",
    )
    assert read_domains("  ") == ()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("https://www.northwind.example/shop", "Write only northwind.example."),
        ("*.northwind.example", "Write only northwind.example."),
        ("northwind", "is no domain name"),
        ("javascript:alert(1)", "is no domain name"),
        ("http://[", "is no domain name"),
        ("-x.example", "is no domain name"),
    ],
)
def test_what_is_no_domain_is_refused_with_what_to_write(written: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_domains(written)

    assert sentence in refusal.value.sentence


def test_liquid_choices_cover_the_usual_tags_and_connected_content_is_off() -> None:
    usual = [choice.name for choice in CHOICES if choice.is_usual]

    assert frozenset(tags_of(usual)) == DEFAULT_LIQUID_TAGS
    assert "connected_content" not in usual
    assert tags_of([]) == [NO_LIQUID]
    assert tags_of(["assign", "nothing known"]) == ["assign"]
