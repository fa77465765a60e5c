"""What this room holds of somebody who is erased: mail that has not left, recipients, test mails, Braze's remarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.delivery.restaging import leave_out_suppressed, recall_suppressed
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Recipient, Route, TestMail
from groups.erasing.forgetting import nameless_address
from groups.erasing.holders import Holder, Leftover, UnderWay
from groups.erasing.naming import Naming
from groups.models import Contact

IN_HAND: Final = (BatchState.CALLING, BatchState.UPDATING, BatchState.WITHDRAWING)
MAY_LEAVE: Final = (BatchState.ACCEPTED, BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN)


def addresses_of(contact: Contact) -> set[str]:
    """Gives the addresses under which mail to a contact was planned."""
    return set(Recipient.objects.filter(contact=contact).values_list("address", flat=True))


def withdraw(contact: Contact) -> UnderWay:
    """Takes a contact, who is suppressed already, out of batches that Braze does not have, and recalls the staged ones.

    Recalled batches are withdrawn and staged again without the contact by the usual way (`restaging`). What can be
    withdrawn, or is in a worker's hand, is waited for; what leaves before it could be staged again is too late.
    """
    now = timezone.now()
    with transaction.atomic():
        own = Recipient.objects.filter(contact=contact, batch__state=BatchState.WAITING)
        batches = Batch.objects.select_for_update(of=("self",)).filter(pk__in=own.values("batch"))
        leave_out_suppressed(list(batches.select_related("delivery__mailing__group")))
    under_way = Recipient.objects.filter(contact=contact, outcome="")
    staged = Q(delivery__route=Route.SCHEDULE, delivery__state__in=(DeliveryState.STAGING, DeliveryState.STAGED))
    in_time = staged & Q(delivery__stage_by__gt=now)
    accepted = Q(batch__state=BatchState.ACCEPTED) & ~Q(batch__schedule_id="")
    recalled = Q(batch__state=BatchState.WITHDRAWN, batch__is_recalled=True)
    for delivery in Delivery.objects.filter(pk__in=under_way.filter(in_time & accepted).values("delivery")):
        recall_suppressed(delivery)
    waits = under_way.filter(Q(batch__state__in=IN_HAND) | (in_time & (accepted | recalled)))
    coming = Q(delivery__ends_at__gt=now) | Q(delivery__ends_at=None, delivery__go_at__gt=now)
    too_late = under_way.filter(coming, batch__state__in=MAY_LEAVE).exclude(in_time & accepted)
    return UnderWay(waits.count(), too_late.count())


def erase(contact: Contact, leftover: Leftover) -> Mapping[str, int]:
    """Takes the address out of the ledger, and what Braze wrote of them; each row stays, so that every count does."""
    naming = Naming.of(contact.brand, leftover)
    recipients = Recipient.objects.filter(contact=contact)
    remarks = 0
    told = Batch.objects.filter(pk__in=recipients.values("batch")).exclude(error="", remarks=[])
    for batch in told.only("pk", "error", "remarks").iterator(chunk_size=500):
        error, said = naming.redacted(batch.error), [_redacted(one, naming) for one in batch.remarks]
        if (error, said) != (batch.error, batch.remarks):
            Batch.objects.filter(pk=batch.pk).update(error=error[:500], remarks=said)
            remarks += 1
    tests = TestMail.objects.filter(contact=contact)
    for test in tests.exclude(error=""):
        TestMail.objects.filter(pk=test.pk).update(error=naming.redacted(test.error)[:500])
    return {
        "recipients": recipients.update(address=nameless_address(contact)),
        "remarks": remarks,
        "test_mails": tests.update(contact=None),
    }


def _redacted(said: object, naming: Naming) -> object:
    """Takes a person out of what Braze wrote, which is a text or a small object of texts."""
    if isinstance(said, str):
        return naming.redacted(said)
    if isinstance(said, dict):
        return {name: _redacted(value, naming) for name, value in said.items()}
    if isinstance(said, list):
        return [_redacted(value, naming) for value in said]
    return said


HOLDER: Final = Holder(addresses=addresses_of, withdraw=withdraw, erase=erase)
