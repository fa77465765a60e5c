"""Reader of a probe's status."""

from __future__ import annotations

from collections.abc import Callable

from braze_client.replies import Answer, ProbeOutcome, ProbeReply


def probe_reply(permission: str) -> Callable[[Answer], ProbeReply]:
    """Return the reader of a probe's status: 401 and 403 say no, 400 and 2xx say that the key was let in."""
    outcomes: dict[int, ProbeOutcome] = {401: "key refused", 403: "missing"}
    return lambda answer: ProbeReply(permission, outcomes.get(answer.status, "granted"))
