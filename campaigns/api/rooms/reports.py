"""The numbers of mailings, and what goes out when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Annotated, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Query, Router

from campaigns.api import shown
from campaigns.api.outcome_schemas import CalendarOut, EntryOut, ReportOut, TableOut
from campaigns.calendar.asked import EARLIEST, LATEST
from campaigns.calendar.entries import SHOWN, Span, entries_in, mailings_below
from campaigns.models import Mailing, Template
from campaigns.reports import tables
from campaigns.reports.mailing.queries import report_of
from campaigns.reports.mailing.table import day_rows
from campaigns.reports.queries import numbers_of
from campaigns.reports.scope import scope_of
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.problems import refused
from groups.models import Group
from groups.roles import Permission

P = Permission
GroupTable = Literal["mailings", "weeks", "network", "silent", "clashes", "templates", "usage", "cost"]
OfTemplate = Literal["league", "subjects"]
Month = Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$", description="Of the table `cost`; empty: this month.")]
Skip = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=1_000)]
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
    "/mailings/{mailing_id}/report/days", response=TableOut, auth=Bearer(P.SEE_MAILINGS), summary="Read the days"
)
def report_days(request: ApiRequest, mailing_id: UUID, skip: Skip = 0, limit: Limit = 200) -> TableOut:
    """Gives the numbers of a mailing day by day, with when each was read, its columns in English."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS)
    with translation.override("en"):
        return _stretch(day_rows(mailing, report_of(mailing)), skip, limit)


@router.get(
    "/groups/{group_id}/reports/{table}",
    response=TableOut,
    auth=Bearer(P.SEE_MAILINGS),
    summary="Read a table of a group's or network's reports",
)
def table(
    request: ApiRequest, group_id: UUID, table: GroupTable, month: Month = "", skip: Skip = 0, limit: Limit = 200
) -> TableOut:
    """Gives the rows that the page's file has, its columns in English; `month` (2026-11) is that of the costs."""
    group = access.get(request.auth, Group, group_id, P.SEE_MAILINGS)
    with translation.override("en"):
        return _stretch(tables.rows_of(table, scope_of(group), month), skip, limit)


@router.get(
    "/groups/{group_id}/templates/{template_id}/reports/{table}",
    response=TableOut,
    auth=Bearer(P.SEE_MAILINGS),
    summary="Read a table of a template across groups",
)
def template_table(
    request: ApiRequest, group_id: UUID, template_id: UUID, table: OfTemplate, skip: Skip = 0, limit: Limit = 200
) -> TableOut:
    """Gives the rows that the page's file has, its columns in English."""
    group = access.get(request.auth, Group, group_id, P.SEE_MAILINGS)
    template = access.get_usable(group, Template, template_id)
    with translation.override("en"):
        return _stretch(tables.rows_of_template(table, scope_of(group), template), skip, limit)


def _stretch(rows: Iterator[Iterable[object]], skip: int, limit: int) -> TableOut:
    columns = [str(name) for name in next(rows)]
    found = [[_plain(cell) for cell in row] for row in islice(rows, skip, skip + limit + 1)]
    return TableOut(columns=columns, rows=found[:limit], has_more=len(found) > limit)


def _plain(cell: object) -> str | int | float:
    return cell if isinstance(cell, int | float) else str(cell)


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
