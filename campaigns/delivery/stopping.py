"""Pausing and stopping a delivery by hand (M24)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges, outcomes
from campaigns.delivery.settling import begin_withdrawal
from campaigns.errors import NotAllowed, StaleState
from campaigns.models import Delivery, DeliveryState, Mailing, MailingState, PauseCause, Route
from campaigns.states import lock_delivery
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission

CAN_BE_PAUSED = (DeliveryState.PLANNING, DeliveryState.STAGING, DeliveryState.SENDING)


def pause(*, mailing: Mailing, actor: User) -> Mailing:
    """Holds a delivery: calls that are in flight end, no further one is made until somebody resumes it.

    Staging that is held too long misses its deadline, and then everything is withdrawn. Raises `NotAllowed` and
    `StaleState`.
    """
    _demand(actor, mailing)
    with transaction.atomic():
        delivery = _under_way(mailing)
        if delivery.state not in CAN_BE_PAUSED:
            raise StaleState
        reason = _("Paused by %(name)s.") % {"name": actor}
        outcomes.pause(delivery, reason, cause=PauseCause.PERSON)
    mailing.refresh_from_db()
    return mailing


def stop(*, mailing: Mailing, actor: User) -> Mailing:
    """Ends a delivery that is going out in calls (route B): who was not called yet gets nothing.

    What Braze took stays taken; who got it and who did not is known. Raises `NotAllowed` and `StaleState`.
    """
    _demand(actor, mailing)
    with transaction.atomic():
        delivery = _under_way(mailing)
        if not can_be_stopped(delivery):
            raise StaleState
        reason = _("Stopped by %(name)s.") % {"name": actor}
        begin_withdrawal(delivery, then=MailingState.STOPPED, reason=reason)
        record("mailing.stopped", actor=actor, group=mailing.group, target=mailing)
        nudges.dispatch(delivery.workspace_id)
    mailing.refresh_from_db()
    return mailing


def can_be_stopped(delivery: Delivery) -> bool:
    """Tells whether calls are being made that can be stopped; before the go time a mailing is cancelled instead."""
    has_begun = delivery.go_at is not None and delivery.go_at <= timezone.now()
    return (
        delivery.route == Route.TRIGGER
        and delivery.state in (DeliveryState.SENDING, DeliveryState.PAUSED)
        and has_begun
    )


def _demand(actor: User, mailing: Mailing) -> None:
    if not may(actor, Permission.STOP_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not stop mailings of this group."))


def _under_way(mailing: Mailing) -> Delivery:
    delivery = mailing.deliveries.filter(state__in=(*CAN_BE_PAUSED, DeliveryState.PAUSED)).first()
    if delivery is None:
        raise StaleState
    lock_delivery(delivery)
    return delivery
