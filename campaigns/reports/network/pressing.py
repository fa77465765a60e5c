"""How much mail one person of a network gets (A13), from the sums of four weeks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import GroupStanding
from campaigns.reports.words import counted
from campaigns.schedule.pressure import pressure_of
from groups.models import Group


@dataclass(frozen=True, slots=True)
class Pressing:
    """Mails to one person on lists in four weeks, None where lists were not read; `rule` is what the brand allows."""

    mails_a_person: float | None
    left_out: str
    rule: str


def pressing_of(group: Group, standing: GroupStanding, contacts: int | None) -> Pressing:
    """Gives what one person got on average, how often somebody was left out, and the brand's rule; one query."""
    rule = pressure_of(group)
    words = _("The brand sets no limit on the mails that one person gets.")
    if rule.cap_mails is not None and rule.cap_days is not None:
        words = ngettext(
            "Nobody gets more than %(mails)s mail in %(days)s days running, over all groups.",
            "Nobody gets more than %(mails)s mails in %(days)s days running, over all groups.",
            rule.cap_mails,
        ) % {"mails": rule.cap_mails, "days": rule.cap_days}
    if rule.one_group_a_day:
        words += " " + _("A person gets the mail of one group a day.")
    left_out = ngettext(
        "In four weeks somebody was left out %(number)s time because they had got enough mail.",
        "In four weeks somebody was left out %(number)s times because they had got enough mail.",
        standing.below_capped,
    ) % {"number": counted(standing.below_capped)}
    return Pressing(standing.below_handed_over / contacts if contacts else None, left_out, words)
