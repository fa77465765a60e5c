"""Rate-limit windows as rows behave as those in memory and in Redis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as configured

from braze_client import MemoryStore, Pool, RedisStore, Window, WindowStore
from braze_client.pacing import ReadableStore, Seen
from groups.models import RateWindow, Workspace
from groups.workspace import budget
from groups.workspace.budget import RowStore

pytestmark = pytest.mark.django_db

POOL = Pool("shared", 100, 3600)
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
END = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


@pytest.fixture(params=[MemoryStore, RowStore])
def store(request: pytest.FixtureRequest) -> WindowStore:
    make: Callable[[], WindowStore] = request.param
    return make()


def test_calls_are_granted_until_the_window_is_used_up(store: WindowStore) -> None:
    grants = [store.reserve("key", POOL, wanted, NOW).granted for wanted in (60, 30, 30, 1)]

    assert grants == [60, 30, 10, 0]
    assert store.reserve("key", POOL, 1, NOW).resets_at == END


def test_the_next_hour_and_another_key_start_anew(store: WindowStore) -> None:
    store.reserve("key", POOL, 100, NOW)

    assert store.reserve("key", POOL, 5, END).granted == 5
    assert store.reserve("other", POOL, 5, NOW).granted == 5


def test_only_our_share_is_granted(store: WindowStore) -> None:
    assert store.reserve("key", POOL.with_share(0.8), 100, NOW).granted == 80


@pytest.mark.parametrize(("percent", "allowed"), [(None, 80), (25, 25), (100, 100)])
def test_each_workspace_may_have_a_share_of_its_own(percent: int | None, allowed: int) -> None:
    assert budget.ours(POOL, Workspace(budget_percent=percent)).allowed == allowed


def test_what_others_used_is_left_to_them(store: WindowStore) -> None:
    store.reserve("key", POOL, 10, NOW)

    store.correct("key", POOL, 100, 30, END)

    assert store.reserve("key", POOL, 100, NOW).granted == 30


def test_a_later_answer_gives_nothing_back(store: WindowStore) -> None:
    store.reserve("key", POOL, 10, NOW)
    store.correct("key", POOL, 100, 30, END)

    store.correct("key", POOL, 100, 90, END)

    assert store.reserve("key", POOL, 100, NOW).granted == 30


def test_a_used_up_window_stops_until_it_resets(store: WindowStore) -> None:
    until = NOW + timedelta(seconds=7)

    store.correct("key", POOL, None, 0, until)

    assert store.reserve("key", POOL, 1, NOW) == (type(store.reserve("key", POOL, 1, NOW))(0, until))
    assert store.reserve("key", POOL, 1, until).granted == 1


def test_looking_at_a_window_takes_nothing_and_makes_no_row(store: ReadableStore) -> None:
    before = store.look("key", POOL, NOW)
    store.reserve("key", POOL, 10, NOW)
    store.correct("key", POOL, 100, 30, END)
    store.correct("key", POOL, None, 0, NOW + timedelta(seconds=7))

    assert before == Seen(Window())
    assert store.look("key", POOL, NOW) == Seen(Window(10, 60, 100), NOW + timedelta(seconds=7))
    assert store.look("key", POOL, NOW + timedelta(seconds=7)) == Seen(Window(10, 60, 100))
    assert store.look("key", POOL, END) == Seen(Window())
    assert store.look("other", POOL, NOW) == Seen(Window())


def test_windows_of_last_week_are_swept_away() -> None:
    store = RowStore()
    store.reserve("key", POOL, 1, NOW - timedelta(days=7))

    store.reserve("key", POOL, 1, NOW)

    assert RateWindow.objects.count() == 1


def test_redis_is_used_where_there_is_one() -> None:
    assert isinstance(budget.store(), RedisStore if configured.REDIS_URL else RowStore)


def test_a_shorter_stop_never_ends_a_longer_one(store: WindowStore) -> None:
    store.correct("key", POOL, None, 0, NOW + timedelta(minutes=20))
    store.correct("key", POOL, None, 0, NOW + timedelta(minutes=5))

    assert store.reserve("key", POOL, 1, NOW + timedelta(minutes=10)).granted == 0
    assert store.reserve("key", POOL, 1, NOW + timedelta(minutes=21)).granted == 1


def test_what_is_left_can_be_looked_at_and_is_not_taken(store: WindowStore) -> None:
    ours = POOL.with_share(0.8)
    untouched = store.look("key", ours, NOW).left(ours)
    store.reserve("key", ours, 30, NOW)
    looked_at = [store.look("key", ours, NOW).left(ours) for _ in range(3)]
    store.correct("key", ours, 100, 10, END)
    others_took_most = store.look("key", ours, NOW).left(ours)
    store.correct("key", ours, None, 0, END)

    assert (untouched, looked_at, others_took_most) == (80, [50, 50, 50], 10)
    assert (store.look("key", ours, NOW).left(ours), store.look("key", ours, END).left(ours)) == (0, 80)
