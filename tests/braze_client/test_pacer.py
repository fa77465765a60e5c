"""Calls wait for their windows: never a call beyond our share, none at a window's edge, none while Braze says stop."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisDown

from braze_client import (
    BROADCASTS,
    SEND_IDS,
    SHARED,
    TRACK,
    AsyncBrazeClient,
    Call,
    ContractViolation,
    Dispatcher,
    Grant,
    MemoryStore,
    Pacer,
    Pool,
    RateLimited,
    RateLimits,
    RedisStore,
    WindowStore,
    WindowsUnreachable,
    calls,
    note_rate_limits,
)
from braze_client.sandbox import SandboxOptions
from tests.braze_client.builders import CAMPAIGN_ID, NOW, a_mail
from tests.braze_client.every_call import AUDIENCE, EVERY_CALL
from tests.sandbox_server import API_KEY, running_sandbox

SMALL = Pool("shared", 10, 20)


class Clock:
    """A clock that sleeping moves on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def a_pacer(clock: Clock, *pools: Pool, share: float = 1.0, lease: int = 4, store: WindowStore | None = None) -> Pacer:
    """Returns a pacer with small windows and a clock of its own."""
    return Pacer(
        store or MemoryStore(),
        "key",
        share=share,
        pools=pools or (SMALL,),
        calls_per_lease=lease,
        now=clock,
        sleep=clock.sleep,
    )


@pytest.mark.contract("B-RL-3")
@pytest.mark.parametrize(("share", "ours"), [(1.0, 10), (0.8, 8), (0.25, 2)])
async def test_each_window_gets_our_share_and_the_rest_waits(share: float, ours: int) -> None:
    clock = Clock()
    pacer = a_pacer(clock, share=share)
    starts: list[datetime] = []

    for _ in range(3 * ours):
        await pacer.take(a_mail())
        starts.append(clock.now)

    assert Counter(SMALL.window_start(moment) for moment in starts) == {
        NOW: ours,
        NOW + timedelta(seconds=20): ours,
        NOW + timedelta(seconds=40): ours,
    }


async def test_no_call_starts_at_the_edge_of_a_window() -> None:
    clock = Clock(NOW + timedelta(seconds=19.5))
    pacer = a_pacer(clock)

    await pacer.take(a_mail())
    first = clock.now
    await pacer.take(a_mail())

    assert first == NOW + timedelta(seconds=21)
    assert clock.now == first


async def test_two_pacers_share_one_window() -> None:
    store, clock = MemoryStore(), Clock(NOW + timedelta(seconds=5))
    pacers = [a_pacer(clock, store=store, lease=1) for _ in range(2)]

    for number in range(10):
        await pacers[number % 2].take(a_mail())
    in_time = list(clock.slept)
    await pacers[0].take(a_mail())

    assert in_time == []
    assert clock.now == NOW + timedelta(seconds=21)


@pytest.mark.contract("B-TRG-7", "B-SCH-4")
async def test_a_broadcast_waits_for_its_audience_and_wastes_nothing_of_the_other_window() -> None:
    clock = Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock, BROADCASTS, lease=1)
    same = calls.trigger_send_broadcast(campaign_id=CAMPAIGN_ID, audience=AUDIENCE)

    for _ in range(10):
        await pacer.take(same)
    before = clock.now
    await pacer.take(same)

    assert before == NOW + timedelta(seconds=5)
    assert clock.now == NOW + timedelta(seconds=61)


@pytest.mark.contract("B-SCH-4")
async def test_a_staged_broadcast_counts_in_the_shared_window_too() -> None:
    clock = Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock, Pool("shared", 2, 20), lease=1)
    staged = EVERY_CALL["schedule_create_broadcast"](NOW)

    for _ in range(2):
        await pacer.take(staged)
    before = list(clock.slept)
    await pacer.take(a_mail())

    assert before == []
    assert clock.now == NOW + timedelta(seconds=21)


@pytest.mark.contract("B-TRG-7")
async def test_many_at_once_never_take_a_call_twice() -> None:
    class InThread:
        """A store that is asked in a thread, as a server would be."""

        def __init__(self) -> None:
            self.memory = MemoryStore()

        def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
            time.sleep(0.002)
            return self.memory.reserve(key, pool, wanted, now)

        def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
            self.memory.correct(key, pool, limit, remaining, reset_at)

    clock = Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock, Pool("broadcasts", 7, 60), lease=3, store=InThread())
    same = calls.trigger_send_broadcast(campaign_id=CAMPAIGN_ID, audience=AUDIENCE)
    starts: list[datetime] = []

    async def one() -> None:
        await asyncio.sleep(0)
        await pacer.take(same)
        starts.append(clock.now)

    await asyncio.gather(*(one() for _ in range(7)))
    first = len(starts)
    await asyncio.gather(*(one() for _ in range(3)))

    assert (first, len(starts)) == (7, 10)
    assert Counter(BROADCASTS.window_start(moment) for moment in starts) == {NOW: 7, NOW + timedelta(seconds=60): 3}


@pytest.mark.contract("B-RL-1", "B-RL-3")
async def test_a_429_stops_the_window_at_once_and_says_until_when() -> None:
    clock = Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock)
    await pacer.take(a_mail())

    pacer.heard(a_mail(), RateLimits(10, 0, NOW + timedelta(seconds=45)))
    paused_until = pacer.paused_until
    await pacer.take(a_mail())

    assert paused_until == NOW + timedelta(seconds=45)
    assert clock.now >= NOW + timedelta(seconds=45)
    assert pacer.paused_until is None


@pytest.mark.contract("B-RL-3")
async def test_a_late_answer_takes_no_stop_back_for_the_other_workers() -> None:
    store, clock = MemoryStore(), Clock(NOW + timedelta(seconds=5))
    stopped, other = a_pacer(clock, store=store, lease=1), a_pacer(clock, store=store, lease=1)

    stopped.heard(a_mail(), RateLimits(10, 0, NOW + timedelta(seconds=20)))
    stopped.heard(a_mail(), RateLimits(10, 3, NOW + timedelta(seconds=20)))
    await stopped.take(a_mail())
    first = clock.now
    clock.now = NOW + timedelta(seconds=6)
    await other.take(a_mail())

    assert first >= NOW + timedelta(seconds=20)
    assert clock.now >= NOW + timedelta(seconds=20)


async def test_a_share_of_less_than_a_call_is_refused() -> None:
    with pytest.raises(ContractViolation) as refusal:
        await a_pacer(Clock(), share=0.05).take(a_mail())

    assert refusal.value.rule == "15"


async def test_a_small_window_is_not_taken_whole() -> None:
    store, clock = MemoryStore(), Clock(NOW + timedelta(seconds=5))
    await Pacer(store, "key", now=clock, sleep=clock.sleep).take(calls.send_id_create(CAMPAIGN_ID, "one"))

    assert store.reserve("key", SEND_IDS, 100, clock.now).granted >= 95


async def test_a_store_that_fails_costs_no_calls_of_the_other_window() -> None:
    class HalfBroken(MemoryStore):
        def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
            if pool.name.startswith("broadcasts-per-audience"):
                raise WindowsUnreachable("Redis does not answer")
            return super().reserve(key, pool, wanted, now)

    store, clock = HalfBroken(), Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock, BROADCASTS, lease=1, store=store)
    for _ in range(4):
        with pytest.raises(WindowsUnreachable):
            await pacer.take(calls.trigger_send_broadcast(campaign_id=CAMPAIGN_ID, audience=AUDIENCE))

    assert store.reserve("key", BROADCASTS, 250, clock.now).granted == 249


@pytest.mark.contract("B-TRK-3", "B-RL-2")
def test_an_hourly_reset_grants_nothing_in_a_window_of_seconds() -> None:
    store = MemoryStore()

    note_rate_limits(store, "key", TRACK, RateLimits(50_000, 20_000, NOW + timedelta(seconds=1_790)), NOW)

    later = NOW + timedelta(seconds=1_789)
    assert store.reserve("key", TRACK, 60_000, later).granted == 3_000


@pytest.mark.contract("B-RL-2")
async def test_a_bare_429_rests_a_moment() -> None:
    clock = Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock)

    pacer.heard(a_mail(), RateLimits(None, 0, None))

    assert pacer.paused_until == NOW + timedelta(seconds=6)


@pytest.mark.contract("B-RL-1")
async def test_what_others_used_is_left_alone() -> None:
    clock = Clock(NOW + timedelta(seconds=5))
    pacer = a_pacer(clock, lease=1)
    await pacer.take(a_mail())

    pacer.heard(a_mail(), RateLimits(10, 3, NOW + timedelta(seconds=20)))
    for _ in range(3):
        await pacer.take(a_mail())
    before = list(clock.slept)
    await pacer.take(a_mail())

    assert before == []
    assert clock.now == NOW + timedelta(seconds=21)


@pytest.mark.contract("B-RL-3")
async def test_a_wait_that_is_too_long_is_given_back_before_anything_was_sent() -> None:
    clock = Clock(NOW + timedelta(seconds=5))
    pacer = Pacer(MemoryStore(), "key", pools=(Pool("shared", 1, 3600),), now=clock, sleep=clock.sleep)
    await pacer.take(a_mail())

    with pytest.raises(RateLimited) as caught:
        await pacer.take(a_mail())

    assert caught.value.retry_at == NOW + timedelta(seconds=3601)
    assert (caught.value.may_have_acted, caught.value.status, clock.slept) == (False, None, [])


async def test_without_a_count_no_call_is_made() -> None:
    class Broken(MemoryStore):
        def reserve(self, *args: object) -> object:  # type: ignore[override]
            raise WindowsUnreachable("Redis does not answer")

    clock = Clock(NOW + timedelta(seconds=5))

    with pytest.raises(WindowsUnreachable):
        await a_pacer(clock, store=Broken()).take(a_mail())


def test_a_redis_that_is_down_is_said_so() -> None:
    class Down(Redis):
        def evalsha(self, *args: object) -> object:  # type: ignore[override]
            raise RedisDown("refused")

    with pytest.raises(WindowsUnreachable, match="ConnectionError"):
        RedisStore(Down()).reserve("key", SHARED, 1, NOW)


def mails(count: int) -> Iterator[Call[object]]:
    """Yields calls that Braze takes, by the real clock."""
    for number in range(count):
        yield calls.schedule_delete(f"schedule-{number}")


@pytest.mark.contract("B-RL-1", "B-RL-3")
async def test_over_http_many_calls_wait_for_their_windows_and_braze_never_says_429() -> None:
    pool = Pool("shared", 40, 2)
    options = SandboxOptions(api_key=API_KEY, shared_calls_per_hour=40, shared_window_seconds=2)
    with running_sandbox(options) as braze:
        store = MemoryStore()
        pacers = [Pacer(store, "key", share=0.8, pools=(pool,)) for _ in range(2)]

        async def work(pacer: Pacer) -> None:
            async with AsyncBrazeClient(braze.url, API_KEY, allow_insecure=True, pacer=pacer) as client:
                async for _ in Dispatcher(client.send, 8).run(mails(60)):
                    pass

        await asyncio.gather(*(work(pacer) for pacer in pacers))

        at = Counter(pool.window_start(datetime.fromtimestamp(call.at, UTC)) for call in braze.state.recorder)
        assert braze.state.statuses["429"] == 0
        assert sum(at.values()) == 120
        # A machine that is busy may bring a call a window late; within Braze's own limit it stays all the same.
        assert max(at.values()) <= pool.limit
        assert len(at) >= 4
