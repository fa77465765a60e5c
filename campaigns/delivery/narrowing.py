"""Narrowing: Braze refuses a whole call for the sake of one person, so the call is halved until that person is alone.

Nothing was sent by a call that met a 400, so that its halves may be called without mailing anybody twice. When both
halves are refused, and no call of the delivery was taken since, the call itself is wrong: then a person must look.
"""

from __future__ import annotations

from django.db.models import F, Max

from campaigns.models import Batch, BatchKind, BatchState, Delivery, Recipient


def narrow(batch: Batch) -> bool:
    """Halves a refused batch, or leaves its one person refused; tells whether the call itself is wrong instead."""
    delivery = Delivery.objects.select_for_update().get(pk=batch.delivery_id)
    batch.refresh_from_db(fields=("state", "size"))
    if batch.state != BatchState.REFUSED:
        return False
    other = _other_half(batch)
    if other is not None and other.state in (BatchState.WAITING, BatchState.CALLING):
        return False  # its answer decides
    is_refused_alone = other is not None and other.state != BatchState.REFUSED
    if is_refused_alone or _was_taken_since(batch):
        for refused in (batch, other):
            if refused is not None and refused.state == BatchState.REFUSED:
                _halve(delivery, refused)
        return False
    if other is None and batch.size > 1:
        _halve(delivery, batch)
        return False
    return True


def narrow_other_half(batch: Batch) -> None:
    """Goes on with a refused half once its other half was taken: then the call is right, and somebody in it is not."""
    if batch.halved_from_id is None:
        return
    delivery = Delivery.objects.select_for_update().get(pk=batch.delivery_id)
    other = _other_half(batch)
    if other is not None and other.state == BatchState.REFUSED:
        _halve(delivery, other)


def _other_half(batch: Batch) -> Batch | None:
    if batch.halved_from_id is None:
        return None
    halves = Batch.objects.filter(delivery=batch.delivery_id, halved_from=batch.halved_from_id)
    return halves.exclude(pk=batch.pk).first()


def _was_taken_since(batch: Batch) -> bool:
    """Tells whether Braze took another call of the delivery since the first call for these people was made."""
    first = batch
    while first.halved_from is not None:
        first = first.halved_from
    taken = Batch.objects.filter(delivery=batch.delivery_id, state=BatchState.ACCEPTED, answered_at__gt=first.called_at)
    return taken.exists()


def _halve(delivery: Delivery, batch: Batch) -> None:
    """Puts the people of a refused batch into two new ones; one person alone stays refused."""
    if batch.size < 2:
        return
    people = list(Recipient.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
    last = Batch.objects.filter(delivery=delivery).aggregate(last=Max("number"))["last"]
    middle = len(people) // 2
    for offset, half in enumerate((people[:middle], people[middle:]), start=1):
        new = Batch.objects.create(
            delivery=delivery,
            number=last + offset,
            kind=BatchKind.LIST,
            size=len(half),
            zone=batch.zone,
            due_at=batch.due_at,
            halved_from=batch,
        )
        Recipient.objects.filter(pk__in=half).update(batch=new)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.HALVED, size=0)
    Delivery.objects.filter(pk=delivery.pk).update(batch_count=F("batch_count") + 1)
