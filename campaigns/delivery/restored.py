"""After a restore: whatever may have gone out since the backup is set so that a person decides, and nothing goes twice.

The rows say how it stood when the backup was made; what the portal called after that is known to Braze alone. So every
step that a worker would take by itself and that makes mail is taken from the workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.delivery.settling import begin_withdrawal
from campaigns.models import (
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    RolloutPart,
    TestMail,
    TestState,
)
from campaigns.states import UNDER_WAY, move_mailing
from groups.models import MailState, Notice

# In these a worker, or a person who lets a paused delivery go on, would hand over again.
_CALLING_BY_ITSELF = (DeliveryState.PLANNING, DeliveryState.STAGING, DeliveryState.SENDING, DeliveryState.PAUSED)


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for a person after a restore: `batches` are uncertain, with so many `people`."""

    mailings: int
    batches: int
    people: int
    plans: int
    rollout_parts: int
    test_mails: int
    notices: int


def hold_what_may_have_gone(*, made_at: datetime) -> Held:
    """Takes from the workers what they may have done since the backup was made. Doing it twice changes nothing more.

    - Batches that waited or were being called, and refused ones of a paused delivery, are uncertain: a person says
      whether each counts as sent. So are recalled ones that were withdrawn and not staged again.
    - A delivery that was being planned is ended; its mailing, and each that was scheduled for later, needs a decision.
    - What Braze has for its time stays so. Parts of rollouts are neither submitted nor approved by the worker.
    - Test mails and the portal's own mails may have been sent, and are not sent again.
    """
    reason = _(
        "The portal was restored from a backup of %(moment)s UTC. This may have gone out since: look into Braze, then"
        " decide."
    ) % {"moment": date_format(made_at, "Y-m-d H:i")}
    with transaction.atomic():
        plans = list(Delivery.objects.filter(state=DeliveryState.PLANNING).values_list("pk", flat=True))
        batches, people = _leave_uncertain(_open_batches(), reason)
        for delivery in Delivery.objects.filter(pk__in=plans).select_related("mailing"):
            begin_withdrawal(delivery, then=MailingState.NEEDS_DECISION, reason=reason)
        Delivery.objects.filter(state=DeliveryState.WITHDRAWING, after_withdrawal=MailingState.SCHEDULED).update(
            after_withdrawal=MailingState.NEEDS_DECISION
        )
        return Held(
            mailings=_ask_about_scheduled(reason),
            batches=batches,
            people=people,
            plans=len(plans),
            rollout_parts=_hold_rollouts(reason),
            test_mails=TestMail.objects.filter(state__in=(TestState.WAITING, TestState.CALLING)).update(
                state=TestState.UNCERTAIN, lease_until=None, error=reason
            ),
            notices=Notice.objects.filter(
                mail_state__in=(MailState.WAITING, MailState.CLAIMED, MailState.LEAVING)
            ).update(mail_state=MailState.UNCERTAIN, lease_until=None),
        )


def _open_batches() -> QuerySet[Batch]:
    by_itself = Q(delivery__state__in=_CALLING_BY_ITSELF, state=BatchState.WAITING)
    refused = Q(delivery__state=DeliveryState.PAUSED, state=BatchState.REFUSED)
    return Batch.objects.filter(by_itself | refused | Q(state=BatchState.CALLING))


def _leave_uncertain(batches: QuerySet[Batch], reason: str) -> tuple[int, int]:
    """Gives how many batches, and people in them, became uncertain."""
    pks = list(batches.values_list("pk", flat=True))
    people = Batch.objects.filter(pk__in=pks).aggregate(people=Sum("size"))["people"] or 0
    Batch.objects.filter(pk__in=pks).update(state=BatchState.UNCERTAIN, lease_until=None, not_before=None, error=reason)
    # Their people may stand in a new batch by now.
    recalled = Batch.objects.filter(state=BatchState.WITHDRAWN, is_recalled=True, size__gt=0)
    again = recalled.filter(delivery__state__in=(DeliveryState.STAGING, DeliveryState.STAGED))
    again.update(state=BatchState.WITHDRAWAL_UNCERTAIN, error=reason)
    return len(pks), people


def _ask_about_scheduled(reason: str) -> int:
    """Asks about every mailing that a worker would start at its time: somebody may have sent it earlier meanwhile."""
    waiting = Mailing.everything.filter(state=MailingState.SCHEDULED).exclude(deliveries__state__in=UNDER_WAY)
    for mailing in waiting:
        move_mailing(mailing, MailingState.NEEDS_DECISION, state_reason=reason)
    return len(waiting)


def _hold_rollouts(reason: str) -> int:
    """Lets no worker submit or approve a part by itself: as it stands it counts as tried, and a yes is given anew."""
    parts = RolloutPart.objects.filter(mailing__isnull=False, rollout__submitted_at__isnull=False)
    undecided = parts.filter(mailing__state__in=(MailingState.DRAFT, MailingState.IN_REVIEW, MailingState.IN_APPROVAL))
    revision = Mailing.everything.filter(pk=OuterRef("mailing")).values("revision")[:1]
    return undecided.update(
        tried_revision=Subquery(revision), is_in_hand=False, pending=None, approved_digest="", problem=reason
    )
