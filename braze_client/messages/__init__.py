"""What we send to Braze: frozen values whose limits are checked when they are made."""

from __future__ import annotations

from braze_client.messages.attributes import ArrayChange, Increment
from braze_client.messages.email import NO_REPLY_TO, ONE_CLICK_UNSUBSCRIBE_HEADERS, Attachment, Email
from braze_client.messages.people import Event, Person, Purchase, UserAlias, UserAttributes
from braze_client.messages.recipients import Prioritization, SubscriptionFilter, TriggerRecipient
from braze_client.messages.schedule import Schedule, utc_text

__all__ = [
    "NO_REPLY_TO",
    "ONE_CLICK_UNSUBSCRIBE_HEADERS",
    "ArrayChange",
    "Attachment",
    "Email",
    "Event",
    "Increment",
    "Person",
    "Prioritization",
    "Purchase",
    "Schedule",
    "SubscriptionFilter",
    "TriggerRecipient",
    "UserAlias",
    "UserAttributes",
    "utc_text",
]
