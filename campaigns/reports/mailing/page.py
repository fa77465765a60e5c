"""The report of a mailing as its page shows it: sentences, the two charts, and the table of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.compose.closing import in_words
from campaigns.delivery.ledger.exporting import lines_for
from campaigns.models import Mailing
from campaigns.reports.chart import Bar, Chart, as_bars, over_days
from campaigns.reports.figures import percent
from campaigns.reports.mailing.days import DayLine, Standing
from campaigns.reports.mailing.queries import Report, Stage, Steps
from groups.charts import Series
from groups.models import User

STANDINGS: Mapping[Standing, StrPromise] = {
    Standing.WHOLE: gettext_lazy("Whole day"),
    Standing.SO_FAR: gettext_lazy("So far"),
    Standing.PART: gettext_lazy("Part of the day; the rest is lost"),
    Standing.QUIET: gettext_lazy("Braze named no number"),
    Standing.WAITING: gettext_lazy("Not read yet"),
    Standing.LOST: gettext_lazy("Gap: never read, and Braze has forgotten it"),
}
TONES: Mapping[Standing, str] = {Standing.PART: "ask", Standing.LOST: "bad", Standing.SO_FAR: "busy"}
COLUMNS = ("sent", "delivered", "unique_opens", "unique_clicks", "bounces", "unsubscribes", "reported_spam")


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the table: a cell for each column, None where Braze named no number."""

    line: DayLine
    cells: Sequence[tuple[str, int | None]]
    standing: str
    tone: str
    read_at: str


def context_of(mailing: Mailing, report: Report, reader: User) -> dict[str, Any]:
    """Gives what the page shows."""
    group, reading = mailing.group, report.reading
    return {
        "mailing": mailing,
        "group": group,
        "report": report,
        "stage": report.stage.value,
        "sharing": report.sharing,
        "went_at": _moment(reading.began_at, mailing),
        "read_at": _moment(reading.read_at, mailing),
        "next_at": _next(report, mailing),
        "forgotten_at": _moment(reading.forgotten_at, mailing),
        "funnel": funnel(report.steps),
        "curve": days_chart(report.days),
        "columns": [labels()[name] for name in COLUMNS],
        "rows": [_row(line, mailing, is_over=report.is_over) for line in report.days],
        "lacking": len(report.lacking),
        "export_lines": lines_for(mailing, reader),
        "has_numbers": any(line.metrics for line in report.days),
    }


def labels() -> dict[str, str]:
    """Gives what each number of a day is called, by Braze's name of it."""
    return {
        "sent": _("Sent"),
        "delivered": _("Delivered"),
        "unique_opens": _("People who opened"),
        "unique_clicks": _("People who clicked"),
        "bounces": _("Bounces"),
        "unsubscribes": _("Unsubscribes"),
        "reported_spam": _("Spam reports"),
    }


def funnel(steps: Steps) -> Chart:
    """Draws the way from planned to clicked, each step with its share of the one that it comes from."""
    bars = (
        Bar(_("Planned"), steps.planned),
        Bar(_("Handed over to Braze"), steps.handed_over, _share(steps.handed_over, steps.planned)),
        Bar(_("Delivered"), steps.delivered, _share(steps.delivered, steps.handed_over)),
        Bar(_("Opened, at least"), steps.opened, _share(steps.opened, steps.delivered)),
        Bar(_("Clicked, at least"), steps.clicked, _share(steps.clicked, steps.delivered)),
    )
    return as_bars(
        key="funnel",
        title=_("From planned to clicked"),
        bars=bars,
        head=(_("Step"), _("People"), _("Share")),
        note=_(
            "Braze counts people day by day, so opened and clicked are those of the strongest day: the least that it "
            "can have been. Opens are uncertain: some mail programmes open every mail by themselves. Shares are of the "
            "people handed over for delivered, and of the delivered mails for opened and clicked."
        ),
    )


def days_chart(days: Sequence[DayLine]) -> Chart:
    """Draws delivered, opens and clicks of each day; a day without a number breaks the line."""
    names = ("delivered", "unique_opens", "unique_clicks")
    return over_days(
        key="days",
        title=_("Day by day"),
        series=[Series(labels()[name], [(line.day, line.metrics.get(name)) for line in days]) for name in names],
        note=_(
            "Days are those of your Braze workspace. People of several days do not add up: somebody may count on each."
        ),
    )


def standing_words(line: DayLine, *, is_over: bool) -> str:
    """Says how far a day is known; `is_over` tells that Braze has nothing more to say."""
    if is_over and line.standing == Standing.SO_FAR:
        return _("Until Braze forgot it")
    return str(STANDINGS[line.standing])


def _row(line: DayLine, mailing: Mailing, *, is_over: bool) -> DayRow:
    names = labels()
    return DayRow(
        line=line,
        cells=[(names[name], line.metrics.get(name)) for name in COLUMNS],
        standing=standing_words(line, is_over=is_over),
        tone="quiet" if is_over and line.standing == Standing.SO_FAR else TONES.get(line.standing, "quiet"),
        read_at=_short(line.read_at, mailing),
    )


def _next(report: Report, mailing: Mailing) -> str:
    if report.is_over or report.stage in (Stage.NOT_SENT, Stage.NO_SEND_ID):
        return ""
    next_at = report.reading.next_at
    if next_at is None or next_at <= timezone.now():
        return _("within minutes")
    return _moment(next_at, mailing)


def _moment(moment: datetime | None, mailing: Mailing) -> str:
    return "" if moment is None else in_words(moment, mailing.group)


def _short(moment: datetime | None, mailing: Mailing) -> str:
    zone = ZoneInfo(mailing.group.time_zone)
    return "" if moment is None else date_format(moment.astimezone(zone), "SHORT_DATETIME_FORMAT")


def _share(part: int | None, whole: int | None) -> str:
    return percent(part / whole) if whole and part is not None else ""
