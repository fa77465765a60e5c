"""The profiles that users.track builds, and how an identifier finds one (contract 5.3, 5.4)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from braze_client.sandbox.attributes import changed_value

PRIMARY_IDENTIFIERS = ("external_id", "user_alias", "braze_id")
CONTROL_KEYS = frozenset({"_update_existing_only", "_merge_objects", "push_token_import"})
STANDARD_FIELDS = frozenset(
    {
        "alias_name",
        "alias_label",
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
        "time_zone",
        "twitter",
    }
)
SUBSCRIPTION_STATES = ("subscribed", "unsubscribed", "opted_in")
MAX_EXTERNAL_ID_BYTES = 987
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

MISSING_IDENTIFIER = "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required"
SEVERAL_IDENTIFIERS = "You must specify only one of 'external_id', 'user_alias' or 'braze_id'"
INVALID_EMAIL = "The value provided for the 'email' field is not a valid email."
# The documentation names this error; its sentence on the wire has not been seen (unverified).
EXTERNAL_ID_TOO_LARGE = "EXTERNAL_USER_ID_TOO_LARGE"


@dataclass(slots=True)
class Tally:
    """How often an event or purchase happened."""

    first: str
    last: str
    count: int = 1


@dataclass(slots=True)
class Profile:
    """One person. `fields` and `custom` are replaced on every write, never changed, so a message may keep them."""

    braze_id: str
    external_id: str | None
    created_at: float
    updated_at: float
    alias: tuple[str, str] | None = None
    fields: dict[str, object] = field(default_factory=dict)
    custom: dict[str, object] = field(default_factory=dict)
    subscription_groups: dict[str, str] = field(default_factory=dict)
    events: dict[str, Tally] = field(default_factory=dict)
    purchases: dict[str, Tally] = field(default_factory=dict)
    unsubscribed_at: float | None = None

    @property
    def email(self) -> str | None:
        value = self.fields.get("email")
        return value if isinstance(value, str) and value else None

    @property
    def email_subscribe(self) -> str:
        return str(self.fields.get("email_subscribe", "subscribed"))

    @property
    def label(self) -> str:
        """The name under which messages to this person are counted."""
        return self.external_id or self.email or self.braze_id


def refusal_of(entry: object) -> str | None:
    """Returns why an object of users.track is refused, or None (B-TRK-5, B-TRK-6, contract 5.6)."""
    if not isinstance(entry, Mapping):
        return MISSING_IDENTIFIER
    primaries = [key for key in PRIMARY_IDENTIFIERS if entry.get(key) not in (None, "")]
    if len(primaries) > 1:
        return SEVERAL_IDENTIFIERS
    if not primaries and not entry.get("email") and not entry.get("phone"):
        return MISSING_IDENTIFIER
    if len(str(entry.get("external_id") or "").encode()) > MAX_EXTERNAL_ID_BYTES:
        return EXTERNAL_ID_TOO_LARGE
    for key in ("email_subscribe", "push_subscribe"):
        if entry.get(key) is not None and entry[key] not in SUBSCRIPTION_STATES:
            return f"'{key}' must be 'subscribed', 'unsubscribed', or 'opted_in'"
    email = entry.get("email")
    if email is not None and (not isinstance(email, str) or _EMAIL.fullmatch(email) is None):
        return INVALID_EMAIL
    return None


def alias_of(value: object) -> tuple[str, str] | None:
    """Returns (label, name) of a user_alias object."""
    if isinstance(value, Mapping) and value.get("alias_name") and value.get("alias_label"):
        return str(value["alias_label"]), str(value["alias_name"])
    return None


class Profiles:
    """All people of the workspace, found by external id, alias, Braze id or address."""

    def __init__(self, *, array_elements: int) -> None:
        self._array_elements = array_elements
        self._made = 0
        self._by_braze_id: dict[str, Profile] = {}
        self._by_external_id: dict[str, Profile] = {}
        self._by_alias: dict[tuple[str, str], Profile] = {}
        self._by_email: dict[str, dict[str, Profile]] = {}
        # What email/status said of an address that no profile has yet (contract section 12).
        self._orphan_states: dict[str, str] = {}

    def __iter__(self) -> Iterator[Profile]:
        return iter(list(self._by_braze_id.values()))

    def __len__(self) -> int:
        return len(self._by_braze_id)

    def by_external_id(self, external_id: str) -> Profile | None:
        return self._by_external_id.get(external_id)

    def by_alias(self, alias: tuple[str, str] | None) -> Profile | None:
        return self._by_alias.get(alias) if alias else None

    def by_braze_id(self, braze_id: str) -> Profile | None:
        return self._by_braze_id.get(braze_id)

    def with_email(self, email: str) -> list[Profile]:
        """Returns everybody with the address, those with an external id first, most recently updated first."""
        found = self._by_email.get(email.lower(), {}).values()
        return sorted(found, key=lambda one: (one.external_id is None, -one.updated_at))

    def with_phone(self, phone: str) -> list[Profile]:
        return [one for one in self._by_braze_id.values() if one.fields.get("phone") == phone]

    def find(self, entry: Mapping[str, object]) -> Profile | None:
        """Returns the profile that an object of users.track speaks of (B-TRK-7, B-TRK-8)."""
        if entry.get("external_id") not in (None, ""):
            return self.by_external_id(str(entry["external_id"]))
        if entry.get("user_alias"):
            return self.by_alias(alias_of(entry["user_alias"]))
        if entry.get("braze_id"):
            return self.by_braze_id(str(entry["braze_id"]))
        if entry.get("email"):
            return next(iter(self.with_email(str(entry["email"]))), None)
        return next(iter(self.with_phone(str(entry.get("phone")))), None)

    def found_or_made(self, entry: Mapping[str, object], now: float) -> Profile | None:
        """Returns the profile, made where it may be made; None where the object asks for existing people only."""
        profile = self.find(entry)
        is_existing_only = entry.get("_update_existing_only", bool(entry.get("user_alias")))
        if profile is not None or is_existing_only or entry.get("braze_id"):
            return profile
        external_id = str(entry["external_id"]) if entry.get("external_id") not in (None, "") else None
        self._made += 1
        braze_id = hashlib.blake2b(f"{self._made}|{now}".encode(), digest_size=12).hexdigest()
        profile = Profile(braze_id=braze_id, external_id=external_id, created_at=now, updated_at=now)
        profile.alias = alias_of(entry.get("user_alias"))
        self._by_braze_id[profile.braze_id] = profile
        if external_id is not None:
            self._by_external_id[external_id] = profile
        if profile.alias is not None:
            self._by_alias[profile.alias] = profile
        return profile

    def apply_attributes(self, entry: Mapping[str, object], now: float) -> Profile | None:
        """Writes one attributes object; only what it names changes, null removes."""
        profile = self.found_or_made(entry, now)
        if profile is None:
            return None
        before = profile.email
        fields, custom = dict(profile.fields), dict(profile.custom)
        is_merging = entry.get("_merge_objects") is True
        for key, value in entry.items():
            if key in CONTROL_KEYS or key in PRIMARY_IDENTIFIERS or key == "subscription_groups":
                continue
            target = fields if key in STANDARD_FIELDS else custom
            if value is not None and target is custom:
                value = changed_value(
                    custom.get(key), value, is_merging=is_merging, array_elements=self._array_elements
                )
            if value is None:
                target.pop(key, None)
            else:
                target[key] = value
        profile.fields, profile.custom, profile.updated_at = fields, custom, now
        self._index_email(profile, before)
        self._apply_subscriptions(profile, entry, now)
        return profile

    def remove(self, profile: Profile) -> None:
        """Forgets a person; messages already sent keep what they showed."""
        self._by_braze_id.pop(profile.braze_id, None)
        if profile.external_id is not None:
            self._by_external_id.pop(profile.external_id, None)
        if profile.alias is not None:
            self._by_alias.pop(profile.alias, None)
        if profile.email is not None:
            self._by_email[profile.email.lower()].pop(profile.braze_id, None)

    def set_email_state(self, email: str, state: str, now: float) -> None:
        """Sets the global state of an address, on every profile that has it (B-TRK-10)."""
        sharing = self._by_email.get(email.lower(), {}).values()
        if not sharing:
            self._orphan_states[email.lower()] = state
        for profile in sharing:
            profile.fields = {**profile.fields, "email_subscribe": state}
            profile.unsubscribed_at = now if state == "unsubscribed" else None

    def set_group_state(self, profile: Profile, group_id: str, state: str) -> None:
        """Sets the state of a subscription group on every profile that shares the address (B-TRK-10)."""
        sharing = self._by_email.get((profile.email or "").lower(), {}).values()
        for one in [profile, *sharing]:
            one.subscription_groups[group_id] = state

    def _index_email(self, profile: Profile, before: str | None) -> None:
        after = profile.email
        if before == after:
            return
        if before is not None:
            self._by_email[before.lower()].pop(profile.braze_id, None)
        if after is not None:
            self._by_email.setdefault(after.lower(), {})[profile.braze_id] = profile
            if (state := self._orphan_states.pop(after.lower(), None)) is not None:
                profile.fields = {**profile.fields, "email_subscribe": state}

    def _apply_subscriptions(self, profile: Profile, entry: Mapping[str, object], now: float) -> None:
        state = entry.get("email_subscribe")
        if isinstance(state, str):
            profile.unsubscribed_at = now if state == "unsubscribed" else None
            if profile.email is not None:
                self.set_email_state(profile.email, state, now)
        groups = entry.get("subscription_groups")
        for group in groups if isinstance(groups, list) else []:
            if isinstance(group, Mapping) and group.get("subscription_group_id"):
                self.set_group_state(
                    profile, str(group["subscription_group_id"]), str(group.get("subscription_state", "subscribed"))
                )


def random_bucket(braze_id: str) -> int:
    """Returns the person's random bucket, 0 to 9999, always the same."""
    return int.from_bytes(hashlib.blake2b(braze_id.encode(), digest_size=4).digest()) % 10_000
