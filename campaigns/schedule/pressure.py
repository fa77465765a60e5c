"""How much mail one person gets from a whole brand (A13), as the planner of deliveries goes by it."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.models import TimeRules
from groups.models import Group


@dataclass(frozen=True, slots=True)
class Pressure:
    """At most `cap_mails` mails a person in `cap_days` days running, over all groups; both are None without a cap.

    `caps_head_office` tells that mailings of the brand's own group are capped, too; `one_group_a_day` that whoever
    another group mails on the same day is left out.
    """

    cap_mails: int | None = None
    cap_days: int | None = None
    caps_head_office: bool = False
    one_group_a_day: bool = False


def pressure_of(group: Group) -> Pressure:
    """Gives what the brand of a group says, on its own group; in one query."""
    rules = TimeRules.objects.filter(group__brand=group.brand_id, group__parent=None).first()
    if rules is None:
        return Pressure()
    return Pressure(rules.cap_mails, rules.cap_days, rules.cap_counts_head_office, rules.one_group_a_day)
