"""Telling a webhook what waits for it: one worker at a time, retried with a growing wait, given up after three days."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from campaigns.models import EventState, OffReason, Webhook, WebhookEvent
from campaigns.webhooks.kinds import SWITCHED_OFF
from campaigns.webhooks.posting import Answer, post
from campaigns.webhooks.signing import signature
from groups import audit
from groups.access import members_with
from groups.notices.services import tell
from groups.roles import Permission
from groups.tree.queries import root_of

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
RUN_SECONDS: Final = 20.0
# A run and its last call, which may last as long as a call is awaited.
LEASE: Final = timedelta(seconds=90)
KEPT: Final = timedelta(days=30)
GONE: Final = 410


def send_waiting(webhook_id: uuid.UUID) -> int:
    """Tells a webhook its due events, the oldest first, for some seconds; gives how many it tried.

    Whoever holds the lease sends, so that two workers never tell the same event at once. A worker that is killed
    between the call and its answer tells the event again: it carries the same id, by which receivers know it.
    """
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    mine = now + LEASE
    if not Webhook.objects.filter(free, pk=webhook_id, switched_off_at=None).update(lease_until=mine):
        return 0
    tried, until = 0, time.monotonic() + RUN_SECONDS
    try:
        while time.monotonic() < until and (event := _next_due(webhook_id)) is not None:
            _send(event)
            tried += 1
    finally:
        Webhook.objects.filter(pk=webhook_id, lease_until=mine).update(lease_until=None)
    return tried


def webhooks_with_work() -> Sequence[uuid.UUID]:
    """Gives the webhooks that have a due event and nobody who tells it."""
    now = timezone.now()
    due = WebhookEvent.objects.filter(webhook=OuterRef("pk"), state=EventState.WAITING, due_at__lte=now)
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    return list(Webhook.objects.filter(free, Exists(due), switched_off_at=None).values_list("pk", flat=True))


def forget_old_events() -> int:
    """Forgets what was told or given up more than thirty days ago, and gives how many it was."""
    old = WebhookEvent.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(state=EventState.WAITING)
    forgotten, _rows = old.delete()
    return forgotten


def headers_of(event: WebhookEvent, body: bytes, now: datetime) -> dict[str, str]:
    """Gives what an event is sent with; for a day after a change of the secret both sign."""
    webhook = event.webhook
    texts = [webhook.secret]
    if webhook.former_secret and webhook.former_until is not None and webhook.former_until > now:
        texts.append(webhook.former_secret)
    id, timestamp = f"msg_{event.pk.hex}", int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "SmarterSends-Webhooks/1",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(texts, id=id, timestamp=timestamp, body=body),
    }


def wait_after(attempt: int) -> timedelta:
    """Gives how long the next try waits: twice as long each time, six hours at most, and a little by lot.

    The lot keeps events that failed together from coming back together.
    """
    wait: timedelta = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT)
    return wait * random.uniform(0.9, 1.1)


def _next_due(webhook_id: uuid.UUID) -> WebhookEvent | None:
    due = WebhookEvent.objects.filter(
        webhook=webhook_id, webhook__switched_off_at=None, state=EventState.WAITING, due_at__lte=timezone.now()
    )
    return due.select_related("webhook__brand").order_by("due_at", "created_at", "pk").first()


def _send(event: WebhookEvent) -> None:
    body = orjson.dumps(event.payload)
    answer = post(event.webhook.url, body, headers_of(event, body, timezone.now()))
    now = timezone.now()
    attempt = event.attempt + 1
    is_over = answer.is_good or answer.status == GONE or now >= event.retry_until
    state = EventState.DELIVERED if answer.is_good else EventState.FAILED if is_over else EventState.WAITING
    with transaction.atomic():
        WebhookEvent.objects.filter(pk=event.pk, attempt=event.attempt).update(
            state=state,
            attempt=attempt,
            status=answer.status,
            answer=answer.words,
            answered_at=now,
            due_at=event.due_at if is_over else now + wait_after(attempt),
        )
        if state == EventState.FAILED:
            _switch_off(event.webhook, answer, now)


def _switch_off(webhook: Webhook, answer: Answer, now: datetime) -> None:
    """Tells nothing any more to an address that took nothing for days, or is gone; admins hear of it."""
    reason = OffReason.GONE if answer.status == GONE else OffReason.FAILING
    if not Webhook.objects.filter(pk=webhook.pk, switched_off_at=None).update(switched_off_at=now, reason=reason):
        return
    audit.record("webhook.switched_off", actor=None, target=webhook, brand=webhook.brand, status=answer.status)
    tell(
        members_with(root_of(webhook.brand), Permission.MANAGE_WORKSPACE),
        SWITCHED_OFF,
        about=f"webhook:{webhook.pk}",
        occasion=now.isoformat(),
        path=reverse("campaigns:webhook-detail", args=[webhook.pk]),
        brand=webhook.brand,
        address=webhook.url,
    )
