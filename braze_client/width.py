"""How many calls may be in flight: fewer after a 429, and again more while none comes (B-RETRY-5)."""

from __future__ import annotations

from braze_client.errors import BrazeError, RateLimited

TOO_MANY_REQUESTS = 429


class Width:
    """The number of calls that may be in flight, at most ``most``.

    A 429 of Braze halves it, once for all calls that were under way together; it grows by one after as many successes
    as there may be calls in flight.
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError("at least one call is in flight")
        self.most = self.allowed = most
        self.halvings = 0
        self._successes = 0

    def heed(self, outcome: object, halvings: int) -> bool:
        """Take note of an outcome of a call that began after so many halvings; tell whether it has widened."""
        if isinstance(outcome, RateLimited):
            if outcome.status == TOO_MANY_REQUESTS and halvings == self.halvings:
                self.allowed, self._successes = max(1, self.allowed // 2), 0
                self.halvings += 1
        elif not isinstance(outcome, BrazeError) and self.allowed < self.most:
            self._successes += 1
            if self._successes >= self.allowed:
                self.allowed, self._successes = self.allowed + 1, 0
                return True
        return False
