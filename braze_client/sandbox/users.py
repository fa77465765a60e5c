"""/users: profiles written by track and read by export (contract sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.profiles import Profile, Tally, alias_of, random_bucket, refusal_of
from braze_client.sandbox.reading import MAX_IDS, TOO_MANY_IDS, objects, optional_text, texts
from braze_client.sandbox.state import State
from braze_client.sandbox.windows import MINUTE_SECONDS, USER_CHANGES, Pool

ARRAYS = ("attributes", "events", "purchases")
MAX_OBJECTS = 75
NO_VALID_DATA = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
EXPORT_FIELDS = frozenset(
    {
        "apps",
        "attributed_campaign",
        "attributed_source",
        "attributed_adgroup",
        "attributed_ad",
        "braze_id",
        "campaigns_received",
        "canvases_received",
        "country",
        "created_at",
        "custom_attributes",
        "custom_events",
        "devices",
        "dob",
        "email",
        "email_subscribe",
        "external_id",
        "first_name",
        "gender",
        "home_city",
        "language",
        "last_coordinates",
        "last_name",
        "phone",
        "purchases",
        "push_subscribe",
        "push_tokens",
        "random_bucket",
        "time_zone",
        "total_revenue",
        "uninstalled_at",
        "user_aliases",
    }
)
_REQUIRED = {"attributes": (), "events": ("name", "time"), "purchases": ("product_id", "currency", "price", "time")}


def track(state: State, call: Call) -> dict[str, object]:
    """Queues attributes, then events, then purchases; what is refused has no effect (B-TRK-1 to B-TRK-17)."""
    arrays = {name: objects(call.body, name) for name in ARRAYS if call.body.get(name) is not None}
    sizes = [len(entries) for entries in arrays.values()]
    if (max(sizes, default=0) if state.options.has_legacy_track_limit else sum(sizes)) > MAX_OBJECTS:
        raise Refusal("Max Input Length Exceeded")
    errors: list[object] = []
    accepted: dict[str, list[Mapping[str, object]]] = {name: [] for name in arrays}
    for name, entries in arrays.items():
        for index, entry in enumerate(entries):
            problem = refusal_of(entry) or _missing_field(entry, _REQUIRED[name])
            if problem is not None:
                errors.append({"type": problem, "input_array": name, "index": index})
            elif isinstance(entry, Mapping):
                accepted[name].append(entry)
    if not any(accepted.values()):
        raise Refusal(NO_VALID_DATA, errors=errors)

    def write(now: float) -> None:
        for entry in accepted.get("attributes", ()):
            state.profiles.apply_attributes(entry, now)
        for entry in accepted.get("events", ()):
            _count(state, entry, "name", now)
        for entry in accepted.get("purchases", ()):
            _count(state, entry, "product_id", now)

    state.write_later(call.now, write)
    reply: dict[str, object] = {f"{name}_processed": len(entries) for name, entries in accepted.items()}
    if errors:
        reply["errors"] = errors
    return reply


def export_ids(state: State, call: Call) -> dict[str, object]:
    """Returns the named profiles, projected; unknown ids are listed, not refused (B-EXP-1 to B-EXP-5)."""
    external_ids = texts(call.body, "external_ids")
    aliases = objects(call.body, "user_aliases")
    braze_id = optional_text(call.body, "braze_id")
    singles = [key for key in ("device_id", "email_address", "phone") if optional_text(call.body, key)]
    if len(external_ids) + len(aliases) > MAX_IDS:
        raise Refusal(TOO_MANY_IDS)
    if not external_ids and not aliases and not braze_id and not singles:
        raise Refusal("At least one user identifier is required")
    if len(singles) > 1:
        raise Refusal("Only one of device_id, email_address or phone may be given")
    wanted = texts(call.body, "fields_to_export")
    if not wanted or set(wanted) - EXPORT_FIELDS:
        raise Refusal("fields_to_export must be an array of valid field names")

    found: dict[str, Profile] = {}
    invalid: list[str] = []
    for external_id in external_ids:
        profile = state.profiles.by_external_id(external_id)
        if profile is None:
            invalid.append(external_id)
        else:
            found[profile.braze_id] = profile
    others = [state.profiles.by_alias(alias_of(alias)) for alias in aliases]
    if braze_id:
        others.append(state.profiles.by_braze_id(braze_id))
    if singles == ["email_address"]:
        others.extend(state.profiles.with_email(str(call.body["email_address"])))
    if singles == ["phone"]:
        others.extend(state.profiles.with_phone(str(call.body["phone"])))
    found.update((profile.braze_id, profile) for profile in others if profile is not None)
    reply: dict[str, object] = {"users": [_exported(profile, wanted) for profile in found.values()]}
    if invalid:
        reply["invalid_user_ids"] = invalid
    return reply


def delete(state: State, call: Call) -> dict[str, object]:
    """Forgets up to 50 people and says how many there were.

    The contract names only the permission and the pool; the fields are from general knowledge (unverified).
    """
    external_ids, braze_ids = texts(call.body, "external_ids"), texts(call.body, "braze_ids")
    aliases = objects(call.body, "user_aliases")
    if not external_ids and not braze_ids and not aliases:
        raise Refusal("At least one user identifier is required")
    if len(external_ids) + len(braze_ids) + len(aliases) > MAX_IDS:
        raise Refusal(TOO_MANY_IDS)
    profiles = state.profiles
    named = [
        *(profiles.by_external_id(external_id) for external_id in external_ids),
        *(profiles.by_braze_id(braze_id) for braze_id in braze_ids),
        *(profiles.by_alias(alias_of(alias)) for alias in aliases),
    ]
    found = {profile.braze_id: profile for profile in named if profile is not None}
    for profile in found.values():
        profiles.remove(profile)
    return {"deleted": len(found)}


def _missing_field(entry: object, required: tuple[str, ...]) -> str | None:
    missing = next((key for key in required if not isinstance(entry, Mapping) or entry.get(key) is None), None)
    return f"'{missing}' is required" if missing else None


def _count(state: State, entry: Mapping[str, object], key: str, now: float) -> None:
    profile = state.profiles.found_or_made(entry, now)
    if profile is None:
        return
    tallies = profile.events if key == "name" else profile.purchases
    happened, name = str(entry["time"]), str(entry[key])
    tally = tallies.get(name)
    if tally is None:
        tallies[name] = Tally(first=happened, last=happened)
    else:
        tally.count += 1
        tally.last = max(tally.last, happened)


def _exported(profile: Profile, wanted: list[str]) -> dict[str, object]:
    created = datetime.fromtimestamp(profile.created_at, UTC)
    whole: dict[str, object] = {
        **profile.fields,
        "external_id": profile.external_id,
        "braze_id": profile.braze_id,
        "created_at": created.strftime("%Y-%m-%dT%H:%M:%S.") + f"{created.microsecond // 1000:03d}Z",
        "custom_attributes": profile.custom,
        "custom_events": _tallies(profile.events),
        "purchases": _tallies(profile.purchases),
        "random_bucket": random_bucket(profile.braze_id),
        "user_aliases": [{"alias_label": profile.alias[0], "alias_name": profile.alias[1]}] if profile.alias else [],
    }
    return {name: whole[name] for name in wanted if whole.get(name) not in (None, [], {})}


def _tallies(tallies: Mapping[str, Tally]) -> list[dict[str, object]]:
    return [
        {"name": name, "first": tally.first, "last": tally.last, "count": tally.count}
        for name, tally in tallies.items()
    ]


ENDPOINTS = (
    Endpoint(
        "POST",
        "/users/track",
        "users.track",
        track,
        pool=lambda state: Pool("users_track", state.options.track_calls_per_3_seconds, 3),
    ),
    Endpoint(
        "POST",
        "/users/export/ids",
        "users.export.ids",
        export_ids,
        pool=lambda state: Pool("users_export", state.options.export_calls_per_minute, MINUTE_SECONDS),
        reads_only=True,
    ),
    Endpoint("POST", "/users/delete", "users.delete", delete, pool=lambda state: USER_CHANGES),
)
