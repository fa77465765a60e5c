"""The database and Braze find the same people, by values of their type; nobody of another group is found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braze_client.sandbox.audiences import audience_matcher
from groups.audiences.filters.connecting import connected, demand_connectable, key_of
from groups.audiences.filters.definition import OPERATORS, Condition, ConditionGroup, Definition, Join, Operator
from groups.audiences.filters.queries import find, matching, people_of, targets_of, today_of
from groups.audiences.syncing import sync_contacts
from groups.errors import InputRefused
from groups.models import AttributeKind, Audience, Contact, Workspace
from tests.builders import a_contact, a_group, a_workspace, an_audience, change
from tests.groups.audiences.filters.builders import TARGETS, a_filter, a_tier, every, let_filters_use, some, where
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 30)
PEOPLE: dict[str, dict[str, Any]] = {
    "maya": {"city": "Portland", "points": 9, "last_visit": "2026-11-30", "is_member": True},
    "noor": {"city": "portland", "points": 10, "last_visit": "2026-11-01", "is_member": False},
    "omar": {"city": "Port Angeles", "points": 10.5, "last_visit": "2025-01-02"},
    "pia": {"city": "Astoria 50% (old)", "points": -3, "last_visit": "2026-12-24", "is_member": True},
    "quin": {"city": "", "points": None, "first_name": "Quin"},
    "rosa": {"first_name": "Rosa"},
    "sam": {"city": "10", "points": 100, "last_visit": "2026-12-25"},
}


@pytest.fixture
def audience() -> Audience:
    audience = an_audience(group=a_group(code="US-001"))
    let_filters_use(audience.group.brand)
    for name, attributes in PEOPLE.items():
        a_contact(audience=audience, external_id=name, **attributes)
    return audience


def found(audience: Audience, definition: Definition) -> set[str]:
    people = matching(definition, audience.group, TODAY)
    return set(people.values_list("external_id", flat=True))


@pytest.mark.catalogue("A7")
@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (("city", Operator.IS, "Portland"), {"maya"}),
        (("city", Operator.IS_NOT, "Portland"), {"noor", "omar", "pia", "quin", "rosa", "sam"}),
        (("city", Operator.CONTAINS, "ort"), {"maya", "noor", "omar"}),
        (("city", Operator.CONTAINS, "50% ("), {"pia"}),
        (("city", Operator.CONTAINS, "_"), set()),
        (("city", Operator.BEGINS_WITH, "Port"), {"maya", "omar"}),
        (("city", Operator.BEGINS_WITH, "Portland"), {"maya"}),
        (("city", Operator.BEGINS_WITH, "Portlanc"), set()),
        (("city", Operator.IS, "10"), {"sam"}),
        (("city", Operator.IS_EMPTY), {"quin", "rosa"}),
        (("city", Operator.IS_FILLED), {"maya", "noor", "omar", "pia", "sam"}),
        (("points", Operator.IS, 10), {"noor"}),
        (("points", Operator.LESS, 10), {"maya", "pia"}),
        (("points", Operator.MORE, 9), {"noor", "omar", "sam"}),
        (("points", Operator.BETWEEN, 9, 10.5), {"maya", "noor", "omar"}),
        (("points", Operator.IS_EMPTY), {"quin", "rosa"}),
        (("last_visit", Operator.IS, "2026-11-30"), {"maya"}),
        (("last_visit", Operator.LESS, "2026-11-01"), {"omar"}),
        (("last_visit", Operator.MORE, "2026-11-30"), {"pia", "sam"}),
        (("last_visit", Operator.BETWEEN, "2026-11-01", "2026-11-30"), {"maya", "noor"}),
        (("last_visit", Operator.LAST_DAYS, 29), {"maya", "noor"}),
        (("last_visit", Operator.LAST_DAYS, 28), {"maya"}),
        (("last_visit", Operator.NEXT_DAYS, 24), {"maya", "pia"}),
        (("last_visit", Operator.NEXT_DAYS, 25), {"maya", "pia", "sam"}),
        (("is_member", Operator.YES), {"maya", "pia"}),
        (("is_member", Operator.NO), {"noor"}),
        (("is_member", Operator.IS_EMPTY), {"omar", "quin", "rosa", "sam"}),
    ],
)
def test_each_comparison_finds_its_people(audience: Audience, condition: tuple[Any, ...], names: set[str]) -> None:
    assert found(audience, where(*condition)) == names


def test_all_and_any_are_joined_over_one_level(audience: Audience) -> None:
    visited = Condition("last_visit", Operator.LAST_DAYS, 29)
    member, poor = Condition("is_member", Operator.YES), Condition("points", Operator.LESS, 0)

    assert found(audience, every(visited, member)) == {"maya"}
    assert found(audience, some(visited, member)) == {"maya", "noor", "pia"}
    both = Definition(Join.ALL, (ConditionGroup(Join.ANY, (visited, poor)), ConditionGroup(Join.ALL, (member,))))
    assert found(audience, both) == {"maya", "pia"}
    either = Definition(Join.ANY, (ConditionGroup(Join.ALL, (visited, member)), ConditionGroup(Join.ALL, (poor,))))
    assert found(audience, either) == {"maya", "pia"}


def test_a_value_of_another_type_counts_as_empty(audience: Audience) -> None:
    a_contact(audience=audience, external_id="odd", points="10", city=10, is_member="true", last_visit=20261130)

    assert "odd" in found(audience, where("points", Operator.IS_EMPTY))
    assert "odd" in found(audience, where("city", Operator.IS_NOT, "Portland"))
    for condition in (
        Condition("points", Operator.BETWEEN, 0, 100),
        Condition("city", Operator.IS, "10"),
        Condition("is_member", Operator.YES),
        Condition("last_visit", Operator.MORE, "1900-01-01"),
    ):
        assert "odd" not in found(audience, every(condition))


@pytest.mark.catalogue("A7")
def test_a_filter_reaches_nobody_beyond_the_lists_of_its_own_group(audience: Audience) -> None:
    brand = audience.group.brand
    neighbour = an_audience(group=a_group(brand=brand))
    a_contact(audience=neighbour, external_id="of-the-next-group", city="Portland")
    a_contact(brand=brand, external_id="on-no-list", city="Portland")
    a_contact(audience=an_audience(), external_id="of-another-brand", city="Portland")
    everybody = some(Condition("city", Operator.IS_EMPTY), Condition("city", Operator.IS_FILLED))

    assert found(audience, everybody) == set(PEOPLE)
    assert found(neighbour, everybody) == {"of-the-next-group"}


def test_somebody_on_two_lists_of_the_group_is_found_once(audience: Audience) -> None:
    other = an_audience(group=audience.group)
    other.members.create(contact=Contact.objects.get(external_id="maya"))

    people = matching(where("city", Operator.IS, "Portland"), audience.group, TODAY)

    assert list(people.values_list("external_id", flat=True)) == ["maya"]


def test_the_count_is_exact_and_the_first_people_stand_by_address(
    audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = matching(where("city", Operator.IS_FILLED), audience.group, TODAY)
    by_address = list(filled.order_by("email").values_list("pk", flat=True))

    few, none = find(filled, first=2), find(filled.filter(external_id="nobody"))
    assert (few.count, few.is_more, few.first) == (5, False, tuple(by_address[:2]))
    assert (none.count, none.first) == (0, ())

    monkeypatch.setattr("groups.audiences.filters.queries.COUNTED_UP_TO", 3)
    many = find(filled, first=2)

    assert (many.shown, many.is_more, many.first) == (3, True, tuple(by_address[:2]))


def test_days_count_by_the_clock_of_the_group() -> None:
    late = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)

    assert today_of(a_group(time_zone="America/Los_Angeles"), late) == date(2026, 11, 30)
    assert today_of(a_group(time_zone="Europe/Berlin"), late) == date(2026, 12, 1)


def test_a_filter_whose_attribute_may_not_be_used_any_more_finds_nobody(audience: Audience) -> None:
    kept = a_filter(group=audience.group)
    assert people_of(kept).count() == 1

    audience.group.brand.attributes.filter(name="city").update(is_target=False)

    assert people_of(kept).count() == 0


# --- The same people by Braze -------------------------------------------------------------------------------------

_WORDS = st.sampled_from(["Portland", "portland", "Port", "a.b", "x^2", "50 %", "Zoë", "(old)", "\\d", "[a]", "it's"])
_NUMBERS = st.one_of(st.integers(-20, 20), st.floats(-20, 20, allow_nan=False).map(lambda number: round(number, 2)))
_DAYS = st.integers(-40, 40).map(lambda days: (TODAY + timedelta(days=days)).isoformat())
_VALUES: dict[AttributeKind, st.SearchStrategy[Any]] = {
    AttributeKind.TEXT: st.one_of(
        _WORDS, st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=6)
    ),
    AttributeKind.NUMBER: _NUMBERS,
    AttributeKind.DATE: _DAYS,
    AttributeKind.BOOLEAN: st.booleans(),
}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    target = draw(st.sampled_from(sorted(TARGETS.values(), key=lambda one: one.name)))
    operator = draw(st.sampled_from(OPERATORS[target.kind]))
    if operator in (Operator.LAST_DAYS, Operator.NEXT_DAYS):
        return Condition(target.name, operator, draw(st.integers(1, 60)))
    if operator in (Operator.YES, Operator.NO, Operator.IS_EMPTY, Operator.IS_FILLED):
        return Condition(target.name, operator)
    if operator == Operator.BETWEEN:
        low, high = sorted([draw(_VALUES[target.kind]), draw(_VALUES[target.kind])])
        return Condition(target.name, operator, low, high)
    return Condition(target.name, operator, draw(_VALUES[target.kind]))


_JOINS = st.sampled_from(list(Join))
_GROUPS = st.builds(ConditionGroup, _JOINS, st.lists(conditions(), min_size=1, max_size=4).map(tuple))
DEFINITIONS = st.builds(Definition, _JOINS, st.lists(_GROUPS, min_size=1, max_size=3).map(tuple))
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        target.name: st.one_of(_VALUES[target.kind], st.just("") if target.kind == "text" else st.none())
        for target in TARGETS.values()
    },
)


@pytest.fixture
def workspace(sandbox: RunningSandbox) -> Workspace:
    return a_workspace(endpoint=sandbox.url)


@pytest.mark.catalogue("A7")
def test_the_database_and_braze_find_the_same_people(workspace: Workspace, sandbox: RunningSandbox) -> None:
    """Random filters over random people, who went to the local Braze by the sync."""
    brand = workspace.brand
    audience = an_audience(group=a_group(brand=brand, code="US-001"))
    a_tier(brand)
    let_filters_use(brand)
    targets, numbers, tried = targets_of(brand), count(), []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(people=st.lists(ATTRIBUTES, min_size=1, max_size=8), filters=st.lists(DEFINITIONS, min_size=1, max_size=6))
    def same(people: list[dict[str, Any]], filters: list[Definition]) -> None:
        with _undone():
            names = [f"p{next(numbers)}" for _ in people]
            for name, attributes in zip(names, people, strict=True):
                a_contact(audience=audience, external_id=name, **{"first_name": "Maya", **attributes})
            assert sync_contacts(workspace.pk).synced == len(people)
            for definition in filters:
                by_database = found(audience, definition)
                matches = audience_matcher(connected(definition, targets, TODAY).as_json(), time.time())
                profiles = {name: sandbox.profile(name) for name in names}
                by_braze = {name for name, profile in profiles.items() if profile is not None and matches(profile)}
                assert by_braze == by_database
                tried.append(len(by_braze))

    same()

    assert any(tried)


@contextmanager
def _undone() -> Iterator[None]:
    """Gives a block whose rows are gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_standard_attribute_is_compared_by_its_mirror(workspace: Workspace, sandbox: RunningSandbox) -> None:
    audience = an_audience(group=a_group(brand=workspace.brand))
    contact = a_contact(audience=audience, city="Portland", last_visit="2026-11-30")
    let_filters_use(workspace.brand, "city", "last_visit")

    sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert (profile.fields["home_city"], profile.custom["smartersends_home_city"]) == ("Portland", "Portland")
    assert "smartersends_last_visit" not in profile.custom
    assert key_of(TARGETS["city"]) == "smartersends_home_city"
    assert key_of(TARGETS["last_visit"]) == "last_visit"
    assert connected(where("city", Operator.IS, "Portland"), TARGETS, TODAY).as_json() == {
        "custom_attribute": {
            "custom_attribute_name": "smartersends_home_city",
            "comparison": "equals",
            "value": "Portland",
        }
    }


def test_a_mirror_that_is_not_wanted_any_more_is_taken_away(workspace: Workspace, sandbox: RunningSandbox) -> None:
    audience = an_audience(group=a_group(brand=workspace.brand))
    contact = a_contact(audience=audience, city="Portland")
    let_filters_use(workspace.brand, "city")
    sync_contacts(workspace.pk)

    workspace.brand.attributes.update(is_target=False)
    contact.refresh_from_db()
    change(contact, first_name="Maia")
    sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert "smartersends_home_city" not in profile.custom
    assert profile.fields["home_city"] == "Portland"


def test_what_braze_cannot_compare_is_refused_with_the_reason() -> None:
    with pytest.raises(InputRefused, match="takes “2026-11-30” for a date"):
        demand_connectable(where("tier", Operator.IS, "2026-11-30"), TARGETS)
    with pytest.raises(InputRefused, match="Braze cannot compare “Points” like this"):
        demand_connectable(where("points", Operator.MORE, 10**17 * 1000), TARGETS)
