"""What the sync has in its hands while it works: contacts, what is sent of them, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from braze_client import BrazeError, Call, TrackReply, UserAttributes
from groups.audiences.claiming import Waiting
from groups.audiences.profiles import Profile


@dataclass(frozen=True, slots=True)
class Claimed:
    """A contact that this worker has, and the profile that it should have in Braze."""

    contact: Waiting
    profile: Profile

    @property
    def is_known(self) -> bool:
        """Whether it is known what Braze has."""
        return self.contact.is_known


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed contact and what is sent of it."""

    claimed: Claimed
    attributes: UserAttributes


@dataclass(frozen=True, slots=True)
class Letter:
    """Parcels that go in one call, and the call."""

    parcels: tuple[Parcel, ...]
    call: Call[TrackReply]


@dataclass(slots=True)
class Round:
    """What became of the contacts of one round of calls."""

    accepted: list[Claimed] = field(default_factory=list)
    refused: list[tuple[Claimed, str]] = field(default_factory=list)
    not_sent: list[Claimed] = field(default_factory=list)
    unknown: list[Claimed] = field(default_factory=list)
    problem: BrazeError | None = None
