"""How much mail one person gets from a whole brand (A13), as the planner of deliveries goes by it."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.models import TimeRules
from groups.models import Group


@dataclass(frozen=True, slots=True)
class Pressure:
    """At most `cap_mails` mails a person in `cap_days` days running, over all groups; both are None without a cap.

    `caps_head_office` tells that mailings of the brand's own group are capped, too; `one_group_a_day` that a person
    gets the mail of one group a day. Which one it is `home_attribute` says, whose value is the code of a person's own
    group, then `visit_attribute`, which holds days by code (`campaigns.delivery.plan.winning`); both are names of
    attributes, empty where the brand has none.
    """

    cap_mails: int | None = None
    cap_days: int | None = None
    caps_head_office: bool = False
    one_group_a_day: bool = False
    home_attribute: str = ""
    visit_attribute: str = ""


def pressure_of(group: Group) -> Pressure:
    """Gives what the brand of a group says, on its own group; in one query."""
    rules = TimeRules.objects.filter(group__brand=group.brand_id, group__parent=None).first()
    if rules is None:
        return Pressure()
    return Pressure(
        cap_mails=rules.cap_mails,
        cap_days=rules.cap_days,
        caps_head_office=rules.cap_counts_head_office,
        one_group_a_day=rules.one_group_a_day,
        home_attribute=rules.home_attribute,
        visit_attribute=rules.visit_attribute,
    )
