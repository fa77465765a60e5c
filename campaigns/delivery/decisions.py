"""What only a person can decide: going on after a pause, sending late, and what became of an uncertain batch."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.services import start_delivery
from campaigns.delivery.settling import OPEN_QUESTIONS, UNCERTAIN
from campaigns.errors import NotAllowed, NotReady, Refusal, StaleState
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Route
from campaigns.preflight import check
from campaigns.review.approval import demand_covered
from campaigns.review.policy import needs_approval
from campaigns.review.queries import approval_of
from campaigns.states import lock_delivery, lock_mailing, move_delivery, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission


def resume(*, mailing: Mailing, actor: User) -> Mailing:
    """Goes on with a paused delivery, once a person has mended what stopped it."""
    if not may(actor, Permission.STOP_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not resume mailings of this group."))
    with transaction.atomic():
        delivery = mailing.deliveries.filter(state=DeliveryState.PAUSED).first()
        if delivery is None:
            raise StaleState
        lock_delivery(delivery)
        now = timezone.now()
        move_delivery(delivery, _goes_on_as(delivery), state_reason="", waiting_since=now)
        # A refused call did nothing in Braze (contract, section 3.2), so it may be made again once it was mended.
        delivery.batches.filter(state=BatchState.REFUSED).update(state=BatchState.WAITING)
        delivery.batches.filter(state=BatchState.WAITING).update(not_before=None)
        has_begun = delivery.route == Route.TRIGGER and delivery.go_at is not None and delivery.go_at <= now
        move_mailing(mailing, MailingState.SENDING if has_begun else MailingState.SCHEDULED, state_reason="")
        record("delivery.resumed", actor=actor, group=mailing.group, target=delivery)
        nudges.plan(delivery)
        nudges.dispatch(delivery.workspace_id)
    return mailing


def send_late(*, mailing: Mailing, actor: User) -> Mailing:
    """Sends a mailing whose time passed while the system was down; a person decides that it is still right.

    Raises `NotAllowed`, `StaleState`, `ApprovalVoid` when its approval does not cover this content or this moment, and
    `NotReady` when a check blocks.
    """
    if not may(actor, Permission.SEND_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not send mailings of this group."))
    with transaction.atomic():
        lock_mailing(mailing)
        if mailing.state != MailingState.NEEDS_DECISION:
            raise StaleState
        if approval_of(mailing) is None and needs_approval(mailing, actor):
            raise NotAllowed(_("This mailing needs approval. Bring it back to draft and submit it."))
        demand_covered(mailing, go_at=timezone.now())
        Mailing.objects.filter(pk=mailing.pk).update(send_at=None)
        mailing.refresh_from_db()
        if blocking := [finding for finding in check(mailing, actor=actor) if finding.blocks]:
            raise NotReady(_("This cannot be sent yet. Mend what the check lists."), blocking)
        move_mailing(mailing, MailingState.SCHEDULED, start={MailingState.NEEDS_DECISION}, state_reason="")
        record("mailing.sent_late", actor=actor, group=mailing.group, target=mailing)
        start_delivery(mailing=mailing, actor=actor)
    return mailing


def decide_batch(*, batch: Batch, as_sent: bool, actor: User) -> Batch:
    """Decides on an uncertain batch: count it as sent, or hand it over again; recorded.

    Handing over again is possible on route A until the staging deadline, on route B at any time. Raises `NotAllowed`,
    `StaleState`, `Refusal`.
    """
    group = batch.delivery.mailing.group
    if not may(actor, Permission.STOP_MAILINGS, group):
        raise NotAllowed(_("You may not decide on uncertain batches of this group."))
    with transaction.atomic():
        delivery = batch.delivery
        lock_delivery(delivery)
        to = BatchState.ACCEPTED if as_sent else BatchState.WAITING
        from_states = UNCERTAIN if as_sent else (BatchState.UNCERTAIN,)
        if not Batch.objects.filter(pk=batch.pk, state__in=from_states).update(state=to, not_before=None):
            raise StaleState
        batch.refresh_from_db()
        record("batch.decided", actor=actor, group=group, target=batch, number=batch.number, outcome=str(to))
        if as_sent:
            _close_questions(delivery)
        else:
            _reopen(delivery)
    return batch


def _goes_on_as(delivery: Delivery) -> DeliveryState:
    if delivery.stage_by is None:
        return DeliveryState.PLANNING
    return DeliveryState.SENDING if delivery.route == Route.TRIGGER else DeliveryState.STAGING


def _close_questions(delivery: Delivery) -> None:
    is_answered = not delivery.batches.filter(state__in=OPEN_QUESTIONS).exists()
    if is_answered and delivery.mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS:
        move_mailing(delivery.mailing, MailingState.SENT)


def _reopen(delivery: Delivery) -> None:
    """Lets a delivery call again for a batch that is to be handed over once more."""
    if delivery.route == Route.TRIGGER:
        if delivery.state == DeliveryState.SETTLED:
            move_delivery(delivery, DeliveryState.SENDING)
            move_mailing(delivery.mailing, MailingState.SENDING)
    elif delivery.stage_by is None or delivery.stage_by <= timezone.now():
        raise Refusal(_("It is too late to hand this batch over again. Count it as sent, or write to its people anew."))
    elif delivery.state == DeliveryState.STAGED:
        move_delivery(delivery, DeliveryState.STAGING)
    nudges.dispatch(delivery.workspace_id)
