"""The sweep: finds in the rows whatever a lost message, a killed worker or the clock has left to do."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import ValuesRefused
from campaigns.delivery import nudges
from campaigns.delivery.breaking import probe_open_breakers
from campaigns.delivery.claiming import callable_deliveries, misplaced
from campaigns.delivery.closed_groups import end_in_closed_groups
from campaigns.delivery.halting import enforce_all
from campaigns.delivery.narrowing import narrow_other_half
from campaigns.delivery.nudges import is_running
from campaigns.delivery.outcomes import pause
from campaigns.delivery.restaging import recall_suppressed, stage_again
from campaigns.delivery.resuming import reason_to_hold
from campaigns.delivery.services import is_time_to_start, start_delivery
from campaigns.delivery.settling import settle, time_missed
from campaigns.errors import Refusal, StaleState
from campaigns.halts import halts_over
from campaigns.library.offering import demand_in_season
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Review, ReviewState
from campaigns.operation.counting import count_changes
from campaigns.review.approval import ApprovalVoid, demand_covered
from campaigns.review.queries import approval_of
from campaigns.rules.queries import demand_unrestricted
from campaigns.schedule.demands import demand_still_allowed_time
from campaigns.states import UNDER_WAY, lock_mailing, move_mailing
from groups.audit import record
from groups.keeping.standing import is_changing_over
from groups.watching.context import bound

log = logging.getLogger(__name__)
STARTING_SECONDS: Final = 60.0


def sweep() -> None:
    """Recovers stale leases, stops what is halted or closed, starts what is due, moves on and nudges the rest."""
    recover_stale_batches()
    probe_open_breakers()
    enforce_all()
    end_in_closed_groups()
    start_due_mailings()
    for delivery in Delivery.objects.filter(state__in=UNDER_WAY).select_related("mailing__group__brand", "workspace"):
        with bound(delivery=delivery.pk, mailing=delivery.mailing_id, brand=delivery.mailing.group.brand.slug):
            try:
                _move_on(delivery)
            except StaleState:
                log.info("delivery.moved_meanwhile delivery=%s", delivery.pk)
    callable_now = Delivery.objects.filter(callable_deliveries(timezone.now()))
    waiting = Q(state=BatchState.WAITING, delivery__in=callable_now) | Q(
        state=BatchState.ACCEPTED, delivery__state=DeliveryState.WITHDRAWING
    )
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
    if not _is_held(delivery):
        settle(delivery)


def _is_held(delivery: Delivery) -> bool:
    """Pauses what is going out, call by call, where the clock has come to a time at which no mail may leave."""
    is_calling = delivery.state == DeliveryState.SENDING and delivery.mailing.state == MailingState.SENDING
    if not is_calling or not delivery.batches.filter(state=BatchState.WAITING).exists():
        return False
    reason = reason_to_hold(delivery)
    if reason:
        pause(delivery, reason)
    return bool(reason)


def recover_stale_batches() -> int:
    """Puts batches whose worker is gone where the truth is; gives how many.

    A call that makes mail may have reached Braze: it is uncertain, and never repeated by itself. Moving and
    withdrawing may be repeated (contract, section 16), so those go back to be done again.
    """
    stale = Batch.objects.filter(lease_until__lte=timezone.now())
    halves = list(stale.filter(state=BatchState.CALLING, halved_from__isnull=False))
    uncertain = stale.filter(state=BatchState.CALLING).update(
        state=BatchState.UNCERTAIN,
        lease_until=None,
        error=_("The worker was stopped during the call, so nobody knows whether Braze took it."),
    )
    for half in halves:
        with transaction.atomic():
            narrow_other_half(half)
    again = stale.filter(state__in=(BatchState.UPDATING, BatchState.WITHDRAWING)).update(
        state=BatchState.ACCEPTED, lease_until=None
    )
    count_changes({BatchState.UNCERTAIN: uncertain, BatchState.ACCEPTED: again})
    return uncertain + again


def start_due_mailings() -> None:
    """Starts the delivery of scheduled mailings whose time is near, and asks about those whose time was missed.

    The next ones come first; where a rollout brings thousands at once, the rest are for the next sweeps.
    """
    now, until = timezone.now(), monotonic() + STARTING_SECONDS
    ahead = timedelta(hours=settings.STAGE_AHEAD_HOURS)
    # The zone furthest east has a wall-clock time up to 26 hours before any group's, and Braze wants 24 hours more.
    soon = Q(send_at__lte=now + ahead) | Q(in_local_time=True, send_at__lte=now + ahead + timedelta(hours=50))
    due = Mailing.objects.filter(soon, state=MailingState.SCHEDULED).exclude(deliveries__state__in=UNDER_WAY)
    for mailing in due.select_related("group__brand", "author", "version__template", "rollout").order_by(
        "send_at", "pk"
    ):
        if monotonic() > until:
            return
        must_wait = halts_over(mailing.group).exists() or is_changing_over(mailing.group.brand_id)
        is_held = must_wait and not _is_missed(mailing, now)
        if is_held or not is_time_to_start(mailing, now):
            continue
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
    if _is_missed(mailing, now):
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


def _is_missed(mailing: Mailing, now: datetime) -> bool:
    return mailing.send_at is not None and mailing.send_at + timedelta(minutes=settings.DUE_TOLERANCE_MINUTES) < now
