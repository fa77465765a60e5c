"""Many calls at once: bounded, as a stream, and never cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from braze_client import Dispatcher, NotSent, RateLimited


async def test_every_item_comes_back_once_and_no_more_than_the_limit_are_in_flight() -> None:
    flying = most = 0

    async def send(item: int) -> int:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.001 * (item % 3))
        flying -= 1
        return item * 2

    outcomes = {item: outcome async for item, outcome in Dispatcher(send, 7).run(range(100))}

    assert outcomes == {item: item * 2 for item in range(100)}
    assert most == 7


async def test_an_error_of_braze_is_an_outcome() -> None:
    async def send(item: int) -> int:
        if item == 1:
            raise NotSent("no connection")
        return item

    outcomes = {item: outcome async for item, outcome in Dispatcher(send, 2).run(range(3))}

    assert (outcomes[0], outcomes[2]) == (0, 2)
    assert isinstance(outcomes[1], NotSent)


async def test_another_error_ends_it_and_leaves_no_task_behind() -> None:
    async def send(item: int) -> int:
        if item == 5:
            raise RuntimeError("a fault of ours")
        await asyncio.sleep(0.001)
        return item

    with pytest.raises(RuntimeError, match="a fault of ours"):
        async for _ in Dispatcher(send, 4).run(range(1000)):
            pass

    assert len(asyncio.all_tasks()) == 1


async def test_items_are_taken_only_as_they_are_needed() -> None:
    taken = 0

    def source() -> Iterator[int]:
        nonlocal taken
        for item in range(1000):
            taken += 1
            yield item

    async def send(item: int) -> int:
        return item

    async with aclosing(Dispatcher(send, 4).run(source())) as outcomes:
        async for _ in outcomes:
            await asyncio.sleep(0.005)
            break

    assert taken <= 2 * 4 + 1
    assert len(asyncio.all_tasks()) == 1


async def test_no_items_end_at_once() -> None:
    async def send(item: int) -> int:
        return item

    nothing: list[int] = []

    assert [pair async for pair in Dispatcher(send, 4).run(nothing)] == []


@pytest.mark.parametrize("wrong", [0, -1])
async def test_a_limit_below_one_is_refused(wrong: int) -> None:
    async def send(item: int) -> int:
        return item

    with pytest.raises(ValueError, match="at least one"):
        Dispatcher(send, wrong)


class Slow:
    """Calls that end when they are told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.gate = asyncio.Event()

    async def send(self, item: int) -> int:
        self.begun.append(item)
        await self.gate.wait()
        self.ended.append(item)
        return item


async def test_a_cancelled_loop_waits_for_what_is_in_flight_and_keeps_what_nobody_read() -> None:
    slow = Slow()
    dispatcher = Dispatcher(slow.send, 3)

    async def read() -> None:
        async for _ in dispatcher.run(range(100)):
            pass

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.sleep(0.01)
    was_waiting = not reading.done()
    slow.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert was_waiting
    assert sorted(slow.ended) == sorted(slow.begun) == [0, 1, 2]
    assert sorted(dispatcher.unread) == [(0, 0), (1, 1), (2, 2)]
    assert len(asyncio.all_tasks()) == 1


async def test_after_a_stop_nothing_new_begins_and_everything_begun_is_read() -> None:
    slow = Slow()
    dispatcher = Dispatcher(slow.send, 3)
    outcomes = dispatcher.run(range(100))
    reading = asyncio.create_task(anext(outcomes))
    await asyncio.sleep(0.01)

    dispatcher.stop()
    slow.gate.set()
    read = [await reading, *[outcome async for outcome in outcomes]]

    assert sorted(read) == [(0, 0), (1, 1), (2, 2)]
    assert dispatcher.unread == []


async def test_an_error_of_the_source_waits_for_what_is_in_flight() -> None:
    ended: list[int] = []

    def source() -> Iterator[int]:
        yield 0
        yield 1
        raise RuntimeError("the source broke")

    async def send(item: int) -> int:
        await asyncio.sleep(0.02)
        ended.append(item)
        return item

    with pytest.raises(RuntimeError, match="the source broke"):
        async for _ in Dispatcher(send, 3).run(source()):
            pass

    assert sorted(ended) == [0, 1]


@pytest.mark.contract("B-RETRY-5")
async def test_a_429_halves_what_is_in_flight_and_successes_widen_it_again() -> None:
    flying = 0
    seen: list[int] = []

    async def send(item: int) -> int:
        nonlocal flying
        flying += 1
        seen.append(flying)
        await asyncio.sleep(0.001)
        flying -= 1
        if item == 20:
            raise RateLimited("Rate Limited", retry_at=None)
        return item

    dispatcher = Dispatcher(send)
    widths: list[int] = []
    async for item, _ in dispatcher.run(range(400)):
        widths.append(dispatcher.allowed_in_flight)
        if item == 20:
            seen.clear()

    assert widths[0] == 16
    assert 8 <= min(widths) <= 9
    assert widths[-1] == 16
    assert max(seen[16:40]) < 16


async def test_it_never_narrows_below_one() -> None:
    async def send(item: int) -> int:
        raise RateLimited("Rate Limited", retry_at=None)

    dispatcher = Dispatcher(send, 4)

    assert len([outcome async for outcome in dispatcher.run(range(20))]) == 20
    assert dispatcher.allowed_in_flight == 1


async def test_calls_that_meet_one_wall_together_narrow_it_once() -> None:
    async def send(item: int) -> int:
        await asyncio.sleep(0.002)
        if item < 16:
            raise RateLimited("Rate Limited", retry_at=None)
        return item

    dispatcher = Dispatcher(send)
    widths = [dispatcher.allowed_in_flight async for _ in dispatcher.run(range(20))]

    assert min(widths) == 8


async def test_a_wait_that_the_pacer_gave_back_narrows_nothing() -> None:
    async def send(item: int) -> int:
        raise RateLimited("Our share is used up", retry_at=None, status=None)

    dispatcher = Dispatcher(send, 4)
    async for _ in dispatcher.run(range(8)):
        pass

    assert dispatcher.allowed_in_flight == 4
