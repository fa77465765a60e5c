"""Clashes in words; of mailings that a person may not see no more is said than that they are."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.calendar.clashes import Clash, Other
from campaigns.schedule.levels import GroupTimes
from campaigns.schedule.words import moment_in_words

OTHERS_NAMED = 3


def share_in_words(clash: Clash) -> str:
    """Gives the share of the people, "about" where it comes from a sample."""
    percent = max(1, round(100 * clash.share))
    return (_("%(percent)s %%") if clash.is_exact else _("about %(percent)s %%")) % {"percent": percent}


def others_in_words(clash: Clash, times: GroupTimes, visible: Collection[UUID]) -> str:
    """Names the mailings that reach most of the same people; `visible` are the groups whose mailings may be named."""
    named = [_other(one, times, visible) for one in clash.others[:OTHERS_NAMED]]
    if (more := len(clash.others) - OTHERS_NAMED) > 0:
        named.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return ", ".join(named)


def _other(other: Other, times: GroupTimes, visible: Collection[UUID]) -> str:
    moment = moment_in_words(other.goes_at, times)
    if other.group.pk not in visible:
        return _("another mailing of the brand (%(moment)s)") % {"moment": moment}
    return _("“%(name)s” of %(group)s (%(moment)s)") % {
        "name": other.name,
        "group": other.group.name,
        "moment": moment,
    }
