"""The numbers of mailings, and what goes out when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from ninja import Router

from campaigns.api import shown
from campaigns.api.outcome_schemas import CalendarOut, EntryOut, ReportOut
from campaigns.calendar.asked import EARLIEST, LATEST
from campaigns.calendar.entries import SHOWN, Span, entries_in, mailings_below
from campaigns.models import Mailing
from campaigns.reports.queries import numbers_of
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.problems import refused
from groups.models import Group
from groups.roles import Permission

P = Permission
MOST_DAYS: Final = 62
MOST_A_DAY: Final = 200
router = Router(tags=["Reports and calendar"])


@router.get(
    "/mailings/{mailing_id}/report", response=ReportOut, auth=Bearer(P.SEE_MAILINGS), summary="Read the numbers"
)
def report(request: ApiRequest, mailing_id: UUID) -> ReportOut:
    """Gives what Braze reported of a mailing so far, against the group's other mailings."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS)
    return shown.report_out(mailing, numbers_of(mailing))


@router.get(
    "/groups/{group_id}/calendar", response=CalendarOut, auth=Bearer(P.SEE_MAILINGS), summary="Read the calendar"
)
def calendar(request: ApiRequest, group_id: UUID, first: date, last: date) -> CalendarOut:
    """Gives the mailings of a group and of those below it, by the group's clock; at most 62 days at once."""
    group = access.get(request.auth, Group, group_id, P.SEE_MAILINGS)
    if not EARLIEST <= first <= last <= LATEST or last - first >= timedelta(days=MOST_DAYS):
        raise refused("last", _("Ask for %(most)s days at most, the first one before the last.") % {"most": MOST_DAYS})
    visible = access.groups_with(request.auth, P.SEE_MAILINGS)
    mailings = mailings_below(group, groups=visible).filter(state__in=SHOWN)
    found = entries_in(mailings, Span(first, last, ZoneInfo(group.time_zone)), most=MOST_A_DAY)
    return CalendarOut(
        time_zone=group.time_zone,
        items=[
            EntryOut(
                mailing_id=entry.id,
                group_id=entry.group_id,
                name=entry.name,
                state=entry.state,
                goes_at=entry.goes_at,
                day=entry.day,
                people=entry.size,
            )
            for entry in found.entries
        ],
        totals={day.isoformat(): count for day, count in found.totals.items()},
    )
