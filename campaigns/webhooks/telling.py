"""Writing down what webhooks are to be told, in the transaction of what happened; nobody is named in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from campaigns.models import Delivery, DeliveryState, Mailing, Webhook, WebhookEvent, WebhookKind
from campaigns.webhooks import nudges
from groups.models import ContactImport

GIVEN_UP_AFTER: Final = timedelta(days=3)
ENDED: Final = (DeliveryState.SETTLED, DeliveryState.WITHDRAWN, DeliveryState.FAILED)
Data = Mapping[str, str | int | None]


def mailing_moved(mailing: Mailing) -> None:
    """Tells that a mailing has come to its state. Needs a transaction."""
    _tell(
        _of_group(mailing.group_id),
        WebhookKind.MAILING,
        {"mailing_id": str(mailing.pk), "group_id": str(mailing.group_id), "state": mailing.state},
    )


def delivery_moved(delivery: Delivery) -> None:
    """Tells that a delivery has ended, where that is what it has come to. Needs a transaction."""
    if delivery.state not in ENDED:
        return
    mailing = delivery.mailing
    _tell(
        _of_group(mailing.group_id),
        WebhookKind.DELIVERY,
        {
            "delivery_id": str(delivery.pk),
            "mailing_id": str(mailing.pk),
            "group_id": str(mailing.group_id),
            "state": delivery.state,
            "people": delivery.frozen,
        },
    )


def import_ended(contact_import: ContactImport) -> None:
    """Tells that an import is done or has failed. Needs a transaction."""
    audience = contact_import.audience
    _tell(
        _of_group(audience.group_id),
        WebhookKind.IMPORT,
        {
            "import_id": str(contact_import.pk),
            "audience_id": str(audience.pk),
            "group_id": str(audience.group_id),
            "state": contact_import.state,
            "rows": contact_import.rows_done,
            "rejected": contact_import.rows_rejected,
        },
    )


def tell_one(webhook: Webhook, kind: WebhookKind, data: Data) -> WebhookEvent:
    """Writes one event for one webhook, whatever it asked for. Needs a transaction."""
    now = timezone.now()
    payload = {"type": kind.value, "timestamp": now.isoformat(), "data": dict(data)}
    event = WebhookEvent.objects.create(
        webhook=webhook, kind=kind, payload=payload, due_at=now, retry_until=now + GIVEN_UP_AFTER
    )
    nudges.send(webhook.pk)
    return event


def _of_group(group_id: UUID) -> Iterable[Webhook]:
    """Gives the webhooks of a group's brand that are on, in one query; most brands have none."""
    return Webhook.objects.filter(brand__groups=group_id, switched_off_at=None)


def _tell(webhooks: Iterable[Webhook], kind: WebhookKind, data: Data) -> None:
    for webhook in webhooks:
        if kind in webhook.kinds:
            tell_one(webhook, kind, data)
