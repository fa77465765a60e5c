"""The picture of active people, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.reports.chart import Chart
from campaigns.reports.periods import over_months
from campaigns.reports.usage.queries import Month
from campaigns.reports.words import counted, duration
from groups.charts import Series


def people_over_months(months: Sequence[Month]) -> Chart:
    """Draws the active people of each month; the table says what went out and how long reviews took as well."""
    in_order = list(reversed(months))
    points = [(one.month, None if one.usage is None else one.usage.below_people) for one in in_order]
    chart = over_months(
        key="people",
        title=_("Active people, month by month"),
        series=[Series(_("People"), points)],
        note=_(
            "Active is whoever did something that the audit trail tells: wrote, decided, sent, imported. Each person "
            "counts once a month, however many groups they work for. Months are those of UTC."
        ),
    )
    rows = tuple(
        (
            date_format(one.month, "YEAR_MONTH_FORMAT"),
            counted(one.usage.below_people),
            counted(one.usage.below_mailings),
            counted(one.usage.below_reviews),
            duration(one.usage.below_review_seconds),
        )
        for one in months
        if one.usage is not None
    )
    return replace(
        chart,
        head=(_("Month"), _("Active people"), _("Mailings"), _("Decisions"), _("Time in review, in the middle")),
        rows=rows,
    )
