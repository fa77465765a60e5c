"""Values of people's attributes: what Braze would refuse, cut silently or read as something else is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from braze_client import limits
from braze_client.limits import demand

ARRAY_ITEMS: Final = 25
NESTED_BYTES: Final = 50 * 1024
SUBSCRIPTION_STATES = frozenset({"opted_in", "subscribed", "unsubscribed"})
GENDERS = frozenset({"M", "F", "O", "N", "P", None})
IDENTIFYING_KEYS = frozenset({"external_id", "braze_id", "user_alias", "alias_name", "alias_label"})
CONTROL_KEYS = frozenset({"_update_existing_only", "_merge_objects", "push_token_import"})
OPERATION_KEYS = frozenset({"inc", "add", "remove", "$add", "$remove", "$update"})
STANDARD_KEYS = frozenset(
    {
        "country",
        "current_location",
        "date_of_first_session",
        "date_of_last_session",
        "dob",
        "email",
        "email_subscribe",
        "email_open_tracking_disabled",
        "email_click_tracking_disabled",
        "facebook",
        "first_name",
        "gender",
        "home_city",
        "language",
        "last_name",
        "marked_email_as_spam_at",
        "phone",
        "push_subscribe",
        "push_tokens",
        "subscription_groups",
        "time_zone",
        "twitter",
    }
)
"""The reserved profile fields of users.track; any other name is a custom attribute (contract, section 5.4)."""


@dataclass(frozen=True, slots=True)
class Increment:
    """Adds a whole number to a custom attribute; made twice it counts twice, so it is never repeated blindly."""

    by: int

    def as_json(self) -> dict[str, object]:
        """Return the operation as Braze reads it."""
        return {"inc": self.by}


@dataclass(frozen=True, slots=True)
class ArrayChange:
    """Adds members to a custom array attribute and takes others out, at most 25 each; adding again moves to the end."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand("5.4", bool(self.add or self.remove), "an array is changed by nothing")
        for members in (self.add, self.remove):
            demand("5.4", len(members) <= ARRAY_ITEMS, f"an array is changed by more than {ARRAY_ITEMS} members")
            for member in members:
                demand("5.4", len(member) <= limits.TEXT_CHARACTERS, "a member is longer than 255 characters")

    def as_json(self) -> dict[str, object]:
        """Return the operations as Braze reads them."""
        changes = {"add": list(self.add), "remove": list(self.remove)}
        return {name: members for name, members in changes.items() if members}


Operation = Increment | ArrayChange


def check_attributes(attributes: Mapping[str, object], max_array_items: int) -> None:
    """Refuse attributes that Braze would refuse, cut or read as something else (contract, section 5.4; B-TRK-6)."""
    for name, value in attributes.items():
        check_name(name)
        if name == "email_subscribe":
            demand("5.4", value in SUBSCRIPTION_STATES, "email_subscribe takes opted_in, subscribed, unsubscribed")
        elif name == "gender":
            demand("5.4", value in GENDERS, "gender takes M, F, O, N, P or nothing")
        elif name not in STANDARD_KEYS:
            check_custom_attribute(name, value, max_array_items)
            if isinstance(value, Operation):
                continue
        limits.json_value(value, name)


@lru_cache(maxsize=1024)
def check_name(name: str) -> None:
    """Refuse a name that no attribute can have; a million people have the same few, so each is looked at once."""
    demand("5.4", name.strip() != "", "an attribute has no name")
    demand("5.4", len(name) <= limits.TEXT_CHARACTERS, "an attribute's name is longer than 255 characters")
    demand("B-TRK-6", name not in IDENTIFYING_KEYS, f"{name} names a person; it is no attribute")
    demand("5.4", name not in CONTROL_KEYS, f"{name} is a switch of Braze, not an attribute")


def check_custom_attribute(name: str, value: object, max_array_items: int) -> None:
    """Refuse a custom value that Braze would cut or drop silently: long text, long arrays, odd nested objects."""
    if isinstance(value, str):
        demand("5.4", len(value) <= limits.TEXT_CHARACTERS, f"{name}: longer than 255 characters")
    elif isinstance(value, (list, tuple)):
        demand("5.4", len(value) <= max_array_items, f"{name}: more than {max_array_items} items")
    elif isinstance(value, Mapping):
        demand("5.4", not OPERATION_KEYS & value.keys(), f"{name}: say Increment or ArrayChange")
        check_nested(name, value)
        limits.encoded(nested(value), NESTED_BYTES, "5.4", name)


def check_nested(name: str, value: Mapping[str, object]) -> None:
    """Refuse a nested object of which Braze would drop every part: one wrong member spoils the whole update."""
    for key, member in value.items():
        demand("5.4", isinstance(key, str) and key != "", f"{name}: a key is empty or no text")
        demand(
            "5.4", len(key) <= limits.TEXT_CHARACTERS and " " not in key, f"{name}: a key is too long or has a space"
        )
        demand("5.4", member is not None, f"{name}: a nested value cannot be nothing")
        if isinstance(member, str):
            demand("5.4", len(member) <= limits.TEXT_CHARACTERS, f"{name}: a nested text is longer than 255 characters")
        elif isinstance(member, Mapping):
            check_nested(name, member)


def nested(value: object) -> object:
    """Return a nested value as Braze reads it: times stand as ``{"$time": ...}`` (contract, section 5.4)."""
    if isinstance(value, Mapping):
        return {key: nested(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [nested(member) for member in value]
    return {"$time": value.isoformat()} if isinstance(value, (date, datetime)) else value


def as_json(attributes: Mapping[str, object]) -> dict[str, object]:
    """Return attributes as they stand in a request body."""
    return {
        name: value.as_json()
        if isinstance(value, Operation)
        else nested(value)
        if isinstance(value, Mapping)
        else value
        for name, value in attributes.items()
    }


def sets_only(attributes: Mapping[str, object]) -> bool:
    """Return whether storing the attributes again changes nothing more: no increment, nothing added to an array."""
    return not any(
        isinstance(value, Increment) or (isinstance(value, ArrayChange) and value.add) for value in attributes.values()
    )


def check_trigger_properties(properties: Mapping[str, object]) -> None:
    """Refuse trigger properties above 50 KB or of a kind that JSON cannot carry (contract, section 13.4)."""
    if not properties:
        return
    limits.json_value(properties, "trigger_properties")
    limits.encoded(properties, limits.TRIGGER_PROPERTIES_BYTES, "13.4", "trigger_properties")
