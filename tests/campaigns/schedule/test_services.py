"""Saying when a group mails: by whom, what is refused, and what the audit trail keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from campaigns.errors import NotAllowed, Refusal
from campaigns.models import Blackout, RoleLimit, TimeRules
from campaigns.schedule.levels import Limits, QuietHours
from campaigns.schedule.pressure import Pressure
from campaigns.schedule.queries import limited_roles
from campaigns.schedule.services import (
    add_blackout,
    remove_blackout,
    save_pressure,
    save_role_limits,
    save_times,
)
from groups.models import Event, Group, User
from groups.roles import Role
from tests.builders import Cast, a_person, root_group
from tests.campaigns.schedule.builders import NOW, a_blackout

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M18")]

CHRISTMAS = {"first_day": date(2026, 12, 24), "last_day": date(2026, 12, 26), "reason": "Christmas"}
ACTS: dict[str, Callable[[Group, User], object]] = {
    "times": lambda group, actor: save_times(group=group, quiet=None, limits=Limits(days_ahead=3), actor=actor),
    "roles": lambda group, actor: save_role_limits(
        group=group, limits={Role.LOCAL_AUTHOR: Limits(days_ahead=3)}, actor=actor
    ),
    "pressure": lambda group, actor: save_pressure(group=group, pressure=Pressure(8, 7), actor=actor),
    "blackout": lambda group, actor: add_blackout(group=group, actor=actor, **CHRISTMAS),  # type: ignore[arg-type]
    "removal": lambda group, actor: remove_blackout(blackout=Blackout.objects.get(), actor=actor),
}


def expect_nothing_said() -> None:
    assert not TimeRules.objects.exists()
    assert not RoleLimit.objects.exists()
    assert not Event.objects.filter(action__startswith="times.").exists()


@pytest.mark.parametrize("act", ACTS)
def test_only_whoever_manages_the_rules_of_a_group_changes_them(cast: Cast, act: str) -> None:
    root = root_group(cast.brand)
    blackout = a_blackout(root, "2099-12-24")
    below = a_person(role=Role.BRAND_MANAGER, group=cast.region)

    for user in (*cast.without(cast.manager, cast.admin), below):
        with pytest.raises(NotAllowed):
            ACTS[act](root, user)

    expect_nothing_said()
    assert list(Blackout.objects.all()) == [blackout]


def test_what_was_said_is_kept_and_recorded(cast: Cast) -> None:
    quiet = QuietHours(time(21), time(7))

    save_times(group=cast.region, quiet=quiet, limits=Limits(mailings_per_week=2), actor=cast.manager)

    rules = TimeRules.objects.get()
    event = Event.objects.get(action="times.changed")
    assert (rules.group, rules.quiet_from, rules.quiet_until) == (cast.region, time(21), time(7))
    assert (rules.mailings_per_week, rules.mailings_per_day) == (2, None)
    assert (event.actor, event.group) == (cast.manager, cast.region)
    assert event.detail == {"rules": "quiet_from 21:00:00, quiet_until 07:00:00, mailings_per_week 2"}


def test_hours_and_caps_are_saved_apart(cast: Cast) -> None:
    root = root_group(cast.brand)
    save_pressure(group=root, pressure=Pressure(8, 7, one_group_a_day=True), actor=cast.manager)

    save_times(group=root, quiet=None, limits=Limits(days_ahead=30), actor=cast.manager)

    rules = TimeRules.objects.get()
    assert (rules.cap_mails, rules.cap_days, rules.one_group_a_day, rules.days_ahead) == (8, 7, True, 30)


@pytest.mark.parametrize("limits", [Limits(days_ahead=0), Limits(mailings_per_day=-1), Limits(days_ahead=731)])
def test_a_limit_that_is_none_is_refused(cast: Cast, limits: Limits) -> None:
    with pytest.raises(Refusal, match="A limit is a number from 1"):
        save_times(group=cast.store, quiet=None, limits=limits, actor=cast.manager)
    with pytest.raises(Refusal, match="A limit is a number from 1"):
        save_role_limits(group=cast.store, limits={Role.LOCAL_AUTHOR: limits}, actor=cast.manager)

    expect_nothing_said()


@pytest.mark.parametrize("pressure", [Pressure(8, None), Pressure(None, 7), Pressure(0, 7), Pressure(8, 366)])
def test_a_cap_needs_two_numbers_that_make_sense(cast: Cast, pressure: Pressure) -> None:
    with pytest.raises(Refusal, match="A cap"):
        save_pressure(group=root_group(cast.brand), pressure=pressure, actor=cast.manager)

    expect_nothing_said()


def test_only_the_brands_own_group_says_how_much_one_person_gets(cast: Cast) -> None:
    with pytest.raises(Refusal, match="on its own group"):
        save_pressure(group=cast.region, pressure=Pressure(8, 7), actor=cast.manager)

    expect_nothing_said()


@pytest.mark.catalogue("M23")
def test_limits_are_said_for_roles_that_write_and_do_not_overrule(cast: Cast) -> None:
    limited = {role.key for role in limited_roles(cast.brand)}
    refused = [role for role in Role if role not in limited]

    for role in refused:
        with pytest.raises(Refusal, match="has no limits"):
            save_role_limits(group=cast.store, limits={role: Limits(days_ahead=3)}, actor=cast.manager)

    assert limited == {Role.REGIONAL_MANAGER, Role.LOCAL_SENDER, Role.LOCAL_AUTHOR}
    expect_nothing_said()


@pytest.mark.catalogue("M23")
def test_a_role_without_limits_leaves_no_row(cast: Cast) -> None:
    said = {Role.LOCAL_AUTHOR: Limits(mailings_per_week=1), Role.LOCAL_SENDER: Limits(people_per_mailing=500)}
    save_role_limits(group=cast.store, limits=said, actor=cast.manager)

    save_role_limits(group=cast.store, limits={**said, Role.LOCAL_AUTHOR: Limits()}, actor=cast.manager)

    assert [(one.role, one.people_per_mailing) for one in RoleLimit.objects.all()] == [(Role.LOCAL_SENDER, 500)]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"last_day": date(2026, 12, 23)}, "lies before the first"),
        ({"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 22)}, "are over"),
        ({"last_day": NOW.date() + timedelta(days=5 * 366 + 1)}, "more than five years"),
        ({"last_day": date.max}, "more than five years"),
        ({"reason": " \n "}, "Say why"),
    ],
)
def test_days_that_make_no_sense_are_refused(cast: Cast, days: dict[str, object], reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        add_blackout(group=cast.store, actor=cast.manager, **{**CHRISTMAS, **days})  # type: ignore[arg-type]

    assert not Blackout.objects.exists()
    expect_nothing_said()


@time_machine.travel(NOW, tick=False)
def test_blackout_dates_are_added_and_removed_once_and_recorded(cast: Cast) -> None:
    blackout, _held = add_blackout(
        group=cast.region,
        first_day=date(2026, 12, 24),
        last_day=date(2026, 12, 24),
        reason="No\nmail",
        actor=cast.manager,
    )
    reason, created_by = blackout.reason, blackout.created_by

    remove_blackout(blackout=blackout, actor=cast.admin)
    remove_blackout(blackout=blackout, actor=cast.admin)

    trail = Event.objects.filter(action__startswith="times.blackout").order_by("id")
    assert (reason, created_by) == ("No mail", cast.manager)
    assert [(event.action, event.actor, event.detail["first"]) for event in trail] == [
        ("times.blackout_added", cast.manager, "2026-12-24"),
        ("times.blackout_removed", cast.admin, "2026-12-24"),
    ]


@pytest.mark.parametrize(
    "said", [{"days_ahead": 0}, {"quiet_from": time(21)}, {"cap_mails": 8}, {"cap_mails": 0, "cap_days": 7}]
)
def test_the_table_holds_nothing_by_halves(cast: Cast, said: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TimeRules.objects.create(group=cast.store, **said)
