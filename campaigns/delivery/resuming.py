"""Letting a paused delivery go on where it stopped."""

from __future__ import annotations

from django.utils import timezone

from campaigns.delivery import nudges
from campaigns.models import BatchState, Delivery, DeliveryState, MailingState, Route
from campaigns.schedule.demands import reason_to_stop
from campaigns.states import lock_delivery, move_delivery, move_mailing


def go_on(delivery: Delivery) -> None:
    """Moves a paused delivery back to where it was, and its mailing. Needs a transaction; raises `StaleState`.

    A refused call did nothing in Braze (contract, section 3.2), so it may be made again; its halves are judged anew.
    """
    lock_delivery(delivery)
    now = timezone.now()
    move_delivery(delivery, _goes_on_as(delivery), state_reason="", pause_cause="", waiting_since=now)
    delivery.batches.filter(state=BatchState.REFUSED).update(state=BatchState.WAITING, halved_from=None)
    delivery.batches.filter(state=BatchState.WAITING).update(not_before=None)
    # What is planned yet has not begun, however late it is: the plan asks, where the time was missed.
    has_begun = delivery.state == DeliveryState.SENDING and delivery.go_at is not None and delivery.go_at <= now
    move_mailing(delivery.mailing, MailingState.SENDING if has_begun else MailingState.SCHEDULED, state_reason="")
    nudges.plan(delivery)
    nudges.dispatch(delivery.workspace_id)


def reason_to_hold(delivery: Delivery) -> str:
    """Gives why a delivery that leaves call by call must not go on at this moment by itself; empty where it may.

    What goes by each recipient's clock was allowed for that clock.
    """
    now = timezone.now()
    leaves_now = delivery.route == Route.TRIGGER and delivery.go_at is not None and delivery.go_at <= now
    if not leaves_now or delivery.in_local_time:
        return ""
    return reason_to_stop(delivery.mailing, go_at=now, is_going_out=True)


def _goes_on_as(delivery: Delivery) -> DeliveryState:
    if delivery.stage_by is None:
        return DeliveryState.PLANNING
    return DeliveryState.SENDING if delivery.route == Route.TRIGGER else DeliveryState.STAGING
