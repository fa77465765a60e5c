"""The last calls with their requests and answers, for somebody who wonders what was said."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 64 * 1024
MARK = b"[redacted]"


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One call; `status` is 0 where the connection was cut without an answer. Bodies are cut at 64 KB."""

    number: int
    at: float
    method: str
    path: str
    query: str
    request: bytes
    status: int
    answer: bytes
    milliseconds: float
    fault: str = ""

    def as_json(self) -> dict[str, object]:
        """Returns the call as the control interface gives it."""
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "request": self.request.decode(errors="replace"),
            "status": self.status,
            "answer": self.answer.decode(errors="replace"),
            "milliseconds": round(self.milliseconds, 3),
            "fault": self.fault,
        }


class Recorder:
    """Keeps the last `size` calls, so that memory stays flat; 0 keeps none. The key is in none of them."""

    def __init__(self, size: int, api_key: str) -> None:
        self.size = size
        self._key = api_key.encode()
        self._calls: deque[RecordedCall] = deque(maxlen=size)
        self._count = 0

    def __iter__(self) -> Iterator[RecordedCall]:
        return reversed(self._calls)

    def add(
        self,
        *,
        at: float,
        method: str,
        path: str,
        query: str,
        request: bytes,
        status: int,
        answer: bytes,
        milliseconds: float,
        fault: str,
    ) -> None:
        """Keeps a call."""
        self._count += 1
        self._calls.append(
            RecordedCall(
                number=self._count,
                at=at,
                method=method,
                path=path,
                query=query,
                request=self._safe(request),
                status=status,
                answer=self._safe(answer),
                milliseconds=milliseconds,
                fault=fault,
            )
        )

    def find(self, number: int) -> RecordedCall | None:
        """Returns a call that is still kept."""
        return next((call for call in self._calls if call.number == number), None)

    def _safe(self, body: bytes) -> bytes:
        return body[:MOST_BYTES].replace(self._key, MARK)
