"""What one row of the matrix says: an address with a method, the right it asks, and what whoever has it gets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from groups.roles import Permission, Role
from tests.rights import EXPECTED


class Asks(Enum):
    """What an address asks for where it is not a permission."""

    ANYBODY = "nothing: it is public"
    SIGNED_IN = "to be signed in; it shows a person what is theirs"
    MEMBER = "any role in the brand"
    OWNER = "to be the one person whom the thing belongs to"
    TOKEN = "a bearer token; no session counts"


class Place(Enum):
    """Where a role is held, seen from the group of the object that is asked for."""

    OWN = "its own group"
    CHILD = "a group below it"
    SIBLING = "a group beside it"
    PARENT = "the group above it"
    ROOT = "the brand's own group"
    OTHER_BRAND = "another brand's own group"


class At(Enum):
    """Where the permission must be held."""

    GROUP = frozenset({Place.OWN, Place.PARENT, Place.ROOT})
    ITSELF = frozenset({Place.OWN})
    BRAND = frozenset({Place.ROOT})
    SOMEWHERE = frozenset(Place) - {Place.OTHER_BRAND}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks; nobody who is signed in has neither role nor place, and `name` tells them apart."""

    name: str
    role: Role | None = None
    place: Place | None = None


NOBODY, STRANGER, OWNER = Who("nobody signed in"), Who("somebody without a role"), Who("the owner")
HOLDERS = tuple(Who(f"{role} on {place.value}", role, place) for role in Role for place in Place)


@dataclass(frozen=True, slots=True)
class Row:
    """An address with one method.

    `asks` is one permission or several of which one is enough, held on a group of `at`. `ids` names the thing of the
    world for a part of the address, where it is not the one of the same name. `form` is sent; a text that begins with
    `@` names a thing, `@me` one of the person who asks. `answers` are the statuses that are right for whoever may.
    `then` are the permissions of which the act needs one besides, held on a group of `then_at` (else of `at`); without
    it the answer is `otherwise`, and nothing is done. With `acts` something is stored.
    """

    name: str
    asks: Permission | Collection[Permission] | Asks
    at: At = At.GROUP
    method: str = "GET"
    answers: Collection[int] = (200,)
    ids: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, object] = field(default_factory=dict)
    then: Collection[Permission] = ()
    then_at: At | None = None
    otherwise: int = 302
    acts: bool = False

    @property
    def label(self) -> str:
        """The row's name in the list of tests."""
        return f"{self.method} {self.name}"

    def opens_for(self, who: Who) -> bool:
        """Tells whether somebody gets past the door."""
        if isinstance(self.asks, Asks):
            return {
                Asks.ANYBODY: True,
                Asks.SIGNED_IN: who is not NOBODY,
                Asks.MEMBER: who.place in At.SOMEWHERE.value,
                Asks.OWNER: who is OWNER,
                Asks.TOKEN: False,
            }[self.asks]
        asked = [self.asks] if isinstance(self.asks, Permission) else self.asks
        return self._holds(who, asked, self.at)

    @property
    def askers(self) -> tuple[Who, ...]:
        """Who asks: everybody, or one of each role where the place of a role cannot matter."""
        if self.asks in (Asks.ANYBODY, Asks.TOKEN, Asks.SIGNED_IN):
            places = {Place.OWN, Place.OTHER_BRAND} if self.asks is Asks.SIGNED_IN else {Place.OWN}
            return (NOBODY, STRANGER, *(who for who in HOLDERS if who.place in places))
        return (NOBODY, STRANGER, *HOLDERS, *((OWNER,) if self.asks is Asks.OWNER else ()))

    @property
    def allowed(self) -> tuple[Who, ...]:
        """Those who ask and may."""
        return tuple(who for who in self.askers if self.acts_for(who))

    @property
    def refused(self) -> tuple[Who, ...]:
        """Those who ask and may not."""
        return tuple(who for who in self.askers if not self.acts_for(who))

    def acts_for(self, who: Who) -> bool:
        """Tells whether somebody may do what the address is for."""
        return self.opens_for(who) and (not self.then or self._holds(who, self.then, self.then_at or self.at))

    @property
    def refuses(self) -> int:
        """The status for somebody signed in who may not."""
        return 401 if self.asks is Asks.TOKEN else 404

    def _holds(self, who: Who, asked: Collection[Permission], at: At) -> bool:
        if who.role is None or who.place not in at.value:
            return False
        return any(EXPECTED[permission, who.role] for permission in asked)


def page(name: str, asks: Permission | Collection[Permission] | Asks, at: At = At.GROUP, **more: object) -> Row:
    """Gives the row of a page that is looked at."""
    return Row(name, asks, at, **more)  # type: ignore[arg-type]  # the fields of a row


def act(
    name: str,
    asks: Permission | Collection[Permission] | Asks,
    at: At = At.GROUP,
    form: Mapping[str, object] | None = None,
    **more: object,
) -> Row:
    """Gives the row of a form that is sent: it stores something and leads on."""
    return Row(name, asks, at, "POST", **{"answers": (302,), "form": form or {}, "acts": True, **more})  # type: ignore[arg-type]
