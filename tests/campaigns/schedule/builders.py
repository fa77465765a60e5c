"""Builders of rules about time, and the moments that the tests speak of."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.models import Blackout, Mailing, RoleLimit, TimeRules
from campaigns.preflight import check
from campaigns.schedule.levels import GroupTimes, QuietHours, Stated, Taken
from campaigns.schedule.wishes import Wish
from groups.models import Group, User
from groups.roles import Role

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""A Monday, at ten in the morning in Los Angeles."""


def at(text: str, zone: str = "America/Los_Angeles", *, fold: int = 0) -> datetime:
    """Gives a moment from a wall clock: `2026-11-24 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def times_said(group: Group, *, quiet: str = "", **said: Any) -> TimeRules:
    """Gives what a group says; `quiet` is a stretch as `21:00-07:00`."""
    if quiet:
        said["quiet_from"], said["quiet_until"] = (time.fromisoformat(part) for part in quiet.split("-"))
    return TimeRules.objects.create(group=group, **said)


def role_said(group: Group, role: Role, **limits: int) -> RoleLimit:
    """Gives what a group says of a role."""
    return RoleLimit.objects.create(group=group, role=role, **limits)


def a_blackout(group: Group, first: str, last: str = "", reason: str = "Christmas") -> Blackout:
    """Gives days on which a group and those below it send nothing."""
    return Blackout.objects.create(
        group=group, first_day=date.fromisoformat(first), last_day=date.fromisoformat(last or first), reason=reason
    )


def a_wish(
    text: str, *, zone: str, quiet: str = "", blackouts: tuple[tuple[str, str], ...] = (), fold: int = 0
) -> Wish:
    """Gives a wish of a group in a zone, made of values alone."""
    group = Group(name="Store", time_zone=zone)
    start, _dash, end = quiet.partition("-")
    times = GroupTimes(
        group=group,
        quiet=Stated(QuietHours(time.fromisoformat(start), time.fromisoformat(end)), group) if quiet else None,
        limits={},
        role_limits={},
        blackouts=tuple(
            Blackout(
                group=group, first_day=date.fromisoformat(first), last_day=date.fromisoformat(last), reason="Closed"
            )
            for first, last in blackouts
        ),
    )
    go_at = at(text, zone, fold=fold)
    return Wish(Mailing(group=group), go_at, times.day_of(go_at), times, {}, Taken())


def findings_about_time(mailing: Mailing, actor: User | None = None) -> dict[str, bool]:
    """Gives what the check finds about time and the number of people: whether it blocks, by its code."""
    codes = ("time_", "audience_too_large", "audience_uncounted")
    return {one.code: one.blocks for one in check(mailing, actor=actor) if one.code.startswith(codes)}


def sentences_about_time(mailing: Mailing) -> list[str]:
    """Gives what the check says about time and the number of people."""
    codes = ("time_", "audience_too_large", "audience_uncounted")
    return [one.sentence for one in check(mailing) if one.code.startswith(codes)]
