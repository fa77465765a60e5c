"""Windows are counted as Braze counts them: fixed, aligned to the clock, shared by everyone with the key."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from braze_client import (
    BROADCASTS_PER_AUDIENCE,
    SEND_IDS,
    SHARED,
    TRACK,
    Grant,
    MemoryStore,
    Pool,
    RateLimits,
    RedisStore,
    Window,
    WindowStore,
    budget_key,
    note_rate_limits,
)
from braze_client.pacing import ReadableStore, Seen, read_rate_limits
from tests.braze_client.builders import API_KEY, ENDPOINT

HALF_PAST = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SMALL = Pool("small", 10, 3600)


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> WindowStore:
    """Give each kind of store; the shared one where ``REDIS_URL`` names a server."""
    if request.param == "memory":
        return MemoryStore()
    url = os.environ.get("REDIS_URL")
    if not url:
        pytest.skip("REDIS_URL names no server")
    return RedisStore.from_url(url, prefix=f"test-{uuid4()}")


@pytest.mark.parametrize(
    ("pool", "resets_at"),
    [
        (SHARED, TEN),
        (TRACK, datetime(2026, 11, 22, 9, 30, 3, tzinfo=UTC)),
        (SEND_IDS, datetime(2026, 11, 23, tzinfo=UTC)),
        (BROADCASTS_PER_AUDIENCE, datetime(2026, 11, 22, 9, 31, tzinfo=UTC)),
    ],
)
def test_a_window_ends_on_the_clock(pool: Pool, resets_at: datetime) -> None:
    assert pool.window_end(HALF_PAST) == resets_at


def test_looking_at_a_window_takes_nothing(store: ReadableStore) -> None:
    store.reserve("w", SMALL, 3, HALF_PAST)
    store.correct("w", SMALL, 10, 5, TEN)
    store.correct("w", SMALL, None, 0, HALF_PAST + timedelta(minutes=1))

    assert store.look("w", SMALL, HALF_PAST) == Seen(Window(3, 2, 10), HALF_PAST + timedelta(minutes=1))
    assert store.look("w", SMALL, HALF_PAST + timedelta(minutes=1)) == Seen(Window(3, 2, 10))
    assert store.look("w", SMALL, TEN) == Seen(Window())


def test_a_window_grants_until_it_is_used_and_opens_again(store: WindowStore) -> None:
    first = store.reserve("w", SMALL, 7, HALF_PAST)
    second = store.reserve("w", SMALL, 7, HALF_PAST)
    third = store.reserve("w", SMALL, 7, HALF_PAST)
    later = store.reserve("w", SMALL, 7, TEN)

    assert [first, second, third] == [Grant(7, TEN), Grant(3, TEN), Grant(0, TEN)]
    assert later == Grant(7, TEN + timedelta(hours=1))


def test_what_is_left_can_be_looked_at_and_is_not_taken(store: WindowStore) -> None:
    pool = SMALL.with_share(0.8)
    untouched = store.look("w", pool, HALF_PAST).left(pool)
    store.reserve("w", pool, 3, HALF_PAST)
    looked_at = [store.look("w", pool, HALF_PAST).left(pool) for _ in range(3)]
    store.correct("w", pool, 10, 1, TEN)
    others_took_most = store.look("w", pool, HALF_PAST).left(pool)
    store.correct("w", pool, None, 0, TEN)

    assert (untouched, looked_at, others_took_most) == (8, [5, 5, 5], 1)
    assert (store.look("w", pool, HALF_PAST).left(pool), store.look("w", pool, TEN).left(pool)) == (0, 8)


def test_workspaces_and_pools_and_audiences_are_counted_apart(store: WindowStore) -> None:
    store.reserve("w", SMALL, 10, HALF_PAST)

    assert store.reserve("other", SMALL, 1, HALF_PAST).granted == 1
    assert store.reserve("w", SMALL.for_audience("abc"), 1, HALF_PAST).granted == 1


def test_only_our_share_is_granted(store: WindowStore) -> None:
    assert store.reserve("w", SMALL.with_share(0.35), 10, HALF_PAST).granted == 3


def test_what_others_used_is_not_granted(store: WindowStore) -> None:
    store.reserve("w", SMALL, 2, HALF_PAST)

    store.correct("w", SMALL, 10, 3, TEN)

    assert store.reserve("w", SMALL, 10, HALF_PAST).granted == 3


def test_others_leave_our_share_alone_as_long_as_there_is_room(store: WindowStore) -> None:
    store.correct("w", SMALL, 10, 6, TEN)

    assert store.reserve("w", SMALL.with_share(0.5), 10, HALF_PAST).granted == 5


def test_an_answer_out_of_order_gives_nothing_back(store: WindowStore) -> None:
    store.correct("w", SMALL, 10, 3, TEN)
    store.correct("w", SMALL, 10, 9, TEN)

    assert store.reserve("w", SMALL, 10, HALF_PAST).granted == 3


def test_brazes_own_limit_replaces_ours(store: WindowStore) -> None:
    store.correct("w", SMALL, 4, 4, TEN)

    assert store.reserve("w", SMALL, 10, HALF_PAST).granted == 4


@pytest.mark.contract("B-RL-3")
def test_nothing_left_stops_the_pool_until_the_reset_even_of_another_window(store: WindowStore) -> None:
    until = datetime(2026, 11, 22, 11, 15, tzinfo=UTC)

    store.correct("w", SMALL, None, 0, until)

    assert store.reserve("w", SMALL, 1, TEN) == Grant(0, until)
    assert store.reserve("w", SMALL, 1, until).granted == 1


def test_an_empty_headers_triplet_corrects_nothing(store: WindowStore) -> None:
    note_rate_limits(store, "w", SMALL, RateLimits(None, None, None), TEN)
    note_rate_limits(store, "w", SMALL, RateLimits(10, 4, TEN), TEN - timedelta(seconds=1))

    assert store.reserve("w", SMALL, 10, HALF_PAST).granted == 4


def test_workers_at_once_never_take_more_than_the_window(store: WindowStore) -> None:
    granted: list[int] = []
    pool = Pool("busy", 100, 3600)

    def work() -> None:
        granted.extend(store.reserve("w", pool, 3, HALF_PAST).granted for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(granted) == 100


def test_a_window_knows_what_is_left() -> None:
    assert Window(used=4, others=8).available(SMALL) == 0
    assert Window(used=4).corrected(10, 5) == Window(used=4, others=1, limit=10)


@pytest.mark.parametrize("share", [0, -0.1, 1.1])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        SMALL.with_share(share)


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        (
            {"x-ratelimit-limit": "250000", "x-ratelimit-remaining": "249999", "x-ratelimit-reset": "1795341600"},
            RateLimits(250_000, 249_999, TEN),
        ),
        (
            {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "90"},
            RateLimits(100, 0, HALF_PAST + timedelta(seconds=90)),
        ),
        ({"x-ratelimit-retry-after": "7"}, RateLimits(None, None, HALF_PAST + timedelta(seconds=7))),
        (
            {"x-ratelimit-limit": "", "x-ratelimit-remaining": "", "x-ratelimit-reset": ""},
            RateLimits(None, None, None),
        ),
        ({"x-ratelimit-reset": "99999999999999999"}, RateLimits(None, None, None)),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "x-ratelimit-limit": "-1"}, RateLimits(None, None, None)),
    ],
)
@pytest.mark.contract("B-RL-1")
def test_both_styles_of_headers_are_read(headers: dict[str, str], limits: RateLimits) -> None:
    assert read_rate_limits(headers, HALF_PAST) == limits


def test_the_budget_key_names_host_and_key_without_showing_the_key() -> None:
    name = budget_key(ENDPOINT, API_KEY)

    assert name.startswith("rest.fra-01.braze.eu:")
    assert API_KEY not in name
    assert name == budget_key(ENDPOINT, API_KEY)
    assert name != budget_key(ENDPOINT, "another-key")
