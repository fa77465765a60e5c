"""The pictures of a network: clicks week by week, and its lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import GroupWeek
from campaigns.reports.chart import Chart
from campaigns.reports.network.queries import came_and_left
from campaigns.reports.periods import over_weeks
from campaigns.reports.words import counted, per_thousand
from groups.charts import Series


def clicks_over_weeks(weeks: Mapping[date, GroupWeek], days: list[date]) -> Chart:
    """Draws clicks of a thousand delivered mails of a group and all below it, week by week."""
    rows = [(day, weeks.get(day)) for day in days]
    points = [(day, None if row is None else per_thousand(row.below_clicks, row.below_clicks_of)) for day, row in rows]
    return over_weeks(
        key="clicks",
        title=_("Clicks of 1,000 delivered mails, week by week"),
        series=[Series(_("Clicked"), points)],
        note=_("A week of which Braze has said nothing has no dot. Each mailing counts with its strongest day."),
    )


def lists_over_weeks(weeks: Mapping[date, GroupWeek], days: list[date]) -> Chart:
    """Draws the people on lists; the table says who came and who left."""
    points = [(day, weeks[day].below_contacts if day in weeks else None) for day in days]
    chart = over_weeks(
        key="lists",
        title=_("People on lists, week by week"),
        series=[Series(_("People"), points)],
        note=_(
            "Lists are read once a day. Whoever is on lists of two groups counts in both; who came and left between "
            "two readings is not seen. Lists that a group keeps from those above are counted, and nobody is named."
        ),
    )
    rows = []
    for day, people in points:
        came, left = came_and_left(weeks, day, day - timedelta(weeks=1))
        if people is not None or came is not None:
            rows.append((date_format(day, "DATE_FORMAT"), counted(people), counted(came), counted(left)))
    return replace(chart, head=(_("Week from"), _("People"), _("Came"), _("Left")), rows=tuple(rows))
