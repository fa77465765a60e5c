"""Calls under way: an event loop that runs only while its worker waits for answers.

One thread does all: while it writes to the database the loop stands still, and what has arrived meanwhile is read
afterwards. So nothing is shared between threads, and no time is lost in handing over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from braze_client import AsyncBrazeClient, BrazeError, Call, ContractViolation
from braze_client.retrying import DEFAULT_ATTEMPTS
from braze_client.width import Width
from campaigns.delivery.calling import Job
from campaigns.delivery.outcomes import Answer


class InFlight:
    """The calls of one worker, at most as many at once as `width` allows; used as a context.

    Leaving it waits for every call under way, because one that is cut off would be uncertain; read them before with
    `wait`. `make_client` is called inside the loop that the client belongs to.
    """

    def __init__(self, make_client: Callable[[], AsyncBrazeClient], connections: int) -> None:
        self._runner = asyncio.Runner()
        self._client = make_client()
        self._width = Width(connections)
        self._running: set[asyncio.Task[None]] = set()
        self._answers: list[tuple[Job, Answer]] = []
        self._arrived = asyncio.Event()

    @property
    def budget_key(self) -> str:
        """The name under which the workspace's windows are counted."""
        return self._client.budget_key

    @property
    def free_slots(self) -> int:
        """How many calls may be started now; answers that nobody has read still count as under way."""
        return max(0, self._width.allowed - len(self._running) - len(self._answers))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is under way and every answer was read."""
        return not self._running and not self._answers

    def start(self, job: Job, call: Call[object]) -> None:
        """Starts a call; it leaves with the next `wait`."""
        task = self._runner.get_loop().create_task(self._make(job, call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def refuse(self, job: Job, violation: ContractViolation) -> None:
        """Takes a job whose call may not be made, as an answer like any other."""
        self._answers.append((job, violation))
        self._arrived.set()

    def wait(self, seconds: float) -> list[tuple[Job, Answer]]:
        """Lets the calls go on until an answer is there, at most so long, and gives all that are."""
        self._runner.get_loop().run_until_complete(self._some(seconds))
        answers, self._answers = self._answers, []
        self._arrived.clear()
        return answers

    async def _some(self, seconds: float) -> None:
        if self._answers:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return
        # What has arrived in the same moment is read in the same round.
        await asyncio.sleep(0)

    async def _make(self, job: Job, call: Call[object]) -> None:
        halvings = self._width.halvings
        answer: object
        try:
            # A batch that was not sent waits in its row; only what changes no mail is tried again at once.
            answer = await self._client.send(call, attempts=1 if call.makes_mail else DEFAULT_ATTEMPTS)
        except BrazeError as error:
            answer = error
        self._width.heed(answer, halvings)
        self._answers.append((job, answer))  # type: ignore[arg-type]  # each call's parser gives Accepted or Done
        self._arrived.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._running:
                self._runner.run(asyncio.wait(set(self._running)))
        finally:
            self._runner.run(self._client.aclose())
            self._runner.close()
