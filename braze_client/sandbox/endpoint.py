"""What an endpoint of the sandbox is: a path, a permission, a rate pool, and a function that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.state import State
from braze_client.sandbox.windows import Pool, Standing

RATE_LIMITED = "Rate Limited"


@dataclass(slots=True)
class Call:
    """One authorised request, read. `query` holds lists for names that end in `[]`, else strings."""

    body: Mapping[str, object]
    query: Mapping[str, object]
    now: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path of the API; `answer` returns the success payload without its message."""

    method: str
    path: str
    permission: str
    answer: Callable[[State, Call], dict[str, object]]
    pool: Callable[[State], Pool] = lambda state: state.shared_pool
    reads_only: bool = False

    @property
    def is_change(self) -> bool:
        """Whether a success of it changes what the sandbox remembers."""
        return self.method == "POST" and not self.reads_only


def take(state: State, call: Call, pool: Pool) -> None:
    """Counts the call in a further pool; the reply's headers then describe that one. Raises 429."""
    call.standing = state.windows.take(pool, call.now)
    if not call.standing.is_allowed:
        raise Refusal(RATE_LIMITED, status=429)
