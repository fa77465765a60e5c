"""What a sandbox can be told at its start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

PARTNER_PERMISSIONS = frozenset(
    {
        "users.track",
        "users.export.ids",
        "messages.schedule.create",
        "messages.schedule.update",
        "messages.schedule.delete",
        "sends.id.create",
        "segments.list",
        "segments.data_series",
        "segments.details",
        "sends.data_series",
    }
)
"""The ten permissions of the partner page (contract section 14, B-CMP-4)."""

PORTAL_PERMISSIONS = PARTNER_PERMISSIONS | {
    "campaigns.trigger.send",
    "email.unsubscribe",
    "email.hard_bounces",
    "subscription.status.get",
    "campaigns.details",
    "users.delete",
}
"""What the portal asks of a customer: the ten, the second route, and the optional ones."""

FaultKind = Literal[
    "latency",
    "timeout",
    "cut_before",
    "redirect",
    "cut_during",
    "accept_then_drop",
    "accept_then_hang",
    "accept_then_fail",
    "partly",
    "garbled",
    "wrong_word",
    "html",
    "slow_drip",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing, for the next `count` calls to `path` (`*` is any); `kind` is a status code or a name.

    Not done: a status from 400 to 599; timeout (no answer for `hold_seconds`, then cut); cut_before (cut at once);
    redirect (302 to a sign-in page). Done: cut_during (half of the answer, then cut); accept_then_drop (cut without an
    answer); accept_then_hang (no answer for `hold_seconds`, then cut); accept_then_fail (500); partly (2xx, but the
    first `people` whom the call names are left out, and `errors` names them); garbled (2xx with broken JSON);
    wrong_word (2xx whose message is not success); html (2xx with a page); slow_drip (the answer over `hold_seconds`).
    latency: answered well after `hold_seconds`.

    The first `after` calls are answered as always, and with `person` all that do not name this external ID.
    `resets_in` are the seconds that the headers of a 429 name; without it they say nothing.
    """

    path: str
    kind: int | FaultKind
    count: int = 1
    hold_seconds: float = 3600.0
    after: int = 0
    person: str = ""
    people: int = 1
    resets_in: int | None = None


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """Settings of one sandbox; only the API key is needed."""

    api_key: str
    latency_ms: int = 0
    permissions: frozenset[str] = PARTNER_PERMISSIONS
    campaign_ids: frozenset[str] = frozenset()
    """Empty: any well-formed id is accepted and learned."""
    variation_ids: frozenset[str] = frozenset()
    trigger_campaign_ids: frozenset[str] = frozenset()
    trigger_subject: str | None = None
    trigger_body: str | None = None
    propagation_seconds: float = 0.0
    """How long users.track stays invisible (B-TRK-18)."""
    has_engagement: bool = True
    """Whether opens, clicks, bounces and unsubscribes grow after a delivery."""
    is_rendering_as_braze: bool = False
    """Accept Liquid tags that this portal never sends, instead of failing loudly (B-LIQ-5)."""
    has_legacy_track_limit: bool = False
    """75 objects an array instead of 75 in all (B-TRK-1)."""
    has_delta_rate_headers: bool = False
    """users.track answers with seconds left, and bare on 429 (B-RL-2)."""
    is_repeated_send_id_refused: bool = False
    """400 on creating an existing pair of send and campaign id (B-SND-3)."""
    send_ids_per_day: int = 100
    shared_calls_per_hour: int = 250_000
    shared_window_seconds: int = 3600
    """Smaller windows let pacing be seen at work."""
    track_calls_per_3_seconds: int = 3_000
    export_calls_per_minute: int = 250
    """2,500 for accounts from before August 2024 (B-EXP-3)."""
    array_elements: int = 500
    faults: tuple[Fault, ...] = field(default=())
    recorded_calls: int = 200
    """How many of the last calls can be looked at."""
    state_path: Path | None = None
    """The SQLite file that outlives the process; None keeps everything in memory."""
    hosts: frozenset[str] | None = None
    """The host names under which it answers, against pages that make a foreign name point here; None is any."""
