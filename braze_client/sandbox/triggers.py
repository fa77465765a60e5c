"""/campaigns/trigger: campaigns whose content lives in Braze, here in the sandbox (contract section 9)."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from braze_client.sandbox.audiences import audience_matcher
from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.messages import EmailContent
from braze_client.sandbox.profiles import Profile, Profiles, alias_of
from braze_client.sandbox.reading import (
    BAD_REQUEST,
    MAX_IDS,
    flag,
    is_well_formed_id,
    mapping,
    objects,
    optional_text,
    required_id,
)
from braze_client.sandbox.scheduling import move, store, waiting_schedule
from braze_client.sandbox.state import Addressee, Find, Schedule, State
from braze_client.sandbox.targets import (
    INVALID_CAMPAIGN,
    NO_RECIPIENTS,
    When,
    by_alias,
    by_external_id,
    check_send_id,
    read_attachments,
    read_schedule,
    take_broadcast,
)
from braze_client.sandbox.trigger_mail import DEFAULT_BODY, DEFAULT_PLAINTEXT, DEFAULT_SUBJECT

MAX_PROPERTIES_BYTES = 51_200
TOO_MANY_RECIPIENTS = "The max number of ids per request was exceeded"
IDENTIFIERS = ("external_user_id", "user_alias", "email", "braze_id")
PRIORITIES = frozenset({"identified", "unidentified", "most_recently_updated", "least_recently_updated"})
VARIATION_ID = "triggered-email"


def send(state: State, call: Call) -> dict[str, object]:
    """Sends at once and gives one dispatch id for the whole batch."""
    return {"dispatch_id": _accepted(state, call, When(call.now), is_scheduled=False).dispatch_id}


def create(state: State, call: Call) -> dict[str, object]:
    """Sends at a later time."""
    schedule = _accepted(state, call, read_schedule(call.body, call.now), is_scheduled=True)
    return {"dispatch_id": schedule.dispatch_id, "schedule_id": schedule.schedule_id}


def update(state: State, call: Call) -> dict[str, object]:
    """Replaces the time of a waiting schedule of this campaign."""
    schedule = _own_schedule(state, call)
    move(state, schedule, read_schedule(call.body, call.now))
    return {}


def delete(state: State, call: Call) -> dict[str, object]:
    """Withdraws a waiting schedule of this campaign."""
    _own_schedule(state, call).state = "deleted"
    return {}


def _own_schedule(state: State, call: Call) -> Schedule:
    campaign_id = required_id(call.body, "campaign_id")
    schedule = waiting_schedule(state, call)
    if schedule.campaign_id != campaign_id or schedule.route != "trigger":
        raise Refusal(INVALID_CAMPAIGN)
    return schedule


def _accepted(state: State, call: Call, when: When, *, is_scheduled: bool) -> Schedule:
    body = call.body
    campaign_id = body.get("campaign_id")
    if not isinstance(campaign_id, str) or not is_well_formed_id(campaign_id):
        raise Refusal("campaign_id must be a string of the campaign api identifier")
    properties = _properties(body)
    is_broadcast = flag(body, "broadcast")
    audience = mapping(body, "audience")
    recipients = [_object(value) for value in objects(body, "recipients")]
    if len(recipients) > MAX_IDS:
        raise Refusal(TOO_MANY_RECIPIENTS)
    if is_broadcast and (body.get("recipients") is not None or body.get("attachments")):
        raise Refusal("recipients and attachments must not be given when broadcast is true")
    if body.get("segment_id") is not None:
        raise Refusal("segment_id is not supported for triggered campaigns")
    if not recipients and (body.get("recipients") is not None or (audience is None and not is_broadcast)):
        raise Refusal(NO_RECIPIENTS)
    attachments = read_attachments(body)
    addressees = {_identity(recipient): _addressee(recipient) for recipient in recipients}
    _check_campaign(state, campaign_id)
    send_id = optional_text(body, "send_id")
    check_send_id(state, campaign_id, send_id)
    if is_broadcast or audience is not None:
        take_broadcast(state, call, campaign_id)
    for recipient in recipients:
        _apply_attributes(state, recipient, call.now)
    return store(
        state,
        Schedule(
            route="trigger",
            schedule_id=state.ids.uuid() if is_scheduled else None,
            dispatch_id=state.ids.hex(16),
            campaign_id=campaign_id,
            send_id=send_id,
            content=state.same_content(_content(state, attachments)),
            due=when.due,
            local_time=when.local_time,
            subscription_states=frozenset({"opted_in", "subscribed"}),
            addressees=tuple(addressees.values()),
            matchers=(audience_matcher(audience, call.now),) if audience is not None else (),
            is_broadcast=not recipients,
            shared_properties=properties,
            recipient_count=len(addressees),
        ),
    )


def _content(state: State, attachments: tuple[tuple[str, str], ...]) -> EmailContent:
    options = state.options
    return EmailContent(
        subject=options.trigger_subject or DEFAULT_SUBJECT,
        body=options.trigger_body or DEFAULT_BODY,
        plaintext="" if options.trigger_body else DEFAULT_PLAINTEXT,
        sender="Sandbox brand <hello@example.com>",
        reply_to="",
        preheader="",
        headers=(),
        variation_id=VARIATION_ID,
        app_id="",
        attachments=attachments,
    )


def _check_campaign(state: State, campaign_id: str) -> None:
    """An API campaign cannot be triggered; fixed trigger ids admit no other (contract section 14)."""
    options = state.options
    is_foreign = bool(options.trigger_campaign_ids) and campaign_id not in options.trigger_campaign_ids
    if is_foreign or campaign_id in options.campaign_ids:
        raise Refusal(INVALID_CAMPAIGN)
    state.learned_triggers.add(campaign_id)


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Refusal(BAD_REQUEST)
    return value


def _properties(body: Mapping[str, object]) -> Mapping[str, object]:
    properties = mapping(body, "trigger_properties") or {}
    if len(orjson.dumps(properties)) > MAX_PROPERTIES_BYTES:
        raise Refusal("trigger_properties must not exceed 50 KB")
    return properties


def _identity(recipient: Mapping[str, object]) -> str:
    """Returns what makes two recipients the same one; the last of them counts (B-TRG-1, B-TRG-8)."""
    named = [key for key in IDENTIFIERS if recipient.get(key) not in (None, "")]
    if len(named) != 1:
        raise Refusal("Each recipient must have exactly one of external_user_id, user_alias, email or braze_id")
    value = recipient[named[0]]
    is_name = alias_of(value) is not None if named[0] == "user_alias" else isinstance(value, str) or type(value) is int
    if not is_name:
        raise Refusal(BAD_REQUEST)
    return f"{named[0]}:{orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode().lower()}"


def _addressee(recipient: Mapping[str, object]) -> Addressee:
    properties = _properties(recipient)
    if recipient.get("email"):
        return Addressee(_by_priority(recipient), properties)
    if recipient.get("send_to_existing_only") is False:
        if recipient.get("user_alias"):
            raise Refusal("send_to_existing_only cannot be false for a user_alias")
        if not mapping(recipient, "attributes"):
            raise Refusal("attributes are required when send_to_existing_only is false")
    if recipient.get("external_user_id") not in (None, ""):
        return Addressee(by_external_id(str(recipient["external_user_id"])), properties)
    if recipient.get("user_alias"):
        return Addressee(by_alias(alias_of(recipient["user_alias"])), properties)
    braze_id = str(recipient["braze_id"])
    return Addressee(lambda profiles: profiles.by_braze_id(braze_id), properties)


def _by_priority(recipient: Mapping[str, object]) -> Find:
    """Returns the search by address: somebody is found only if exactly one profile remains (B-TRG-6)."""
    email, priorities = str(recipient["email"]), objects(recipient, "prioritization")
    if not priorities or not all(isinstance(one, str) and one in PRIORITIES for one in priorities):
        raise Refusal("prioritization is required for a recipient with an email")

    def find(profiles: Profiles) -> Profile | None:
        left = profiles.with_email(email)
        for priority in priorities:
            match priority:
                case "identified":
                    left = [one for one in left if one.external_id is not None]
                case "unidentified":
                    left = [one for one in left if one.external_id is None]
                case "most_recently_updated":
                    left = [one for one in left if one.updated_at == max(other.updated_at for other in left)]
                case _:
                    left = [one for one in left if one.updated_at == min(other.updated_at for other in left)]
        return left[0] if len(left) == 1 else None

    return find


def _apply_attributes(state: State, recipient: Mapping[str, object], now: float) -> None:
    """Writes a recipient's attributes before the mail goes, so that new people are reached (B-TRG-3)."""
    attributes = mapping(recipient, "attributes")
    if not attributes:
        return
    is_existing_only = recipient.get("send_to_existing_only") is not False
    identifier = {
        "external_id": recipient.get("external_user_id"),
        "user_alias": recipient.get("user_alias"),
        "braze_id": recipient.get("braze_id"),
        "_update_existing_only": is_existing_only,
    }
    named = {key: value for key, value in identifier.items() if value is not None}
    if recipient.get("email"):
        named["email"] = recipient["email"]
    state.profiles.apply_attributes({**attributes, **named}, now)


ENDPOINTS = (
    Endpoint("POST", "/campaigns/trigger/send", "campaigns.trigger.send", send),
    Endpoint("POST", "/campaigns/trigger/schedule/create", "campaigns.trigger.schedule.create", create),
    Endpoint("POST", "/campaigns/trigger/schedule/update", "campaigns.trigger.schedule.update", update),
    Endpoint("POST", "/campaigns/trigger/schedule/delete", "campaigns.trigger.schedule.delete", delete),
)
