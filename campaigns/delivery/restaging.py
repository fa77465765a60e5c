"""Restaging: somebody unsubscribed while their batch waits in Braze, so it is withdrawn and staged again without them.

In two steps, because nobody may get two mails: a batch is recalled, and only once Braze has confirmed the withdrawal
are its other people put into a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from campaigns.models import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Exclusion,
    ExclusionReason,
    Recipient,
    Route,
)
from campaigns.states import lock_delivery, move_delivery
from groups.audiences.queries import suppressed_by
from groups.audit import record
from groups.models import Contact, Suppression


def has_news(delivery: Delivery) -> bool:
    """Tells whether anybody of the brand was suppressed since the delivery began; spares looking at every recipient."""
    brand = delivery.mailing.group.brand_id
    return Suppression.objects.filter(brand=brand, created_at__gte=delivery.created_at).exists()


def recall_suppressed(delivery: Delivery) -> int:
    """Recalls the staged batches of people who must not be mailed any more; gives how many.

    Does nothing when it is too late to stage again: then the mail of those people is on its way.
    """
    if delivery.route != Route.SCHEDULE or delivery.stage_by is None or delivery.stage_by <= timezone.now():
        return 0
    if not has_news(delivery):
        return 0
    staged = delivery.batches.filter(state=BatchState.ACCEPTED, kind=BatchKind.LIST, is_recalled=False)
    people = Recipient.objects.filter(batch__in=staged.exclude(schedule_id=""), contact__in=_suppressed(delivery))
    return Batch.objects.filter(pk__in=people.values("batch")).update(is_recalled=True, not_before=None)


def stage_again(delivery: Delivery) -> int:
    """Puts the people of withdrawn recalled batches, without the suppressed ones, into new batches; gives how many."""
    with transaction.atomic():
        lock_delivery(delivery)
        if delivery.state not in (DeliveryState.STAGED, DeliveryState.STAGING):
            return 0
        if delivery.stage_by is None or delivery.stage_by <= timezone.now():
            return 0
        withdrawn = list(delivery.batches.filter(state=BatchState.WITHDRAWN, is_recalled=True, size__gt=0))
        for batch in withdrawn:
            leave_out_suppressed([batch])
            batch.refresh_from_db()
            last = delivery.batches.aggregate(last=Max("number"))["last"]
            anew = Batch.objects.create(delivery=delivery, number=last + 1, kind=BatchKind.LIST)
            moved = Recipient.objects.filter(batch=batch).update(batch=anew)
            Batch.objects.filter(pk=anew.pk).update(
                size=moved, state=BatchState.WAITING if moved else BatchState.NOT_SENT
            )
            Batch.objects.filter(pk=batch.pk).update(size=0)
        if withdrawn and delivery.state == DeliveryState.STAGED:
            move_delivery(delivery, DeliveryState.STAGING)
        if withdrawn:
            group = delivery.mailing.group
            record("delivery.staged_again", actor=None, group=group, target=delivery, batches=len(withdrawn))
    return len(withdrawn)


def leave_out_suppressed(batches: Sequence[Batch]) -> int:
    """Takes people who must not be mailed any more out of batches that Braze does not have; gives how many."""
    left_out = 0
    for delivery in {batch.delivery_id: batch.delivery for batch in batches}.values():
        # Somebody new is named with the address that they have now, which may have been shut long ago.
        if not has_news(delivery) and not delivery.mails_new_people:
            continue
        own = [batch.pk for batch in batches if batch.delivery_id == delivery.pk]
        gone = Recipient.objects.filter(batch__in=own, contact__in=_suppressed(delivery))
        people = list(gone.values_list("pk", "contact_id", "batch_id"))
        if not people:
            continue
        Exclusion.objects.bulk_create(
            Exclusion(delivery=delivery, contact_id=contact, reason=ExclusionReason.UNSUBSCRIBED)
            for _pk, contact, _batch in people
        )
        Recipient.objects.filter(pk__in=[pk for pk, _contact, _batch in people]).delete()
        for batch, number in Counter(batch for _pk, _contact, batch in people).items():
            Batch.objects.filter(pk=batch).update(size=F("size") - number)
        _count_exclusions(delivery, len(people))
        left_out += len(people)
    return left_out


def _count_exclusions(delivery: Delivery, number: int) -> None:
    """Keeps the count by reason true, which pages show instead of counting."""
    locked = Delivery.objects.select_for_update().get(pk=delivery.pk)
    reason = ExclusionReason.UNSUBSCRIBED.value
    excluded = {**locked.excluded, reason: locked.excluded.get(reason, 0) + number}
    Delivery.objects.filter(pk=delivery.pk).update(excluded=excluded)


def _suppressed(delivery: Delivery) -> QuerySet[Contact]:
    return Contact.objects.filter(suppressed_by(delivery.mailing.group), brand=delivery.mailing.group.brand_id)
