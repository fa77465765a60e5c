"""One request to Braze as a value: where it goes, what it needs, how its answer is read, whether it may be repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from braze_client.pacing import SHARED, Pool
from braze_client.replies import Answer

T_co = TypeVar("T_co", covariant=True)
Body = Mapping[str, object]

READ_SECONDS = 30.0
EXPORT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request to Braze and how to read its answer.

    ``permission`` is what the key needs; ``pool`` is the rate-limit window it draws on, ``audience_key`` the second
    one of a broadcast (10 a minute for each unique audience, contract section 15). ``makes_mail`` calls are never
    made again after an unclear answer. ``repeatable`` means that a second time changes nothing more (B-RETRY-3);
    ``reads_only`` that the call changes nothing at all. ``read_statuses`` are statuses besides 2xx that
    ``parse`` understands; ``may_be_empty`` says that a 2xx without JSON is a success. ``headers_pool`` differs from
    ``pool`` where we count more carefully than Braze's pages ask (B-SCH-4).
    """

    method: Literal["GET", "POST"]
    path: str
    permission: str
    pool: Pool
    parse: Callable[[Answer], T_co] = field(repr=False)
    body: Body | None = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = ()
    makes_mail: bool = False
    repeatable: bool = True
    reads_only: bool = False
    timeout_seconds: float = READ_SECONDS
    audience_key: str | None = None
    read_statuses: frozenset[int] = frozenset()
    may_be_empty: bool = False
    headers_pool: Pool | None = None

    @property
    def answered_pool(self) -> Pool:
        """Return the window that Braze's rate-limit headers speak of (B-RL-1)."""
        return self.headers_pool or self.pool


def reading_call(
    path: str,
    permission: str,
    query: Mapping[str, str | Sequence[str]],
    parse: Callable[[Answer], T_co],
    pool: Pool = SHARED,
) -> Call[T_co]:
    """Return a GET; a list of values is written ``name[]=a&name[]=b`` (B-HTTP-6)."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        pairs += [(name, value)] if isinstance(value, str) else [(f"{name}[]", item) for item in value]
    return Call(
        method="GET", path=path, permission=permission, pool=pool, parse=parse, query=tuple(pairs), reads_only=True
    )
