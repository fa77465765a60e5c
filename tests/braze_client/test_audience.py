"""Connected-audience filters say only what Braze compares, and select whom they say (contract, section 13.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_client import (
    AllOf,
    AnyOf,
    ArrayAttribute,
    Audience,
    ContractViolation,
    EmailSubscription,
    FlagAttribute,
    LastUsedApp,
    NumberAttribute,
    PushSubscription,
    TextAttribute,
    TimeAttribute,
)
from braze_client.sandbox.audiences import audience_matcher
from braze_client.sandbox.profiles import Profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Person = dict[str, Any]
Oracle = Callable[[Person], bool]


def custom(name: str, comparison: str, *value: object) -> dict[str, object]:
    """Returns a filter object as Braze writes it."""
    document: dict[str, object] = {"custom_attribute_name": name, "comparison": comparison}
    return {"custom_attribute": document | ({"value": value[0]} if value else {})}


def test_filters_nest_as_braze_writes_them() -> None:
    audience = AllOf(
        ArrayAttribute("smartersends_groups").includes("US-001"),
        AnyOf(
            NumberAttribute("visits").at_least(3),
            TimeAttribute("last_visit").after(datetime(2026, 11, 1, tzinfo=UTC)),
        ),
        EmailSubscription("is", "opted_in"),
        PushSubscription("is_not", "unsubscribed"),
        LastUsedApp("before", datetime(2026, 11, 1, tzinfo=UTC)),
    )

    assert audience.as_json() == {
        "AND": [
            custom("smartersends_groups", "includes_value", "US-001"),
            {
                "OR": [
                    custom("visits", "greater_than_or_equal_to", 3),
                    custom("last_visit", "after", "2026-11-01T00:00:00Z"),
                ]
            },
            {"email_subscription_status": {"comparison": "is", "value": "opted_in"}},
            {"push_subscription_status": {"comparison": "is_not", "value": "unsubscribed"}},
            {"last_used_app": {"comparison": "before", "value": "2026-11-01T00:00:00Z"}},
        ]
    }


@pytest.mark.parametrize(
    ("made", "comparison", "value"),
    [
        (TextAttribute("a").equals("x"), "equals", ["x"]),
        (TextAttribute("a").not_equal("x"), "not_equal", ["x"]),
        (TextAttribute("a").matches("^x"), "matches_regex", ["^x"]),
        (TextAttribute("a").does_not_match("^x"), "does_not_match_regex", ["^x"]),
        (ArrayAttribute("a").does_not_include("x"), "does_not_include_value", ["x"]),
        (NumberAttribute("a").equals(1.5), "equals", [1.5]),
        (NumberAttribute("a").not_equal(1), "not_equal", [1]),
        (NumberAttribute("a").more_than(1), "greater_than", [1]),
        (NumberAttribute("a").less_than(1), "less_than", [1]),
        (NumberAttribute("a").at_most(1), "less_than_or_equal_to", [1]),
        (FlagAttribute("a").is_true(), "equals", [True]),
        (FlagAttribute("a").is_false(), "equals", [False]),
        (TimeAttribute("a").before(NOW), "before", ["2026-11-22T12:00:00Z"]),
        (TimeAttribute("a").within_days(3), "less_than_x_days_ago", [3]),
        (TimeAttribute("a").before_days(3), "greater_than_x_days_ago", [3]),
        (TimeAttribute("a").in_less_than_days(3), "less_than_x_days_in_the_future", [3]),
        (TimeAttribute("a").in_more_than_days(3), "greater_than_x_days_in_the_future", [3]),
        (TextAttribute("a").exists(), "exists", []),
        (FlagAttribute("a").does_not_exist(), "does_not_exist", []),
    ],
)
def test_each_comparison_has_brazes_own_word(made: Audience, comparison: str, value: list[object]) -> None:
    assert made.as_json() == custom("a", comparison, *value)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: TextAttribute(""),
        lambda: TextAttribute("x" * 256),
        lambda: TextAttribute("email"),
        lambda: TextAttribute("home_city"),
        lambda: NumberAttribute("external_id"),
        lambda: TextAttribute("shop.city"),
        lambda: TextAttribute("visits[0]"),
        lambda: TextAttribute("a").equals(3),  # type: ignore[arg-type]
        lambda: TextAttribute("a").equals(""),
        lambda: TextAttribute("a").equals("x" * 256),
        lambda: TextAttribute("a").matches("(["),
        lambda: NumberAttribute("a").more_than("3"),  # type: ignore[arg-type]
        lambda: NumberAttribute("a").equals(True),
        lambda: NumberAttribute("a").equals(float("inf")),
        lambda: NumberAttribute("a").equals(2**70),
        lambda: TimeAttribute("a").after("2026-11-01"),  # type: ignore[arg-type]
        lambda: TimeAttribute("a").after(datetime(2026, 11, 1)),  # noqa: DTZ001
        lambda: TimeAttribute("a").within_days(-1),
        lambda: TimeAttribute("a").within_days(True),
        lambda: TimeAttribute("a").within_days(1.5),  # type: ignore[arg-type]
        lambda: EmailSubscription("is", "all"),  # type: ignore[arg-type]
        lambda: PushSubscription("equals", "opted_in"),  # type: ignore[arg-type]
        lambda: LastUsedApp("after", datetime(2026, 11, 1)),  # noqa: DTZ001
        lambda: AllOf(),
        lambda: AnyOf(),
        lambda: AllOf("everyone"),  # type: ignore[arg-type]
        lambda: AllOf(TextAttribute("a")),  # type: ignore[arg-type]
        lambda: AllOf({"AND": []}),  # type: ignore[arg-type]
    ],
)
def test_what_braze_cannot_filter_on_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ContractViolation) as refusal:
        wrong()

    assert refusal.value.rule == "13.3"


WORDS = st.sampled_from(["gold", "silver", "G1", "G2"])
NUMBERS = st.integers(-3, 3)
DAYS = st.integers(0, 40)


def held(person: Person, name: str, test: Callable[[Any], bool]) -> bool:
    """Tells whether a person has an attribute that passes."""
    return name in person and test(person[name])


def leaf(made: Audience, oracle: Oracle) -> tuple[Audience, Oracle]:
    """Returns a filter beside the plain Python that says whom it means."""
    return made, oracle


LEAVES: st.SearchStrategy[tuple[Audience, Oracle]] = st.one_of(
    WORDS.map(lambda v: leaf(TextAttribute("tier").equals(v), lambda p: p.get("tier") == v)),
    WORDS.map(lambda v: leaf(TextAttribute("tier").not_equal(v), lambda p: p.get("tier") != v)),
    WORDS.map(
        lambda v: leaf(
            TextAttribute("tier").matches(v[:2]), lambda p: held(p, "tier", lambda t: re.search(v[:2], t) is not None)
        )
    ),
    WORDS.map(lambda v: leaf(ArrayAttribute("groups").includes(v), lambda p: held(p, "groups", lambda g: v in g))),
    WORDS.map(
        lambda v: leaf(ArrayAttribute("groups").does_not_include(v), lambda p: held(p, "groups", lambda g: v not in g))
    ),
    NUMBERS.map(lambda v: leaf(NumberAttribute("visits").at_least(v), lambda p: held(p, "visits", lambda n: n >= v))),
    NUMBERS.map(lambda v: leaf(NumberAttribute("visits").less_than(v), lambda p: held(p, "visits", lambda n: n < v))),
    st.just(leaf(FlagAttribute("vip").is_true(), lambda p: p.get("vip") is True)),
    st.just(leaf(FlagAttribute("vip").is_false(), lambda p: p.get("vip") is False)),
    st.just(leaf(FlagAttribute("vip").exists(), lambda p: "vip" in p)),
    DAYS.map(lambda v: leaf(TimeAttribute("seen").within_days(v), lambda p: held(p, "seen", lambda days: days < v))),
    DAYS.map(
        lambda v: leaf(
            TimeAttribute("seen").before(NOW - timedelta(days=v)), lambda p: held(p, "seen", lambda days: days > v)
        )
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from(
            [
                leaf(AllOf(*(part for part, _ in parts)), lambda p: all(oracle(p) for _, oracle in parts)),
                leaf(AnyOf(*(part for part, _ in parts)), lambda p: any(oracle(p) for _, oracle in parts)),
            ]
        )
    ),
    max_leaves=8,
)
PEOPLE = st.fixed_dictionaries(
    {},
    optional={
        "tier": WORDS,
        "groups": st.lists(WORDS, max_size=2, unique=True),
        "visits": NUMBERS,
        "vip": st.booleans(),
        "seen": DAYS,
    },
)


@given(TREES, st.lists(PEOPLE, min_size=1, max_size=5))
def test_the_sandbox_selects_whom_plain_python_selects(tree: tuple[Audience, Oracle], people: list[Person]) -> None:
    audience, oracle = tree
    matches = audience_matcher(audience.as_json(), NOW.timestamp())

    for person in people:
        held_by_braze = dict(person)
        if "seen" in person:
            held_by_braze["seen"] = (NOW - timedelta(days=person["seen"])).isoformat()
        profile = Profile(braze_id="b", external_id="p", created_at=0, updated_at=0, custom=held_by_braze)
        assert matches(profile) == oracle(person), audience.as_json()
