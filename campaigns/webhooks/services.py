"""What admins do with webhooks: added, tried, changed, switched off and on, their events told again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from campaigns.models import EventState, Webhook, WebhookEvent, WebhookKind
from campaigns.webhooks import nudges
from campaigns.webhooks.posting import check_url
from campaigns.webhooks.signing import new_secret
from campaigns.webhooks.telling import GIVEN_UP_AFTER, tell_one
from groups import audit
from groups.errors import InputRefused, StaleState
from groups.models import Brand, User

MOST_WEBHOOKS: Final = 10
BOTH_SIGN: Final = timedelta(hours=24)
CHOSEN: Final = (WebhookKind.MAILING, WebhookKind.DELIVERY, WebhookKind.IMPORT)


@sensitive_variables()
def add_webhook(*, brand: Brand, url: str, kinds: Collection[str], actor: User) -> tuple[Webhook, str]:
    """Adds a webhook and gives it with its secret, which is shown this once.

    Raises `InputRefused` for an address that is none, without a kind of events, and with ten webhooks already.
    """
    url = url.strip()
    check_url(url)
    secret = new_secret()
    with transaction.atomic():
        # One at a time for each brand, so that two requests cannot both take the last place.
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if Webhook.objects.filter(brand=brand).count() >= MOST_WEBHOOKS:
            raise InputRefused(
                ngettext(
                    "A brand may have %(most)s webhook. Remove one first.",
                    "A brand may have %(most)s webhooks. Remove one first.",
                    MOST_WEBHOOKS,
                )
                % {"most": MOST_WEBHOOKS}
            )
        webhook = Webhook.objects.create(brand=brand, url=url, kinds=_checked(kinds), secret=secret, created_by=actor)
        audit.record(
            "webhook.added", actor=actor, target=webhook, brand=brand, address=url, kinds=", ".join(webhook.kinds)
        )
    return webhook, secret


def change_webhook(*, webhook: Webhook, url: str, kinds: Collection[str], actor: User) -> None:
    """Changes where events go and which; those that wait go to the new address. Raises `InputRefused`."""
    url = url.strip()
    check_url(url)
    before = {"address": webhook.url, "kinds": webhook.kinds}
    after = {"address": url, "kinds": _checked(kinds)}
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(url=url, kinds=after["kinds"])
        audit.record("webhook.changed", actor=actor, target=webhook, brand=webhook.brand, before=before, after=after)
    webhook.refresh_from_db()


@sensitive_variables()
def rotate_secret(*, webhook: Webhook, actor: User) -> str:
    """Gives a new secret, shown this once; for a day the former one signs as well."""
    secret = new_secret()
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(
            secret=secret, former_secret=webhook.secret, former_until=timezone.now() + BOTH_SIGN
        )
        audit.record("webhook.secret_changed", actor=actor, target=webhook, brand=webhook.brand)
    webhook.refresh_from_db()
    return secret


def switch(*, webhook: Webhook, is_on: bool, actor: User) -> None:
    """Switches a webhook on or off; a second time changes nothing. What waits goes on when it is on again.

    What an address did not take while it was off was never written; the API tells how things stand.
    """
    now = timezone.now()
    with transaction.atomic():
        moved = Webhook.objects.filter(pk=webhook.pk, switched_off_at__isnull=not is_on).update(
            switched_off_at=None if is_on else now, reason=""
        )
        if moved and is_on:
            waiting = webhook.events.filter(state=EventState.WAITING)
            waiting.update(due_at=now, retry_until=now + GIVEN_UP_AFTER)
            audit.record("webhook.switched_on", actor=actor, target=webhook, brand=webhook.brand)
            nudges.send(webhook.pk)
        elif moved:
            audit.record("webhook.switched_off", actor=actor, target=webhook, brand=webhook.brand)
    webhook.refresh_from_db()


def remove_webhook(*, webhook: Webhook, actor: User) -> None:
    """Removes a webhook with everything that was kept of its events."""
    with transaction.atomic():
        audit.record("webhook.removed", actor=actor, target=webhook, brand=webhook.brand, address=webhook.url)
        webhook.delete()


def send_test(*, webhook: Webhook, actor: User) -> WebhookEvent:
    """Tells a webhook a test event; raises `StaleState` while it is switched off."""
    _demand_on(webhook)
    with transaction.atomic():
        event = tell_one(webhook, WebhookKind.TEST, {"webhook_id": str(webhook.pk)})
        audit.record("webhook.tested", actor=actor, target=webhook, brand=webhook.brand)
    return event


def replay(*, event: WebhookEvent, actor: User) -> None:
    """Tells an event again, under the same id; raises `StaleState` while it waits, or its webhook is switched off."""
    webhook = event.webhook
    _demand_on(webhook)
    now = timezone.now()
    with transaction.atomic():
        again = WebhookEvent.objects.filter(pk=event.pk).exclude(state=EventState.WAITING)
        if not again.update(state=EventState.WAITING, attempt=0, due_at=now, retry_until=now + GIVEN_UP_AFTER):
            raise StaleState
        audit.record("webhook.replayed", actor=actor, target=webhook, brand=webhook.brand, event=str(event.pk))
        nudges.send(webhook.pk)
    event.refresh_from_db()


def _checked(kinds: Collection[str]) -> list[str]:
    chosen = [kind.value for kind in CHOSEN if kind.value in set(kinds)]
    if not chosen:
        raise InputRefused(_("Choose at least one kind of events."))
    return chosen


def _demand_on(webhook: Webhook) -> None:
    if webhook.switched_off_at is not None:
        raise StaleState(_("This webhook is switched off. Switch it on first."))
