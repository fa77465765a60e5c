"""Cutting work into calls, and keeping a number of calls in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from braze_client.errors import BrazeError

Item = TypeVar("Item")
Result = TypeVar("Result")


def chunked(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    """Yield the items in order in tuples of ``size``, the last one shorter; nothing for no items."""
    if size < 1:
        raise ValueError("a chunk holds at least one item")
    source = iter(items)
    while chunk := tuple(islice(source, size)):
        yield chunk


async def keep_in_flight(
    items: Iterable[Item], send: Callable[[Item], Awaitable[Result]], limit: int
) -> AsyncGenerator[tuple[Item, Result | BrazeError], None]:
    """Send the items with at most ``limit`` in flight and yield each with its result as it finishes.

    A :class:`BrazeError` is yielded, any other error is raised after the rest was cancelled. Items are taken only as
    slots free up, and no more than twice ``limit`` are taken and not yet yielded, so memory does not grow. To stop
    without cutting calls off, let the items end and read on; leaving the loop early cancels what is in flight, which
    makes those calls uncertain. Wrap it in ``contextlib.aclosing`` where the loop may be left.
    """
    if limit < 1:
        raise ValueError("at least one call is in flight")
    source = iter(items)
    room = asyncio.Semaphore(2 * limit)
    finished: asyncio.Queue[tuple[Item, Result | BrazeError] | asyncio.Task[None]] = asyncio.Queue()

    async def work() -> None:
        await room.acquire()
        for item in source:
            outcome: Result | BrazeError
            try:
                outcome = await send(item)
            except BrazeError as error:
                outcome = error
            finished.put_nowait((item, outcome))
            await room.acquire()
        room.release()

    workers = [asyncio.create_task(work()) for _ in range(limit)]
    for worker in workers:
        worker.add_done_callback(finished.put_nowait)
    running = limit
    try:
        while running:
            done = await finished.get()
            if isinstance(done, asyncio.Task):
                running -= 1
                done.result()
            else:
                room.release()
                yield done
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
