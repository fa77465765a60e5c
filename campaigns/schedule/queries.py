"""Reading the rules about time of a group and of a person in it, and the days that mailings have taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.library.offering import day_of
from campaigns.models import (
    LIMIT_NAMES,
    Blackout,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    RoleLimit,
    TimeRules,
)
from campaigns.schedule.levels import ClashRule, GroupTimes, OwnLimit, QuietHours, Stated, Taken
from groups.models import Brand, BrandRole, Group, Membership, RoleGrant, User
from groups.roles import Permission

COUNTED = (
    MailingState.SCHEDULED,
    MailingState.SENDING,
    MailingState.PAUSED,
    MailingState.SENT,
    MailingState.SENT_WITH_OPEN_QUESTIONS,
)
_ABOVE, _DEPTH = "group__paths_down__descendant", "group__paths_down__depth"


def times_of(group: Group) -> GroupTimes:
    """Gives the rules about time of a group, in three queries however deep the tree is.

    Of limits the strictest counts, of levels that say the same the nearest; quiet hours and the rule of clashes are
    those of the nearest level that states any; blackout dates of all levels add up.
    """
    rules = list(TimeRules.objects.filter(**{_ABOVE: group}).select_related("group").order_by(_DEPTH))
    of_roles = list(RoleLimit.objects.filter(**{_ABOVE: group}).select_related("group").order_by(_DEPTH))
    today = day_of(group, timezone.now())
    return GroupTimes(
        group=group,
        quiet=next((stated for one in rules if (stated := _quiet_of(one)) is not None), None),
        limits=_strictest(rules),
        role_limits={
            role: _strictest(one for one in of_roles if one.role == role) for role in {one.role for one in of_roles}
        },
        blackouts=tuple(
            Blackout.objects.filter(**{_ABOVE: group}, last_day__gte=today)
            .select_related("group")
            .order_by("first_day", "last_day", "pk")
        ),
        stated_clash=next((clash for one in rules if (clash := _clash_of(one)) is not None), None),
    )


def own_limits(times: GroupTimes, person: User) -> Mapping[str, OwnLimit]:
    """Gives the limits that hold for a person in a group by their roles, by name; the most generous role counts.

    Only roles count that write mailings: that somebody approves, too, sets no limit aside. A limit that one of these
    roles does not have holds for none.
    """
    if not times.role_limits:
        return {}
    held = Membership.objects.filter(Membership.live(), **{_ABOVE: times.group}, user=person)
    roles = BrandRole.objects.filter(pk__in=held.values("role"), grants__permission=Permission.EDIT_MAILINGS)
    found = {}
    for name in LIMIT_NAMES:
        said = [(times.role_limits.get(role.key, {}).get(name), role) for role in roles]
        limits = [OwnLimit(stated.value, role) for stated, role in said if stated is not None]
        if limits and len(limits) == len(said):
            found[name] = max(limits, key=lambda limit: limit.value)
    return found


def limited_roles(brand: Brand) -> tuple[BrandRole, ...]:
    """Gives the roles that write mailings; those that manage rules are left out: they may overrule every limit."""
    writing = BrandRole.objects.filter(brand=brand, grants__permission=Permission.EDIT_MAILINGS)
    ruling = RoleGrant.objects.filter(permission=Permission.MANAGE_RULES).values("role")
    return tuple(writing.exclude(pk__in=ruling))


def days_taken(times: GroupTimes, *, since: date, mailing: Mailing) -> Taken:
    """Gives the days, in the group's zone, on which other mailings of the group go out or went from a day on.

    Drafts, practice, and what was cancelled, failed or waits for a decision, take none.
    """
    live = Delivery.objects.filter(mailing=OuterRef("pk")).exclude(
        state__in=(DeliveryState.WITHDRAWN, DeliveryState.FAILED)
    )
    went_at = live.order_by("created_at").annotate(went_at=Coalesce("go_at", "created_at")).values("went_at")[:1]
    others = (
        Mailing.objects.filter(group=times.group, state__in=COUNTED, is_practice=False)
        .exclude(pk=mailing.pk)
        .annotate(goes_at=Coalesce("send_at", Subquery(went_at)))
        .filter(goes_at__gte=times.start_of(since))
    )
    found = [(times.day_of(goes_at), author) for goes_at, author in others.values_list("goes_at", "author")]
    return Taken(
        by_group=tuple(day for day, _author in found),
        by_author=tuple(day for day, author in found if author == mailing.author_id),
    )


def _quiet_of(rules: TimeRules) -> Stated[QuietHours] | None:
    if rules.quiet_from is None or rules.quiet_until is None:
        return None
    return Stated(QuietHours(rules.quiet_from, rules.quiet_until), rules.group)


def _clash_of(rules: TimeRules) -> Stated[ClashRule] | None:
    if rules.clash_percent is None or rules.clash_hours is None:
        return None
    return Stated(ClashRule(rules.clash_percent, rules.clash_hours), rules.group)


def _strictest(levels: Iterable[TimeRules | RoleLimit]) -> dict[str, Stated[int]]:
    """Gives the smallest value of each limit over levels that come nearest first; the nearest of equals wins."""
    found: dict[str, Stated[int]] = {}
    for level in levels:
        for name in LIMIT_NAMES:
            value: int | None = getattr(level, name)
            if value is not None and (name not in found or value < found[name].value):
                found[name] = Stated(value, level.group)
    return found
