"""The messages that people would have got: a compact record each, rendered in full only when somebody looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from braze_client.liquid import LiquidError, MessageAborted, render, verify
from braze_client.sandbox.profiles import Profile, random_bucket

FAILURES_KEPT = 1_000
SAME_NAMED_FIELDS = ("first_name", "last_name", "country", "gender", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class EmailContent:
    """The email of one call, before Liquid; equal texts of many calls are one object in memory."""

    subject: str
    body: str
    plaintext: str
    sender: str
    reply_to: str
    preheader: str
    headers: tuple[tuple[str, str], ...]
    variation_id: str | None
    app_id: str
    attachments: tuple[tuple[str, str], ...] = ()
    """Names and addresses; the sandbox fetches nothing."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What all messages of one dispatch share. `route` is `schedule`, `send` or `trigger`."""

    route: str
    dispatch_id: str
    schedule_id: str | None
    campaign_id: str | None
    send_id: str | None
    content: EmailContent
    sent_at: float


@dataclass(slots=True)
class Message:
    """One person's copy. The profile's dictionaries are those of the moment of sending."""

    number: int
    mailing: Mailing
    external_id: str | None
    braze_id: str
    email: str
    fields: Mapping[str, object]
    custom: Mapping[str, object]
    trigger_properties: Mapping[str, object]
    subject: str


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as its person sees it."""

    subject: str
    sender: str
    reply_to: str
    preheader: str
    headers: tuple[tuple[str, str], ...]
    body: str
    plaintext: str


@dataclass(slots=True)
class Inbox:
    """All messages in order of sending, and what was not sent and why."""

    is_as_braze: bool = False
    messages: list[Message] = field(default_factory=list)
    per_person: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, object]] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def problem_of(self, content: EmailContent) -> str | None:
        """Returns why no copy of this email can be rendered, or None (B-LIQ-5)."""
        try:
            for text in _templates(content):
                verify(text, as_braze=self.is_as_braze)
        except LiquidError as error:
            return str(error)
        return None

    def deliver(self, mailing: Mailing, profile: Profile, trigger_properties: Mapping[str, object]) -> Message | None:
        """Records one copy; returns None where the email aborted itself or failed to render for this person."""
        message = Message(
            number=len(self.messages) + 1,
            mailing=mailing,
            external_id=profile.external_id,
            braze_id=profile.braze_id,
            email=profile.email or "",
            fields=profile.fields,
            custom=profile.custom,
            trigger_properties=trigger_properties,
            subject=mailing.content.subject,
        )
        try:
            if "{" in mailing.content.subject:
                message.subject = self._render(message, mailing.content.subject)
            # A body that may cancel itself has to be judged now; any other waits until somebody looks.
            if any("abort_message" in text for text in _templates(mailing.content)):
                self.rendered(message)
        except MessageAborted as abort:
            self._note("aborted", mailing, profile.label, abort.reason)
            return None
        except LiquidError as error:
            self._note("failed", mailing, profile.label, str(error))
            return None
        self.messages.append(message)
        self.per_person[profile.label] += 1
        self.outcomes["sent"] += 1
        return message

    def fail(self, mailing: Mailing, reason: str) -> None:
        """Notes that a whole dispatch could not be rendered."""
        self._note("failed", mailing, "everyone", reason)

    def rendered(self, message: Message) -> RenderedMessage:
        """Returns the message in full. Raises `LiquidError` where the profile's values break it."""
        content = message.mailing.content
        return RenderedMessage(
            subject=message.subject,
            sender=self._render(message, content.sender),
            reply_to=self._render(message, content.reply_to),
            preheader=self._render(message, content.preheader),
            headers=tuple((name, self._render(message, value)) for name, value in content.headers),
            body=self._render(message, content.body),
            plaintext=self._render(message, content.plaintext),
        )

    def _note(self, outcome: str, mailing: Mailing, person: str, reason: str) -> None:
        self.outcomes[outcome] += 1
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append(
                {"outcome": outcome, "dispatch_id": mailing.dispatch_id, "person": person, "reason": reason}
            )

    def _render(self, message: Message, text: str) -> str:
        if "{" not in text:
            return text
        return render(text, liquid_context(message), as_braze=self.is_as_braze)


def _templates(content: EmailContent) -> tuple[str, ...]:
    headers = (value for _, value in content.headers)
    return (content.subject, content.body, content.plaintext, content.preheader, content.sender, *headers)


def liquid_context(message: Message) -> dict[str, object]:
    """Returns the names that Liquid knows for this person (contract section 17)."""
    fields, mailing = message.fields, message.mailing
    unsubscribe_url = f"/unsubscribe/{message.number}"
    return {
        **{name: fields.get(name) for name in SAME_NAMED_FIELDS},
        "email_address": message.email,
        "city": fields.get("home_city"),
        "date_of_birth": fields.get("dob"),
        "phone_number": fields.get("phone"),
        "last_used_app_date": fields.get("date_of_last_session"),
        "most_recent_locale": fields.get("language"),
        "user_id": message.external_id,
        "braze_id": message.braze_id,
        "random_bucket_number": random_bucket(message.braze_id),
        "set_user_to_unsubscribed_url": unsubscribe_url,
        "unsubscribe_url": unsubscribe_url,
        "set_user_to_one_click_list_unsubscribe": unsubscribe_url,
        "set_user_to_subscribed_url": f"/subscribe/{message.number}",
        "set_user_to_opted_in_url": f"/subscribe/{message.number}",
        "subscribed_state": {"email_global": fields.get("email_subscribe", "subscribed")},
        "custom_attribute": message.custom,
        "api_trigger_properties": message.trigger_properties,
        "campaign": {
            "api_id": mailing.campaign_id,
            "dispatch_id": mailing.dispatch_id,
            "message_api_id": mailing.content.variation_id,
            "name": "Sandbox campaign",
            "message_name": "Email",
        },
    }
