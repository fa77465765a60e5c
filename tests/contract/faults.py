"""What the client reports for each fault at each endpoint: the expected answer, written by hand from the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from tests.braze_client.every_call import EVERY_CALL

ATTEMPTS: Final = 3


class Kind(StrEnum):
    """The columns of the table in section 16 of the contract (B-RETRY-3)."""

    READS = "reads"
    SETS = "sets"
    ADDS = "adds"
    MAIL = "mail"
    MOVES = "moves"
    WITHDRAWS = "withdraws"
    SEND_ID = "send ID"


KINDS: Final[Mapping[str, Kind]] = {
    "users_track": Kind.SETS,
    "users_track (events)": Kind.ADDS,
    "users_export_ids": Kind.READS,
    "users_delete": Kind.SETS,
    "schedule_create": Kind.MAIL,
    "schedule_create_broadcast": Kind.MAIL,
    "schedule_update": Kind.MOVES,
    "schedule_delete": Kind.WITHDRAWS,
    "scheduled_broadcasts": Kind.READS,
    "messages_send": Kind.MAIL,
    "messages_send_broadcast": Kind.MAIL,
    "trigger_send": Kind.MAIL,
    "trigger_send_broadcast": Kind.MAIL,
    "trigger_schedule_create": Kind.MAIL,
    "trigger_schedule_create_broadcast": Kind.MAIL,
    "trigger_schedule_update": Kind.MOVES,
    "trigger_schedule_delete": Kind.WITHDRAWS,
    "send_id_create": Kind.SEND_ID,
    "send_data_series": Kind.READS,
    "segments_list": Kind.READS,
    "segment_details": Kind.READS,
    "segment_data_series": Kind.READS,
    "campaigns_list": Kind.READS,
    "campaign_details": Kind.READS,
    "campaign_data_series": Kind.READS,
    "subscription_status_set": Kind.SETS,
    "subscription_status_get": Kind.READS,
    "email_status": Kind.SETS,
    "email_unsubscribes": Kind.READS,
    "email_hard_bounces": Kind.READS,
}


class When(StrEnum):
    """Whether Braze has acted when the fault strikes."""

    NEVER = "not at all"
    BEFORE = "before acting"
    AFTER = "after acting"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing; ``arm`` is what the sandbox is told, None where nothing listens at the address."""

    name: str
    when: When
    arm: Mapping[str, object] | None
    is_refusal: bool = False
    is_unclear: bool = True


FAULTS: Final = (
    Fault("nobody listens", When.NEVER, None, is_unclear=False),
    Fault("400", When.NEVER, {"status": 400}, is_refusal=True),
    Fault("401", When.NEVER, {"status": 401}, is_refusal=True),
    Fault("403", When.NEVER, {"status": 403}, is_refusal=True),
    Fault("404", When.NEVER, {"status": 404}, is_refusal=True),
    Fault("413", When.NEVER, {"status": 413}, is_refusal=True),
    Fault("415", When.NEVER, {"status": 415}, is_refusal=True),
    Fault("429", When.NEVER, {"status": 429}, is_unclear=False),
    Fault("500", When.BEFORE, {"status": 500}),
    Fault("503", When.BEFORE, {"status": 503}),
    Fault("502", When.BEFORE, {"status": 502}),
    Fault("504", When.BEFORE, {"status": 504}),
    Fault("redirect", When.BEFORE, {"kind": "redirect"}),
    Fault("no answer", When.BEFORE, {"kind": "timeout"}),
    Fault("cut before", When.BEFORE, {"kind": "cut_before"}),
    Fault("cut during", When.AFTER, {"kind": "cut_during"}),
    Fault("cut after", When.AFTER, {"kind": "accept_then_drop"}),
    Fault("acted, no answer", When.AFTER, {"kind": "accept_then_hang"}),
    Fault("garbled", When.AFTER, {"kind": "garbled"}),
    Fault("another word", When.AFTER, {"kind": "wrong_word"}),
    Fault("page for JSON", When.AFTER, {"kind": "html"}),
)
REFUSALS: Final[Mapping[str, str]] = {
    "400": "CallRefused",
    "401": "KeyRefused",
    "403": "PermissionRefused",
    "404": "EndpointMissing",
    "413": "TooLarge",
    "415": "WrongMediaType",
}
SAID_BY_BRAZE: Final = frozenset({"500", "503"})


@dataclass(frozen=True, slots=True)
class Report:
    """What the caller sees, and how many requests left for it."""

    outcome: str
    requests: int

    @property
    def cell(self) -> str:
        """The report as a cell of the table."""
        return f"{self.outcome}, {self.requests}"


def expected(kind: Kind, fault: Fault) -> Report:
    """Returns what section 16 of the contract demands for a fault that strikes once (B-RETRY-3).

    After the fault every further request is answered well; nobody listens for ever. A withdrawal that was done and is
    then asked for again meets a 400: nobody can say more than that it is uncertain (contract, section 7.3).
    """
    if fault.is_refusal:
        return Report(REFUSALS[fault.name], 1)
    if fault.arm is None:
        return Report("NotSent", ATTEMPTS)
    if fault.name == "429":
        return Report("RateLimited", 1) if kind is Kind.SEND_ID else Report("ok", 2)
    if kind is Kind.MAIL or (kind is Kind.ADDS and fault.name not in SAID_BY_BRAZE):
        return Report("Uncertain", 1)
    if kind is Kind.WITHDRAWS and fault.when is When.AFTER:
        return Report("Uncertain", 2)
    return Report("ok", 2)


def fault_table() -> str:
    """Returns the table endpoint x fault; a cell is the report and the number of requests."""
    lines = [
        "| call | kind | " + " | ".join(fault.name for fault in FAULTS) + " |",
        "| --- " * (len(FAULTS) + 2) + "|",
    ]
    for name, kind in KINDS.items():
        cells = (expected(kind, fault).cell for fault in FAULTS)
        lines.append(f"| `{name}` | {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def call_table() -> str:
    """Returns the calls with their endpoint, permission, window, and what is repeated."""
    lines = ["| call | endpoint | permission | window | repeated |", "| --- | --- | --- | --- | --- |"]
    for name, make in EVERY_CALL.items():
        call = make(datetime(2026, 11, 22, tzinfo=UTC))
        if call.makes_mail:
            repeated = "only what surely was not sent"
        else:
            repeated = "yes" if call.repeatable else "not after an unclear answer"
        endpoint = f"{call.method} {call.path}"
        lines.append(f"| `{name}` | {endpoint} | `{call.permission}` | {call.pool.name} | {repeated} |")
    return "\n".join(lines)
