"""Cancelling, bringing back and moving a mailing that is on its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import Target
from campaigns.compose.content import render_mailing
from campaigns.delivery import nudges
from campaigns.delivery.local_time import demand_local_lead
from campaigns.delivery.settling import begin_withdrawal
from campaigns.delivery.timing import span_of_wall_clock
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.features import demand_scheduling
from campaigns.library.offering import demand_in_season
from campaigns.models import Delivery, DeliveryState, Mailing, MailingState, Review, ReviewState, Route
from campaigns.review.approval import demand_covered
from campaigns.review.queries import approval_of
from campaigns.rollouts.belonging import demand_stoppable
from campaigns.schedule.demands import demand_allowed_time
from campaigns.states import UNDER_WAY, lock_delivery, lock_mailing, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission

ON_ITS_WAY = frozenset({MailingState.SCHEDULED, MailingState.SENDING, MailingState.PAUSED, MailingState.NEEDS_DECISION})


def cancel(*, mailing: Mailing, actor: User) -> Mailing:
    """Stops a mailing before it goes out; what was staged is withdrawn, batch by batch.

    Raises `NotAllowed`, `StaleState` when it is not on its way, and `Refusal` once it is too late to withdraw it.
    """
    _demand_stopping(mailing, actor)
    return _withdraw(mailing, actor, then=MailingState.CANCELLED, reason=_("Cancelled by %(name)s.") % {"name": actor})


def edit_again(*, mailing: Mailing, actor: User) -> Mailing:
    """Brings a scheduled mailing back to draft: what was staged is withdrawn first, and its approval is void.

    Raises `NotAllowed`, and what `bring_back` raises.
    """
    _demand_stopping(mailing, actor)
    return bring_back(mailing=mailing, actor=actor, reason=_("Brought back by %(name)s.") % {"name": actor})


def bring_back(*, mailing: Mailing, actor: User, reason: str) -> Mailing:
    """Brings a scheduled mailing back to draft for `reason`. The caller has checked the right.

    Raises `StaleState` when it is not on its way, and `Refusal` once it is too late, or for one that has reached people
    before and goes to the rest of them: its content is fixed.
    """
    if mailing.deliveries.filter(state__in=UNDER_WAY, follows__isnull=False).exists():
        raise Refusal(_("Others have this email already, so it cannot be changed any more. Cancel it instead."))
    return _withdraw(mailing, actor, then=MailingState.DRAFT, reason=reason)


def reschedule(*, mailing: Mailing, send_at: datetime, actor: User) -> Mailing:
    """Moves a scheduled mailing to another time, content unchanged.

    An approval stays while the time lies in its window. Raises `NotAllowed`, `StaleState`, and `Refusal` for a time
    that is too near, outside the approved window or against the rules about time, and for a staged mail that names its
    day.
    """
    _demand_moving(mailing, actor)
    demand_stoppable(mailing, actor, is_move=True)
    demand_scheduling(mailing.group)
    send_at = send_at.replace(microsecond=0)
    soonest = timezone.now() + timedelta(seconds=settings.SEND_LEAD_SECONDS)
    if send_at < soonest:
        raise Refusal(_("This time is too near: everything must be handed to Braze before it. Choose a later time."))
    with transaction.atomic():
        lock_mailing(mailing)
        demand_covered(mailing, go_at=send_at)
        demand_in_season(mailing, go_at=send_at)
        demand_allowed_time(mailing, go_at=send_at, people=(actor,))
        delivery = mailing.deliveries.filter(state__in=UNDER_WAY).first()
        if mailing.in_local_time:
            demand_local_lead(send_at, mailing.group.time_zone, mailing.route)
        moved = Mailing.objects.filter(pk=mailing.pk, state=MailingState.SCHEDULED).update(send_at=send_at)
        if not moved:
            raise StaleState
        mailing.refresh_from_db()
        if delivery is not None:
            _move(delivery, mailing, send_at)
        record("mailing.rescheduled", actor=actor, group=mailing.group, target=mailing, at=str(send_at))
    return mailing


def _withdraw(mailing: Mailing, actor: User, *, then: MailingState, reason: str) -> Mailing:
    with transaction.atomic():
        lock_mailing(mailing)
        delivery = mailing.deliveries.filter(state__in=UNDER_WAY).first()
        if mailing.state not in ON_ITS_WAY:
            raise StaleState
        if delivery is None:
            move_mailing(mailing, then, start=ON_ITS_WAY, state_reason=reason)
        else:
            lock_delivery(delivery)
            if _is_too_late(delivery):
                raise Refusal(_("It is too late to stop this: Braze is sending, or about to."))
            begin_withdrawal(delivery, then=then, reason=reason)
            nudges.dispatch(delivery.workspace_id)
        Review.objects.filter(mailing=mailing, state=ReviewState.APPROVED).update(state=ReviewState.VOID)
        action = "mailing.cancelled" if then == MailingState.CANCELLED else "mailing.brought_back"
        record(action, actor=actor, group=mailing.group, target=mailing)
    mailing.refresh_from_db()
    return mailing


def _is_too_late(delivery: Delivery) -> bool:
    """A paused delivery of route B calls nothing more, so that the rest of it can always be held back."""
    if delivery.route == Route.TRIGGER and delivery.state == DeliveryState.PAUSED:
        return False
    return delivery.undo_until is not None and delivery.undo_until <= timezone.now()


def _demand_stopping(mailing: Mailing, actor: User) -> None:
    """Whoever may send or stop a group's mailings may stop one, and so may its author."""
    allowed = (
        may(actor, Permission.SEND_MAILINGS, mailing.group)
        or may(actor, Permission.STOP_MAILINGS, mailing.group)
        or (actor.pk == mailing.author_id and may(actor, Permission.EDIT_MAILINGS, mailing.group))
    )
    if not allowed:
        raise NotAllowed(_("You may not stop mailings of this group."))
    demand_stoppable(mailing, actor)


def _demand_moving(mailing: Mailing, actor: User) -> None:
    """Whoever may send may move; the author may, too, inside the window of an approval."""
    is_approved_author = actor.pk == mailing.author_id and approval_of(mailing) is not None
    if not may(actor, Permission.SEND_MAILINGS, mailing.group) and not is_approved_author:
        raise NotAllowed(_("You may not move mailings of this group."))


def _move(delivery: Delivery, mailing: Mailing, send_at: datetime) -> None:
    """Starts moving what is staged; what waits in the portal simply gets the new time."""
    lock_delivery(delivery)
    if delivery.undo_until is None or delivery.undo_until <= timezone.now():
        raise StaleState(_("This mailing is being handed to Braze, or going out, right now. Try again in a moment."))
    if delivery.message["html"] != render_mailing(mailing, Target.BRAZE).html:
        raise Refusal(
            _("The email names the day it goes out. Bring it back to draft, change the time and send it again.")
        )
    if delivery.in_local_time and delivery.route == Route.TRIGGER:
        raise Refusal(_("Its batches are cut by time zone. Bring it back to draft, change the time and send it again."))
    first, last = span_of_wall_clock(send_at, mailing.group.time_zone) if delivery.in_local_time else (send_at, None)
    if delivery.route == Route.TRIGGER and delivery.state == DeliveryState.SENDING:
        Delivery.objects.filter(pk=delivery.pk).update(go_at=send_at, undo_until=send_at, is_now=False)
    elif delivery.state == DeliveryState.STAGED and delivery.moved_to is None:
        Delivery.objects.filter(pk=delivery.pk).update(moved_to=first, ends_at=last, is_now=False)
    else:
        raise StaleState(_("This mailing is being handed to Braze, or going out, right now. Try again in a moment."))
    nudges.dispatch(delivery.workspace_id)
