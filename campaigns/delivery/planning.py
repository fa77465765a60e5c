"""Planning: freeze who is in the audience, judge each of them, cut the rest into batches of at most 50.

Membership is frozen in one statement; rules are judged chunk by chunk from that frozen set, each chunk in one
transaction. A plan that was cut off goes on where it stopped, and an import meanwhile changes nothing.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import BrazeError, NotSent, Uncertain
from campaigns.delivery import route_b
from campaigns.delivery.outcomes import explained, pause
from campaigns.delivery.plan.filling import fill, is_cut_by_zone
from campaigns.delivery.plan.judging import judge
from campaigns.delivery.plan.membership import freeze_membership, next_chunk, read_candidates
from campaigns.delivery.plan.statistics import look_at_what_has_grown
from campaigns.delivery.send_ids import assign_send_id
from campaigns.delivery.settling import begin_withdrawal, time_missed
from campaigns.delivery.timing import times_for
from campaigns.errors import StaleState
from campaigns.models import GONE, Batch, BatchKind, BatchState, Candidate, Delivery, DeliveryState, MailingState, Route
from campaigns.schedule.demands import reason_to_stop
from campaigns.states import lock_delivery, move_delivery, move_mailing
from groups.audit import record
from groups.errors import NotConnected
from groups.models import SyncState
from groups.workspace.budget import share_of

log = logging.getLogger(__name__)

# Renewed with every chunk, so that another worker goes on soon after one was killed.
LEASE = timedelta(seconds=30)
LONGEST_WAIT_FOR_SYNC = timedelta(minutes=15)


def plan(delivery: Delivery, *, limit_seconds: float | None = None) -> bool:
    """Plans a delivery and lets it be handed over; tells whether it is planned now.

    Stops between two chunks after `limit_seconds`, so that a large plan holds up no small one; the next call goes on.
    Doing this twice, or at the same time, changes nothing: a lease lets one worker plan, and every step is kept.
    """
    now = timezone.now()
    to_plan = Delivery.objects.filter(_free(now), pk=delivery.pk, state=DeliveryState.PLANNING)
    if not to_plan.update(lease_until=now + LEASE):
        return False
    try:
        delivery.refresh_from_db()
        ends_at = None if limit_seconds is None else time.monotonic() + limit_seconds
        return _plan(delivery, ends_at)
    finally:
        Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PLANNING).update(lease_until=None)


def a_plan_waits(now: datetime) -> bool:
    """Tells whether a delivery, of any workspace, is to be planned and no worker plans it."""
    return Delivery.objects.filter(_free(now), state=DeliveryState.PLANNING).exists()


def waits_for_sync(delivery: Delivery) -> bool:
    """Tells whether a plan cannot go on because Braze does not have somebody of its next chunk yet."""
    chunk = next_chunk(delivery)
    if chunk is None or delivery.frozen is None or not route_b.waits_for_sync(delivery):
        return False
    with transaction.atomic():
        read_candidates(chunk)
        return Candidate.objects.filter(sync_state=SyncState.PENDING).exists()


def _free(now: datetime) -> Q:
    """A condition on deliveries: no worker plans it."""
    return Q(lease_until=None) | Q(lease_until__lte=now)


def fail(delivery: Delivery, reason: str) -> None:
    """Ends a delivery of which nothing was handed over, with a reason that people read."""
    with transaction.atomic():
        delivery.batches.filter(state=BatchState.WAITING).update(state=BatchState.NOT_SENT)
        move_delivery(delivery, DeliveryState.FAILED, state_reason=reason[:500], settled_at=timezone.now())
        move_mailing(delivery.mailing, MailingState.FAILED, state_reason=reason[:500])
        record("delivery.failed", actor=None, group=delivery.mailing.group, target=delivery, reason=reason[:200])


def _plan(delivery: Delivery, ends_at: float | None) -> bool:
    audience = delivery.mailing.audience
    if audience is None:
        fail(delivery, _("The audience was removed."))
        return False
    if audience.is_counted_by_braze:
        _plan_broadcast(delivery)
    elif not _plan_people(delivery, ends_at):
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


def _plan_people(delivery: Delivery, ends_at: float | None) -> bool:
    """Freezes and judges; tells whether everybody was judged and the ledger adds up."""
    if delivery.frozen is None:
        freeze_membership(delivery)
    while _judge_chunk(delivery):
        look_at_what_has_grown()
        if ends_at is not None and time.monotonic() >= ends_at and next_chunk(delivery) is not None:
            return False
    if next_chunk(delivery) is not None:
        _give_up_waiting(delivery)
        return False
    return _adds_up(delivery)


def _judge_chunk(delivery: Delivery) -> bool:
    """Judges the next people of the frozen set into batches or exclusions; tells whether there were any.

    Stops before somebody whom Braze does not have yet: nobody is judged by what is not known.
    """
    with transaction.atomic():
        lock_delivery(delivery)
        if delivery.state != DeliveryState.PLANNING:
            raise StaleState
        chunk = next_chunk(delivery)
        if chunk is None:
            return False
        gone = read_candidates(chunk)
        waits = route_b.waits_for_sync(delivery)
        if waits and Candidate.objects.filter(sync_state=SyncState.PENDING).exists():
            return False
        number = Candidate.objects.count()
        judge(delivery)
        newest = Candidate.objects.filter(reason="").aggregate(newest=Max("first_synced_at"))["newest"]
        left_out = Counter(delivery.excluded) + Counter(fill(delivery)) + Counter({GONE: gone} if gone else {})
        Delivery.objects.filter(pk=delivery.pk).update(
            lease_until=timezone.now() + LEASE,
            judged=delivery.judged + number + gone,
            excluded=dict(left_out),
            batch_count=delivery.batches.count(),
            known_since=max(filter(None, (newest, delivery.known_since)), default=None),
        )
        chunk.delete()
        delivery.refresh_from_db()
    return True


def _give_up_waiting(delivery: Delivery) -> None:
    """Fails a delivery whose contacts Braze does not take.

    After a quarter of an hour, or when the time to stage runs out, whichever is later.
    """
    limit = delivery.waiting_since + LONGEST_WAIT_FOR_SYNC
    if delivery.go_at is not None:
        needed = timedelta(seconds=settings.SEND_LEAD_SECONDS + settings.SEND_MARGIN_SECONDS)
        limit = max(limit, delivery.go_at - needed)
    if timezone.now() > limit:
        fail(delivery, _("Braze did not take the contacts in time. Nothing was sent. Copy the mailing to try again."))


def _adds_up(delivery: Delivery) -> bool:
    """Checks the identity of the ledger, in people: frozen = recipients + exclusions; fails the delivery otherwise."""
    kept = delivery.recipients.count()
    left_out = delivery.exclusions.count() + delivery.excluded.get(GONE, 0)
    in_batches = sum(delivery.batches.values_list("size", flat=True))
    if delivery.frozen != kept + left_out or in_batches != kept:
        log.error(
            "delivery.does_not_add_up delivery=%s frozen=%s kept=%s excluded=%s in_batches=%s",
            delivery.pk,
            delivery.frozen,
            kept,
            left_out,
            in_batches,
        )
        fail(
            delivery,
            _("The count does not add up: %(frozen)s people, but %(recipients)s to mail and %(exclusions)s left out.")
            % {"frozen": delivery.frozen, "recipients": kept, "exclusions": left_out},
        )
        return False
    if kept == 0:
        fail(delivery, _("Nobody was left to mail: everybody in the audience is unsubscribed, refused or a duplicate."))
        return False
    return True


def _plan_broadcast(delivery: Delivery) -> None:
    """Makes the one batch that stands for everybody of an audience whom only Braze knows."""
    Batch.objects.get_or_create(delivery=delivery, number=1, defaults={"kind": BatchKind.BROADCAST})
    Delivery.objects.filter(pk=delivery.pk).update(batch_count=1)


def _set_times(delivery: Delivery) -> bool:
    """Fixes when the delivery goes and opens it for the workers; asks instead where its time was missed."""
    wanted = delivery.go_at or delivery.waiting_since + LONGEST_WAIT_FOR_SYNC
    if wanted + timedelta(minutes=settings.DUE_TOLERANCE_MINUTES) < timezone.now():
        _ask_instead(delivery, time_missed())
        return False
    by_braze = delivery.route == Route.TRIGGER
    earliest, latest = _span_of_zones(delivery)
    times = times_for(
        wanted=earliest or delivery.go_at,
        batches=delivery.batches.count(),
        share=share_of(delivery.workspace),
        now=timezone.now(),
        propagated_at=_propagated_at(delivery),
        is_wall_clock=delivery.in_local_time and not by_braze,
    )
    if times is None:
        fail(delivery, _("It is too late to send this by each recipient's clock: Braze needs more than 24 hours."))
        return False
    # Planning may have taken so long that the time slid into hours in which no mail goes out.
    if not delivery.in_local_time and (reason := reason_to_stop(delivery.mailing, go_at=times.go_at)):
        _ask_instead(delivery, reason)
        return False
    move_delivery(
        delivery,
        DeliveryState.SENDING if by_braze else DeliveryState.STAGING,
        # Somebody may have paused it meanwhile.
        start={DeliveryState.PLANNING},
        go_at=times.go_at,
        ends_at=latest,
        stage_by=times.stage_by,
        # Nothing of route B leaves before its time, so that all of it can be held back until then.
        undo_until=times.go_at if by_braze else times.undo_until,
    )
    return True


def _propagated_at(delivery: Delivery) -> datetime | None:
    """Gives when Braze surely knows everybody (B-TRK-18), counted from when it first heard of the newest of them."""
    if delivery.known_since is None or not route_b.waits_for_sync(delivery):
        return None
    return delivery.known_since + timedelta(seconds=settings.BRAZE_PROPAGATION_SECONDS)


def _ask_instead(delivery: Delivery, reason: str) -> None:
    """Holds a planned delivery for a person's decision; another run of this plan may have opened it long since."""
    with transaction.atomic():
        begin_withdrawal(delivery, then=MailingState.NEEDS_DECISION, reason=reason, start={DeliveryState.PLANNING})


def _span_of_zones(delivery: Delivery) -> tuple[datetime | None, datetime | None]:
    """Gives the first and the last moment of a mail that goes by the wall clock of its recipients."""
    if not delivery.in_local_time:
        return None, None
    if is_cut_by_zone(delivery):
        span = delivery.batches.aggregate(first=Min("due_at"), last=Max("due_at"))
        return span["first"], span["last"]
    return delivery.go_at, delivery.ends_at
