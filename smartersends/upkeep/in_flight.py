"""What is under way in workers at this moment, and when the next mailing needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import (
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    Rollout,
    TestMail,
    TestState,
)
from campaigns.states import UNDER_WAY
from groups.models import Contact, ContactImport, Erasure, MailState, Notice

_CALLS: Final = (BatchState.CALLING, BatchState.UPDATING, BatchState.WITHDRAWING)
# Every claim has a lease: one that ran out belongs to a worker that is gone, and waits for the sweep.
CLAIMS: Final[Mapping[Promise, Callable[[datetime], QuerySet[Any]]]] = {
    _("calls of batches"): lambda now: Batch.objects.filter(state__in=_CALLS, lease_until__gt=now),
    _("test mails"): lambda now: TestMail.objects.filter(state=TestState.CALLING, lease_until__gt=now),
    _("plans"): lambda now: Delivery.objects.filter(state=DeliveryState.PLANNING, lease_until__gt=now),
    _("rollouts"): lambda now: Rollout.objects.filter(lease_until__gt=now),
    _("contacts on their way to Braze"): lambda now: Contact.objects.filter(sync_lease_until__gt=now),
    _("imports"): lambda now: ContactImport.objects.filter(lease_until__gt=now),
    _("erasures"): lambda now: Erasure.objects.filter(lease_until__gt=now),
    _("mails of the portal"): lambda now: Notice.objects.filter(
        mail_state__in=(MailState.CLAIMED, MailState.LEAVING), lease_until__gt=now
    ),
}


def in_flight() -> dict[str, int]:
    """Counts by its words what a worker has claimed and not finished; empty when nothing is under way."""
    now = timezone.now()
    counts = {str(words): claimed(now).count() for words, claimed in CLAIMS.items()}
    return {words: count for words, count in counts.items() if count}


def left_behind() -> int:
    """Counts batches whose worker vanished during the call; they become uncertain when the portal goes on."""
    return Batch.objects.filter(state__in=_CALLS, lease_until__lte=timezone.now()).count()


def next_moment() -> datetime | None:
    """Gives the first moment to come by which a worker is needed, so that no mailing is late or withdrawn."""
    now = timezone.now()
    staging = Delivery.objects.filter(state=DeliveryState.STAGING, stage_by__gt=now).aggregate(at=Min("stage_by"))
    going = Delivery.objects.filter(state__in=UNDER_WAY, go_at__gt=now).aggregate(at=Min("go_at"))
    scheduled = Mailing.objects.filter(state=MailingState.SCHEDULED, send_at__gt=now).aggregate(at=Min("send_at"))
    return min((found["at"] for found in (staging, going, scheduled) if found["at"] is not None), default=None)
