"""What we send to Braze: frozen values whose limits are checked when they are made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Literal

from braze_client import limits
from braze_client.limits import demand

Prioritization = Literal["identified", "unidentified", "most_recently_updated", "least_recently_updated"]
SubscriptionFilter = Literal["opted_in", "subscribed"]

NO_REPLY_TO: Final = "NO_REPLY_TO"
LEAST_LEAD = timedelta(seconds=10)
LEAST_LOCAL_LEAD = timedelta(hours=24)
ARRAY_ITEMS = 25
EARLIEST_ZONE = timezone(timedelta(hours=14))
ONE_CLICK_UNSUBSCRIBE_HEADERS: Final[Mapping[str, str]] = {
    "List-Unsubscribe": "<{{${set_user_to_one_click_list_unsubscribe}}}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}

PRIORITIZATIONS = frozenset({"identified", "unidentified", "most_recently_updated", "least_recently_updated"})
SUBSCRIPTION_STATES = frozenset({"opted_in", "subscribed", "unsubscribed"})
GENDERS = frozenset({"M", "F", "O", "N", "P", None})
IDENTIFYING_KEYS = frozenset({"external_id", "braze_id", "user_alias", "alias_name", "alias_label"})
CONTROL_KEYS = frozenset({"_update_existing_only", "push_token_import"})
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
        "_merge_objects",
    }
)
ADDING_KEYS = frozenset({"inc", "add", "$add", "$remove", "$update"})
FROM_SHAPE = re.compile(r"[^<>]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+")
ADDRESS_SHAPE = re.compile(r"[^<>@\s]+@[^<>@\s]+")


@dataclass(frozen=True, slots=True)
class Email:
    """One email as Braze takes it (contract, section 13.1).

    ``app_id`` is any App ID of the workspace. ``from_`` is an address, with or without a display name before
    ``<address>``. ``reply_to`` is a bare address, ``NO_REPLY_TO``, or None for the workspace's default.
    ``message_variation_id`` is needed as soon as the call names a campaign. ``plaintext_body`` and
    ``should_inline_css`` of None leave the choice to Braze. Raises :class:`ContractViolation`.
    """

    app_id: str
    subject: str
    from_: str
    body: str
    reply_to: str | None = None
    plaintext_body: str | None = None
    preheader: str | None = None
    message_variation_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, str] = field(default_factory=dict)
    should_inline_css: bool | None = None

    def __post_init__(self) -> None:
        limits.identifier(self.app_id, "the App ID")
        demand("13.1", self.subject.strip() != "", "the subject is empty")
        demand("13.1", self.body.strip() != "", "the body is empty")
        limits.one_line(self.subject, "the subject")
        limits.one_line(self.from_, "the from address")
        limits.one_line(self.preheader or "", "the preheader")
        demand("13.1", FROM_SHAPE.fullmatch(self.from_.strip()) is not None, "the from address is no address")
        if self.reply_to is not None and self.reply_to != NO_REPLY_TO:
            demand("13.1", ADDRESS_SHAPE.fullmatch(self.reply_to) is not None, "the reply-to is no bare address")
        if self.message_variation_id is not None:
            limits.identifier(self.message_variation_id, "the message variation ID")
        for name, value in self.headers.items():
            demand("13.1", re.fullmatch(r"[!-9;-~]+", name) is not None, "a header's name is no header name")
            limits.one_line(value, f"header {name}")

    def as_json(self) -> dict[str, object]:
        """Return the email object of a request body, without what was left open."""
        document: dict[str, object] = {
            "app_id": self.app_id,
            "subject": self.subject,
            "from": self.from_,
            "body": self.body,
        }
        optional: dict[str, object] = {
            "reply_to": self.reply_to,
            "plaintext_body": self.plaintext_body,
            "preheader": self.preheader,
            "message_variation_id": self.message_variation_id,
            "headers": dict(self.headers) or None,
            "extras": dict(self.extras) or None,
            "should_inline_css": self.should_inline_css,
        }
        document.update((name, value) for name, value in optional.items() if value is not None)
        return document


@dataclass(frozen=True, slots=True)
class Schedule:
    """When Braze sends: an aware time, or that wall-clock time in every recipient's own zone (contract, section 7.1).

    With ``in_local_time`` only the wall clock of ``time`` counts and its zone is left away. Raises
    :class:`ContractViolation` for a naive time.
    """

    time: datetime
    in_local_time: bool = False

    def __post_init__(self) -> None:
        demand("7.1", self.time.utcoffset() is not None, "the time has no zone")

    @property
    def first_instant(self) -> datetime:
        """Return when the first mail leaves: with ``in_local_time`` that is in the zone furthest east, UTC+14."""
        if self.in_local_time:
            return self.time.replace(tzinfo=EARLIEST_ZONE)
        return self.time

    def check_lead(self, now: datetime) -> None:
        """Refuse a time nearer than 10 s (B-SCH-1), or than 24 h in local time (contract, section 18, row 7)."""
        lead = self.first_instant - now
        if self.in_local_time:
            demand("18.7", lead > LEAST_LOCAL_LEAD, "a time in each recipient's zone needs more than 24 hours")
        demand("B-SCH-1", lead >= LEAST_LEAD, "the time is nearer than 10 seconds, or past")

    def as_json(self) -> dict[str, object]:
        """Return the schedule object: UTC with ``Z``, or a bare wall-clock time with ``in_local_time``."""
        if self.in_local_time:
            return {"time": self.time.replace(tzinfo=None).isoformat(timespec="seconds"), "in_local_time": True}
        return {"time": utc_text(self.time)}


@dataclass(frozen=True, slots=True)
class UserAttributes:
    """Attributes of one person for users.track; None as a value removes the attribute (contract, section 5.4).

    ``max_array_items`` is the workspace's limit on array attributes, beyond which Braze cuts silently (default 25).
    ``update_existing_only`` keeps Braze from creating the person. Raises :class:`ContractViolation`.
    """

    external_id: str
    attributes: Mapping[str, object]
    update_existing_only: bool = False
    max_array_items: int = ARRAY_ITEMS

    def __post_init__(self) -> None:
        limits.external_id(self.external_id)
        check_attributes(self.attributes, self.max_array_items)

    @property
    def sets_only(self) -> bool:
        """Return whether repeating these attributes changes nothing more: no increments and no array additions."""
        return not any(isinstance(value, Mapping) and ADDING_KEYS & value.keys() for value in self.attributes.values())

    def as_json(self) -> dict[str, object]:
        """Return the attributes object of a users.track body."""
        document: dict[str, object] = {"external_id": self.external_id, **self.attributes}
        if self.update_existing_only:
            document["_update_existing_only"] = True
        return document


@dataclass(frozen=True, slots=True)
class TriggerRecipient:
    """One recipient of a triggered campaign, by external ID or by email address (contract, sections 9.1 and 13.2).

    Exactly one of ``external_user_id`` and ``email`` (B-TRG-1); ``email`` needs ``prioritization``.
    ``send_to_existing_only=False`` needs ``attributes``, which Braze applies before it sends (B-TRG-3).
    ``trigger_properties`` take at most 50 KB. Raises :class:`ContractViolation`.
    """

    external_user_id: str | None = None
    email: str | None = None
    prioritization: tuple[Prioritization, ...] = ()
    trigger_properties: Mapping[str, object] = field(default_factory=dict)
    send_to_existing_only: bool = True
    attributes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_named = (self.external_user_id is None) != (self.email is None)
        demand("B-TRG-1", one_named, "a recipient needs exactly one of external ID and email")
        if self.external_user_id is not None:
            limits.external_id(self.external_user_id)
            demand("B-TRG-1", not self.prioritization, "prioritization belongs to recipients by email")
        if self.email is not None:
            demand("B-TRG-1", ADDRESS_SHAPE.fullmatch(self.email) is not None, "a recipient's email is no address")
            demand("B-TRG-1", bool(self.prioritization), "a recipient by email needs a prioritization")
            demand("B-TRG-1", PRIORITIZATIONS.issuperset(self.prioritization), "unknown prioritization")
        if not self.send_to_existing_only:
            demand("B-TRG-3", bool(self.attributes), "a recipient who may be new needs attributes")
            by_email = self.email is not None
            demand("B-TRG-3", not by_email or "email" in self.attributes, "a new recipient needs the attribute email")
        check_attributes(self.attributes, ARRAY_ITEMS)
        check_trigger_properties(self.trigger_properties)

    @property
    def identity(self) -> tuple[str, str]:
        """Return what Braze merges duplicates by (B-TRG-8)."""
        if self.external_user_id is not None:
            return ("external_user_id", self.external_user_id)
        return ("email", (self.email or "").casefold())

    def as_json(self) -> dict[str, object]:
        """Return the recipient object of a request body."""
        document: dict[str, object] = {}
        if self.external_user_id is not None:
            document["external_user_id"] = self.external_user_id
        else:
            document["email"] = self.email
            document["prioritization"] = list(self.prioritization)
        if self.trigger_properties:
            document["trigger_properties"] = dict(self.trigger_properties)
        if not self.send_to_existing_only:
            document["send_to_existing_only"] = False
        if self.attributes:
            document["attributes"] = dict(self.attributes)
        return document


def utc_text(moment: datetime) -> str:
    """Return an aware time as Braze takes it: ISO 8601 in UTC, whole seconds, with ``Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def check_attributes(attributes: Mapping[str, object], max_array_items: int) -> None:
    """Refuse attributes that Braze would refuse, cut or read as something else (contract, section 5.4; B-TRK-6)."""
    for name, value in attributes.items():
        demand("5.4", name.strip() != "", "an attribute has no name")
        demand("5.4", len(name) <= limits.TEXT_CHARACTERS, "an attribute's name is longer than 255 characters")
        demand("B-TRK-6", name not in IDENTIFYING_KEYS, f"{name} names a person; it is no attribute")
        demand("5.4", name not in CONTROL_KEYS, f"{name} is a switch of Braze, not an attribute")
        if name == "email_subscribe":
            demand("5.4", value in SUBSCRIPTION_STATES, "email_subscribe takes opted_in, subscribed, unsubscribed")
        elif name == "gender":
            demand("5.4", value in GENDERS, "gender takes M, F, O, N, P or nothing")
        elif name not in STANDARD_KEYS:
            check_custom_attribute(name, value, max_array_items)
        limits.json_value(value, name)


def check_custom_attribute(name: str, value: object, max_array_items: int) -> None:
    """Refuse a custom value that Braze would cut silently: long text, long arrays (contract, section 5.4)."""
    if isinstance(value, str):
        demand("5.4", len(value) <= limits.TEXT_CHARACTERS, f"{name}: longer than 255 characters")
    elif isinstance(value, (list, tuple)):
        demand("5.4", len(value) <= max_array_items, f"{name}: more than {max_array_items} items")


def check_trigger_properties(properties: Mapping[str, object]) -> None:
    """Refuse trigger properties above 50 KB or of a kind that JSON cannot carry (contract, section 13.4)."""
    if not properties:
        return
    limits.json_value(properties, "trigger_properties")
    limits.encoded(properties, limits.TRIGGER_PROPERTIES_BYTES, "13.4", "trigger_properties")
