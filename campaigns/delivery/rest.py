"""Send to the rest: another delivery of the same mailing, to exactly those whom it did not reach."""

from __future__ import annotations

from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _

from campaigns.delivery.plan.judging import MAYBE_REACHED
from campaigns.delivery.plan.lookups import LookedUp, only
from campaigns.delivery.plan.membership import not_reached
from campaigns.delivery.services import start_delivery
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.halts import demand_no_halt
from campaigns.library.offering import demand_in_season
from campaigns.models import BatchKind, Delivery, DeliveryState, Exclusion, Mailing, MailingState, Recipient
from campaigns.schedule.demands import demand_open_moment
from campaigns.schedule.wishes import expected_at
from campaigns.states import lock_mailing, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission

HAS_A_REST = (MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS, MailingState.STOPPED)


def send_to_rest(*, mailing: Mailing, actor: User) -> Delivery:
    """Sends a mailing to those whom its deliveries surely did not reach, with the content that went out.

    People of uncertain batches are left out until somebody decides on those. Raises `NotAllowed`, `StaleState`, and
    `Refusal` where nobody is left, sending is stopped, the template was recalled, or the moment is forbidden.
    """
    if not may(actor, Permission.SEND_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not send mailings of this group."))
    demand_no_halt(mailing.group)
    with transaction.atomic():
        lock_mailing(mailing)
        last = mailing.deliveries.first()
        if mailing.state not in HAS_A_REST or last is None:
            raise StaleState
        number = rest_of(last).values("contact").distinct().count()
        if not number:
            raise Refusal(_("Everybody was reached, or left out for a reason. There is nobody to send to."))
        Mailing.objects.filter(pk=mailing.pk).update(send_at=None, in_local_time=False)
        move_mailing(mailing, MailingState.SCHEDULED, start=HAS_A_REST, state_reason="")
        go_at = expected_at(mailing)
        demand_in_season(mailing, go_at=go_at)
        demand_open_moment(mailing, go_at=go_at, actor=actor)
        record("mailing.sent_to_rest", actor=actor, group=mailing.group, target=mailing, people=number)
        return start_delivery(mailing=mailing, actor=actor, follows=last)


def rest_of(delivery: Delivery) -> QuerySet[Recipient]:
    """Gives whom a delivery, and those that it follows, surely did not reach and whom no other one may have reached."""
    if delivery.batches.filter(kind=BatchKind.BROADCAST).exists():
        return Recipient.objects.none()
    reached = Recipient.objects.filter(
        delivery__mailing=delivery.mailing_id,
        contact=OuterRef("contact"),
        batch__state__in=MAYBE_REACHED,
        outcome="",
    )
    left_out = Exclusion.objects.filter(delivery=only(delivery), contact=OuterRef("contact"))
    return not_reached(delivery).filter(~LookedUp(reached), ~LookedUp(left_out))


def size_of_rest(mailing: Mailing) -> int:
    """Counts whom *Send to the rest* would reach at most; nobody while a delivery is under way."""
    last = mailing.deliveries.first()
    if last is None or mailing.state not in HAS_A_REST or last.state == DeliveryState.FAILED:
        return 0
    return rest_of(last).values("contact").distinct().count()
