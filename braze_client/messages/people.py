"""Who a call speaks of, and what users.track takes of them: attributes, events, purchases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from braze_client import limits
from braze_client.limits import demand
from braze_client.messages import attributes as values
from braze_client.messages.schedule import utc_text

CURRENCY = re.compile(r"[A-Z]{3}")
MOST_QUANTITY = 100


@dataclass(frozen=True, slots=True)
class UserAlias:
    """A name beside the external ID, one for each label (contract, section 13.5)."""

    alias_name: str
    alias_label: str

    def __post_init__(self) -> None:
        demand("13.5", bool(self.alias_name.strip() and self.alias_label.strip()), "an alias needs name and label")

    def as_json(self) -> dict[str, object]:
        """Return the alias object of a request body."""
        return {"alias_name": self.alias_name, "alias_label": self.alias_label}


@dataclass(frozen=True, slots=True)
class Person:
    """Who an object of users.track speaks of: named in exactly one way (B-TRK-5, B-TRK-6).

    ``email`` and ``phone`` look a person up, and make one where nobody has them (B-TRK-7, B-TRK-8). An external ID has
    at most 987 bytes (B-TRK-9). Raises :class:`ContractViolation`.
    """

    external_id: str | None = None
    user_alias: UserAlias | None = None
    braze_id: str | None = None
    email: str | None = None
    phone: str | None = None

    def __post_init__(self) -> None:
        primaries = [name for name in (self.external_id, self.user_alias, self.braze_id) if name is not None]
        others = [name for name in (self.email, self.phone) if name is not None]
        demand("B-TRK-6", len(primaries) <= 1, "a person has one of external ID, alias and Braze ID")
        demand("B-TRK-5", len(primaries) + len(others) == 1, "a person is named in exactly one way")
        if self.external_id is not None:
            limits.external_id(self.external_id)
        if self.braze_id is not None:
            limits.identifier(self.braze_id, "the Braze ID")
        for name in others:
            demand("B-TRK-5", bool(name.strip()), "a person's address or number is empty")

    def as_json(self) -> dict[str, object]:
        """Return the member of an object that names the person."""
        named: dict[str, object] = {
            "external_id": self.external_id,
            "user_alias": None if self.user_alias is None else self.user_alias.as_json(),
            "braze_id": self.braze_id,
            "email": self.email,
            "phone": self.phone,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class UserAttributes:
    """Attributes of one person for users.track; None as a value removes the attribute (contract, section 5.4).

    ``person`` is an external ID or a :class:`Person`. ``update_existing_only`` keeps Braze from making a new person;
    it is always said for an alias, where Braze would otherwise assume it. ``merge_objects`` merges nested objects
    instead of replacing them. ``max_array_items`` is the workspace's limit on array attributes, beyond which Braze cuts
    silently (default 25). Raises :class:`ContractViolation`.
    """

    person: str | Person
    attributes: Mapping[str, object]
    update_existing_only: bool = False
    merge_objects: bool = False
    max_array_items: int = values.ARRAY_ITEMS

    def __post_init__(self) -> None:
        if isinstance(self.person, str):
            limits.external_id(self.person)
        else:
            demand("B-TRK-7", not self._clashing & self.attributes.keys(), "an address that names is no attribute too")
        values.check_attributes(self.attributes, self.max_array_items)

    @property
    def _clashing(self) -> set[str]:
        return set() if isinstance(self.person, str) else self.person.as_json().keys() & {"email", "phone"}

    @property
    def sets_only(self) -> bool:
        """Return whether repeating these attributes changes nothing more: no increments and no array changes."""
        return values.sets_only(self.attributes)

    def as_json(self) -> dict[str, object]:
        """Return the attributes object of a users.track body."""
        document = {**named(self.person), **values.as_json(self.attributes)}
        if self.update_existing_only or "user_alias" in document:
            document["_update_existing_only"] = self.update_existing_only
        if self.merge_objects:
            document["_merge_objects"] = True
        return document


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person did; each accepted event is a new one, there is no de-duplication (contract, 5.5).

    ``time`` is aware. Raises :class:`ContractViolation`.
    """

    person: str | Person
    name: str
    time: datetime
    properties: Mapping[str, object] = field(default_factory=dict)
    app_id: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.person, str):
            limits.external_id(self.person)
        demand("5.5", bool(self.name.strip()), "an event has no name")
        demand("5.5", self.time.utcoffset() is not None, "an event's time has no zone")
        limits.json_value(self.properties, "properties")

    def as_json(self) -> dict[str, object]:
        """Return the event object of a users.track body."""
        document = {**named(self.person), "name": self.name, "time": utc_text(self.time)}
        return with_extras(document, self.app_id, self.properties)


@dataclass(frozen=True, slots=True)
class Purchase:
    """Something that a person bought (contract, section 5.5).

    ``currency`` is an ISO 4217 code, ``price`` is of one piece and goes as a number, ``quantity`` is 1 to 100, ``time``
    is aware. Raises :class:`ContractViolation`.
    """

    person: str | Person
    product_id: str
    currency: str
    price: Decimal
    time: datetime
    quantity: int = 1
    properties: Mapping[str, object] = field(default_factory=dict)
    app_id: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.person, str):
            limits.external_id(self.person)
        demand("5.5", bool(self.product_id.strip()), "a purchase has no product ID")
        demand("5.5", CURRENCY.fullmatch(self.currency) is not None, "a currency has three capital letters")
        demand("5.5", self.price.is_finite(), "a price is a number")
        demand("5.5", 1 <= self.quantity <= MOST_QUANTITY, "a quantity is 1 to 100")
        demand("5.5", self.time.utcoffset() is not None, "a purchase's time has no zone")
        limits.json_value(self.properties, "properties")

    def as_json(self) -> dict[str, object]:
        """Return the purchase object of a users.track body."""
        document = {
            **named(self.person),
            "product_id": self.product_id,
            "currency": self.currency,
            "price": float(self.price),
            "time": utc_text(self.time),
            "quantity": self.quantity,
        }
        return with_extras(document, self.app_id, self.properties)


def named(person: str | Person) -> dict[str, object]:
    """Return the member that names a person; a plain text is an external ID."""
    return {"external_id": person} if isinstance(person, str) else person.as_json()


def with_extras(document: dict[str, object], app_id: str | None, properties: Mapping[str, object]) -> dict[str, object]:
    """Return the object with what events and purchases may carry besides."""
    if app_id is not None:
        document["app_id"] = limits.identifier(app_id, "the App ID")
    if properties:
        document["properties"] = dict(properties)
    return document
