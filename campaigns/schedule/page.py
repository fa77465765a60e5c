"""What the page of a group's times shows: what holds and from which level, what is its own, and the groups around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import LIMIT_NAMES, Blackout, RoleLimit, TimeRules
from campaigns.schedule.forms import (
    BlackoutForm,
    ClashForm,
    LimitsForm,
    PressureForm,
    TimesForm,
    limits_initial,
    times_initial,
)
from campaigns.schedule.levels import GroupTimes, Stated
from campaigns.schedule.pressure import Pressure, pressure_of
from campaigns.schedule.queries import limited_roles, times_of
from campaigns.schedule.words import clash_in_words, days_in_words, number_in_words, quiet_in_words
from groups.access import groups_with
from groups.models import Attribute, AttributeKind, BrandRole, Group, User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class Fact:
    """A rule as it holds: its name, what it says, and the level that says it, empty where none does."""

    label: str
    said: str
    level: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class BlackoutLine:
    """Blackout dates with their days in words; those of the group itself can be removed here."""

    blackout: Blackout
    days: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class RoleForm:
    """The limits of one role."""

    role: BrandRole
    form: LimitsForm


def page_of(
    group: Group,
    actor: User,
    *,
    times: TimesForm | None = None,
    roles: Sequence[RoleForm] = (),
    blackout: BlackoutForm | None = None,
    pressure: PressureForm | None = None,
    clash: ClashForm | None = None,
) -> dict[str, Any]:
    """Gives everything that the page shows; forms that are handed in were refused and keep what was typed."""
    holding = times_of(group)
    return {
        "group": group,
        "facts": facts_of(holding),
        "pressure_facts": pressure_facts(pressure_of(group)),
        "blackouts": blackout_lines(holding),
        "times_form": times or times_form(group),
        "role_forms": roles or role_forms(group),
        "blackout_form": blackout or BlackoutForm(),
        "pressure_form": pressure or (pressure_form(group) if group.parent_id is None else None),
        "clash_form": clash or clash_form(group),
        "above": ruled_above(group, actor),
        "below": ruled_below(group, actor),
    }


def facts_of(times: GroupTimes) -> tuple[Fact, ...]:
    """Gives the quiet hours and limits as they hold."""
    quiet = _("none") if times.quiet is None else quiet_in_words(times.quiet.value)
    facts = [_fact(_("Quiet hours"), quiet, times.quiet, times)]
    for name, field in LimitsForm.base_fields.items():
        stated = times.limits.get(name)
        said = _("no limit") if stated is None else number_in_words(stated.value)
        facts.append(_fact(str(field.label), said, stated, times))
    facts.append(_fact(_("Clash"), clash_in_words(times.clash), times.stated_clash, times))
    return tuple(facts)


def pressure_facts(pressure: Pressure) -> tuple[str, ...]:
    """Gives what the brand says of how much mail one person gets, as sentences."""
    facts = []
    if pressure.cap_mails is not None and pressure.cap_days is not None:
        mails = ngettext("%(count)s mail", "%(count)s mails", pressure.cap_mails) % {"count": pressure.cap_mails}
        days = ngettext("%(count)s day", "%(count)s days", pressure.cap_days) % {"count": pressure.cap_days}
        sentence = (
            _("A person gets at most %(mails)s in %(days)s, over all groups, also from the head office.")
            if pressure.caps_head_office
            else _("A person gets at most %(mails)s in %(days)s, over all groups; the head office is not held to it.")
        )
        facts.append(sentence % {"mails": mails, "days": days})
    if pressure.one_group_a_day:
        facts.append(_("A person gets the mail of one group a day; the other groups leave them out."))
    return tuple(facts)


def blackout_lines(times: GroupTimes) -> tuple[BlackoutLine, ...]:
    """Gives the blackout dates that hold, the next one first."""
    today = times.day_of(timezone.now())
    return tuple(
        BlackoutLine(
            one, days_in_words(one.first_day, one.last_day, today=today), is_own=one.group_id == times.group.pk
        )
        for one in times.blackouts
    )


def times_form(group: Group, data: Mapping[str, Any] | None = None) -> TimesForm:
    """Gives the form of a group's quiet hours and limits."""
    rules = TimeRules.objects.filter(group=group).first()
    return TimesForm(data, above=_above(group), initial=times_initial(rules, group))


def role_forms(group: Group, data: Mapping[str, Any] | None = None) -> tuple[RoleForm, ...]:
    """Gives the forms of what each role may do; the name of the role stands before the names of its inputs."""
    above = _above(group)
    own = {one.role: one for one in RoleLimit.objects.filter(group=group)}
    return tuple(
        RoleForm(
            role,
            LimitsForm(
                data,
                above={} if above is None else above.role_limits.get(role.key, {}),
                initial=limits_initial(own.get(role.key)),
                prefix=role.key,
            ),
        )
        for role in limited_roles(group.brand)
    )


def pressure_form(group: Group, data: Mapping[str, Any] | None = None) -> PressureForm:
    """Gives the form of how much mail one person gets from the brand."""
    attributes = Attribute.objects.filter(brand=group.brand_id, kind=AttributeKind.TEXT).order_by("label", "name")
    return PressureForm(
        data, attributes=list(attributes.values_list("name", "label")), initial=asdict(pressure_of(group))
    )


def clash_form(group: Group, data: Mapping[str, Any] | None = None) -> ClashForm:
    """Gives the form of when a group's mailings clash."""
    rules = TimeRules.objects.filter(group=group).first()
    said = {} if rules is None else {"clash_percent": rules.clash_percent, "clash_hours": rules.clash_hours}
    return ClashForm(data, initial=said)


def ruled_above(group: Group, actor: User) -> QuerySet[Group]:
    """Gives the groups above one whose rules a person may change, too, the highest first."""
    ruled = groups_with(actor, Permission.MANAGE_RULES)
    return Group.objects.filter(
        pk__in=ruled.values("pk"), paths_down__descendant=group, paths_down__depth__gt=0
    ).order_by("-paths_down__depth")


def ruled_below(group: Group, actor: User) -> QuerySet[Group]:
    """Gives the open groups right below one; `says_something` tells which have rules of their own."""
    ruled = groups_with(actor, Permission.MANAGE_RULES)
    own = {"group": OuterRef("pk")}
    says = (
        Q(Exists(TimeRules.objects.filter(_SAYS_SOMETHING, **own)))
        | Q(Exists(RoleLimit.objects.filter(**own)))
        | Q(Exists(Blackout.objects.filter(last_day__gte=timezone.now().date(), **own)))
    )
    return ruled.filter(parent=group, closed_at=None).annotate(says_something=says).order_by("name")


def _fact(label: str, said: str, stated: Stated[Any] | None, times: GroupTimes) -> Fact:
    if stated is None:
        return Fact(label, said)
    return Fact(label, said, stated.group.name, is_own=stated.group == times.group)


def _above(group: Group) -> GroupTimes | None:
    return None if group.parent is None else times_of(group.parent)


_SAYS_SOMETHING = reduce(or_, (Q(**{f"{name}__isnull": False}) for name in ("quiet_from", "clash_hours", *LIMIT_NAMES)))
