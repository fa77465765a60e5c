"""What stands in the rows and the cache at the moment of a scrape, as numbers for Prometheus."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from campaigns.models import Breaker, Delivery, DeliveryState
from campaigns.operation.waiting import (
    oldest_due_batch_seconds,
    oldest_unswept_seconds,
    open_batches,
    waiting_by_workspace,
)
from campaigns.states import UNDER_WAY
from groups.watching.budgets import budgets
from groups.watching.imports import imports_by_state
from smartersends.operation.heartbeats import heartbeats
from smartersends.operation.progress import UNREADABLE

log = logging.getLogger(__name__)


class Standing(Collector):
    """Reads what all processes share; a part that cannot be read is left out and named."""

    def collect(self) -> Iterator[Metric]:
        """Gives the gauges."""
        unreadable = GaugeMetricFamily(
            "smartersends_unreadable", "Parts of these numbers that could not be read.", labels=["part"]
        )
        for part in (_batches, _deliveries, _heartbeats, _budgets, _imports):
            name = part.__name__.strip("_")
            try:
                found = list(part())
            except UNREADABLE as error:
                log.warning("metrics.unreadable part=%s error=%s", name, type(error).__name__)
                found = []
                unreadable.add_metric([name], 1)
            else:
                unreadable.add_metric([name], 0)
            yield from found
        yield unreadable


def _by(name: str, text: str, label: str, numbers: dict[str, float] | dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, number in numbers.items():
        family.add_metric([key], number)
    return family


def _batches() -> Iterator[Metric]:
    now = timezone.now()
    yield _by("smartersends_batches", "Batches of open deliveries by state.", "state", open_batches(now))
    waiting = waiting_by_workspace(now)
    yield _by("smartersends_batches_due", "Batches that could leave now, by brand.", "brand", waiting)
    text = "For how long the oldest batch that could leave has been standing."
    yield GaugeMetricFamily("smartersends_oldest_due_batch_seconds", text, value=oldest_due_batch_seconds(now))
    text = "For how long the sweep has left something lying."
    yield GaugeMetricFamily("smartersends_oldest_unswept_seconds", text, value=oldest_unswept_seconds(now))


def _deliveries() -> Iterator[Metric]:
    rows = Delivery.objects.filter(state__in=UNDER_WAY).order_by().values_list("state")
    counted = dict(rows.annotate(number=Count("pk")))
    numbers = {DeliveryState(state).value: counted.get(state, 0) for state in UNDER_WAY}
    yield _by("smartersends_deliveries", "Open deliveries by state.", "state", numbers)
    breakers = Breaker.objects.filter(opened_at__isnull=False).count()
    yield GaugeMetricFamily("smartersends_breakers_open", "Workspaces whose Braze does not answer.", value=breakers)


def _heartbeats() -> Iterator[Metric]:
    signs = heartbeats()
    workers = dict(signs.workers)
    yield GaugeMetricFamily("smartersends_workers", "Workers that are known.", value=len(workers))
    yield _by("smartersends_worker_heartbeat_seconds", "Age of each worker's sign of life.", "worker", workers)
    for name, text, age in (
        ("smartersends_clock_heartbeat_seconds", "Age of the clock's sign of life.", signs.beat),
        ("smartersends_task_heartbeat_seconds", "How long ago a task was finished.", signs.task),
    ):
        yield GaugeMetricFamily(name, text, value=float("inf") if age is None else age)


def _budgets() -> Iterator[Metric]:
    found = budgets(timezone.now())
    left = {budget.brand: budget.left for budget in found}
    allowed = {budget.brand: budget.allowed for budget in found}
    yield _by("smartersends_braze_budget_left", "Calls that a brand may still make this hour.", "brand", left)
    yield _by("smartersends_braze_budget_allowed", "Calls that a brand may make in an hour.", "brand", allowed)


def _imports() -> Iterator[Metric]:
    yield _by("smartersends_imports", "Files of contacts by state.", "state", imports_by_state())
