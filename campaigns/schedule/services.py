"""Changing what a group says about time; whoever manages its rules may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.errors import NotAllowed, Refusal
from campaigns.library.offering import day_of
from campaigns.library.words import one_line
from campaigns.models import Blackout, RoleLimit, TimeRules
from campaigns.schedule.demands import lock_times
from campaigns.schedule.holding import Held, hold_back
from campaigns.schedule.levels import ClashRule, Limits, QuietHours
from campaigns.schedule.pressure import Pressure
from campaigns.schedule.queries import limited_roles
from groups.access import may
from groups.audit import Value, record
from groups.models import Attribute, Group, User
from groups.roles import Permission

REASON_CHARACTERS = 120
MOST_BLACKOUTS = 100
FARTHEST = timedelta(days=5 * 366)
HIGHEST = Limits(730, 100, 500, 2000, 10_000_000)
MOST_MAILS, MOST_DAYS = 1000, 365
MOST_CLASH_HOURS = 14 * 24


def save_times(*, group: Group, quiet: QuietHours | None, limits: Limits, actor: User) -> Held:
    """Says when and how much a group and those below it mail; None is as the level above has it.

    Gives what was held back because its hour is quiet now. Raises `NotAllowed`, and `Refusal` for limits that are none.
    """
    _demand_right(actor, group)
    _demand_limits(limits)
    said: dict[str, Value] = {
        "quiet_from": None if quiet is None else quiet.start,
        "quiet_until": None if quiet is None else quiet.end,
        **asdict(limits),
    }
    with transaction.atomic():
        lock_times(group)
        before = _as_it_stands(group, said)
        rules, _is_new = TimeRules.objects.update_or_create(group=group, defaults=said)
        record(
            "times.changed", actor=actor, group=group, target=rules, before=before, after=said, rules=_in_short(said)
        )
        return hold_back(group, actor=actor)


def save_pressure(*, group: Group, pressure: Pressure, actor: User) -> None:
    """Says how much mail one person gets from a whole brand, on its own group.

    Raises `NotAllowed`, and `Refusal` on any other group or for a cap that is none.
    """
    _demand_right(actor, group)
    if group.parent_id is not None:
        raise Refusal(_("How much mail a person gets is said for the whole brand, on its own group."))
    for name in filter(None, (pressure.home_attribute, pressure.visit_attribute)):
        if not Attribute.objects.filter(brand=group.brand_id, name=name).exists():
            raise Refusal(_("Your brand has no attribute called “%(name)s”.") % {"name": name[:60]})
    mails, days = pressure.cap_mails, pressure.cap_days
    if (mails is None) != (days is None):
        raise Refusal(_("A cap needs both a number of mails and a number of days."))
    if mails is not None and days is not None and not (1 <= mails <= MOST_MAILS and 1 <= days <= MOST_DAYS):
        raise Refusal(_("A cap has 1 to 1000 mails in 1 to 365 days."))
    said: dict[str, Value] = {
        "cap_mails": mails,
        "cap_days": days,
        "cap_counts_head_office": pressure.caps_head_office,
        "one_group_a_day": pressure.one_group_a_day,
        "home_attribute": pressure.home_attribute,
        "visit_attribute": pressure.visit_attribute,
    }
    with transaction.atomic():
        before = _as_it_stands(group, said)
        rules, _is_new = TimeRules.objects.update_or_create(group=group, defaults=said)
        record(
            "times.pressure_changed",
            actor=actor,
            group=group,
            target=rules,
            before=before,
            after=said,
            rules=_in_short(said),
        )


def save_clash(*, group: Group, clash: ClashRule | None, actor: User) -> None:
    """Says when mailings of a group and of those below it clash; None is as the level above has it.

    Raises `NotAllowed`, and `Refusal` for numbers out of range.
    """
    _demand_right(actor, group)
    if clash is not None and not (1 <= clash.percent <= 100 and 1 <= clash.hours <= MOST_CLASH_HOURS):
        raise Refusal(
            _("Clashes have 1 to 100 percent of the people and 1 to %(hours)s hours.") % {"hours": MOST_CLASH_HOURS}
        )
    said: dict[str, Value] = {
        "clash_percent": None if clash is None else clash.percent,
        "clash_hours": None if clash is None else clash.hours,
    }
    with transaction.atomic():
        before = _as_it_stands(group, said)
        rules, _is_new = TimeRules.objects.update_or_create(group=group, defaults=said)
        record(
            "times.clash_changed",
            actor=actor,
            group=group,
            target=rules,
            before=before,
            after=said,
            rules=_in_short(said),
        )


def save_role_limits(*, group: Group, limits: Mapping[str, Limits], actor: User) -> None:
    """Says what one person may do in a group and in each below it, by the key of their role; none lets the row go.

    Raises `NotAllowed`, and `Refusal` for a role that has no limits or for limits that are none.
    """
    _demand_right(actor, group)
    known = {role.key for role in limited_roles(group.brand)}
    for role, said in limits.items():
        if role not in known:
            raise Refusal(_("The role “%(role)s” has no limits.") % {"role": role})
        _demand_limits(said)
    with transaction.atomic():
        before = _limits_as_they_stand(group, limits)
        for role, said in limits.items():
            if said == Limits():
                RoleLimit.objects.filter(group=group, role=role).delete()
            else:
                RoleLimit.objects.update_or_create(group=group, role=role, defaults=asdict(said))
        rules = "; ".join(f"{role}: {_in_short(asdict(said))}" for role, said in limits.items())
        record(
            "times.role_limits_changed",
            actor=actor,
            group=group,
            target=group,
            before=before,
            after={role: _in_short(asdict(said)) for role, said in limits.items()},
            rules=rules,
        )


def add_blackout(*, group: Group, first_day: date, last_day: date, reason: str, actor: User) -> tuple[Blackout, Held]:
    """Names days on which a group and those below it send nothing, and holds back what was to go out on them.

    Raises `NotAllowed`, and `Refusal` for days that are over, too far away or the wrong way round.
    """
    _demand_right(actor, group)
    reason = one_line(reason)[:REASON_CHARACTERS]
    today = day_of(group, timezone.now())
    if not reason:
        raise Refusal(_("Say why nothing goes out on these days. Authors read it."))
    if last_day < first_day:
        raise Refusal(_("The last day lies before the first one. Choose a later one."))
    if last_day < today:
        raise Refusal(_("These days are over. Choose days to come."))
    if last_day > today + FARTHEST:
        raise Refusal(_("These days are more than five years away. Choose nearer ones."))
    with transaction.atomic():
        lock_times(group)
        if group.blackouts.filter(last_day__gte=today).count() >= MOST_BLACKOUTS:
            raise Refusal(_("A group has at most 100 blackout dates to come. Remove one first."))
        blackout = Blackout.objects.create(
            group=group, first_day=first_day, last_day=last_day, reason=reason, created_by=actor
        )
        _record("times.blackout_added", blackout, actor)
        return blackout, hold_back(group, actor=actor)


def remove_blackout(*, blackout: Blackout, actor: User) -> None:
    """Lets mail go out on these days again; once they are gone, removing them again changes nothing."""
    _demand_right(actor, blackout.group)
    with transaction.atomic():
        removed, _rows = Blackout.objects.filter(pk=blackout.pk).delete()
        if removed:
            _record("times.blackout_removed", blackout, actor)


def _record(action: str, blackout: Blackout, actor: User) -> None:
    first, last = blackout.first_day.isoformat(), blackout.last_day.isoformat()
    record(action, actor=actor, group=blackout.group, target=blackout, first=first, last=last, reason=blackout.reason)


def _as_it_stands(group: Group, names: Iterable[str]) -> dict[str, Value]:
    """Gives columns of a group's rules, nothing where it has none; nobody changes them until the transaction ends."""
    return TimeRules.objects.select_for_update().filter(group=group).values(*names).first() or {}


def _limits_as_they_stand(group: Group, roles: Iterable[str]) -> dict[str, Value]:
    stored = {limit.role: limit for limit in RoleLimit.objects.select_for_update().filter(group=group)}
    names = [field.name for field in fields(Limits)]
    return {role: _in_short({name: getattr(stored.get(role), name, None) for name in names}) for role in roles}


def _in_short(said: Mapping[str, object]) -> str:
    """Gives what was said for the audit trail, by the names of the columns."""
    return ", ".join(f"{name} {value}" for name, value in said.items() if value not in (None, False))


def _demand_right(actor: User, group: Group) -> None:
    if not may(actor, Permission.MANAGE_RULES, group):
        raise NotAllowed(_("You may not change the rules of this group."))


def _demand_limits(limits: Limits) -> None:
    for value, highest in zip(asdict(limits).values(), asdict(HIGHEST).values(), strict=True):
        if value is not None and not 1 <= value <= highest:
            raise Refusal(
                _("A limit is a number from 1 to %(highest)s; without one leave it empty.") % {"highest": highest}
            )
