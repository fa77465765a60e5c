"""The sweep: finds in the rows whatever a lost message, a killed worker or the clock has left to do."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.services import start_delivery
from campaigns.delivery.settling import settle
from campaigns.errors import Refusal, StaleState
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Review, ReviewState
from campaigns.review.digest import digest_of
from campaigns.review.queries import approval_of
from campaigns.states import UNDER_WAY, move_mailing
from groups.audit import record

log = logging.getLogger(__name__)


def sweep() -> None:
    """Recovers stale leases, starts what is due, moves on what is under way, nudges what waits."""
    recover_stale_batches()
    start_due_mailings()
    for delivery in Delivery.objects.filter(state__in=UNDER_WAY).select_related("mailing__group__brand", "workspace"):
        if delivery.state == DeliveryState.PLANNING:
            with transaction.atomic():
                nudges.plan(delivery)
            continue
        try:
            settle(delivery)
        except StaleState:
            log.info("delivery.moved_meanwhile delivery=%s", delivery.pk)
    waiting = Q(state=BatchState.WAITING) | Q(state=BatchState.ACCEPTED, delivery__state=DeliveryState.WITHDRAWING)
    moving = Q(state=BatchState.ACCEPTED, delivery__moved_to__isnull=False)
    open_batches = Batch.objects.filter(waiting | moving, delivery__state__in=UNDER_WAY)
    with transaction.atomic():
        for workspace_id in open_batches.values_list("delivery__workspace", flat=True).distinct():
            nudges.dispatch(workspace_id)


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
        except Refusal as refusal:
            with transaction.atomic():
                move_mailing(mailing, MailingState.NEEDS_DECISION, state_reason=refusal.sentence)


def _start(mailing: Mailing) -> None:
    tolerance = timedelta(minutes=settings.DUE_TOLERANCE_MINUTES)
    if mailing.send_at is not None and mailing.send_at + tolerance < timezone.now():
        reason = _("Its time passed while the portal was down. Decide whether it still goes out.")
        move_mailing(mailing, MailingState.NEEDS_DECISION, state_reason=reason)
        record("mailing.time_missed", actor=None, group=mailing.group, target=mailing)
        return
    approval = approval_of(mailing)
    if approval is not None and approval.digest != digest_of(mailing):
        Review.objects.filter(pk=approval.pk).update(state=ReviewState.VOID)
        reason = _("What this mailing shows has changed since it was approved, so it must be approved again.")
        move_mailing(mailing, MailingState.DRAFT, state_reason=reason)
        record("mailing.approval_void", actor=None, group=mailing.group, target=mailing)
        return
    start_delivery(mailing=mailing, actor=mailing.author)
