"""Work is cut into calls, and a fixed number of them is in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from braze_client import NotSent, chunked, keep_in_flight


def test_items_are_cut_in_order() -> None:
    assert list(chunked(range(5), 2)) == [(0, 1), (2, 3), (4,)]
    assert list(chunked([], 50)) == []


def test_1040_people_make_21_batches() -> None:
    assert [len(batch) for batch in chunked(range(1040), 50)] == [50] * 20 + [40]


async def test_every_item_comes_back_once_and_no_more_than_the_limit_are_in_flight() -> None:
    flying = most = 0

    async def send(item: int) -> int:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0.001 * (item % 3))
        flying -= 1
        return item * 2

    outcomes = {item: outcome async for item, outcome in keep_in_flight(range(100), send, 7)}

    assert outcomes == {item: item * 2 for item in range(100)}
    assert most == 7


async def test_an_error_of_braze_is_an_outcome() -> None:
    async def send(item: int) -> int:
        if item == 1:
            raise NotSent("no connection")
        return item

    outcomes = {item: outcome async for item, outcome in keep_in_flight(range(3), send, 2)}

    assert (outcomes[0], outcomes[2]) == (0, 2)
    assert isinstance(outcomes[1], NotSent)


async def test_another_error_ends_it_and_leaves_no_task_behind() -> None:
    async def send(item: int) -> int:
        if item == 5:
            raise RuntimeError("a fault of ours")
        await asyncio.sleep(0.001)
        return item

    with pytest.raises(RuntimeError, match="a fault of ours"):
        async for _ in keep_in_flight(range(1000), send, 4):
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

    async with aclosing(keep_in_flight(source(), send, 4)) as outcomes:
        async for _ in outcomes:
            await asyncio.sleep(0.005)
            break

    assert taken <= 2 * 4 + 1
    assert len(asyncio.all_tasks()) == 1


async def test_no_items_end_at_once() -> None:
    async def send(item: int) -> int:
        return item

    nothing: list[int] = []

    assert [pair async for pair in keep_in_flight(nothing, send, 4)] == []


@pytest.mark.parametrize("wrong", [0, -1])
async def test_a_limit_below_one_is_refused(wrong: int) -> None:
    async def send(item: int) -> int:
        return item

    with pytest.raises(ValueError, match="at least one"):
        await anext(keep_in_flight([1], send, wrong))
    with pytest.raises(ValueError, match="at least one"):
        next(chunked([1], wrong))
