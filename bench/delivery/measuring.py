"""The benchmark from an empty database to its figures, and the parts that measure speed, planning and memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bench import Options, Result
from bench.client import cpu_of
from bench.delivery import filling
from bench.delivery.celeries import plain_tasks_a_second
from bench.delivery.ground import Ground, Handing, finish, mean
from bench.delivery.waiting import budget, small, stop
from campaigns.models import Delivery

RECIPIENTS: Final = 50_000
FEW: Final = 10_000
LATENCY_MS: Final = 50
PLAIN_TASKS: Final = 200
# With more people than this everything is measured once.
MANY: Final = 200_000


def measure(options: Options, database: str) -> Result:
    """Fills the database and runs the chosen parts."""
    chosen = options.parts or tuple(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        raise SystemExit(f"There is no part {', '.join(unknown)}; the parts are {', '.join(PARTS)}.")
    call_command("migrate", verbosity=0)
    recipients = options.calls * 50 if options.calls else options.recipients or RECIPIENTS
    brand = filling.a_brand()
    ground = Ground(
        brand=brand,
        audience=filling.a_list(filling.a_group(brand, "BIG"), recipients),
        connections=options.connections or settings.BRAZE_CONNECTIONS,
        latency_ms=LATENCY_MS if options.latency_ms is None else options.latency_ms,
    )
    started_cpu = time.process_time()
    for name in chosen:
        PARTS[name](ground)
    return Result(
        name="delivery",
        n=recipients,
        unit="batches/s",
        throughput=mean(ground.rates),
        bare_throughput=mean(ground.bare_rates),
        cpu_seconds=time.process_time() - started_cpu,
        sandbox_cpu_share=float(ground.figures.get("sandbox_core_share", 0.0)),
        more={
            "database": database,
            "connections": ground.connections,
            "latency_ms": ground.latency_ms,
            **ground.figures,
        },
    )


def speed(ground: Ground) -> None:
    """One worker beside the bare loop, in turns, and beside a plain Celery task a batch."""
    ours: list[Handing] = []
    shares: list[float] = []
    with ground.sandbox() as (_endpoint, process_id):
        for _round in range(_rounds(ground)):
            delivery, _report = ground.planned(ground.audience)
            ground.bare_rates.append(ground.bare(delivery))
            cpu = cpu_of(process_id)
            ours.append(ground.handed_over(delivery))
            shares.append((cpu_of(process_id) - cpu) / ours[-1].reports[0].seconds)
            ground.bare_rates.append(ground.bare(delivery))
            finish(delivery)
        plain = plain_tasks_a_second(delivery, PLAIN_TASKS)
    rate = mean([handing.batches_per_second for handing in ours])
    cpu_seconds = mean([handing.reports[0].cpu_seconds for handing in ours])
    message = delivery.message
    ground.rates.append(rate)
    ground.figures |= {
        "worker_vs_bare": rate / mean(ground.bare_rates),
        "worker_vs_celery": rate / plain,
        "celery_tasks_per_second": plain,
        "worker_cpu_ms_per_batch": 1000 * cpu_seconds / delivery.batch_count,
        "sandbox_core_share_one_worker": mean(shares),
        "mail_kb": (len(message["html"]) + len(message["text"])) / 1024,
    }


def _rounds(ground: Ground) -> int:
    """Gives how often something is measured in turns, so that noise of the machine meets both sides."""
    return 2 if ground.audience.size <= MANY else 1


def plan(ground: Ground) -> None:
    """A plan beside a bare INSERT ... SELECT of the same rows into the same table with the same indexes."""
    ours: list[float] = []
    bare: list[float] = []
    with ground.sandbox():
        for _round in range(_rounds(ground)):
            delivery, report = ground.planned(ground.audience)
            ours.append(report.seconds)
            bare.append(_seconds_of_bare_insert(delivery, filling.a_delivery(ground.audience)))
            finish(delivery)
    ground.figures |= {
        "plan_vs_insert_select": mean(ours) / mean(bare),
        "plan_seconds": mean(ours),
        "insert_select_seconds": mean(bare),
    }


def _seconds_of_bare_insert(delivery: Delivery, other: Delivery) -> float:
    """Writes the recipients of a delivery once more, for another one, measures that, and takes them out again."""
    theirs, again = (Delivery._meta.pk.get_db_prep_value(one.pk, connection) for one in (delivery, other))
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(
            "INSERT INTO campaigns_recipient (delivery_id, contact_id, address, outcome, batch_id)"
            " SELECT %s, contact_id, address, outcome, batch_id FROM campaigns_recipient WHERE delivery_id = %s",
            [again, theirs],
        )
        seconds = time.perf_counter() - began
        cursor.execute("DELETE FROM campaigns_recipient WHERE delivery_id = %s", [again])
    finish(other)
    return seconds


def two(ground: Ground) -> None:
    """Two workers beside one, each with its own connections, and what the sandbox needs meanwhile."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    share = 0.0
    with ground.sandbox() as (_endpoint, process_id):
        for workers in (1, 2, 1):
            delivery, _report = ground.planned(ground.enough)
            cpu, began = cpu_of(process_id), time.perf_counter()
            handing = ground.handed_over(delivery, workers=workers)
            took = min(delivery.batch_count / handing.batches_per_second, time.perf_counter() - began)
            if workers == 2:
                share = (cpu_of(process_id) - cpu) / took
            rates[workers].append(handing.batches_per_second)
            finish(delivery)
    ground.figures |= {
        "two_workers_vs_one": mean(rates[2]) / mean(rates[1]),
        "two_workers_batches_per_second": mean(rates[2]),
        "one_worker_batches_per_second": mean(rates[1]),
        "sandbox_core_share": share,
    }


def memory(ground: Ground) -> None:
    """The most memory that a planner and a worker held with few people, and with all of them."""
    few = filling.a_list(filling.a_group(ground.brand, "FEW"), FEW)
    with ground.sandbox():
        for audience in (few, ground.audience):
            if audience.size not in ground.worker_peaks_mb:
                delivery, _report = ground.planned(audience)
                ground.handed_over(delivery)
                finish(delivery)
    for name, peaks_mb in (("planner", ground.planner_peaks_mb), ("worker", ground.worker_peaks_mb)):
        ground.figures |= {
            f"{name}_peak_mb_of_{FEW}": peaks_mb[FEW],
            f"{name}_peak_mb": peaks_mb[ground.audience.size],
            f"{name}_peak_vs_few": peaks_mb[ground.audience.size] / peaks_mb[FEW],
        }


PARTS: Final[dict[str, Callable[[Ground], None]]] = {
    "speed": speed,
    "plan": plan,
    "two": two,
    "memory": memory,
    "budget": budget,
    "small": small,
    "stop": stop,
}
