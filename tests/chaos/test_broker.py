"""Real Celery workers and the real broker: it is away before, during and after, and workers die with it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from campaigns.models import Batch, BatchState, Mailing, MailingState
from tests.chaos import scene
from tests.chaos.ground import Ground
from tests.chaos.person import put_right
from tests.chaos.programs import a_redis, a_worker, environment_of, manage
from tests.chaos.run import Run, is_at_rest

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos-broker")]

CREATE = "/messages/schedule/create"
PACE_SECONDS, LOOK_SECONDS, PATIENCE_SECONDS = 5.0, 0.25, 120.0


class Broker:
    """The broker of a column, that can go away: a folder, or a Redis."""

    def __init__(self, url: str, go: Callable[[], object], come: Callable[[], object]) -> None:
        self.url, self.go, self.come = url, go, come


@contextmanager
def a_broker(run: Run) -> Iterator[Broker]:
    """Gives the broker of the column of the tests; skips where the machine has no Redis of its own to kill."""
    if not settings.REDIS_URL:
        folder, aside = run.folder / "data" / "broker", run.folder / "broker-aside"
        folder.mkdir(parents=True)
        yield Broker("", lambda: folder.rename(aside), lambda: _put_back(aside, folder))
        return
    with a_redis() as redis:
        if redis is None:
            pytest.skip("There is no redis-server on this machine: the broker of production was not killed.")
        yield Broker(redis.url, redis.kill, redis.start)


def _put_back(aside: Path, folder: Path) -> None:
    if folder.exists():
        # A worker has made it anew meanwhile, without the messages that it held.
        folder.rename(folder.with_name("broker-made-anew"))
    aside.rename(folder)


def until(run: Run, is_so: Callable[[], bool], *, pace: float = PACE_SECONDS) -> None:
    """Lets time pass evenly until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            logs = "\n".join(path.read_text()[-6_000:] for path in run.folder.glob("*.log"))
            raise AssertionError(f"It did not come to that:\n{run.standing()}\n{logs}")
        run.let_pass(pace)
        time.sleep(LOOK_SECONDS)


def called(number: int) -> bool:
    """Tells whether Braze has answered so many batches."""
    return Batch.objects.filter(state=BatchState.ACCEPTED).count() >= number


def test_a_broker_that_is_away_before_during_and_after_and_a_worker_that_dies_lose_nobody(run: Run) -> None:
    with a_broker(run) as broker:
        environment = environment_of(run, broker.url)
        store = scene.the_store()
        audience = scene.an_audience(store, scene.a_crowd(store.brand, 930, "C"))
        values = run.folder / "values.json"
        values.write_text(json.dumps({"subject": "News by hand"}))
        run.braze.fail(CREATE, "latency", count=10_000, hold_seconds=0.4)

        broker.go()
        manage(
            *(run, environment, "send", "--brand", scene.SLUG, "--group", store.code),
            *("--template", "news-schedule", "--audience", audience.name, "--values", str(values)),
        )
        broker.come()
        with a_worker(run, environment, "first") as worker:
            until(run, lambda: called(2), pace=1.0)
            broker.go()
            until(run, lambda: called(6), pace=1.0)
            worker.kill()
            broker.come()
        run.losses += 1
        run.check()
        run.braze.mend()
        with a_worker(run, environment, "second") as worker:
            until(run, lambda: not Batch.objects.filter(state__in=("waiting", "calling")).exists())
            broker.go()
            run.let_pass(400)
            broker.come()
            until(run, is_at_rest)
            code = worker.end()

    run.check()
    mailing = Mailing.objects.get()
    assert code == 0
    assert mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT


def test_a_redis_that_restarts_in_mid_send_takes_no_answer_with_it(ground: Ground, settings_of_tests: None) -> None:
    with a_redis() as redis:
        if redis is None:
            pytest.skip("There is no redis-server on this machine: it was not restarted in mid-send.")
        cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis.url}
        # A small share of Braze's window is taken in small parts, so that Redis is asked before each call.
        few = {"BRAZE_BUDGET_SHARE": 0.0004}
        with ground.a_run(REDIS_URL=redis.url, CACHES={"default": cache}, **few) as run:
            mailing = run.a_sent(people=930)
            run.braze.fail(CREATE, "latency", count=10_000, hold_seconds=0.2)
            run.hire()
            run.go_on(lambda: False, each=lambda: called(3))

            redis.kill()
            # What was in flight is written down, and without a count of the calls none is made.
            run.go_on(lambda: False, each=lambda: not Batch.objects.filter(state=BatchState.CALLING).exists())
            accepted = Batch.objects.filter(state=BatchState.ACCEPTED).count()
            redis.start()
            run.until_rest()

            run.check()
            put_right(run)
            run.check()
            mailing.refresh_from_db()
            assert 3 <= accepted < 19
            assert mailing.state == MailingState.SENT
