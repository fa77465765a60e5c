"""Planning: freeze who is in the audience, judge each of them, cut the rest into batches of at most 50.

Membership is frozen in one statement; rules are judged chunk by chunk from that frozen set, each chunk in one
transaction. A plan that was cut off goes on where it stopped, and an import meanwhile changes nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import BrazeError, NotSent, Uncertain
from campaigns.delivery.outcomes import explained, pause
from campaigns.delivery.send_ids import assign_send_id
from campaigns.delivery.settling import begin_withdrawal, time_missed
from campaigns.delivery.timing import times_for
from campaigns.errors import StaleState
from campaigns.models import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Exclusion,
    ExclusionReason,
    MailingState,
    Recipient,
    Route,
)
from campaigns.states import lock_delivery, move_delivery, move_mailing
from groups.audiences.queries import reasons_by_contact
from groups.audit import record
from groups.errors import NotConnected
from groups.models import AudienceKind, AudienceMember, Contact, SuppressionReason, SyncState

log = logging.getLogger(__name__)

_ADDRESS = Lower(Subquery(Contact.objects.filter(pk=OuterRef("contact")).values("email")[:1]))

PEOPLE_PER_BATCH = 50
PEOPLE_PER_CHUNK = 500
# Renewed with every chunk, so that another worker goes on soon after one was killed.
LEASE = timedelta(seconds=30)
LONGEST_WAIT_FOR_SYNC = timedelta(minutes=15)


def plan(delivery: Delivery) -> bool:
    """Plans a delivery and lets it be handed over; tells whether it is planned now.

    Doing this twice, or at the same time, changes nothing: a lease lets one worker plan, and every step is kept.
    """
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    if not Delivery.objects.filter(free, pk=delivery.pk, state=DeliveryState.PLANNING).update(lease_until=now + LEASE):
        return False
    try:
        delivery.refresh_from_db()
        return _plan(delivery)
    finally:
        Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PLANNING).update(lease_until=None)


def _plan(delivery: Delivery) -> bool:
    audience = delivery.mailing.audience
    if audience is None:
        fail(delivery, _("The audience was removed."))
        return False
    if audience.kind == AudienceKind.SEGMENT:
        _plan_broadcast(delivery)
    else:
        if delivery.frozen is None:
            _freeze_membership(delivery)
        if not _everybody_is_synced(delivery):
            return False
        while _judge_chunk(delivery):
            pass
        if not _adds_up(delivery):
            return False
    try:
        assign_send_id(delivery)
    except (NotSent, Uncertain) as error:
        log.warning("delivery.send_id_later delivery=%s error=%s", delivery.pk, type(error).__name__)
        return False
    except BrazeError as error:
        pause(delivery, explained(error) or str(error))
        return False
    except NotConnected as error:
        pause(delivery, error.sentence)
        return False
    return _set_times(delivery)


def fail(delivery: Delivery, reason: str) -> None:
    """Ends a delivery of which nothing was handed over, with a reason that people read."""
    with transaction.atomic():
        move_delivery(delivery, DeliveryState.FAILED, state_reason=reason[:500], settled_at=timezone.now())
        move_mailing(delivery.mailing, MailingState.FAILED, state_reason=reason[:500])
        record("delivery.failed", actor=None, group=delivery.mailing.group, target=delivery, reason=reason[:200])


def _everybody_is_synced(delivery: Delivery) -> bool:
    """Waits until Braze has, or has refused, everybody who was frozen.

    Gives up after a quarter of an hour, or when the time to stage runs out, whichever is later.
    """
    if not delivery.recipients.filter(address=None, contact__sync_state=SyncState.PENDING).exists():
        return True
    limit = delivery.waiting_since + LONGEST_WAIT_FOR_SYNC
    if delivery.go_at is not None:
        needed = timedelta(seconds=settings.SEND_LEAD_SECONDS + settings.SEND_MARGIN_SECONDS)
        limit = max(limit, delivery.go_at - needed)
    if timezone.now() > limit:
        fail(delivery, _("Braze did not take the contacts in time. Nothing was sent. Copy the mailing to try again."))
    return False


def _freeze_membership(delivery: Delivery) -> None:
    """Copies the ids of the audience's members into the ledger in one statement, and keeps their number."""
    members = AudienceMember.objects.filter(audience=delivery.mailing.audience_id).order_by("pk")
    source = members.values_list(
        Value(delivery.pk, output_field=Delivery._meta.pk), "contact_id", Value("", output_field=CharField())
    )
    sql, parameters = source.query.sql_with_params()
    table = connection.ops.quote_name(Recipient._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (delivery_id, contact_id, outcome) {sql}", parameters)
        frozen = delivery.recipients.count()
        Delivery.objects.filter(pk=delivery.pk).update(frozen=frozen)
    delivery.refresh_from_db()


def _judge_chunk(delivery: Delivery) -> bool:
    """Judges the next people of the frozen set into batches or exclusions; tells whether there were any."""
    with transaction.atomic():
        lock_delivery(delivery)
        if delivery.state != DeliveryState.PLANNING:
            raise StaleState
        Delivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now() + LEASE)
        chunk = list(
            delivery.recipients.filter(address=None)
            .select_related("contact")
            .only("pk", "contact__email", "contact__sync_state")
            .order_by("pk")[:PEOPLE_PER_CHUNK]
        )
        if not chunk:
            return False
        reasons = _reasons(delivery, [person.contact_id for person in chunk])
        addresses = [person.contact.email.lower() for person in chunk]
        taken = set(delivery.recipients.filter(address__in=addresses).values_list("address", flat=True))
        kept, left_out = [], []
        for person, address in zip(chunk, addresses, strict=True):
            reason = reasons.get(person.contact_id)
            if reason is None and person.contact.sync_state == SyncState.REFUSED:
                reason = ExclusionReason.UNKNOWN_TO_BRAZE
            if reason is None and address in taken:
                reason = ExclusionReason.DUPLICATE
            if reason is not None:
                left_out.append((person, reason))
                continue
            taken.add(address)
            kept.append(person)
        Exclusion.objects.bulk_create(
            Exclusion(delivery=delivery, contact_id=person.contact_id, reason=reason) for person, reason in left_out
        )
        Recipient.objects.filter(pk__in=[person.pk for person, _reason in left_out]).delete()
        _put_into_batches(delivery, kept)
    return True


def _reasons(delivery: Delivery, contact_ids: list[UUID]) -> dict[UUID, ExclusionReason]:
    """Gives why people of a chunk get no mail: the group must not mail them, or they may have this mailing already."""
    earlier = Recipient.objects.filter(
        contact__in=contact_ids,
        delivery__mailing=delivery.mailing_id,
        batch__state__in=(BatchState.ACCEPTED, BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN),
    ).exclude(delivery=delivery)
    reasons = dict.fromkeys(earlier.values_list("contact_id", flat=True), ExclusionReason.MAYBE_MAILED)
    for contact, why in reasons_by_contact(contact_ids, delivery.mailing.group).items():
        is_unsubscribed = why == SuppressionReason.UNSUBSCRIBED
        reasons[contact] = ExclusionReason.UNSUBSCRIBED if is_unsubscribed else ExclusionReason.SUPPRESSED
    return reasons


def _put_into_batches(delivery: Delivery, people: list[Recipient]) -> None:
    """Fills the last batch up to 50, then opens new ones."""
    last = delivery.batches.order_by("-number").first()
    number = last.number if last else 0
    batch = last if last and last.size < PEOPLE_PER_BATCH else None
    while people:
        if batch is None:
            number += 1
            batch = Batch.objects.create(delivery=delivery, number=number, kind=BatchKind.LIST)
        room = PEOPLE_PER_BATCH - batch.size
        part, people = people[:room], people[room:]
        Recipient.objects.filter(pk__in=[person.pk for person in part]).update(address=_ADDRESS, batch=batch)
        Batch.objects.filter(pk=batch.pk).update(size=batch.size + len(part))
        batch = None


def _adds_up(delivery: Delivery) -> bool:
    """Checks the identity of the ledger, in people: frozen = recipients + exclusions; fails the delivery otherwise."""
    recipients, exclusions = delivery.recipients.count(), delivery.exclusions.count()
    if delivery.frozen != recipients + exclusions:
        fail(
            delivery,
            _("The count does not add up: %(frozen)s people, but %(recipients)s to mail and %(exclusions)s left out.")
            % {"frozen": delivery.frozen, "recipients": recipients, "exclusions": exclusions},
        )
        return False
    if recipients == 0:
        fail(delivery, _("Nobody was left to mail: everybody in the audience is unsubscribed, refused or a duplicate."))
        return False
    return True


def _plan_broadcast(delivery: Delivery) -> None:
    """Makes the one batch that stands for a Braze segment."""
    Batch.objects.get_or_create(delivery=delivery, number=1, defaults={"kind": BatchKind.BROADCAST})


def _set_times(delivery: Delivery) -> bool:
    """Fixes when the delivery goes and opens it for the workers; asks instead where its time was missed."""
    wanted = delivery.go_at or delivery.waiting_since + LONGEST_WAIT_FOR_SYNC
    if wanted + timedelta(minutes=settings.DUE_TOLERANCE_MINUTES) < timezone.now():
        with transaction.atomic():
            begin_withdrawal(delivery, then=MailingState.NEEDS_DECISION, reason=time_missed())
        return False
    newest: datetime | None = delivery.recipients.aggregate(newest=Max("contact__first_synced_at"))["newest"]
    times = times_for(
        wanted=delivery.go_at,
        batches=delivery.batches.count(),
        now=timezone.now(),
        propagated_at=newest + timedelta(seconds=settings.BRAZE_PROPAGATION_SECONDS) if newest else None,
    )
    by_braze = delivery.route == Route.TRIGGER
    move_delivery(
        delivery,
        DeliveryState.SENDING if by_braze else DeliveryState.STAGING,
        go_at=times.go_at,
        stage_by=times.stage_by,
        # Nothing of route B leaves before its time, so that all of it can be held back until then.
        undo_until=times.go_at if by_braze else times.undo_until,
    )
    return True
