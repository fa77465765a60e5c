"""Mail made here and sent by Braze at once (contract, section 10); the partner key lacks this permission."""

from __future__ import annotations

from collections.abc import Sequence

from braze_client.audience import Audience
from braze_client.calls import parts
from braze_client.calls.call import Call
from braze_client.messages import Email, SubscriptionFilter, UserAlias
from braze_client.replies import Accepted

PATH = "/messages/send"
PERMISSION = "messages.send"


def messages_send(
    *,
    external_user_ids: Sequence[str] = (),
    user_aliases: Sequence[UserAlias] = (),
    email: Email,
    campaign_id: str | None = None,
    send_id: str | None = None,
    recipient_subscription_state: SubscriptionFilter = "subscribed",
    override_frequency_capping: bool = False,
) -> Call[Accepted]:
    """Send one email at once to 1 to 50 people who exist in Braze already (B-SCH-3, B-SCH-5).

    Without a campaign Braze keeps no numbers of it (B-CMP-1). Raises :class:`ContractViolation`.
    """
    body = parts.named_people(external_user_ids, user_aliases) | parts.message(email, campaign_id, send_id)
    body |= parts.reachable(recipient_subscription_state)
    body["override_frequency_capping"] = override_frequency_capping
    return parts.mail_call(PATH, PERMISSION, body)


def messages_send_broadcast(
    *,
    email: Email,
    campaign_id: str,
    segment_id: str | None = None,
    audience: Audience | None = None,
    send_id: str | None = None,
    recipient_subscription_state: SubscriptionFilter = "subscribed",
    override_frequency_capping: bool = False,
) -> Call[Accepted]:
    """Send one email at once to a segment, an audience, or the people in both; 250 a minute, 10 for each audience.

    Raises :class:`ContractViolation` without segment and audience, and with attachments (B-TRG-7, 13.1).
    """
    body = parts.everyone_in(segment_id, audience)
    body |= parts.message(parts.without_attachments(email), campaign_id, send_id)
    body |= parts.reachable(recipient_subscription_state)
    body["override_frequency_capping"] = override_frequency_capping
    return parts.mail_call(PATH, PERMISSION, body)
