"""The days of a mailing's report as a table for spreadsheets: every number that Braze named, and when it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from campaigns.models import Mailing
from campaigns.reports.mailing.page import COLUMNS, labels, standing_words
from campaigns.reports.mailing.queries import Report


def day_rows(mailing: Mailing, report: Report) -> Iterator[Iterable[object]]:
    """Gives a head and a row per day; what is not known is an empty cell, never a zero.

    Numbers that the portal has no word for stand under Braze's own name. Times stand in the group's zone (ISO 8601).
    """
    names = labels()
    others = sorted({name for line in report.days for name in line.metrics} - set(COLUMNS))
    zone = ZoneInfo(mailing.group.time_zone)
    yield (_("Day"), *(names[name] for name in COLUMNS), *others, _("How far it is known"), _("Read at"))
    for line in report.days:
        cells = (line.metrics.get(name, "") for name in (*COLUMNS, *others))
        yield (line.day.isoformat(), *cells, standing_words(line, is_over=report.is_over), _written(line.read_at, zone))


def _written(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
