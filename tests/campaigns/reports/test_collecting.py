"""Collecting: bounded, within the budget, gaps filled after an outage, and nothing made up."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from braze_client import DataSeries
from braze_client.pacing import SHARED
from braze_client.replies import Day, VariationDay
from braze_client.sandbox.engagement import Series
from campaigns.models import Breaker, Delivery, MailingResult, ReportDay, ReportProblem
from campaigns.reports.collecting import LEASE, collect
from campaigns.reports.due import AGAIN, Send
from campaigns.reports.storing import days_of, store
from groups.models import Group, Workspace
from groups.workspace import budget
from groups.workspace.braze import budget_key_of
from tests.builders import a_group
from tests.campaigns.reports.builders import a_gone
from tests.sandbox_server import RunningSandbox

PATH = "/sends/data_series"
SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = date(2026, 11, 20)


def counted(sandbox: RunningSandbox, delivery: Delivery, days: dict[date, dict[str, int]]) -> None:
    """Lets Braze have counted something of a delivery on some days."""
    series = Series(delivery.campaign_id, delivery.variation_id, delivery.send_id)
    for day, metrics in days.items():
        sandbox.state.engagement._days[series][day.isoformat()].update(Counter(metrics))
        sandbox.state.engagement._last_sent[series] = SENT.timestamp()


def a_series(*days: tuple[date, list[VariationDay]], **extra: float) -> DataSeries:
    return DataSeries(tuple(Day(day, tuple(variations), 40, extra) for day, variations in days))


def metrics_of(delivery: Delivery) -> dict[date, dict[str, int]]:
    return dict(delivery.report_days.values_list("day", "metrics"))


def test_a_run_reads_what_is_due_and_says_when_it_reads_next(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_gone(group=group, go_at=SENT)
    counted(sandbox, delivery, {FIRST: {"sent": 120, "delivered": 118, "unique_clicks": 7}})

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        assert (collect(), collect()) == (1, 0)

    delivery.refresh_from_db()
    (row,) = delivery.report_days.all()
    assert (row.metrics["sent"], row.metrics["delivered"], row.metrics["unique_clicks"]) == (120, 118, 7)
    assert row.read_at == delivery.report_read_at == SENT + 90 * MINUTE
    assert delivery.report_next_at == SENT + 95 * MINUTE
    assert sandbox.calls(PATH) == 1
    assert MailingResult.objects.get(mailing=delivery.mailing).delivered == 118


def test_one_call_serves_all_that_share_a_send_id_each_by_its_variation(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    shared: dict[str, Any] = {"send_id": "shared", "send_id_is_shared": True}
    mine = a_gone(group=group, go_at=SENT, variation_id="v-1", **shared)
    theirs = a_gone(group=a_group(brand=group.brand), go_at=SENT, variation_id="v-2", **shared)
    same = a_gone(group=group, go_at=SENT + MINUTE, variation_id="v-1", **shared)
    counted(sandbox, mine, {FIRST: {"sent": 10}})
    counted(sandbox, theirs, {FIRST: {"sent": 4}})

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        assert collect() == 1

    assert [metrics_of(one)[FIRST]["sent"] for one in (mine, theirs, same)] == [10, 4, 10]
    assert sandbox.calls(PATH) == 1
    # Conversions of the day are everybody's, so they are nobody's.
    assert "conversions" not in metrics_of(mine)[FIRST]


def test_a_delivery_to_the_rest_is_counted_with_the_first_one_and_not_once_more(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    first = a_gone(group=group, go_at=SENT, send_id="one")
    rest = a_gone(group=group, go_at=SENT + MINUTE, mailing=first.mailing, send_id="one", follows=first)
    counted(sandbox, first, {FIRST: {"sent": 100, "delivered": 100}})

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        collect()

    rest.refresh_from_db()
    assert (first.report_days.count(), rest.report_days.count()) == (1, 0)
    assert rest.report_read_at == SENT + 90 * MINUTE
    assert MailingResult.objects.get(mailing=first.mailing).sent == 100


def test_what_an_outage_left_out_is_filled_by_the_next_read(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_gone(group=group, go_at=SENT)
    counted(sandbox, delivery, {FIRST: {"sent": 50}})
    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        collect()
    counted(sandbox, delivery, {FIRST + number * DAY: {"unique_opens": number} for number in range(1, 6)})

    with time_machine.travel(SENT + 6 * DAY, tick=False):
        collect()

    opens = {day: metrics["unique_opens"] for day, metrics in metrics_of(delivery).items()}
    assert opens == {FIRST + number * DAY: number for number in range(6)}


def test_what_braze_has_forgotten_leaves_what_is_known(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_gone(group=group, go_at=SENT, ends_at=SENT + DAY)
    counted(sandbox, delivery, {FIRST: {"sent": 50}})
    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        collect()

    with time_machine.travel(SENT + 14 * DAY + 90 * MINUTE, tick=False):
        assert collect() == 1

    assert [metrics["sent"] for metrics in metrics_of(delivery).values()] == [50]


def test_a_run_makes_no_more_calls_than_it_may_and_goes_on_where_it_stopped(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.REPORT_CALLS = 2
    deliveries = [a_gone(group=group, go_at=SENT + number * MINUTE) for number in range(5)]

    with time_machine.travel(SENT + 3 * 60 * MINUTE, tick=False):
        reads = [collect() for _run in range(4)]

    assert reads == [2, 2, 1, 0]
    assert Delivery.objects.filter(pk__in=[one.pk for one in deliveries], report_read_at=None).count() == 0


def test_where_the_share_of_the_budget_is_used_up_nothing_is_called(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_gone(group=group, go_at=SENT)

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        budget.store().reserve(budget_key_of(workspace), budget.ours(SHARED, workspace), 250_000, timezone.now())
        assert collect() == 0

    delivery.refresh_from_db()
    assert sandbox.calls(PATH) == 0
    assert (delivery.report_problem, delivery.report_read_at) == (ReportProblem.RATE, None)
    assert delivery.report_next_at == SENT + timedelta(hours=2)


def test_while_the_breaker_is_open_braze_is_left_alone(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    Breaker.objects.create(workspace=workspace, opened_at=SENT)
    delivery = a_gone(group=group, go_at=SENT)

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        assert collect() == 0

    delivery.refresh_from_db()
    assert sandbox.calls(PATH) == 0
    assert (delivery.report_next_at, delivery.report_problem) == (None, "")


@pytest.mark.parametrize(
    ("status", "problem", "calls"),
    [
        (401, ReportProblem.KEY, 1),
        (403, ReportProblem.PERMISSION, 1),
        (503, ReportProblem.SILENT, 1),
        # Of this send alone Braze does not want to hear.
        (400, ReportProblem.REFUSED, 2),
    ],
)
def test_what_went_wrong_is_noted_and_asked_again(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, status: int, problem: ReportProblem, calls: int
) -> None:
    delivery = a_gone(group=group, go_at=SENT)
    a_gone(group=group, go_at=SENT + MINUTE)
    sandbox.fail(PATH, status)

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        collect()

    delivery.refresh_from_db()
    assert (delivery.report_problem, delivery.report_read_at) == (problem, None)
    assert delivery.report_next_at == SENT + 90 * MINUTE + AGAIN
    assert sandbox.calls(PATH) == calls
    assert not ReportDay.objects.filter(delivery=delivery).exists()


def test_what_somebody_else_reads_at_present_is_left_to_them(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_gone(group=group, go_at=SENT)
    Delivery.objects.filter(pk=delivery.pk).update(report_next_at=SENT + 90 * MINUTE + LEASE)

    with time_machine.travel(SENT + 90 * MINUTE, tick=False):
        assert collect() == 0
    with time_machine.travel(SENT + 90 * MINUTE + LEASE, tick=False):
        assert collect() == 1


def test_a_metric_that_braze_did_not_name_is_not_stored_and_an_unknown_one_is_kept() -> None:
    series = a_series((FIRST, [VariationDay("v-1", None, {"sent": 40}, {"novelty": 3, "name": "x"})]), conversions=2)

    assert days_of(series, "v-1") == {
        FIRST: {"sent": 40, "novelty": 3, "unique_recipients": 40, "conversions": 2},
    }


def test_entries_without_a_variation_are_everybodys_and_those_of_others_are_not_mine() -> None:
    entries = [
        VariationDay("v-1", None, {"sent": 40}),
        VariationDay(None, "Email", {"sent": 2}),
        VariationDay("v-2", None, {"sent": 9}),
    ]

    assert days_of(a_series((FIRST, entries)), "v-1") == {FIRST: {"sent": 42}}
    assert days_of(a_series((FIRST, entries[2:])), "v-1") == {}


def test_a_number_that_braze_leaves_out_later_stays_and_a_whole_day_is_not_written_again(
    group: Group, workspace: Workspace
) -> None:
    delivery = a_gone(group=group, go_at=SENT)
    send = Send(workspace.pk, delivery.campaign_id, delivery.send_id)
    store(send, a_series((FIRST, [VariationDay("v-1", None, {"sent": 40, "bounces": 1})])), SENT + 2 * DAY)

    store(send, a_series((FIRST, [VariationDay("v-1", None, {"sent": 40})])), SENT + 3 * DAY)
    again = delivery.report_days.get()
    store(send, a_series((FIRST, [VariationDay("v-1", None, {"sent": 41})])), SENT + 4 * DAY)

    changed = delivery.report_days.get()
    assert (again.metrics["bounces"], again.read_at) == (1, SENT + 2 * DAY)
    assert (changed.metrics["sent"], changed.metrics["bounces"], changed.read_at) == (41, 1, SENT + 4 * DAY)
