"""Sending, cancelling, moving and resuming: what people do to a mailing that is on its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.freezing import freeze
from campaigns.delivery.settling import begin_withdrawal
from campaigns.errors import NotAllowed, NotReady, Refusal, StaleState
from campaigns.models import (
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    Review,
    ReviewState,
    Route,
)
from campaigns.preflight import check
from campaigns.review.policy import needs_approval
from campaigns.states import UNDER_WAY, move_delivery, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission


def send(*, mailing: Mailing, actor: User) -> Mailing:
    """Sends or schedules a draft without a review.

    Raises `NotAllowed` where a review is needed, `NotReady` when a check blocks, `StaleState` when it is no draft.
    """
    if needs_approval(mailing, actor):
        raise NotAllowed(_("This mailing needs approval. Submit it; an approver will see it at once."))
    if blocking := [finding for finding in check(mailing) if finding.blocks]:
        raise NotReady(_("This cannot be sent yet. Mend what the check lists."), blocking)
    with transaction.atomic():
        hand_over(mailing=mailing, actor=actor)
    return mailing


def hand_over(*, mailing: Mailing, actor: User) -> None:
    """Makes a mailing scheduled, and starts its delivery when its time is near. Needs a transaction.

    The caller has checked the right: an approval, or a policy that lets the sender pass.
    """
    move_mailing(mailing, MailingState.SCHEDULED, state_reason="")
    record("mailing.scheduled", actor=actor, group=mailing.group, target=mailing, at=str(mailing.send_at or "now"))
    if mailing.send_at is None or mailing.send_at <= timezone.now() + timedelta(hours=settings.STAGE_AHEAD_HOURS):
        start_delivery(mailing=mailing, actor=actor)


def start_delivery(*, mailing: Mailing, actor: User) -> Delivery:
    """Freezes a scheduled mailing and lets the workers plan it. Needs a transaction."""
    delivery = freeze(mailing, actor=actor)
    record("delivery.started", actor=actor, group=mailing.group, target=delivery, digest=delivery.digest)
    nudges.plan(delivery)
    return delivery


def cancel(*, mailing: Mailing, actor: User) -> Mailing:
    """Stops a mailing before it goes out; what was staged is withdrawn, batch by batch.

    Raises `NotAllowed`, and `Refusal` once it is too late to withdraw everything.
    """
    return _withdraw(mailing, actor, then=MailingState.CANCELLED, reason=_("Cancelled by %(name)s.") % {"name": actor})


def edit_again(*, mailing: Mailing, actor: User) -> Mailing:
    """Brings a scheduled mailing back to draft: what was staged is withdrawn first, and its approval is void."""
    return _withdraw(mailing, actor, then=MailingState.DRAFT, reason=_("Brought back by %(name)s.") % {"name": actor})


def reschedule(*, mailing: Mailing, send_at: datetime, actor: User) -> Mailing:
    """Moves a scheduled mailing to another time, content unchanged.

    An approval stays while the time lies in its window. Raises `NotAllowed`, `StaleState`, and `Refusal` for a time
    that is too near or outside the approved window.
    """
    _demand_control(mailing, actor)
    send_at = send_at.replace(microsecond=0)
    lead = timedelta(seconds=settings.SEND_LEAD_SECONDS)
    if send_at < timezone.now() + lead:
        raise Refusal(_("This time is too near: everything must be handed to Braze before it. Choose a later time."))
    approval = mailing.reviews.filter(state=ReviewState.APPROVED).order_by("-decided_at").first()
    if approval and not approval.window_from <= send_at <= approval.window_until:
        raise Refusal(
            _("The approval covers another time. Bring the mailing back to draft, change the time and submit it again.")
        )
    with transaction.atomic():
        delivery = mailing.deliveries.filter(state__in=UNDER_WAY).first()
        if delivery is not None:
            _move(delivery, send_at)
        moved = Mailing.objects.filter(pk=mailing.pk, state=MailingState.SCHEDULED).update(send_at=send_at)
        if not moved:
            raise StaleState
        mailing.refresh_from_db()
        record("mailing.rescheduled", actor=actor, group=mailing.group, target=mailing, at=str(send_at))
    return mailing


def resume(*, mailing: Mailing, actor: User) -> Mailing:
    """Goes on with a paused delivery, once a person has mended what stopped it."""
    if not may(actor, Permission.STOP_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not resume mailings of this group."))
    delivery = mailing.deliveries.filter(state=DeliveryState.PAUSED).first()
    if delivery is None:
        raise StaleState
    to = DeliveryState.SENDING if delivery.route == Route.TRIGGER else DeliveryState.STAGING
    if delivery.stage_by is None:
        to = DeliveryState.PLANNING
    with transaction.atomic():
        move_delivery(delivery, to, state_reason="")
        # A refused call did nothing in Braze (contract, section 3.2), so it may be made again once it was mended.
        delivery.batches.filter(state=BatchState.REFUSED).update(state=BatchState.WAITING)
        delivery.batches.filter(state=BatchState.WAITING).update(not_before=None)
        move_mailing(mailing, MailingState.SCHEDULED, state_reason="")
        record("delivery.resumed", actor=actor, group=mailing.group, target=delivery)
        nudges.plan(delivery)
        nudges.dispatch(delivery.workspace_id)
    return mailing


def send_late(*, mailing: Mailing, actor: User) -> Mailing:
    """Sends a mailing whose time passed while the system was down; a person decides that it is still right."""
    if not may(actor, Permission.SEND_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not send mailings of this group."))
    if mailing.state != MailingState.NEEDS_DECISION:
        raise StaleState
    with transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(send_at=None)
        mailing.refresh_from_db()
        hand_over(mailing=mailing, actor=actor)
    return mailing


def decide_batch(*, batch: Batch, as_sent: bool, actor: User) -> Batch:
    """Decides on an uncertain batch: count it as sent, or hand it over again; recorded.

    Handing over again is possible only while the delivery still goes; on route A only before its staging deadline.
    Raises `NotAllowed`, `StaleState`, `Refusal`.
    """
    group = batch.delivery.mailing.group
    if not may(actor, Permission.STOP_MAILINGS, group):
        raise NotAllowed(_("You may not decide on uncertain batches of this group."))
    delivery = batch.delivery
    if not as_sent and delivery.state not in (DeliveryState.STAGING, DeliveryState.SENDING, DeliveryState.PAUSED):
        raise Refusal(_("This delivery is over, so its batches cannot be sent again. Count the batch as sent."))
    to = BatchState.ACCEPTED if as_sent else BatchState.WAITING
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state=BatchState.UNCERTAIN).update(state=to, not_before=None):
            raise StaleState
        batch.refresh_from_db()
        record("batch.decided", actor=actor, group=group, target=batch, number=batch.number, outcome=str(to))
        still_open = delivery.batches.filter(state__in=(BatchState.UNCERTAIN, BatchState.REFUSED)).exists()
        if delivery.state == DeliveryState.SETTLED and not still_open:
            move_mailing(delivery.mailing, MailingState.SENT)
        nudges.dispatch(delivery.workspace_id)
    return batch


def _withdraw(mailing: Mailing, actor: User, *, then: MailingState, reason: str) -> Mailing:
    _demand_control(mailing, actor)
    with transaction.atomic():
        delivery = mailing.deliveries.filter(state__in=UNDER_WAY).first()
        if delivery is None:
            move_mailing(mailing, then, state_reason=reason)
        else:
            if delivery.undo_until is not None and delivery.undo_until <= timezone.now():
                raise Refusal(_("It is too late to stop this: Braze is sending, or about to."))
            begin_withdrawal(delivery, then=then, reason=reason)
            nudges.dispatch(delivery.workspace_id)
        Review.objects.filter(mailing=mailing, state=ReviewState.APPROVED).update(state=ReviewState.VOID)
        action = "mailing.cancelled" if then == MailingState.CANCELLED else "mailing.brought_back"
        record(action, actor=actor, group=mailing.group, target=mailing)
    mailing.refresh_from_db()
    return mailing


def _demand_control(mailing: Mailing, actor: User) -> None:
    """Whoever may send a group's mailings may stop and move them, and so may the author of this one."""
    allowed = (
        may(actor, Permission.SEND_MAILINGS, mailing.group)
        or may(actor, Permission.STOP_MAILINGS, mailing.group)
        or (actor.pk == mailing.author_id and may(actor, Permission.EDIT_MAILINGS, mailing.group))
    )
    if not allowed:
        raise NotAllowed(_("You may not stop or move mailings of this group."))


def _move(delivery: Delivery, send_at: datetime) -> None:
    """Starts moving what is staged; what is not staged yet simply gets the new time."""
    if delivery.route == Route.TRIGGER and delivery.state == DeliveryState.SENDING:
        changed = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, go_at__gt=timezone.now()).update(
            go_at=send_at, undo_until=send_at
        )
    else:
        changed = Delivery.objects.filter(
            pk=delivery.pk, state=DeliveryState.STAGED, undo_until__gt=timezone.now(), moved_to=None
        ).update(moved_to=send_at, is_now=False)
    if not changed:
        raise StaleState(_("This mailing is being handed to Braze, or going out, right now. Try again in a moment."))
    nudges.dispatch(delivery.workspace_id)
