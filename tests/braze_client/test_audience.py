"""Connected-audience filters say only what Braze compares (contract, section 13.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from braze_client import AllOf, AnyOf, ContractViolation, CustomAttribute, EmailSubscription


def test_filters_nest_as_braze_writes_them() -> None:
    audience = AllOf(
        CustomAttribute("smartersends_groups", "includes_value", "US-001"),
        AnyOf(
            CustomAttribute("visits", "greater_than_or_equal_to", 3),
            CustomAttribute("last_visit", "after", datetime(2026, 11, 1, tzinfo=UTC)),
        ),
        EmailSubscription("is", "opted_in"),
    )

    document = audience.as_json()

    def custom(name: str, comparison: str, value: object) -> dict[str, object]:
        return {"custom_attribute": {"custom_attribute_name": name, "comparison": comparison, "value": value}}

    assert document == {
        "AND": [
            custom("smartersends_groups", "includes_value", "US-001"),
            {
                "OR": [
                    custom("visits", "greater_than_or_equal_to", 3),
                    custom("last_visit", "after", "2026-11-01T00:00:00Z"),
                ]
            },
            {"email_subscription_status": {"comparison": "is", "value": "opted_in"}},
        ]
    }


def test_presence_takes_no_value() -> None:
    assert CustomAttribute("vip", "exists").as_json() == {
        "custom_attribute": {"custom_attribute_name": "vip", "comparison": "exists"}
    }


@pytest.mark.parametrize(
    "wrong",
    [
        ("", "equals", "x"),
        ("a", "equals", None),
        ("a", "exists", "x"),
        ("a", "greater_than", "3"),
        ("a", "matches_regex", 3),
        ("a", "not_equal", True),
        ("a", "does_not_equal", True),
        ("a", "after", "2026-11-01"),
        ("a", "after", datetime(2026, 11, 1)),  # noqa: DTZ001
        ("a", "equals", float("inf")),
        ("a", "equals", ["x"]),
    ],
)
def test_a_comparison_that_does_not_suit_its_value_is_refused(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(ContractViolation):
        CustomAttribute(*wrong)


@pytest.mark.parametrize("kind", [AllOf, AnyOf])
def test_an_empty_combination_would_mean_everyone_and_is_refused(kind: type[AllOf] | type[AnyOf]) -> None:
    with pytest.raises(ContractViolation):
        kind()


def test_an_unknown_subscription_state_is_refused() -> None:
    with pytest.raises(ContractViolation):
        EmailSubscription("is", "all")  # type: ignore[arg-type]
