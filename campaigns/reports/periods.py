"""Charts whose steps are weeks or months: what `campaigns.reports.chart` draws, from the first one that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.reports.chart import Chart, over_days
from campaigns.reports.words import counted
from groups.charts import Series


def over_weeks(*, key: str, title: str, series: Sequence[Series], note: str) -> Chart:
    """Draws series over weeks, each named by its Monday; weeks before the first known one are left out."""
    chart = _drawn(key, title, series, note)
    sentence = " ".join(
        _in_words(one, _("%(label)s: most in the week from %(day)s with %(most)s, last %(last)s."), "DATE_FORMAT")
        for one in series
    )
    return replace(chart, head=(_("Week from"), *chart.head[1:]), sentence=sentence)


def over_months(*, key: str, title: str, series: Sequence[Series], note: str) -> Chart:
    """Draws series over months; months before the first known one are left out."""
    chart = _drawn(key, title, series, note)
    sentence = " ".join(
        _in_words(one, _("%(label)s: most in %(day)s with %(most)s, last %(last)s."), "YEAR_MONTH_FORMAT")
        for one in series
    )
    return replace(chart, head=(_("Month"), *chart.head[1:]), sentence=sentence)


def _drawn(key: str, title: str, series: Sequence[Series], note: str) -> Chart:
    first = min((day for one in series for day, value in one.points if value is not None), default=date.max)
    known = [Series(one.label, [point for point in one.points if point[0] >= first]) for one in series]
    return over_days(key=key, title=title, series=known, note=note)


def _in_words(series: Series, sentence: str, form: str) -> str:
    known = [(value, day) for day, value in series.points if value is not None]
    if not known:
        return _("%(label)s: nothing is known.") % {"label": series.label}
    most, day = max(known)
    return sentence % {
        "label": series.label,
        "day": date_format(day, form),
        "most": counted(most),
        "last": counted(known[-1][0]),
    }
