"""Sealing takes every event once, also those that are committed late, and nobody who writes waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from groups.models import Brand, Event, Seal
from groups.trail import sealing, tasks
from groups.trail.sealing import seal_chunk, seal_new_events
from groups.trail.verifying import verify
from tests.builders import an_event
from tests.groups.trail.trail import a_bare_brand, sealed

PATIENCE_SECONDS = 20
needs_two_connections = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one transaction write at a time"
)


@contextmanager
def another_process() -> Iterator[ThreadPoolExecutor]:
    """Runs what is handed in on connections of its own."""
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread
        finally:
            thread.submit(connections.close_all).result(PATIENCE_SECONDS)


def numbers_sealed(brand: Brand) -> list[tuple[int, int]]:
    """Gives the events of a brand as pairs: their number, and that of their seal."""
    sealed_events = Event.objects.filter(brand=brand).order_by("pk").select_related("seal")
    return [(event.detail["number"], event.seal.number if event.seal else 0) for event in sealed_events]


def wait_for_a_waiter() -> None:
    """Waits until somebody waits for a lock of this database."""
    until = time.monotonic() + PATIENCE_SECONDS
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            # Within a transaction the server shows what it showed before, unless it is told to look again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone():
                return
            time.sleep(0.02)
    pytest.fail("Nobody waited.")


@pytest.mark.django_db
def test_a_seal_takes_what_is_new_and_a_second_run_nothing() -> None:
    brand, other = a_bare_brand(), a_bare_brand("other")
    for number in (1, 2):
        an_event(brand=brand, number=number)
    an_event(brand=other, number=1)

    assert seal_new_events() is False
    assert seal_new_events() is False

    assert (numbers_sealed(brand), numbers_sealed(other)) == ([(1, 1), (2, 1)], [(1, 1)])
    assert [(seal.brand, seal.number, seal.count) for seal in Seal.objects.order_by("pk")] == [
        (brand, 1, 2),
        (other, 1, 1),
    ]


@pytest.mark.django_db
def test_a_heap_of_events_is_sealed_in_pieces_and_the_task_goes_on_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = a_bare_brand()
    for number in range(5):
        an_event(brand=brand, number=number)
    monkeypatch.setattr(sealing, "CHUNK", 2)
    monkeypatch.setattr(sealing, "SECONDS", 0.0)

    with patch.object(tasks.seal, "delay") as nudge:
        for _ in range(3):
            tasks.seal()

    assert numbers_sealed(brand) == [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)]
    assert nudge.call_count == 2
    assert verify(brand).problem == ""


@pytest.mark.django_db
def test_sealing_costs_the_same_for_many_events(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    brand = a_bare_brand()
    for number in range(30):
        an_event(brand=brand, number=number)

    # A savepoint and its release, the last seal, the events, the new seal, the events' mark.
    with django_assert_num_queries(6):
        assert seal_chunk(brand.pk) == 30


def test_the_clock_asks_every_minute() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["seal-events"]

    assert (entry["task"], entry["schedule"]) == (tasks.seal.name, 60.0)


@needs_two_connections
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_gets_the_next_seal() -> None:
    brand = a_bare_brand()
    written, may_commit = threading.Event(), threading.Event()

    def slowly() -> int:
        with transaction.atomic():
            event = an_event(brand=brand, number=1)
            written.set()
            assert may_commit.wait(PATIENCE_SECONDS)
        return event.pk

    with another_process() as process:
        late = process.submit(slowly)
        assert written.wait(PATIENCE_SECONDS)
        quick = an_event(brand=brand, number=2)
        first = seal_chunk(brand.pk)
        may_commit.set()
        late_id = late.result(PATIENCE_SECONDS)
        second = seal_chunk(brand.pk)

    assert late_id < quick.pk
    assert (first, second, numbers_sealed(brand)) == (1, 1, [(1, 2), (2, 1)])
    assert verify(brand).problem == ""


@needs_two_connections
@pytest.mark.django_db(transaction=True)
def test_nobody_who_writes_waits_for_the_sealer() -> None:
    brand = a_bare_brand()
    sealed(brand, 1)
    an_event(brand=brand, number=1)

    with another_process() as process, transaction.atomic():
        assert seal_chunk(brand.pk) == 1
        meanwhile = process.submit(lambda: an_event(brand=brand, number=2)).result(PATIENCE_SECONDS)

    assert Event.objects.get(pk=meanwhile.pk).seal is None
    assert numbers_sealed(brand) == [(0, 1), (1, 2), (2, 0)]


@needs_two_connections
@pytest.mark.django_db(transaction=True)
def test_of_two_sealers_at_once_one_makes_the_seal() -> None:
    brand = a_bare_brand()
    for number in range(3):
        an_event(brand=brand, number=number)

    with another_process() as process:
        with transaction.atomic():
            first = seal_chunk(brand.pk)
            # It finds the same events, and its insert waits for this transaction.
            second = process.submit(lambda: seal_chunk(brand.pk))
            wait_for_a_waiter()
        beaten = second.result(PATIENCE_SECONDS)

    assert (first, beaten) == (3, 0)
    assert (Seal.objects.count(), numbers_sealed(brand)) == (1, [(0, 1), (1, 1), (2, 1)])
    assert verify(brand).problem == ""


@needs_two_connections
@pytest.mark.django_db(transaction=True)
def test_sealers_and_writers_in_a_crowd_leave_a_chain_that_holds() -> None:
    brand = a_bare_brand()

    def work(worker: int) -> None:
        for number in range(25):
            an_event(brand=brand, number=worker * 100 + number)
            seal_chunk(brand.pk)
        connections.close_all()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(work, range(4)))
    while seal_chunk(brand.pk):
        pass

    verdict = verify(brand)
    assert (verdict.problem, verdict.events, verdict.unsealed) == ("", 100, 0)
