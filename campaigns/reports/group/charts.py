"""The picture of a group's weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from campaigns.models import GroupWeek
from campaigns.reports.chart import Chart
from campaigns.reports.periods import over_weeks
from campaigns.reports.words import per_thousand
from groups.charts import Series


def rates_over_weeks(weeks: Mapping[date, GroupWeek], days: list[date]) -> Chart:
    """Draws clicks and opens of a thousand delivered mails, week by week; a week without any breaks the line."""
    rows = [(day, weeks.get(day)) for day in days]
    clicks = [(day, None if row is None else per_thousand(row.own_clicks, row.own_clicks_of)) for day, row in rows]
    opens = [(day, None if row is None else per_thousand(row.own_opens, row.own_opens_of)) for day, row in rows]
    return over_weeks(
        key="rates",
        title=_("Of 1,000 delivered mails, week by week"),
        series=[Series(_("Clicked"), clicks), Series(_("Opened, uncertain"), opens)],
        note=_(
            "Each mailing counts with the people of its strongest day: Braze counts people day by day, and days cannot "
            "be added up. A week in which nothing went out, or of which Braze has said nothing, has no dot."
        ),
    )
