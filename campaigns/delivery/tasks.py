"""Background work of deliveries; each task takes an id and calls one function."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from campaigns.delivery import nudges
from campaigns.delivery.dispatch import dispatch as run_dispatch
from campaigns.delivery.planning import plan as run_plan
from campaigns.delivery.planning import waits_for_sync
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import sweep as run_sweep
from campaigns.errors import StaleState
from campaigns.models import Delivery, DeliveryState
from campaigns.states import UNDER_WAY
from groups.audiences.tasks import sync
from groups.models import Workspace
from groups.watching.context import bind

# A large plan takes turns with the others, so that a small mailing does not wait for it.
PLAN_SECONDS = 1.0


@shared_task(name="campaigns.delivery.plan")
def plan(delivery_id: str) -> None:
    """Plans a delivery. Twice or late is harmless: a lease lets one worker plan, and a planned one is left alone."""
    known = Delivery.objects.select_related("mailing__group__brand", "mailing__audience", "workspace")
    delivery = known.filter(pk=delivery_id).first()
    if delivery is None:
        return  # the message is older than the database that it speaks of
    bind(mailing=delivery.mailing_id, brand=delivery.mailing.group.brand.slug)
    try:
        is_planned = run_plan(delivery, limit_seconds=PLAN_SECONDS)
    except StaleState:
        return  # somebody has cancelled it meanwhile
    if is_planned:
        with transaction.atomic():
            nudges.dispatch(delivery.workspace_id)
    elif delivery.state == DeliveryState.PLANNING:
        if waits_for_sync(delivery):
            sync.delay(str(delivery.workspace_id))
        elif delivery.chunks.filter(delivery__lease_until=None).exists():
            with transaction.atomic():
                nudges.plan(delivery)


@shared_task(name="campaigns.delivery.dispatch")
def dispatch(workspace_id: str) -> None:
    """Hands over what waits. Twice at once is harmless: each batch is claimed by one worker before it is called."""
    workspace = Workspace.objects.filter(pk=workspace_id).select_related("brand").first()
    if workspace is None:
        return
    bind(brand=workspace.brand.slug)
    with nudges.running(workspace.pk):
        more = run_dispatch(workspace)
    settled = Delivery.objects.filter(workspace=workspace, state__in=UNDER_WAY).exclude(state=DeliveryState.PLANNING)
    for delivery in settled.select_related("mailing__group__brand"):
        try:
            settle(delivery)
        except StaleState:
            continue
    if more:
        with transaction.atomic():
            nudges.dispatch(workspace.pk)


@shared_task(name="campaigns.delivery.sweep")
def sweep() -> None:
    """Finds what is left to do. Twice at once is harmless: every step is a conditional update or a nudge."""
    run_sweep()
