"""A filter is said in words, in the reader's language."""

from __future__ import annotations

import pytest

from groups.audiences.filters.definition import OPERATORS, Condition, ConditionGroup, Definition, Join, Operator
from groups.audiences.filters.describing import OPERATOR_LABELS, described
from tests.groups.audiences.filters.builders import TARGETS, every, some


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (
            every(Condition("city", Operator.IS, "Portland"), Condition("last_visit", Operator.LAST_DAYS, 90)),
            "City is Portland and Last visit is in the last 90 days",
        ),
        (every(Condition("last_visit", Operator.NEXT_DAYS, 1)), "Last visit is in the next 1 day"),
        (
            some(Condition("tier", Operator.IS_EMPTY), Condition("is_member", Operator.NO)),
            "Tier is empty or Member is no",
        ),
        (every(Condition("points", Operator.BETWEEN, 1000, 2.5e6)), "Points is between 1,000 and 2,500,000.0"),
        (every(Condition("last_visit", Operator.LESS, "2026-11-30")), "Last visit is before Nov. 30, 2026"),
        (every(Condition("tier", Operator.CONTAINS, "50 %")), "Tier contains “50 %”"),
        (every(Condition("gone", Operator.IS, "x")), "gone is x"),
        (
            Definition(
                Join.ALL,
                (
                    ConditionGroup(
                        Join.ANY,
                        (Condition("city", Operator.IS, "Portland"), Condition("city", Operator.BEGINS_WITH, "As")),
                    ),
                    ConditionGroup(Join.ALL, (Condition("is_member", Operator.YES),)),
                ),
            ),
            "(City is Portland or City begins with “As”) and Member is yes",
        ),
    ],
)
def test_a_filter_in_words(definition: Definition, words: str) -> None:
    assert described(definition, TARGETS) == words


def test_every_comparison_of_every_kind_has_words_and_a_label() -> None:
    for name, target in TARGETS.items():
        assert set(OPERATOR_LABELS[target.kind]) == set(OPERATORS[target.kind])
        for operator in OPERATORS[target.kind]:
            value = 7 if operator in (Operator.LAST_DAYS, Operator.NEXT_DAYS) else "2026-11-30"
            words = described(every(Condition(name, operator, value, value)), TARGETS)
            assert words.startswith(target.label)
            assert "%(" not in words
