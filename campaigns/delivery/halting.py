"""Kill switches: sending is stopped at once for a group and everything below it, or for the whole brand (M24)."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.outcomes import pause
from campaigns.delivery.settling import begin_withdrawal
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.halts import halted_sentence
from campaigns.models import Delivery, DeliveryState, Halt, MailingState, PauseCause, Route
from campaigns.states import lock_delivery
from groups.access import may
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission

REASON_CHARACTERS = 300
RUNNING = (DeliveryState.PLANNING, DeliveryState.STAGING, DeliveryState.STAGED, DeliveryState.SENDING)


def halt(*, group: Group, reason: str, actor: User) -> Halt:
    """Stops all sending of a group and the groups below it, until `lift`; gives the halt that stands already.

    What is being handed over is paused, what is staged in Braze is withdrawn as far as there is time. Nothing goes on
    by itself when the halt is lifted: a person decides, mailing by mailing. Raises `NotAllowed` and `Refusal`.
    """
    if not may(actor, Permission.STOP_MAILINGS, group):
        raise NotAllowed(_("You may not stop mailings of this group."))
    reason = " ".join(reason.split())[:REASON_CHARACTERS]
    if not reason:
        raise Refusal(_("Say why sending stops. The people of the stores read it."))
    with transaction.atomic():
        Group.objects.select_for_update().get(pk=group.pk)
        standing = group.halts.filter(lifted_at=None).first()
        if standing is not None:
            return standing
        started = Halt.objects.create(group=group, reason=reason, started_by=actor)
        record("sending.stopped", actor=actor, group=group, target=started, reason=reason)
    enforce(started)
    return started


def lift(*, group: Group, actor: User) -> None:
    """Lets a group send again; what the halt stopped waits for a person. Raises `NotAllowed` and `StaleState`."""
    if not may(actor, Permission.STOP_MAILINGS, group):
        raise NotAllowed(_("You may not let mailings of this group go on."))
    with transaction.atomic():
        standing = group.halts.filter(lifted_at=None).first()
        if standing is None:
            raise StaleState
        Halt.objects.filter(pk=standing.pk, lifted_at=None).update(lifted_at=timezone.now(), lifted_by=actor)
        record("sending.allowed_again", actor=actor, group=group, target=standing)


def enforce_all() -> None:
    """Stops what began while a halt was being made; the sweep asks for it."""
    for standing in Halt.objects.filter(lifted_at=None).select_related("group"):
        enforce(standing)


def enforce(standing: Halt) -> None:
    """Stops every delivery under way below the halt, one transaction each; doing it twice changes nothing."""
    under_way = Delivery.objects.filter(
        state__in=RUNNING, mailing__group__paths_up__ancestor=standing.group_id
    ).select_related("mailing__group__brand")
    for delivery in under_way:
        with suppress(StaleState), transaction.atomic():
            _stop(delivery, halted_sentence(standing))
            nudges.dispatch(delivery.workspace_id)


def _stop(delivery: Delivery, reason: str) -> None:
    lock_delivery(delivery)
    if delivery.state not in RUNNING:
        raise StaleState
    has_gone = delivery.go_at is not None and delivery.go_at <= timezone.now()
    is_in_braze = delivery.route == Route.SCHEDULE and delivery.state in (DeliveryState.STAGING, DeliveryState.STAGED)
    if is_in_braze and not has_gone:
        begin_withdrawal(delivery, then=MailingState.NEEDS_DECISION, reason=reason)
    elif not is_in_braze:
        pause(delivery, reason, cause=PauseCause.HALT)
