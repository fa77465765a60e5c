"""Charts of reports: a picture, its words for those who do not see it, and a table with the same numbers."""

from __future__ import annotations

from datetime import date

from django.template.loader import render_to_string

from campaigns.reports.chart import Bar, Strip, as_bars, over_days
from groups.charts import Series

DAYS = (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3))


def test_a_chart_over_days_says_its_peak_and_what_is_unknown() -> None:
    chart = over_days(
        key="days",
        title="By day",
        series=[
            Series("Opens", list(zip(DAYS, (1200, 40, None), strict=True))),
            Series("Clicks", list(zip(DAYS, (None, None, None), strict=True))),
        ],
    )

    assert chart.sentence == (
        "Opens: most on Nov. 1, 2026 with 1,200. Of 1 day nothing is known. Clicks: nothing is known."
    )
    assert chart.head == ("Day", "Opens", "Clicks")
    assert [row[1:] for row in chart.rows] == [("1,200", "–"), ("40", "–"), ("–", "–")]


def test_bars_are_measured_by_the_longest_and_an_unknown_one_is_an_empty_frame() -> None:
    chart = as_bars(
        key="funnel",
        title="Funnel",
        bars=[Bar("Planned", 2000), Bar("Delivered", 1), Bar("Bounced", 0), Bar("Opened", None)],
        head=("Step", "People", "Share"),
    )

    assert chart.strips == (
        Strip("Planned", "2,000", "20.0", "28.0", "720.0", True),
        Strip("Delivered", "1", "76.0", "84.0", "2.0", True),
        Strip("Bounced", "0", "132.0", "140.0", "0.0", True),
        Strip("Opened", "not known", "188.0", "196.0", "0.0", False),
    )
    assert (chart.height, chart.head) == (224, ("Step", "People"))
    assert chart.sentence == "Planned: 2,000. Delivered: 1. Bounced: 0. Opened: not known."
    assert chart.rows[-1] == ("Opened", "–")


def test_shares_stand_in_a_column_of_their_own() -> None:
    chart = as_bars(
        key="funnel",
        title="Funnel",
        bars=[Bar("Delivered", 200), Bar("Opened", 50, "25.0 %")],
        head=("Step", "People", "Share"),
    )

    assert chart.head == ("Step", "People", "Share")
    assert chart.rows == (("Delivered", "200", "–"), ("Opened", "50", "25.0 %"))
    assert chart.strips[1].word == "50 · 25.0 %"


def test_the_picture_is_named_and_described_and_its_labels_are_escaped() -> None:
    chart = as_bars(
        key="funnel", title="Funnel", bars=[Bar("<b>", 3), Bar("Opened", None)], head=("Step", "People", "")
    )

    page = render_to_string("reports/_chart.html", {"chart": chart})

    assert 'role="img" aria-labelledby="funnel-title funnel-words"' in page
    assert '<title id="funnel-title">Funnel</title>' in page
    assert '<desc id="funnel-words">&lt;b&gt;: 3. Opened: not known.</desc>' in page
    assert page.count('class="chart-bar"') == 1
    assert "chart-unknown" in page
    assert "<details" in page


def test_one_day_has_no_picture_and_its_table_is_open() -> None:
    chart = over_days(key="days", title="By day", series=[Series("Opens", [(DAYS[0], 3)])])

    page = render_to_string("reports/_chart.html", {"chart": chart})

    assert "<svg" not in page
    assert '<details class="chart-table" open>' in page
