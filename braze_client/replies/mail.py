"""What Braze says to calls that make, move or withdraw mail."""

from __future__ import annotations

from dataclasses import dataclass, field

from braze_client.replies.answer import Json
from braze_client.replies.people import RefusedObject


@dataclass(frozen=True, slots=True)
class Accepted:
    """Braze took a message call; that is not yet a delivery (B-ENV-3).

    ``schedule_id`` is the only handle for a later update or delete (B-SCH-2). ``remarks`` are the non-fatal errors of
    a 2xx (B-ENV-1) as sentences; ``refused`` those of them that name a recipient by array and place in it.
    """

    dispatch_id: str | None
    schedule_id: str | None = None
    send_id: str | None = None
    remarks: tuple[str, ...] = ()
    refused: tuple[RefusedObject, ...] = ()
    unknown: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """Braze took a call that has nothing to say back; ``remarks`` as in :class:`Accepted`."""

    remarks: tuple[str, ...] = ()
