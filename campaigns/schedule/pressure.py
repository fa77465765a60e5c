"""How much mail one person may get from all groups of a brand together."""

from __future__ import annotations

from dataclasses import dataclass

from groups.models import Group


@dataclass(frozen=True, slots=True)
class Pressure:
    """At most `cap_mails` mails in any `cap_days` days, over all groups; None where the brand sets no cap.

    `caps_head_office` tells whether the mail of head office is capped and counted as well; with `one_group_a_day`
    whoever another group mails the same day is left out.
    """

    cap_mails: int | None = None
    cap_days: int | None = None
    caps_head_office: bool = False
    one_group_a_day: bool = False


def pressure_of(group: Group) -> Pressure:
    """Gives what the brand of a group allows."""
    return Pressure()
