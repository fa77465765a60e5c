"""Reading whom a call addresses, when, with what email and under which campaign (contract 7.1, 9.1, 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from braze_client.sandbox.audiences import Matcher, audience_matcher
from braze_client.sandbox.dispatcher import first_moment
from braze_client.sandbox.endpoint import Call, take
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.messages import EmailContent
from braze_client.sandbox.profiles import alias_of
from braze_client.sandbox.reading import (
    BAD_REQUEST,
    MAX_IDS,
    TOO_MANY_IDS,
    flag,
    instant,
    is_well_formed_id,
    mapping,
    objects,
    optional_text,
    texts,
)
from braze_client.sandbox.state import Addressee, Find, Recipient, State
from braze_client.sandbox.windows import BROADCAST, unique_audience

# Labels of Braze's error table; whether they are the literal strings on the wire is unverified (B-ERR-2).
NO_RECIPIENTS = "No Recipients"
NO_MESSAGE = "No message to send"
INVALID_CAMPAIGN = "Invalid Campaign ID"
VARIANT_UNSPECIFIED = "Message Variant Unspecified"
INVALID_VARIANT = "Invalid Message Variant"
INVALID_SEND_ID = "Invalid send_id"
OPTIMAL_HOUR = 12
_STATES = {
    "opted_in": frozenset({"opted_in"}),
    "subscribed": frozenset({"opted_in", "subscribed"}),
    "all": frozenset({"opted_in", "subscribed", "unsubscribed"}),
}


@dataclass(frozen=True, slots=True)
class When:
    """A moment in UTC epoch seconds, or a wall time in each person's zone and the first moment it comes anywhere."""

    due: float
    local_time: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a message call addresses."""

    addressees: tuple[Recipient, ...]
    matchers: tuple[Matcher, ...]
    is_broadcast: bool
    subscription_states: frozenset[str]


def read_schedule(body: Mapping[str, object], now: float) -> When:
    """Returns the moment of a schedule; a past or unreadable one is 400 `Bad Request` (contract 7.1, B-SCH-1)."""
    schedule = mapping(body, "schedule")
    time = optional_text(schedule, "time") if schedule is not None else None
    if schedule is None or not time:
        raise Refusal(BAD_REQUEST)
    is_local, is_optimal = flag(schedule, "in_local_time"), flag(schedule, "at_optimal_time")
    if not is_local and not is_optimal:
        due = instant(time).timestamp()
        if due <= now:
            raise Refusal(BAD_REQUEST)
        return When(due)
    try:
        wall = datetime.fromisoformat(time)
    except ValueError:
        raise Refusal(BAD_REQUEST) from None
    # With either flag the time carries no zone; passed in the company's zone (here UTC) is refused.
    if wall.tzinfo is not None:
        raise Refusal(BAD_REQUEST)
    if is_optimal:
        wall = wall.replace(hour=OPTIMAL_HOUR, minute=0, second=0, microsecond=0)
        is_past = wall.date() < datetime.fromtimestamp(now, UTC).date()
    else:
        is_past = wall.replace(tzinfo=UTC).timestamp() <= now
    if is_past:
        raise Refusal(BAD_REQUEST)
    if is_optimal:
        return When(wall.replace(tzinfo=UTC).timestamp())
    return When(first_moment(wall.isoformat()), wall.isoformat())


def read_email(body: Mapping[str, object]) -> EmailContent:
    """Returns the email of `messages`; none is 400 `No message to send`, a missing app id or sender 400."""
    messages = mapping(body, "messages")
    email = mapping(messages, "email") if messages is not None else None
    if email is None:
        raise Refusal(NO_MESSAGE)
    if not is_well_formed_id(email.get("app_id")):
        raise Refusal("app_id is required for an email message")
    if not optional_text(email, "from"):
        raise Refusal("from is required for an email message")
    template_id = optional_text(email, "email_template_id")
    if not optional_text(email, "body") and not template_id:
        raise Refusal(NO_MESSAGE)
    headers = mapping(email, "headers") or {}
    return EmailContent(
        subject=optional_text(email, "subject") or f"(subject of email template {template_id})",
        body=optional_text(email, "body") or f"<p>(body of email template {template_id})</p>",
        plaintext=optional_text(email, "plaintext_body") or "",
        sender=str(email["from"]),
        reply_to=optional_text(email, "reply_to") or "",
        preheader=optional_text(email, "preheader") or "",
        headers=tuple((str(name), str(value)) for name, value in headers.items()),
        variation_id=optional_text(email, "message_variation_id"),
        app_id=str(email["app_id"]),
        attachments=read_attachments(email),
    )


def read_attachments(holder: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Returns the attachments of an email or of a trigger as names and addresses; one without either is 400."""
    found: list[tuple[str, str]] = []
    for attachment in objects(holder, "attachments"):
        if not isinstance(attachment, Mapping) or not attachment.get("file_name") or not attachment.get("url"):
            raise Refusal("attachments need file_name and url")
        found.append((str(attachment["file_name"]), str(attachment["url"])))
    return tuple(found)


def read_target(state: State, body: Mapping[str, object], now: float) -> Target:
    """Returns whom a schedule or send addresses; segment and audience both have to match (disagreement 27)."""
    external_ids = texts(body, "external_user_ids")
    aliases = [alias_of(value) for value in objects(body, "user_aliases")]
    is_broadcast = flag(body, "broadcast")
    is_listing = body.get("external_user_ids") is not None or body.get("user_aliases") is not None
    segment_id, audience = optional_text(body, "segment_id"), mapping(body, "audience")
    if len(external_ids) + len(aliases) > MAX_IDS:
        raise Refusal(TOO_MANY_IDS)
    if is_broadcast and is_listing:
        raise Refusal("Recipients must not be given when broadcast is true")
    has_list = bool(external_ids or aliases)
    # An empty list never means everyone, and a segment alone needs broadcast to be said.
    if not has_list and (is_listing or not is_broadcast or (segment_id is None and audience is None)):
        raise Refusal(NO_RECIPIENTS)
    wanted = optional_text(body, "recipient_subscription_state") or "subscribed"
    if wanted not in _STATES:
        raise Refusal("recipient_subscription_state must be one of opted_in, subscribed, all")
    matchers: list[Matcher] = []
    if segment_id is not None:
        matchers.append(_segment_matcher(state, segment_id))
    if audience is not None:
        matchers.append(audience_matcher(audience, now))
    others = (Addressee(by_alias(alias), {}) for alias in dict.fromkeys(aliases))
    return Target((*external_ids, *others), tuple(matchers), is_broadcast, _STATES[wanted])


def check_campaign(state: State, campaign_id: str | None, variation_id: str | None) -> None:
    """Refuses an unknown campaign or variation; without fixed ids any well-formed one is learned (section 3.2)."""
    if campaign_id is None:
        return
    options = state.options
    is_foreign = bool(options.campaign_ids) and campaign_id not in options.campaign_ids
    if not is_well_formed_id(campaign_id) or is_foreign or campaign_id in options.trigger_campaign_ids:
        raise Refusal(INVALID_CAMPAIGN)
    if not variation_id:
        raise Refusal(VARIANT_UNSPECIFIED)
    if not is_well_formed_id(variation_id) or (options.variation_ids and variation_id not in options.variation_ids):
        raise Refusal(INVALID_VARIANT)
    state.learned_campaigns.setdefault(campaign_id, set()).add(variation_id)


def check_send_id(state: State, campaign_id: str | None, send_id: str | None) -> None:
    """Refuses a send id that was not created for this campaign before (B-SND-1)."""
    if send_id is not None and (campaign_id is None or (send_id, campaign_id) not in state.send_ids):
        raise Refusal(INVALID_SEND_ID)


def take_broadcast(state: State, call: Call, campaign_id: str | None) -> None:
    """Counts a broadcast: 250 a minute over all, 10 a minute for each unique audience (B-TRG-7)."""
    identity = [campaign_id, call.body.get("segment_id"), call.body.get("audience")]
    digest = hashlib.blake2b(orjson.dumps(identity), digest_size=8).hexdigest()
    take(state, call, unique_audience(digest))
    take(state, call, BROADCAST)


def by_external_id(external_id: str) -> Find:
    """Returns the search for one external id, made when the mail goes."""
    return lambda profiles: profiles.by_external_id(external_id)


def by_alias(alias: tuple[str, str] | None) -> Find:
    """Returns the search for one alias (label, name)."""
    return lambda profiles: profiles.by_alias(alias)


def _segment_matcher(state: State, segment_id: str) -> Matcher:
    segment = state.segments.get(segment_id)
    if segment is None:
        raise Refusal("segment_id must be a string of the segment api identifier")
    return lambda profile: segment.is_member(profile, state.clock())
