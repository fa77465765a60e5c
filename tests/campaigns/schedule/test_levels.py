"""What holds for a group: the strictest limit, the nearest quiet hours, the blackout dates of every level."""

from __future__ import annotations

from datetime import time

import pytest
import time_machine

from campaigns.models import TimeRules
from campaigns.schedule.levels import OwnLimit, QuietHours
from campaigns.schedule.pressure import Pressure, pressure_of
from campaigns.schedule.queries import own_limits, times_of
from groups.models import Group, GroupKind
from groups.people.roles import role_of
from groups.roles import Role
from tests.builders import Cast, a_group, a_membership, a_person, root_group
from tests.campaigns.costs import cost_of
from tests.campaigns.schedule.builders import NOW, a_blackout, role_said, times_said

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M18")]


@pytest.fixture
def root(cast: Cast) -> Group:
    return root_group(cast.brand)


def test_without_rules_nothing_holds(cast: Cast) -> None:
    times = times_of(cast.store)

    assert (times.quiet, times.limits, times.role_limits, times.blackouts) == (None, {}, {}, ())


def test_of_limits_the_strictest_level_counts_and_of_equal_ones_the_nearest(cast: Cast, root: Group) -> None:
    times_said(root, mailings_per_week=3, mailings_per_day=1, days_ahead=60)
    times_said(cast.region, mailings_per_week=2, mailings_per_day=5, days_ahead=60)
    times_said(cast.store, mailings_per_week=4)

    limits = {name: (stated.value, stated.group) for name, stated in times_of(cast.store).limits.items()}

    assert limits == {
        "mailings_per_week": (2, cast.region),
        "mailings_per_day": (1, root),
        "days_ahead": (60, cast.region),
    }
    assert times_of(cast.far_store).limits["mailings_per_week"].value == 3


@pytest.mark.parametrize(
    ("of_region", "of_store", "expected"),
    [("", "", "22:00-06:00"), ("20:00-08:00", "", "20:00-08:00"), ("20:00-08:00", "23:00-05:00", "23:00-05:00")],
)
def test_of_quiet_hours_the_nearest_level_counts(
    cast: Cast, root: Group, of_region: str, of_store: str, expected: str
) -> None:
    times_said(root, quiet="22:00-06:00")
    times_said(cast.region, quiet=of_region, mailings_per_day=1)
    times_said(cast.store, quiet=of_store, mailings_per_day=1)

    stated = times_of(cast.store).quiet

    assert stated is not None
    assert stated.value == QuietHours(*(time.fromisoformat(end) for end in expected.split("-")))


def test_a_level_can_say_that_no_hour_is_quiet(cast: Cast, root: Group) -> None:
    times_said(root, quiet="22:00-06:00")
    times_said(cast.store, quiet="00:00-00:00")

    here, next_door = times_of(cast.store).quiet, times_of(cast.next_store).quiet

    assert here is not None and here.value.are_none
    assert next_door is not None and not next_door.value.are_none


@time_machine.travel(NOW, tick=False)
def test_blackout_dates_add_up_over_the_levels_and_hold_for_no_group_beside(cast: Cast, root: Group) -> None:
    a_blackout(root, "2026-12-24", "2026-12-26")
    a_blackout(cast.region, "2026-11-26", reason="Thanksgiving")
    a_blackout(cast.store, "2026-12-25", "2026-12-31", reason="Closed")
    a_blackout(cast.store, "2026-11-20", "2026-11-22", reason="Over")
    a_blackout(cast.next_store, "2026-12-01", reason="Inventory")

    assert [one.reason for one in times_of(cast.store).blackouts] == ["Thanksgiving", "Christmas", "Closed"]
    assert [one.reason for one in times_of(cast.far_store).blackouts] == ["Christmas"]
    assert [one.reason for one in times_of(root).blackouts] == ["Christmas"]


def test_the_rules_of_a_deep_tree_are_read_in_three_queries(cast: Cast, root: Group) -> None:
    deep = a_group(parent=cast.store, kind=GroupKind.STORE)
    for level in (root, cast.region, cast.store, deep):
        times_said(level, days_ahead=30)
        role_said(level, Role.LOCAL_AUTHOR, days_ahead=10)
        a_blackout(level, "2099-12-24")

    assert len(cost_of(lambda: times_of(deep))) == 3


@pytest.mark.catalogue("M23")
def test_a_role_has_the_strictest_limit_of_its_levels(cast: Cast, root: Group) -> None:
    role_said(root, Role.LOCAL_AUTHOR, mailings_per_week=3, people_per_mailing=500)
    role_said(cast.store, Role.LOCAL_AUTHOR, mailings_per_week=1)

    own = own_limits(times_of(cast.store), cast.author)

    assert own == {
        "mailings_per_week": OwnLimit(1, role_of(cast.brand, Role.LOCAL_AUTHOR)),
        "people_per_mailing": OwnLimit(500, role_of(cast.brand, Role.LOCAL_AUTHOR)),
    }
    assert own_limits(times_of(cast.store), cast.sender) == {}


@pytest.mark.catalogue("M23")
def test_the_most_generous_role_of_a_person_counts(cast: Cast, root: Group) -> None:
    role_said(root, Role.LOCAL_AUTHOR, mailings_per_week=1, people_per_mailing=100, days_ahead=7)
    role_said(root, Role.REGIONAL_MANAGER, mailings_per_week=5, people_per_mailing=50)
    a_membership(user=cast.author, group=cast.region, role=Role.REGIONAL_MANAGER)

    own = own_limits(times_of(cast.store), cast.author)

    assert own == {
        "mailings_per_week": OwnLimit(5, role_of(cast.brand, Role.REGIONAL_MANAGER)),
        "people_per_mailing": OwnLimit(100, role_of(cast.brand, Role.LOCAL_AUTHOR)),
    }


@pytest.mark.catalogue("M23")
def test_a_role_that_writes_nothing_lifts_no_limit_and_one_next_door_neither(cast: Cast, root: Group) -> None:
    role_said(root, Role.LOCAL_AUTHOR, mailings_per_week=1)
    role_said(root, Role.LOCAL_SENDER, mailings_per_week=9)
    a_membership(user=cast.author, group=cast.region, role=Role.APPROVER)
    a_membership(user=cast.author, group=cast.next_store, role=Role.LOCAL_SENDER)

    assert own_limits(times_of(cast.store), cast.author) == {
        "mailings_per_week": OwnLimit(1, role_of(cast.brand, Role.LOCAL_AUTHOR))
    }
    assert own_limits(times_of(cast.store), a_person(role=Role.APPROVER, group=cast.store)) == {}


def test_the_brands_own_group_says_how_much_one_person_gets(cast: Cast, root: Group) -> None:
    before = pressure_of(cast.store)
    times_said(cast.store, cap_mails=1, cap_days=1)
    times_said(root, cap_mails=8, cap_days=7, cap_counts_head_office=True, one_group_a_day=True)

    assert before == Pressure(None, None, caps_head_office=False, one_group_a_day=False)
    assert pressure_of(cast.store) == pressure_of(root) == Pressure(8, 7, caps_head_office=True, one_group_a_day=True)
    assert pressure_of(root_group(cast.other_brand)) == Pressure()
    assert len(cost_of(lambda: pressure_of(cast.store))) == 1
    assert TimeRules.objects.count() == 2
