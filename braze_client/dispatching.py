"""Many calls at once: a bounded number in flight, results as a stream, and no call ever cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from typing import Generic, TypeVar

from braze_client.errors import BrazeError
from braze_client.width import Width

Item = TypeVar("Item")
Result = TypeVar("Result")
Outcome = tuple[Item, Result | BrazeError]

DEFAULT_IN_FLIGHT = 16


class Dispatcher(Generic[Item, Result]):
    """Sends items with at most ``in_flight`` calls at once (B-RETRY-5: 16), and yields each with what became of it.

    ``send`` makes the call of an item, for example over :meth:`AsyncBrazeClient.send`; its :class:`BrazeError` is an
    outcome like any other, any other error ends the run. A 429 of Braze halves the number in flight, once for all calls
    that were under way together, and it grows again by one after as many successes as there are calls in flight. A
    dispatcher runs once.
    """

    def __init__(self, send: Callable[[Item], Awaitable[Result]], in_flight: int = DEFAULT_IN_FLIGHT) -> None:
        self._width = Width(in_flight)
        self.unread: list[Outcome[Item, Result]] = []
        self._send = send
        self._is_stopped = False
        self._widened = asyncio.Event()
        self._room = asyncio.Semaphore(2 * in_flight)
        self._finished: asyncio.Queue[Outcome[Item, Result] | asyncio.Task[None]] = asyncio.Queue()

    @property
    def allowed_in_flight(self) -> int:
        """Return how many calls may be in flight now."""
        return self._width.allowed

    def stop(self) -> None:
        """Take no further items; what is in flight is waited for and still yielded."""
        self._is_stopped = True
        self._widened.set()

    async def run(self, items: Iterable[Item]) -> AsyncGenerator[Outcome[Item, Result], None]:
        """Yield each item with its result or error, as they finish.

        Items are taken only as slots free up, and no more than twice the number in flight are taken and not yet read,
        so memory does not grow. A loop that is left early, or cancelled, waits for the calls in flight, because a call
        that is cut off would be uncertain; what nobody read of them stands in ``unread`` afterwards. Wrap it in
        ``contextlib.aclosing`` where the loop may be left.
        """
        source = iter(items)
        workers = [asyncio.create_task(self._work(number, source)) for number in range(self._width.most)]
        for worker in workers:
            worker.add_done_callback(self._finished.put_nowait)
        running = len(workers)
        try:
            while running:
                done = await self._finished.get()
                if isinstance(done, asyncio.Task):
                    running -= 1
                    done.result()
                else:
                    self._room.release()
                    yield done
        finally:
            self.stop()
            for _ in workers:
                self._room.release()
            try:
                await _ended(workers)
            finally:
                self._keep_unread()

    async def _work(self, number: int, source: Iterator[Item]) -> None:
        """Send one item after the other, as long as there are any and this worker's slot is open."""
        while await self._may_take(number):
            try:
                item = next(source)
            except StopIteration:
                break
            outcome: Result | BrazeError
            halvings = self._width.halvings
            try:
                outcome = await self._send(item)
            except BrazeError as error:
                outcome = error
            if self._width.heed(outcome, halvings):
                self._widened.set()
            self._finished.put_nowait((item, outcome))
        self.stop()

    async def _may_take(self, number: int) -> bool:
        """Wait for room and for the slot to be open; tell whether another item is to be taken."""
        await self._room.acquire()
        while number >= self._width.allowed and not self._is_stopped:
            self._widened.clear()
            await self._widened.wait()
        return not self._is_stopped

    def _keep_unread(self) -> None:
        while not self._finished.empty():
            left = self._finished.get_nowait()
            if not isinstance(left, asyncio.Task):
                self.unread.append(left)


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    """Waits until all tasks have ended, also when it is cancelled meanwhile; then the cancellation goes on."""
    cancelled: asyncio.CancelledError | None = None
    while any(not task.done() for task in tasks):
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
