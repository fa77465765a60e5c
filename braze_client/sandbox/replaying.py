"""Doing again what the state file kept, each change at its own time."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from braze_client.sandbox.dispatcher import Dispatcher
from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.inbox import CONSENT_PATH
from braze_client.sandbox.journal import Change, JournalUnreadable
from braze_client.sandbox.state import State


class _StoppedClock:
    """A clock that stands at the time of the change that is being done again."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def replay(state: State, dispatcher: Dispatcher, endpoints: Iterable[Endpoint]) -> int:
    """Does all kept changes again and returns how many there were; what came due in between is delivered in between.

    Raises `JournalUnreadable` for a change that no endpoint takes any more.
    """
    changing = {endpoint.path: endpoint for endpoint in endpoints if endpoint.is_change}
    real, stopped, number = state.clock, _StoppedClock(), 0
    state.clock = stopped
    try:
        for change in state.journal or ():
            number += 1
            stopped.now = change.at
            dispatcher.deliver_due()
            _do(state, changing, change)
    except (KeyError, ValueError, Refusal) as error:
        raise JournalUnreadable(f"Change {number} of the state file cannot be done again: {error!r}.") from error
    finally:
        state.clock = real
    return number


def _do(state: State, endpoints: dict[str, Endpoint], change: Change) -> None:
    content = orjson.loads(change.content)
    if change.path == CONSENT_PATH:
        email, wanted = content
        state.profiles.set_email_state(email, wanted, change.at)
        return
    endpoint = endpoints[change.path]
    state.ids.begin(change.seed)
    standing = state.windows.take(endpoint.pool(state), change.at)
    endpoint.answer(state, Call(body=content, query={}, now=change.at, standing=standing))
