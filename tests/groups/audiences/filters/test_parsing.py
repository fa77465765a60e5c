"""What is stored or typed becomes a definition, or a sentence at the input that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from groups.audiences.filters.definition import Condition, ConditionGroup, Definition, Join, Operator
from groups.audiences.filters.parsing import ConditionRefused, condition_of, read
from groups.errors import InputRefused
from tests.groups.audiences.filters.builders import TARGETS, every

IN_PORTLAND = {"attribute": "city", "operator": "is", "value": "Portland"}


def stored(*conditions: dict[str, object], **more: object) -> dict[str, Any]:
    return {"join": "all", "groups": [{"join": "any", "conditions": list(conditions)}], **more}


def test_what_is_stored_is_read_back_as_it_was() -> None:
    definition = Definition(
        Join.ANY,
        (
            ConditionGroup(
                Join.ALL, (Condition("city", Operator.IS, "Portland"), Condition("points", Operator.LESS, 3))
            ),
            ConditionGroup(Join.ANY, (Condition("last_visit", Operator.BETWEEN, "2026-01-01", "2026-02-01"),)),
            ConditionGroup(Join.ALL, (Condition("is_member", Operator.YES), Condition("tier", Operator.IS_EMPTY))),
        ),
    )

    assert read(definition.as_json(), TARGETS) == definition
    assert definition.attributes == {"city", "points", "last_visit", "is_member", "tier"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], "cannot be read"),
        ({"join": "all"}, "cannot be read"),
        ({"join": "none", "groups": [{"join": "all", "conditions": [IN_PORTLAND]}]}, "cannot be read"),
        ({"join": "all", "groups": []}, "would be everybody"),
        ({"join": "all", "groups": [{"join": "all", "conditions": []}]}, "would be everybody"),
        (stored(IN_PORTLAND, more=1), "cannot be read"),
        (stored(IN_PORTLAND | {"sql": "1=1"}), "cannot be read"),
        (stored(IN_PORTLAND | {"upto": "Q"}), "cannot be read"),
        (stored({"attribute": "city", "operator": "is"}), "cannot be read"),
        (stored(IN_PORTLAND | {"attribute": "shoe_size"}), "does not let filters use"),
        (stored(IN_PORTLAND | {"attribute": "token"}), "does not let filters use"),
        (stored(IN_PORTLAND | {"operator": "more"}), "cannot be compared like this"),
        (stored(IN_PORTLAND | {"value": 5}), "Say what to compare with"),
        (stored(IN_PORTLAND | {"value": "x" * 61}), "at most 60 characters"),
        (stored({"attribute": "points", "operator": "is", "value": "5"}), "Give a number in digits"),
        (stored({"attribute": "points", "operator": "is", "value": True}), "Give a number in digits"),
        (stored({"attribute": "points", "operator": "is", "value": float("inf")}), "Give a number in digits"),
        (stored({"attribute": "last_visit", "operator": "is", "value": "soon"}), "Give a day such as"),
        (stored({"attribute": "last_visit", "operator": "is", "value": "1066-10-14"}), "from 1900 to 2999"),
        (stored({"attribute": "last_visit", "operator": "last_days", "value": 0}), "from 1 to 3650"),
        (stored({"attribute": "last_visit", "operator": "last_days", "value": 1.5}), "from 1 to 3650"),
        (stored({"attribute": "points", "operator": "between", "value": 9, "upto": 2}), "must not be below the first"),
        (stored(*[IN_PORTLAND] * 21), "at most 20 conditions"),
        ({"join": "all", "groups": stored(IN_PORTLAND)["groups"] * 6}, "at most 5 groups"),
    ],
)
def test_what_is_no_filter_is_refused_with_a_sentence(content: object, sentence: str) -> None:
    with pytest.raises(InputRefused, match=sentence):
        read(content, TARGETS)


@pytest.mark.parametrize(
    ("typed", "condition"),
    [
        (("city", "is", " Portland ", ""), Condition("city", Operator.IS, "Portland")),
        (("city", "is_empty", "left over", "too"), Condition("city", Operator.IS_EMPTY)),
        (("points", "between", "1", "2.5"), Condition("points", Operator.BETWEEN, 1, 2.5)),
        (("last_visit", "more", "30.11.2026", ""), Condition("last_visit", Operator.MORE, "2026-11-30")),
        (("last_visit", "last_days", "90", ""), Condition("last_visit", Operator.LAST_DAYS, 90)),
        (("is_member", "no", "", ""), Condition("is_member", Operator.NO)),
    ],
)
def test_what_is_typed_becomes_a_value_of_the_attributes_kind(
    typed: tuple[str, str, str, str], condition: Condition
) -> None:
    assert condition_of(*typed, TARGETS) == condition


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        (("", "is", "x", ""), "attribute"),
        (("shoe_size", "is", "x", ""), "attribute"),
        (("city", "less", "x", ""), "operator"),
        (("city", "is", "", ""), "value"),
        (("city", "is", "a\x00b", ""), "value"),
        (("points", "is", "many", ""), "value"),
        (("points", "between", "1", ""), "upto"),
        (("last_visit", "next_days", "-1", ""), "value"),
        (("last_visit", "is", "11/12/26", ""), "value"),
    ],
)
def test_a_refused_condition_names_the_input(typed: tuple[str, str, str, str], part: str) -> None:
    with pytest.raises(ConditionRefused) as refused:
        condition_of(*typed, TARGETS)

    assert refused.value.part == part


def test_equal_filters_are_stored_alike() -> None:
    first = every(Condition("points", Operator.BETWEEN, 1, 2))

    assert first.as_json() == {
        "join": "all",
        "groups": [
            {
                "join": "all",
                "conditions": [{"attribute": "points", "operator": "between", "value": 1, "upto": 2}],
            }
        ],
    }
