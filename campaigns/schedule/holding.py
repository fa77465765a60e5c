"""Holding back what is on its way to Braze, or there already, to a time that has been forbidden since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from campaigns.delivery import nudges
from campaigns.delivery.settling import begin_withdrawal
from campaigns.models import Delivery, DeliveryState, MailingState
from campaigns.schedule.demands import reason_to_stop
from campaigns.states import DELIVERY_MOVES, lock_delivery
from groups.audit import record
from groups.models import Group, User

_WAITING = (MailingState.SCHEDULED, MailingState.PAUSED)
_CAN_BE_HELD = DELIVERY_MOVES[DeliveryState.WITHDRAWING]


@dataclass(frozen=True, slots=True)
class Held:
    """How many mailings were called back to wait for a decision, and for how many it was too late."""

    mailings: int = 0
    too_late: int = 0


def hold_back(group: Group, *, actor: User) -> Held:
    """Calls back the mailings of a group, and of those below it, whose time is forbidden by now. Needs a transaction
    that has begun with `lock_times`.

    The sweep asks a mailing once, a day before its time, when it is handed over; this is for rules that come later.
    What was scheduled by somebody who may overrule goes out.
    """
    held = too_late = 0
    under_way = Delivery.objects.filter(
        state__in=_CAN_BE_HELD, mailing__state__in=_WAITING, mailing__group__paths_up__ancestor=group
    )
    for delivery in under_way.select_related("mailing__group__brand", "mailing__author").order_by("pk"):
        lock_delivery(delivery)
        now = timezone.now()
        go_at = _goes_at(delivery, now)
        if delivery.state not in _CAN_BE_HELD or delivery.mailing.state not in _WAITING or go_at <= now:
            continue
        reason = reason_to_stop(delivery.mailing, go_at=go_at)
        if not reason:
            continue
        if delivery.undo_until is not None and delivery.undo_until <= now:
            too_late += 1
            continue
        begin_withdrawal(delivery, then=MailingState.NEEDS_DECISION, reason=reason)
        record("mailing.held_back", actor=actor, group=delivery.mailing.group, target=delivery.mailing)
        nudges.dispatch(delivery.workspace_id)
        held += 1
    return Held(held, too_late)


def _goes_at(delivery: Delivery, now: datetime) -> datetime:
    """Gives when a delivery goes out; one that goes now and is not planned yet goes after the lead."""
    return delivery.moved_to or delivery.go_at or now + timedelta(seconds=settings.SEND_LEAD_SECONDS)
