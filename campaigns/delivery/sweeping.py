"""The sweep: finds in the rows whatever a lost message, a killed worker or the clock has left to do."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import ValuesRefused
from campaigns.delivery import nudges
from campaigns.delivery.claiming import misplaced
from campaigns.delivery.nudges import is_running
from campaigns.delivery.restaging import recall_suppressed, stage_again
from campaigns.delivery.services import start_delivery
from campaigns.delivery.settling import settle, time_missed
from campaigns.errors import Refusal, StaleState
from campaigns.library.offering import demand_in_season
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Review, ReviewState
from campaigns.review.approval import ApprovalVoid, demand_covered
from campaigns.review.queries import approval_of
from campaigns.rules.queries import demand_unrestricted
from campaigns.schedule.demands import demand_still_allowed_time
from campaigns.states import UNDER_WAY, lock_mailing, move_mailing
from groups.audit import record

log = logging.getLogger(__name__)


def sweep() -> None:
    """Recovers stale leases, starts what is due, moves on what is under way, nudges what waits."""
    recover_stale_batches()
    start_due_mailings()
    for delivery in Delivery.objects.filter(state__in=UNDER_WAY).select_related("mailing__group__brand", "workspace"):
        try:
            _move_on(delivery)
        except StaleState:
            log.info("delivery.moved_meanwhile delivery=%s", delivery.pk)
    waiting = Q(state=BatchState.WAITING) | Q(state=BatchState.ACCEPTED, delivery__state=DeliveryState.WITHDRAWING)
    recalled = Q(state=BatchState.ACCEPTED, is_recalled=True)
    open_batches = Batch.objects.filter(waiting | recalled | misplaced(), delivery__state__in=UNDER_WAY)
    with transaction.atomic():
        for workspace_id in open_batches.order_by().values_list("delivery__workspace", flat=True).distinct():
            if not is_running(workspace_id):
                nudges.dispatch(workspace_id)


def _move_on(delivery: Delivery) -> None:
    if delivery.state == DeliveryState.PLANNING:
        with transaction.atomic():
            nudges.plan(delivery)
        return
    if delivery.state in (DeliveryState.STAGING, DeliveryState.STAGED):
        recall_suppressed(delivery)
        stage_again(delivery)
    settle(delivery)


def recover_stale_batches() -> int:
    """Puts batches whose worker is gone where the truth is; gives how many.

    A call that makes mail may have reached Braze: it is uncertain, and never repeated by itself. Moving and
    withdrawing may be repeated (contract, section 16), so those go back to be done again.
    """
    stale = Batch.objects.filter(lease_until__lte=timezone.now())
    uncertain = stale.filter(state=BatchState.CALLING).update(
        state=BatchState.UNCERTAIN,
        lease_until=None,
        error=_("The worker was stopped during the call, so nobody knows whether Braze took it."),
    )
    again = stale.filter(state__in=(BatchState.UPDATING, BatchState.WITHDRAWING)).update(
        state=BatchState.ACCEPTED, lease_until=None
    )
    return uncertain + again


def start_due_mailings() -> None:
    """Starts the delivery of scheduled mailings whose time is near, and asks about those whose time was missed."""
    now = timezone.now()
    due = Mailing.objects.filter(
        state=MailingState.SCHEDULED, send_at__lte=now + timedelta(hours=settings.STAGE_AHEAD_HOURS)
    ).exclude(deliveries__state__in=UNDER_WAY)
    for mailing in due.select_related("group__brand", "author", "version"):
        try:
            with transaction.atomic():
                _start(mailing)
        except StaleState:
            continue
        except (Refusal, ValuesRefused) as refusal:
            # One mailing that cannot be handed over must not hold up the others.
            reason = refusal.sentence if isinstance(refusal, Refusal) else str(refusal)
            with suppress(StaleState), transaction.atomic():
                move_mailing(mailing, MailingState.NEEDS_DECISION, state_reason=reason[:500])


def _start(mailing: Mailing) -> None:
    lock_mailing(mailing)
    if mailing.state != MailingState.SCHEDULED or mailing.deliveries.filter(state__in=UNDER_WAY).exists():
        raise StaleState
    now = timezone.now()
    go_at = mailing.send_at or now
    if go_at + timedelta(minutes=settings.DUE_TOLERANCE_MINUTES) < now:
        move_mailing(mailing, MailingState.NEEDS_DECISION, state_reason=time_missed())
        record("mailing.time_missed", actor=None, group=mailing.group, target=mailing)
        return
    try:
        demand_covered(mailing, go_at=go_at)
    except ApprovalVoid as void:
        Review.objects.filter(mailing=mailing, state=ReviewState.APPROVED).update(state=ReviewState.VOID)
        move_mailing(mailing, MailingState.DRAFT, state_reason=void.sentence)
        record("mailing.approval_void", actor=None, group=mailing.group, target=mailing)
        return
    demand_in_season(mailing, go_at=go_at)
    demand_still_allowed_time(mailing, go_at=go_at)
    demand_unrestricted(mailing, is_approved=approval_of(mailing) is not None)
    start_delivery(mailing=mailing, actor=mailing.author)
