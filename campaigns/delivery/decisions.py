"""What only a person can decide: going on after a pause, sending late, and what became of an uncertain batch."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.resuming import go_on
from campaigns.delivery.services import start_delivery
from campaigns.delivery.settling import UNCERTAIN, has_open_questions
from campaigns.errors import NotAllowed, NotReady, StaleState
from campaigns.halts import demand_no_halt
from campaigns.library.offering import demand_in_season
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Route
from campaigns.preflight import check
from campaigns.review.approval import demand_covered
from campaigns.review.policy import needs_approval
from campaigns.review.queries import approval_of
from campaigns.schedule.demands import demand_open_moment
from campaigns.states import lock_delivery, lock_mailing, move_delivery, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission


def resume(*, mailing: Mailing, actor: User) -> Mailing:
    """Goes on with a paused delivery, once a person has mended what stopped it, or wants it to go on.

    What the breaker paused goes on by itself when Braze answers again, and what a halt stopped once that is lifted.
    Raises `NotAllowed`, `StaleState`, and `Refusal` while sending is stopped for the group, and where mail would leave
    at a moment at which none may.
    """
    if not may(actor, Permission.STOP_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not resume mailings of this group."))
    demand_no_halt(mailing.group)
    with transaction.atomic():
        delivery = mailing.deliveries.filter(state=DeliveryState.PAUSED).first()
        if delivery is None:
            raise StaleState
        now = timezone.now()
        if delivery.route == Route.TRIGGER and delivery.go_at is not None and delivery.go_at <= now:
            demand_in_season(mailing, go_at=now)
            demand_open_moment(mailing, go_at=now, actor=actor)
        go_on(delivery)
        record("mailing.resumed", actor=actor, group=mailing.group, target=mailing)
    mailing.refresh_from_db()
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


def decide_batch(*, batch: Batch, as_sent: bool, actor: User | None) -> Batch:
    """Decides on an uncertain batch: count it as sent, or as not sent, so that its people get the mail; recorded.

    Not sent means handed over again: on route A until the staging deadline, on route B until the delivery is over.
    Later its people count as not reached, and *Send to the rest* reaches them. `actor` is None for the operator's
    command. Raises `NotAllowed`, `StaleState`.
    """
    group = batch.delivery.mailing.group
    if actor is not None and not may(actor, Permission.STOP_MAILINGS, group):
        raise NotAllowed(_("You may not decide on uncertain batches of this group."))
    with transaction.atomic():
        delivery = batch.delivery
        lock_delivery(delivery)
        to = BatchState.ACCEPTED if as_sent else _again(delivery)
        from_states = UNCERTAIN if as_sent or to == BatchState.NOT_SENT else (BatchState.UNCERTAIN,)
        if not Batch.objects.filter(pk=batch.pk, state__in=from_states).update(
            state=to, not_before=None, halved_from=None
        ):
            raise StaleState
        batch.refresh_from_db()
        record("batch.decided", actor=actor, group=group, target=batch, number=batch.number, outcome=str(to))
        if to == BatchState.WAITING:
            if delivery.state == DeliveryState.STAGED:
                move_delivery(delivery, DeliveryState.STAGING)
            nudges.dispatch(delivery.workspace_id)
        else:
            _close_questions(delivery)
    return batch


def _again(delivery: Delivery) -> BatchState:
    """Gives what becomes of a batch that counts as not sent: it is called again where there is still time."""
    is_in_time = (
        delivery.state == DeliveryState.SENDING
        if delivery.route == Route.TRIGGER
        else delivery.state in (DeliveryState.STAGING, DeliveryState.STAGED, DeliveryState.PAUSED)
        and delivery.stage_by is not None
        and delivery.stage_by > timezone.now()
    )
    is_paused = delivery.route == Route.TRIGGER and delivery.state == DeliveryState.PAUSED
    return BatchState.WAITING if is_in_time or is_paused else BatchState.NOT_SENT


def _close_questions(delivery: Delivery) -> None:
    if not has_open_questions(delivery) and delivery.mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS:
        move_mailing(delivery.mailing, MailingState.SENT)
