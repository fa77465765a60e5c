"""The parts that measure waiting: for Braze's windows, of a small mailing beside a large one, for a stop."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import httpx
from django.conf import settings

from bench.delivery import filling
from bench.delivery.celeries import PORTAL, portal_queue, running
from bench.delivery.ground import Ground, finish, mean
from campaigns.delivery.halting import halt
from campaigns.models import Batch, BatchState, Delivery, DeliveryState
from groups.models import Audience

WINDOW_SECONDS: Final = 2
WINDOWS: Final = 8
MOST_CALLS: Final = 250
SMALL: Final = 100
SMALL_MAILINGS: Final = 4
STOPPED_AFTER: Final = 200
# So the next small mailing meets another moment of the workers' rounds.
_PAUSE_SECONDS: Final = 0.7
_PATIENCE_SECONDS: Final = 1_200.0


def budget(ground: Ground) -> None:
    """Two workers with a small budget: how much of each window they use, and whether Braze says 429 to more.

    The sandbox allows just our share, so that a single call above it is refused.
    """
    limit = min(MOST_CALLS, -(-ground.enough.size // 50 // WINDOWS))
    allowed = int(limit * settings.BRAZE_BUDGET_SHARE)
    switches = ("--shared-calls", str(allowed), "--shared-window-seconds", str(WINDOW_SECONDS))
    with ground.sandbox(*switches) as (endpoint, _process_id):
        delivery, _report = ground.planned(ground.enough)
        seconds = float(WINDOWS * WINDOW_SECONDS)
        ground.handed_over(delivery, workers=2, seconds=seconds, window=(limit, WINDOW_SECONDS))
        statuses = httpx.get(f"{endpoint}/ledger.json").json()["statuses"]
        finish(delivery)
    called = Batch.objects.filter(delivery=delivery, called_at__isnull=False).values_list("called_at", flat=True)
    counts = Counter(int(moment.timestamp() // WINDOW_SECONDS) for moment in called if moment is not None)
    # The first and the last window were not worked through.
    full = [float(counts[window]) for window in range(min(counts) + 1, max(counts))]
    ground.figures |= {
        "budget_used_share": mean(full) / allowed,
        "budget_most_in_a_window": max(counts.values()),
        "budget_allowed_in_a_window": allowed,
        "budget_windows": len(full),
        "answers_of_429": int(statuses.get("429", 0)),
    }


def small(ground: Ground) -> None:
    """Small mailings of another group, sent while a large one is planned and while it is handed over.

    A real Celery worker with two processes and the clock does the work, nudged by the messages that the portal sends.
    The slowest counts.
    """
    beside = filling.a_list(filling.a_group(ground.brand, "SMALL"), SMALL)
    with ground.sandbox(), running(PORTAL, portal_queue(), "--beat", "--concurrency", "2"):
        _until_started(filling.a_delivery(beside))
        alone = _seconds_to_start(beside)
        large = filling.a_delivery(ground.audience)
        _until(lambda: _is_at(large, judged__gt=0))
        beside_a_plan, was_planned = _slowest_start(beside, large, DeliveryState.PLANNING)
        accepted = Batch.objects.filter(delivery=large, state=BatchState.ACCEPTED)
        _until(accepted.exists)
        beside_calls, was_staged = _slowest_start(beside, large, DeliveryState.STAGING)
        finish(large)
    ground.figures |= {
        "first_call_seconds": alone,
        "small_mailing_starts_after_seconds": max(beside_a_plan, beside_calls),
        "small_mailing_beside_a_plan_seconds": beside_a_plan,
        "small_mailing_beside_calls_seconds": beside_calls,
        "small_mailings_beside_a_plan": was_planned,
        "small_mailings_beside_calls": was_staged,
        "large_one_was_still_running": "yes" if was_planned and was_staged else "no: take more recipients",
    }


def stop(ground: Ground) -> None:
    """The kill switch while a list is handed over by a Celery worker with two processes.

    Measured from the moment at which a person stops the group: until no call waits or is under way any more, and until
    Braze has given back all that it had.
    """
    with ground.sandbox(), running(PORTAL, portal_queue(), "--beat", "--concurrency", "2"):
        delivery = filling.a_delivery(ground.enough)
        batches = Batch.objects.filter(delivery=delivery)
        _until(lambda: batches.filter(state=BatchState.ACCEPTED).count() > STOPPED_AFTER)
        began = time.monotonic()
        halt(group=delivery.mailing.group, reason="The price is wrong", actor=filling.a_regional_manager(ground.enough))
        _until(lambda: not batches.filter(state__in=(BatchState.WAITING, BatchState.CALLING)).exists())
        stopped = time.monotonic() - began
        _until(lambda: _is_at(delivery, state=DeliveryState.WITHDRAWN))
        withdrawn = time.monotonic() - began
    ground.figures |= {
        "kill_switch_stops_after_seconds": stopped,
        "kill_switch_withdrawn_after_seconds": withdrawn,
        "kill_switch_withdrawn_batches": batches.filter(state=BatchState.WITHDRAWN).count(),
        "kill_switch_batches_never_called": batches.filter(state=BatchState.NOT_SENT).count(),
    }


def _slowest_start(audience: Audience, large: Delivery, state: DeliveryState) -> tuple[float, int]:
    """Sends small mailings while a large delivery is in a state.

    Gives how long the slowest took to start, and beside how many the large one was in that state all the time.
    """
    slowest, number = _seconds_to_start(audience), 0
    while _is_at(large, state=state):
        number += 1
        if number == SMALL_MAILINGS:
            break
        time.sleep(_PAUSE_SECONDS)
        slowest = max(slowest, _seconds_to_start(audience))
    return slowest, number


def _seconds_to_start(audience: Audience) -> float:
    """Gives how long it takes from submitting a mailing until the first call for it."""
    mailing = filling.a_mailing(audience)
    began = time.time()
    called_at = _until_started(filling.submitted(mailing))
    return called_at - began


def _until_started(delivery: Delivery) -> float:
    """Waits for the first call for a delivery and gives its moment."""
    called = Batch.objects.filter(delivery=delivery, called_at__isnull=False).order_by("called_at")
    _until(called.exists)
    moment = called.values_list("called_at", flat=True)[0]
    if moment is None:
        raise AssertionError("Only batches that were called were asked for.")
    return moment.timestamp()


def _is_at(delivery: Delivery, **where: object) -> bool:
    return Delivery.objects.filter(pk=delivery.pk, **where).exists()


def _until(is_true: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + _PATIENCE_SECONDS
    while not is_true():
        if time.monotonic() > ends_at:
            raise RuntimeError("The workers did not get so far in time.")
        time.sleep(0.02)
