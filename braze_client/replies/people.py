"""What Braze says of people: attributes stored or refused, profiles found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from braze_client.replies.answer import Json


@dataclass(frozen=True, slots=True)
class RefusedObject:
    """One object of a users.track call that had no effect (B-TRK-15).

    ``input_array`` is attributes, events or purchases; ``index`` counts from 0 inside it (B-TRK-13).
    """

    index: int
    input_array: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrackReply:
    """What became of a users.track call, by array: how many objects went, and how many Braze says it processed.

    An array that Braze did not count is missing in ``processed``. ``unplaced`` are errors that name no object: then
    every object that is not in ``refused`` is unknown, neither stored nor failed (B-TRK-16).
    """

    sent: Mapping[str, int]
    processed: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[RefusedObject, ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Return whether processed and refused make up what was sent; if not, warn only (B-TRK-14)."""
        return all(
            self.processed.get(name, -1) + len(self.refused_in(name)) == count for name, count in self.sent.items()
        )

    def refused_in(self, input_array: str) -> dict[int, str]:
        """Return the reasons of the objects of one array that had no effect, by their place from 0."""
        return {item.index: item.reason for item in self.refused if item.input_array == input_array}


@dataclass(frozen=True, slots=True)
class ExportReply:
    """Profiles by id or address; an absent key of a profile means empty (B-EXP-5), unknown ids are listed (B-EXP-4)."""

    users: tuple[Json, ...]
    invalid_user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteReply:
    """How many people Braze says it deleted, None where it says nothing; one whom it did not know is not counted."""

    deleted: int | None = None
