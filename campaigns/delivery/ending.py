"""Ending a mailing for good wherever it stands, as recalling a template and closing a group do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.control import ON_ITS_WAY
from campaigns.delivery.settling import begin_withdrawal
from campaigns.errors import StaleState
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
from campaigns.states import UNDECIDED, UNDER_WAY, lock_delivery, lock_mailing, move_mailing
from groups.audit import record
from groups.models import User

EndingAction = Literal["mailing.recalled", "mailing.group_closed", "mailing.rollout_cancelled"]
WENT: Final = (MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS, MailingState.STOPPED)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one mailing: stopped before anybody got it, stopped in the middle, or gone already."""

    mailing: Mailing
    outcome: str
    people_reached: int


def end(mailing: Mailing, told: str, *, action: EndingAction, actor: User | None) -> Ended:
    """Ends a mailing in a transaction of its own.

    What waits for approval is a draft again, what is scheduled is cancelled and withdrawn as far as there is time, what
    goes out in calls is stopped. `told` is the sentence that its people read, `action` the name of the event.
    """
    try:
        with transaction.atomic():
            outcome = _end(mailing, told, action, actor)
    except StaleState:
        outcome = _("It went out meanwhile.")
    reached = _people(mailing.deliveries.all(), BatchState.ACCEPTED) if mailing.state in WENT else 0
    return Ended(mailing, outcome, reached)


def _end(mailing: Mailing, told: str, action: EndingAction, actor: User | None) -> str:
    lock_mailing(mailing)
    if mailing.state in WENT:
        return _("It had gone out before.")
    Review.objects.filter(mailing=mailing, state__in=(ReviewState.OPEN, ReviewState.APPROVED)).update(
        state=ReviewState.VOID
    )
    record(action, actor=actor, group=mailing.group, target=mailing)
    if mailing.state in UNDECIDED:
        move_mailing(mailing, MailingState.DRAFT, state_reason=told[:500])
        return _("Its approval is void; it is a draft again.")
    delivery = mailing.deliveries.filter(state__in=UNDER_WAY).first()
    if delivery is None:
        move_mailing(mailing, MailingState.CANCELLED, start=ON_ITS_WAY, state_reason=told[:500])
        return _("It was waiting for its time and is cancelled.")
    return _withdraw(delivery, told)


def _withdraw(delivery: Delivery, reason: str) -> str:
    lock_delivery(delivery)
    if delivery.state == DeliveryState.WITHDRAWING:
        return _("It is being withdrawn already.")
    has_begun = delivery.go_at is not None and delivery.go_at <= timezone.now()
    if has_begun and delivery.route == Route.SCHEDULE:
        raise StaleState
    then = MailingState.STOPPED if has_begun else MailingState.CANCELLED
    begin_withdrawal(delivery, then=then, reason=reason)
    nudges.dispatch(delivery.workspace_id)
    if has_begun:
        return _("It was going out and is stopped.")
    return _("It is cancelled; what Braze has of it is being withdrawn.")


def _people(deliveries: Iterable[Delivery], state: BatchState) -> int:
    people = Batch.objects.filter(delivery__in=deliveries, state=state).aggregate(people=Sum("size"))["people"]
    return people or 0
