"""What people do with a message: opens, clicks, bounces and unsubscribes, the same for the same person and send."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from braze_client.sandbox.messages import Message

EMAIL_METRICS = (
    "sent",
    "delivered",
    "opens",
    "unique_opens",
    "clicks",
    "unique_clicks",
    "bounces",
    "unsubscribes",
    "reported_spam",
)
KEPT_DAYS = 14
OPENING_SECONDS = 118
_DRAWS = 1 << 16


class Series(NamedTuple):
    """What numbers are counted under (B-CMP-1)."""

    campaign_id: str
    variation_id: str | None
    send_id: str | None


class Engagement:
    """Counts per series and day; the future is kept as increments per second until it comes."""

    def __init__(self, *, is_growing: bool) -> None:
        self._is_growing = is_growing
        self._days: dict[Series, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self._last_sent: dict[Series, float] = {}
        self._coming: dict[int, Counter[tuple[Series, str]]] = {}
        self._seconds: list[int] = []
        self._leaving: list[tuple[float, str]] = []
        self.hard_bounces: dict[str, float] = {}

    def follow(self, message: Message, now: float) -> None:
        """Counts a message as sent and decides what its person will do with it, and when."""
        mailing = message.mailing
        series = None
        if mailing.campaign_id is not None:
            series = Series(mailing.campaign_id, mailing.content.variation_id, mailing.send_id)
            self._last_sent[series] = now
            self._count(series, "sent", now)
        if not self._is_growing:
            if series is not None:
                self._count(series, "delivered", now)
            return
        seed = f"{message.email}|{mailing.campaign_id}|{mailing.send_id}".encode()
        digest = hashlib.blake2b(seed, digest_size=8).digest()
        fate, opening, moment, clicking = (
            int.from_bytes(digest[start : start + 2]) / _DRAWS for start in range(0, 8, 2)
        )
        if fate < 0.008:
            self.hard_bounces.setdefault(message.email, now)
            self._maybe(series, "bounces", now)
            return
        self._maybe(series, "delivered", now)
        if opening >= 0.46:
            return
        # Most open early: the square draws the moments to the front.
        opened_at = now + 2 + OPENING_SECONDS * moment * moment
        self._maybe(series, "opens", opened_at)
        self._maybe(series, "unique_opens", opened_at)
        if fate > 0.75:
            self._maybe(series, "opens", opened_at + 25)
        if clicking < 0.24:
            self._maybe(series, "clicks", opened_at + 3 + 60 * clicking)
            self._maybe(series, "unique_clicks", opened_at + 3 + 60 * clicking)
        elif clicking > 0.992:
            self._maybe(series, "unsubscribes", opened_at + 5)
            heapq.heappush(self._leaving, (opened_at + 5, message.email))
        elif clicking > 0.9915:
            self._maybe(series, "reported_spam", opened_at + 5)

    def settle(self, now: float) -> list[tuple[float, str]]:
        """Counts what has come by now; returns the moments and addresses of those who unsubscribed."""
        while self._seconds and self._seconds[0] <= now:
            second = heapq.heappop(self._seconds)
            for (series, metric), count in self._coming.pop(second).items():
                self._days[series][_day(second)][metric] += count
        left: list[tuple[float, str]] = []
        while self._leaving and self._leaving[0][0] <= now:
            left.append(heapq.heappop(self._leaving))
        return left

    def days(
        self, campaign_id: str, *, send_id: str | None, last: datetime, length: int, now: float
    ) -> Iterator[tuple[str, list[tuple[Series, Counter[str]]]]]:
        """Yields each day that has numbers, oldest first; send numbers end 14 days after the send (B-SND-5)."""
        chosen = [
            series
            for series in self._days
            if series.campaign_id == campaign_id
            and (send_id is None or series.send_id == send_id)
            and (send_id is None or now - self._last_sent[series] <= KEPT_DAYS * 86_400)
        ]
        for back in range(length, -1, -1):
            day = (last - timedelta(days=back)).strftime("%Y-%m-%d")
            found = [(series, self._days[series][day]) for series in chosen if day in self._days[series]]
            if found:
                yield day, found

    def _maybe(self, series: Series | None, metric: str, at: float) -> None:
        if series is None:
            return
        second = int(at)
        counts = self._coming.get(second)
        if counts is None:
            counts = self._coming[second] = Counter()
            heapq.heappush(self._seconds, second)
        counts[(series, metric)] += 1

    def _count(self, series: Series, metric: str, at: float) -> None:
        self._days[series][_day(at)][metric] += 1


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
