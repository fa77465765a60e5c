"""The report of a mailing in its five states, and what it never makes up."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Batch, Delivery, Mailing, ReportDay, ReportProblem
from campaigns.reports import totals
from campaigns.reports.due import next_read
from campaigns.reports.mailing.days import Standing
from campaigns.reports.mailing.queries import Stage, Steps, report_of
from groups.models import Brand, Group, Workspace
from groups.roles import Role
from tests.builders import a_group, a_person
from tests.campaigns.reports.builders import a_gone
from tests.exports import rows_of

SENT = datetime(2026, 11, 10, 9, tzinfo=UTC)
FIRST = date(2026, 11, 10)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def read(delivery: Delivery, at: datetime, *days: dict[str, int]) -> None:
    """Notes that Braze was read, and what it named of each day since the send; an empty one it left out."""
    ReportDay.objects.filter(delivery=delivery).delete()
    for number, metrics in enumerate(days):
        if metrics:
            ReportDay.objects.create(delivery=delivery, day=FIRST + number * DAY, metrics=metrics, read_at=at)
    assert delivery.go_at is not None
    Delivery.objects.filter(pk=delivery.pk).update(
        report_read_at=at, report_next_at=next_read(delivery.go_at, delivery.ends_at, at), report_problem=""
    )
    totals.refresh([delivery.mailing_id])


@pytest.fixture
def gone(group: Group, workspace: Workspace) -> Delivery:
    """Gives a delivery to 120 people in two batches and two more whom Braze refused."""
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    delivery = a_gone(group=group, go_at=SENT)
    for number, (size, state) in enumerate([(100, "accepted"), (20, "accepted"), (2, "refused")], start=1):
        Batch.objects.create(delivery=delivery, number=number, size=size, state=state)
    return delivery


@pytest.fixture
def reader(client: Client, group: Group) -> Client:
    """Gives somebody who may only look."""
    client.force_login(a_person(role=Role.READ_ONLY, group=group))
    return client


def page_at(reader: Client, mailing: Mailing, now: datetime) -> str:
    with time_machine.travel(now, tick=False):
        return " ".join(reader.get(reverse("campaigns:mailing-report", args=[mailing.pk])).text.split())


def standings(delivery: Delivery, now: datetime) -> list[Standing]:
    return [line.standing for line in report_of(delivery.mailing, now).days]


def test_without_data_nothing_is_zero(gone: Delivery, reader: Client) -> None:
    now = SENT + 5 * MINUTE
    read(gone, now)

    report = report_of(gone.mailing, now)
    page = page_at(reader, gone.mailing, now)

    assert report.stage == Stage.NO_DATA
    assert report.steps == Steps(planned=122, handed_over=120, delivered=None, opened=None, clicked=None)
    assert "No data yet" in page
    assert "Planned: 122. Handed over to Braze: 120 · 98.4 %. Delivered: not known." in page
    assert "Days as CSV" not in page


def test_in_the_first_hour_the_numbers_are_said_to_move(gone: Delivery, reader: Client) -> None:
    now = SENT + 20 * MINUTE
    read(gone, now, {"sent": 120, "delivered": 110, "unique_opens": 11})

    report = report_of(gone.mailing, now)
    page = page_at(reader, gone.mailing, now)

    assert (report.stage, [line.standing for line in report.days]) == (Stage.FIRST_HOUR, [Standing.SO_FAR])
    assert report.steps == Steps(planned=122, handed_over=120, delivered=110, opened=11, clicked=None)
    assert "The first hour" in page
    assert "within minutes" in page
    # Braze named no clicks, so there are none to show; of one day no line is drawn.
    assert (
        '<td class="number" data-label="People who clicked"><span class="soft" title="Not known">–</span></td>' in page
    )
    assert 'id="days-title"' not in page


def test_a_full_report_has_its_days_and_unique_people_do_not_add_up(gone: Delivery, reader: Client) -> None:
    now = SENT + 3 * DAY + 60 * MINUTE
    read(
        gone,
        now,
        {"sent": 120, "delivered": 118, "unique_opens": 40, "unique_clicks": 9, "bounces": 2, "novelty": 3},
        {"unique_opens": 12, "unique_clicks": 4, "novelty": 1},
        {},
        {"unique_opens": 1},
    )

    report = report_of(gone.mailing, now)
    page = page_at(reader, gone.mailing, now)

    assert report.stage == Stage.FULL
    assert report.steps == Steps(planned=122, handed_over=120, delivered=118, opened=40, clicked=9)
    assert [line.standing for line in report.days] == [Standing.WHOLE, Standing.WHOLE, Standing.QUIET, Standing.SO_FAR]
    assert report.others == [("novelty", 4)]
    assert "People who opened: most on Nov. 10, 2026 with 40. Of 1 day nothing is known." in page
    assert "<code>novelty</code> 4" in page
    assert "Braze does not tell this portal which link was clicked" in page
    assert reverse("campaigns:batch-list", args=[gone.pk]) in page


def test_what_was_never_read_is_a_gap_and_not_zero(gone: Delivery, reader: Client) -> None:
    now = SENT + 15 * DAY
    read(gone, SENT + 4 * DAY, {"sent": 120, "delivered": 118}, {"unique_opens": 5}, {}, {}, {"unique_opens": 2})

    report = report_of(gone.mailing, now)
    page = page_at(reader, gone.mailing, now)

    assert report.stage == Stage.GAP
    assert [line.standing for line in report.days] == [
        Standing.WHOLE,
        Standing.WHOLE,
        Standing.QUIET,
        # Read at nine, before it was over in every zone of the world.
        Standing.PART,
        Standing.PART,
        *[Standing.LOST] * 10,
    ]
    assert "The numbers have a gap of 12 days" in page
    assert "Gap: never read, and Braze has forgotten it" in page
    assert "Read again" not in page


def test_nothing_that_was_ever_read_is_one_whole_gap(gone: Delivery, reader: Client) -> None:
    page = page_at(reader, gone.mailing, SENT + 20 * DAY)

    assert report_of(gone.mailing, SENT + 20 * DAY).stage == Stage.GAP
    assert "No number was ever read" in page


def test_fourteen_days_later_the_numbers_are_final(gone: Delivery, reader: Client) -> None:
    last_look = SENT + 14 * DAY - timedelta(hours=2)
    read(gone, last_look, {"sent": 120, "delivered": 118}, *[{"unique_opens": 1}] * 14)

    assert standings(gone, SENT + 15 * DAY) == [*[Standing.WHOLE] * 13, *[Standing.SO_FAR] * 2]
    page = page_at(reader, gone.mailing, SENT + 15 * DAY)
    assert report_of(gone.mailing, SENT + 15 * DAY).stage == Stage.CLOSED
    assert "These numbers are final" in page
    assert page.count("Until Braze forgot it") == 2
    assert "Read again" not in page


def test_what_braze_refused_and_a_late_reading_are_said(gone: Delivery, reader: Client) -> None:
    now = SENT + DAY
    read(gone, SENT + 60 * MINUTE, {"sent": 120})

    assert "The numbers are not up to date" in page_at(reader, gone.mailing, now)
    Delivery.objects.filter(pk=gone.pk).update(report_problem=ReportProblem.PERMISSION)
    assert "The API key lacks the permission sends.data_series." in page_at(reader, gone.mailing, now)


def test_without_a_send_id_no_numbers_are_promised(gone: Delivery, reader: Client) -> None:
    Delivery.objects.filter(pk=gone.pk).update(send_id="")

    page = page_at(reader, gone.mailing, SENT + DAY)

    assert "There will be no numbers" in page
    assert "Planned: 122." in page


def test_before_it_goes_out_there_is_no_report(gone: Delivery, reader: Client) -> None:
    assert "This mailing has not gone out" in page_at(reader, gone.mailing, SENT - MINUTE)


def test_of_a_whole_audience_of_braze_nobody_knows_how_many_were_planned(gone: Delivery, reader: Client) -> None:
    Batch.objects.filter(delivery=gone).delete()
    Batch.objects.create(delivery=gone, number=1, kind="broadcast", state="accepted")
    read(gone, SENT + DAY, {"delivered": 900})

    assert report_of(gone.mailing, SENT + DAY).steps == Steps(None, None, 900, None, None)
    assert "Planned: not known. Handed over to Braze: not known. Delivered: 900." in page_at(
        reader, gone.mailing, SENT + DAY
    )


def test_mail_that_braze_makes_has_no_variation_and_that_is_said(gone: Delivery, reader: Client) -> None:
    Delivery.objects.filter(pk=gone.pk).update(route="trigger", variation_id="")

    assert "Braze cannot tell the groups apart in it" in page_at(reader, gone.mailing, SENT + DAY)


def test_with_whom_a_send_id_is_shared_is_said(gone: Delivery, group: Group, reader: Client) -> None:
    shared = {"send_id": "shared", "send_id_is_shared": True}
    Delivery.objects.filter(pk=gone.pk).update(**shared)
    a_gone(group=a_group(brand=group.brand, name="Astoria"), go_at=SENT, send_id="shared", send_id_is_shared=True)

    page = page_at(reader, gone.mailing, SENT + DAY)

    assert "this mailing shares one with 1 other mailing. Groups: Astoria." in page
    assert "1 of them has the same variation ID" in page


def test_the_table_has_every_number_under_a_name_and_empty_cells_for_what_is_not_known(
    gone: Delivery, reader: Client
) -> None:
    now = SENT + 2 * DAY
    read(gone, now, {"sent": 120, "delivered": 118, "=HYPERLINK(1)": 3}, {})

    with time_machine.travel(now, tick=False):
        rows = rows_of(reader.get(reverse("campaigns:mailing-report-table", args=[gone.mailing_id])))

    assert rows[0] == [
        "Day",
        "Sent",
        "Delivered",
        "People who opened",
        "People who clicked",
        "Bounces",
        "Unsubscribes",
        "Spam reports",
        "'=HYPERLINK(1)",
        "How far it is known",
        "Read at",
    ]
    assert rows[1] == [
        "2026-11-10", "120", "118", "", "", "", "", "", "3", "Whole day", "2026-11-12T01:00:00-08:00"
    ]  # fmt: skip
    assert rows[2] == ["2026-11-11", "", "", "", "", "", "", "", "", "Braze named no number", ""]


def test_the_group_below_and_a_stranger_do_not_find_it(gone: Delivery, group: Group, client: Client) -> None:
    client.force_login(a_person(role=Role.BRAND_MANAGER, group=a_group(brand=group.brand)))

    addresses = [
        reverse(f"campaigns:{name}", args=[gone.mailing_id]) for name in ("mailing-report", "mailing-report-table")
    ]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_the_page_of_the_mailing_leads_to_its_report(gone: Delivery, reader: Client) -> None:
    page = reader.get(reverse("campaigns:mailing-detail", args=[gone.mailing_id])).text

    assert re.search(rf'href="{reverse("campaigns:mailing-report", args=[gone.mailing_id])}">Full report</a>', page)
    assert timezone.now() > SENT
