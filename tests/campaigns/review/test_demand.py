"""The strictest of everything that holds: a rule that waives never wins over one that asks."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Demand
from campaigns.review.demand import Clause, Demanded, Facts, Stated, is_milder, strictest

pytestmark = pytest.mark.catalogue("M2")

GROUPS = [uuid.UUID(int=number) for number in range(1, 4)]
TEMPLATES = [uuid.UUID(int=number) for number in range(10, 12)]
KINDS = ["date", "time", "line", "structure"]

facts = st.builds(
    Facts,
    groups=st.frozensets(st.sampled_from(GROUPS), min_size=1),
    template=st.sampled_from(TEMPLATES),
    people=st.none() | st.integers(0, 50),
    changed_kinds=st.frozensets(st.sampled_from(KINDS)),
)
clauses = st.builds(
    Clause,
    demand=st.sampled_from(list(Demand)),
    approvals=st.integers(1, 4),
    group=st.none() | st.sampled_from(GROUPS),
    template=st.none() | st.sampled_from(TEMPLATES),
    larger_than=st.none() | st.integers(0, 50),
    harmless_kinds=st.frozensets(st.sampled_from(KINDS[:3])),
)


def decided(rules: list[Clause], mailing: Facts) -> Demanded:
    stated = [Stated(rule.demand, "A rule.", rule.approvals) for rule in rules if rule.matches(mailing)]
    return strictest(stated, otherwise="Nothing matches.")


@given(facts, st.lists(clauses, max_size=6))
def test_none_never_wins_over_a_stricter_rule_that_matches(mailing: Facts, rules: list[Clause]) -> None:
    demanded = decided(rules, mailing)

    matching = [rule for rule in rules if rule.matches(mailing)]
    assert demanded.is_asked is (not matching or any(rule.demand != Demand.NONE for rule in matching))
    assert demanded.has_two_levels is any(rule.demand == Demand.TWO_LEVELS for rule in matching)
    asking = [rule.approvals for rule in matching if rule.demand != Demand.NONE]
    assert demanded.approvals == max(asking, default=1)


@given(facts, st.lists(clauses, max_size=5), clauses)
def test_one_rule_more_never_asks_for_less_unless_nothing_matched(
    mailing: Facts, rules: list[Clause], added: Clause
) -> None:
    before, after = decided(rules, mailing), decided([*rules, added], mailing)

    had_a_match = any(rule.matches(mailing) for rule in rules)
    assert not is_milder(after, before) or not had_a_match


@given(facts, st.lists(clauses, max_size=5))
def test_the_order_of_the_rules_says_nothing(mailing: Facts, rules: list[Clause]) -> None:
    shuffled = sorted(rules, key=repr, reverse=True)

    one, other = decided(rules, mailing), decided(shuffled, mailing)

    assert (one.demand, one.approvals) == (other.demand, other.approvals)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Clause(Demand.NONE), True),
        (Clause(Demand.NONE, harmless_kinds=frozenset({"date", "time"})), True),
        (Clause(Demand.NONE, harmless_kinds=frozenset({"time"})), False),
        (Clause(Demand.NONE, group=GROUPS[1]), False),
        (Clause(Demand.NONE, template=TEMPLATES[1]), False),
        (Clause(Demand.ONE_LEVEL, larger_than=10), True),
        (Clause(Demand.NONE, larger_than=10), False),
    ],
)
def test_a_number_that_only_braze_knows_is_a_large_one_and_waives_nothing(rule: Clause, holds: bool) -> None:
    mailing = Facts(frozenset({GROUPS[0]}), TEMPLATES[0], people=None, changed_kinds=frozenset({"date"}))

    assert rule.matches(mailing) is holds


def test_as_many_people_as_the_bound_are_not_more() -> None:
    rule = Clause(Demand.TWO_LEVELS, larger_than=10)
    mailing = Facts(frozenset({GROUPS[0]}), TEMPLATES[0], people=10, changed_kinds=frozenset())

    assert rule.matches(mailing) is False


def test_only_the_reasons_of_what_asks_for_most_are_told() -> None:
    demanded = strictest(
        [
            Stated(Demand.NONE, "The brand lets pass."),
            Stated(Demand.ONE_LEVEL, "The region asks."),
            Stated(Demand.TWO_LEVELS, "The audience is large."),
            Stated(Demand.ONE_LEVEL, "Three must agree.", approvals=3),
        ],
        otherwise="",
    )

    assert demanded == Demanded(Demand.TWO_LEVELS, 3, ("The audience is large.", "Three must agree."))


def test_where_nothing_holds_it_is_one_approval_and_says_so() -> None:
    assert strictest([], otherwise="No rule.") == Demanded(Demand.ONE_LEVEL, 1, ("No rule.",))
