"""What the parts of the benchmark share: sandboxes, planned deliveries, and processes that hand them over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import uuid4

from bench.client import a_sandbox
from bench.delivery import filling
from bench.delivery.children import Child, Report, run_alone
from campaigns.models import Batch, BatchState, Delivery, DeliveryState
from groups.models import Audience, Brand, Workspace

LONGEST_SECONDS: Final = 600
BARE_CALLS: Final = 2_000
# What measures a rate alone need not hand over more than this.
ENOUGH_FOR_A_RATE: Final = 100_000
# More than any run makes, so that only the engine's own count holds it back.
PLENTY: Final = ("--shared-calls", "100000000")
Figures = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Handing:
    """How some workers handed over a delivery: batches a second, and what each process reports."""

    batches_per_second: float
    reports: tuple[Report, ...]


@dataclass
class Ground:
    """The brand, its large list, and what was found so far."""

    brand: Brand
    audience: Audience
    connections: int
    latency_ms: int
    figures: Figures = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    bare_rates: list[float] = field(default_factory=list)
    worker_peaks_mb: dict[int, float] = field(default_factory=dict)
    planner_peaks_mb: dict[int, float] = field(default_factory=dict)

    @cached_property
    def enough(self) -> Audience:
        """The large list, or one that is long enough to measure a rate."""
        if self.audience.size <= ENOUGH_FOR_A_RATE:
            return self.audience
        return filling.a_list(filling.a_group(self.brand, "ENOUGH"), ENOUGH_FOR_A_RATE)

    @contextmanager
    def sandbox(self, *switches: str) -> Iterator[tuple[str, int]]:
        """Runs a sandbox that the brand is connected to; gives its address and process id."""
        key = f"bench-{uuid4()}"
        with a_sandbox(key, self.latency_ms, "--no-engagement", *(switches or PLENTY)) as (endpoint, process_id):
            Workspace.objects.filter(brand=self.brand).update(endpoint=endpoint, api_key=key)
            yield endpoint, process_id

    def planned(self, audience: Audience) -> tuple[Delivery, Report]:
        """Gives a delivery of a new mailing, planned by a process of its own, and what that one reports."""
        delivery = filling.a_delivery(audience)
        report = run_alone("planner", str(delivery.pk))
        delivery.refresh_from_db()
        _note_peak(self.planner_peaks_mb, audience.size, report)
        return delivery, report

    def handed_over(
        self,
        delivery: Delivery,
        *,
        workers: int = 1,
        seconds: float = LONGEST_SECONDS,
        window: tuple[int, int] = (0, 0),
    ) -> Handing:
        """Lets workers hand over a planned delivery, or as much of it as they can in so many seconds."""
        arguments = (str(delivery.workspace_id), str(seconds), *map(str, window))
        with ExitStack() as stack:
            children = [
                stack.enter_context(Child("worker", *arguments, BRAZE_CONNECTIONS=str(self.connections)))
                for _ in range(workers)
            ]
            for child in children:
                child.wait_until_ready()
            for child in children:
                child.begin()
            reports = tuple(child.report() for child in children)
        accepted = Batch.objects.filter(delivery=delivery, state=BatchState.ACCEPTED).count()
        if accepted != delivery.batch_count and seconds == LONGEST_SECONDS:
            raise RuntimeError(f"{accepted} of {delivery.batch_count} batches were handed over.")
        took = max(one.ended_at for one in reports) - min(one.began_at for one in reports)
        for report in reports:
            _note_peak(self.worker_peaks_mb, delivery.frozen or 0, report)
        return Handing(accepted / took, reports)

    def bare(self, delivery: Delivery) -> float:
        """Gives the calls a second of the bare loop."""
        calls = min(BARE_CALLS, delivery.batch_count)
        report = run_alone("bare", str(delivery.pk), str(self.connections), str(calls))
        return report.done / report.seconds


def finish(delivery: Delivery) -> None:
    """Ends a delivery that was measured, so that no worker looks at it any more."""
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SETTLED)


def mean(numbers: list[float]) -> float:
    """Gives the mean, 0 of nothing."""
    return sum(numbers) / len(numbers) if numbers else 0.0


def _note_peak(peaks_mb: dict[int, float], people: int, report: Report) -> None:
    peaks_mb[people] = max(peaks_mb.get(people, 0.0), report.peak_mb)
