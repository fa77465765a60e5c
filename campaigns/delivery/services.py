"""Sending: from a mailing that may go to a delivery that the workers plan."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.freezing import demand_real, freeze, freeze_again
from campaigns.delivery.timing import hands_over_at
from campaigns.errors import NotAllowed, NotReady, Refusal
from campaigns.halts import demand_no_halt
from campaigns.models import Delivery, Mailing, MailingState
from campaigns.preflight import check
from campaigns.review.policy import needs_approval
from campaigns.rollouts.belonging import demand_own_way, is_held
from campaigns.schedule.demands import demand_allowed_time
from campaigns.schedule.overruling import people_behind
from campaigns.schedule.wishes import expected_at
from campaigns.states import move_mailing
from groups.audit import record
from groups.keeping import standing
from groups.models import User


def send(*, mailing: Mailing, actor: User) -> Mailing:
    """Sends or schedules a draft without a review.

    Raises `Refusal` for practice, `NotAllowed` where a review is needed, `NotReady` when a check blocks, and
    `StaleState` when it is no draft or was edited since `mailing` was read.
    """
    demand_real(mailing)
    demand_own_way(mailing)
    if needs_approval(mailing, actor):
        raise NotAllowed(_("This mailing needs approval. Submit it; an approver will see it at once."))
    if blocking := [finding for finding in check(mailing, actor=actor) if finding.blocks]:
        raise NotReady(_("This cannot be sent yet. Mend what the check lists."), blocking)
    with transaction.atomic():
        hand_over(mailing=mailing, actor=actor, start=MailingState.DRAFT, revision=mailing.revision)
    return mailing


def hand_over(*, mailing: Mailing, actor: User, start: MailingState, revision: int | None = None) -> None:
    """Makes a mailing scheduled, and starts its delivery when its time is near. Needs a transaction.

    The caller has checked the right: an approval, or a policy that lets the sender pass. `start` is the state that the
    mailing must be in, `revision` the edit that was checked. Raises `StaleState`, and `Refusal` for practice and where
    the time is by now against the rules.
    """
    demand_real(mailing)
    people = people_behind(mailing, actor)
    move_mailing(mailing, MailingState.SCHEDULED, start={start}, revision=revision, state_reason="")
    demand_allowed_time(mailing, go_at=expected_at(mailing), people=people)
    record("mailing.scheduled", actor=actor, group=mailing.group, target=mailing, at=str(mailing.send_at or "now"))
    if is_time_to_start(mailing, timezone.now()):
        start_delivery(mailing=mailing, actor=actor)


def is_time_to_start(mailing: Mailing, now: datetime) -> bool:
    """Tells whether the delivery of a scheduled mailing starts now; until then only its row holds it."""
    if is_held(mailing):
        return False
    if mailing.send_at is None:
        return True
    starts_at = hands_over_at(mailing.send_at, mailing.group.time_zone, in_local_time=mailing.in_local_time)
    return starts_at <= now


def start_delivery(*, mailing: Mailing, actor: User, follows: Delivery | None = None) -> Delivery:
    """Freezes a scheduled mailing and lets the workers plan it; `follows` is a delivery whose rest it reaches.

    Needs a transaction. Raises `Refusal` while sending is stopped for the group, while the brand forgets its contacts,
    and as `freeze` does.
    """
    demand_no_halt(mailing.group)
    if standing.hold(mailing.group.brand):
        raise Refusal(standing.sentence())
    delivery = freeze(mailing, actor=actor) if follows is None else freeze_again(follows, actor=actor)
    record("delivery.started", actor=actor, group=mailing.group, target=delivery, digest=delivery.digest)
    nudges.plan(delivery)
    return delivery
