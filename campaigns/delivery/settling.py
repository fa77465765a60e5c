"""Settling: looking at a delivery's batches and moving it, and its mailing, to where they have brought it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery.claiming import misplaced
from campaigns.models import Batch, BatchKind, BatchState, Delivery, DeliveryState, MailingState, Route
from campaigns.states import lock_delivery, move_delivery, move_mailing
from groups.audit import record

OPEN = (BatchState.WAITING, BatchState.CALLING, BatchState.UPDATING, BatchState.WITHDRAWING)
UNCERTAIN = (BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN)
# Braze never had the mail of these, or has given it back.
NOT_REACHED = (BatchState.REFUSED, BatchState.NOT_SENT, BatchState.WITHDRAWN)


def settle(delivery: Delivery) -> None:
    """Moves a delivery on as far as its batches allow; doing it twice changes nothing. Raises `StaleState`."""
    with transaction.atomic():
        lock_delivery(delivery)
        match delivery.state:
            case DeliveryState.STAGING:
                _settle_staging(delivery)
            case DeliveryState.PAUSED:
                _miss_deadline(delivery)
            case DeliveryState.STAGED:
                _settle_staged(delivery)
            case DeliveryState.SENDING:
                _settle_sending(delivery)
            case DeliveryState.WITHDRAWING:
                _settle_withdrawing(delivery)


def time_missed() -> str:
    """Gives the sentence for a time that passed while nobody could work."""
    return _("Its time passed while the portal was down. Decide whether it still goes out.")


def begin_withdrawal(
    delivery: Delivery, *, then: MailingState, reason: str, start: Collection[DeliveryState] | None = None
) -> None:
    """Calls back everything that was staged; the mailing goes to `then` once it is done. Needs a transaction.

    `start` narrows the states from which this event makes sense; raises `StaleState` in any other.
    A delivery to the rest leaves behind a mailing that has reached others before, whatever becomes of it.
    """
    if delivery.follows_id is not None and then != MailingState.STOPPED:
        then = MailingState.SENT_WITH_OPEN_QUESTIONS
    move_delivery(
        delivery,
        DeliveryState.WITHDRAWING,
        start=start,
        after_withdrawal=then,
        moved_to=None,
        state_reason=reason[:500],
    )
    delivery.batches.filter(state=BatchState.WAITING).update(state=BatchState.NOT_SENT)
    delivery.batches.filter(state=BatchState.ACCEPTED).update(not_before=None)


def _settle_staging(delivery: Delivery) -> None:
    if not delivery.batches.filter(state__in=OPEN).exists():
        move_delivery(delivery, DeliveryState.STAGED)
    else:
        _miss_deadline(delivery)


def _miss_deadline(delivery: Delivery) -> None:
    """Withdraws everything when staging misses its deadline, so that nothing goes out in part (design.md, 4)."""
    if delivery.route != Route.SCHEDULE or delivery.stage_by is None or timezone.now() < delivery.stage_by:
        return
    reason = delivery.state_reason or _("Not everything could be handed to Braze in time, so all of it was withdrawn.")
    with transaction.atomic():
        begin_withdrawal(delivery, then=MailingState.FAILED, reason=reason)
        record("delivery.deadline_missed", actor=None, group=delivery.mailing.group, target=delivery)


def _settle_staged(delivery: Delivery) -> None:
    now = timezone.now()
    if delivery.moved_to is not None:
        _settle_move(delivery)
        if (
            delivery.moved_to is not None
            and delivery.go_at is not None
            and max(delivery.moved_to, delivery.go_at) <= now
        ):
            _give_up_move(delivery)
    elif delivery.go_at is not None and delivery.go_at <= now:
        # What Braze has for another time, or should have given back, can no longer be mended.
        lost = misplaced() | Q(state__in=(BatchState.UPDATING, BatchState.WITHDRAWING))
        recalled = Q(state=BatchState.ACCEPTED, is_recalled=True)
        delivery.batches.filter(lost | recalled).update(state=BatchState.WITHDRAWAL_UNCERTAIN)
        _finish(delivery)


def _settle_move(delivery: Delivery) -> None:
    """Makes the new time the delivery's own once every batch stands at it."""
    elsewhere = delivery.batches.filter(misplaced() | Q(state=BatchState.UPDATING))
    if delivery.moved_to is None or delivery.go_at is None or elsewhere.exists():
        return
    shift = delivery.moved_to - delivery.go_at
    moved = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.STAGED, moved_to=delivery.moved_to).update(
        go_at=delivery.moved_to,
        stage_by=delivery.stage_by + shift if delivery.stage_by else None,
        undo_until=delivery.undo_until + shift if delivery.undo_until else None,
        moved_to=None,
    )
    if moved:
        delivery.refresh_from_db()


def _give_up_move(delivery: Delivery) -> None:
    """Ends a move that was not finished before both times had passed: each batch went out at the one where it stood."""
    reason = _("Braze could not move every batch in time, so some went out at the old time and some at the new one.")
    Delivery.objects.filter(pk=delivery.pk).update(moved_to=None, state_reason=reason)
    delivery.batches.filter(state=BatchState.UPDATING).update(state=BatchState.ACCEPTED, lease_until=None)
    lost = Q(state=BatchState.WITHDRAWING) | Q(state=BatchState.ACCEPTED, is_recalled=True)
    delivery.batches.filter(lost).update(state=BatchState.WITHDRAWAL_UNCERTAIN)
    _finish(delivery)


def _settle_sending(delivery: Delivery) -> None:
    if delivery.go_at is None or delivery.go_at > timezone.now():
        return
    if delivery.mailing.state == MailingState.SCHEDULED:
        if delivery.go_at + timedelta(minutes=settings.DUE_TOLERANCE_MINUTES) < timezone.now():
            begin_withdrawal(delivery, then=MailingState.NEEDS_DECISION, reason=time_missed())
            return
        move_mailing(delivery.mailing, MailingState.SENDING)
    if not delivery.batches.filter(state__in=OPEN).exists():
        _finish(delivery)


def _finish(delivery: Delivery) -> None:
    to = MailingState.SENT_WITH_OPEN_QUESTIONS if has_open_questions(delivery) else MailingState.SENT
    with transaction.atomic():
        move_delivery(delivery, DeliveryState.SETTLED, settled_at=timezone.now())
        move_mailing(delivery.mailing, to, state_reason="")
        record(
            "delivery.settled",
            actor=None,
            group=delivery.mailing.group,
            target=delivery,
            accepted=_people(delivery, BatchState.ACCEPTED),
            refused=_people(delivery, BatchState.REFUSED),
            uncertain=_people(delivery, BatchState.UNCERTAIN),
        )


def has_open_questions(delivery: Delivery) -> bool:
    """Tells whether somebody may not have got the mail, of this delivery or of those that it follows."""
    link: Delivery | None = delivery
    while link is not None:
        if link.batches.filter(state__in=UNCERTAIN).exists():
            return True
        link = link.follows
    missed = delivery.batches.filter(Q(size__gt=0) | Q(kind=BatchKind.BROADCAST), state__in=NOT_REACHED)
    return missed.exists() or delivery.recipients.filter(outcome=BatchState.REFUSED).exists()


def _settle_withdrawing(delivery: Delivery) -> None:
    # A call that was in flight may have come back untaken, and a batch that a person counted as sent has no handle.
    delivery.batches.filter(state=BatchState.WAITING).update(state=BatchState.NOT_SENT)
    if delivery.route == Route.SCHEDULE:
        delivery.batches.filter(state=BatchState.ACCEPTED, schedule_id="").update(state=BatchState.WITHDRAWAL_UNCERTAIN)
    still_staged = (BatchState.ACCEPTED,) if delivery.route == Route.SCHEDULE else ()
    if delivery.batches.filter(state__in=(*OPEN, *still_staged)).exists():
        return
    with transaction.atomic():
        move_delivery(delivery, DeliveryState.WITHDRAWN, settled_at=timezone.now())
        then = MailingState(delivery.after_withdrawal or MailingState.CANCELLED)
        move_mailing(delivery.mailing, then, state_reason=_after_withdrawal(delivery)[:500])
        record(
            "delivery.withdrawn",
            actor=None,
            group=delivery.mailing.group,
            target=delivery,
            withdrawn=_people(delivery, BatchState.WITHDRAWN),
            uncertain=_people(delivery, *UNCERTAIN),
        )


def _after_withdrawal(delivery: Delivery) -> str:
    """Names the people who may still get the mail, if there are any."""
    gone = (BatchState.ACCEPTED,) if delivery.route == Route.TRIGGER else ()
    uncertain = _people(delivery, *UNCERTAIN, *gone)
    if not uncertain:
        return delivery.state_reason
    if gone and not _people(delivery, *UNCERTAIN):
        return _("%(count)s people had it already. %(reason)s") % {"count": uncertain, "reason": delivery.state_reason}
    return _("%(count)s people may still get this mail, because Braze did not confirm. %(reason)s") % {
        "count": uncertain,
        "reason": delivery.state_reason,
    }


def _people(delivery: Delivery, *states: BatchState) -> int:
    return Batch.objects.filter(delivery=delivery, state__in=states).aggregate(people=Sum("size"))["people"] or 0
