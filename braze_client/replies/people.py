"""What Braze says of people: attributes stored or refused, profiles found."""

from __future__ import annotations

from dataclasses import dataclass

from braze_client.replies.answer import Json


@dataclass(frozen=True, slots=True)
class RefusedObject:
    """One object of a users.track call that had no effect (B-TRK-15); ``index`` counts in its own array (B-TRK-13)."""

    index: int
    input_array: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrackReply:
    """What became of a users.track call of ``sent`` attribute objects.

    ``processed`` is Braze's count, None when it gave none. ``unplaced`` are errors that name no object: then every
    object that is not in ``refused`` is unknown, neither stored nor failed (B-TRK-16).
    """

    sent: int
    processed: int | None
    refused: tuple[RefusedObject, ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Return whether processed and refused make up what was sent; if not, warn only (B-TRK-14)."""
        return self.processed is not None and self.processed + len(self.refused) == self.sent

    @property
    def refused_indexes(self) -> frozenset[int]:
        """Return the places, from 0, of the attribute objects that had no effect."""
        return frozenset(item.index for item in self.refused)


@dataclass(frozen=True, slots=True)
class ExportReply:
    """Profiles by id or address; an absent key of a profile means empty (B-EXP-5), unknown ids are listed (B-EXP-4)."""

    users: tuple[Json, ...]
    invalid_user_ids: tuple[str, ...] = ()
