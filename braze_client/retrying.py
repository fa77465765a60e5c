"""When a call is made again: exactly what section 16 of the contract allows; never after mail may have been made."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

from braze_client.calls import Call
from braze_client.errors import BrazeError, NotSent, RateLimited, Uncertain
from braze_client.pacing import SEND_IDS

DEFAULT_ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 10.0


class Attempts:
    """The attempts of one call; remembers an unclear one, because then a later refusal is no clear answer.

    ``longest_wait_seconds`` bounds each wait: a window that opens later is the caller's business (B-RL-3).
    """

    def __init__(
        self,
        call: Call[object],
        attempts: int,
        now: Callable[[], datetime],
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        if attempts < 1:
            raise ValueError("a call needs at least one attempt")
        self._call = call
        self._left = attempts
        self._made = 0
        self._now = now
        self._longest_wait_seconds = longest_wait_seconds
        self._unclear: Uncertain | None = None

    def wait_after(self, error: BrazeError) -> float:
        """Return the seconds to wait before the next attempt, or raise what the call came to."""
        self._left -= 1
        self._made += 1
        if isinstance(error, Uncertain) and error.may_have_acted:
            self._unclear = error
        wait = self._wait_seconds(error) if self._left and may_repeat(self._call, error) else None
        if wait is None:
            raise self._outcome(error) from error.__cause__
        return wait

    def _wait_seconds(self, error: BrazeError) -> float | None:
        """Return the wait that Braze asked for, or growing with jitter; None when it is longer than allowed."""
        if isinstance(error, RateLimited) and error.retry_at is not None:
            wait = max(0.0, (error.retry_at - self._now()).total_seconds()) + random.uniform(0, FIRST_WAIT_SECONDS)
            return wait if wait <= self._longest_wait_seconds else None
        ceiling = FIRST_WAIT_SECONDS * 2**self._made
        return min(self._longest_wait_seconds, random.uniform(ceiling / 2, ceiling))

    def _outcome(self, error: BrazeError) -> BrazeError:
        """Return the error to raise: after an unclear attempt nothing but :class:`Uncertain` is true."""
        if self._unclear is None or isinstance(error, Uncertain):
            return error
        earlier = self._unclear
        return Uncertain(earlier.message, status=earlier.status, request_id=earlier.request_id, later=error)


def may_repeat(call: Call[object], error: BrazeError) -> bool:
    """Return whether the package may make the call again after this error (B-RETRY-3).

    What surely did not reach Braze, or met a 429, is made again whatever it is; but a 429 to sends/id/create is the
    daily quota and is not worth a second try (B-SND-2). After an unclear answer a call that makes mail never is.
    """
    if isinstance(error, RateLimited):
        return call.pool != SEND_IDS
    if isinstance(error, NotSent):
        return True
    if isinstance(error, Uncertain):
        return not call.makes_mail and (call.repeatable or error.was_answered)
    return False
