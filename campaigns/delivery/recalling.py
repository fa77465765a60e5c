"""Recall: every mailing of a template is stopped in one act, and each is told of (M24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges
from campaigns.delivery.control import ON_ITS_WAY
from campaigns.delivery.settling import begin_withdrawal
from campaigns.errors import NotAllowed, Refusal, StaleState
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
    Template,
)
from campaigns.states import UNDECIDED, UNDER_WAY, lock_delivery, lock_mailing, move_mailing
from groups import access
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission

REASON_CHARACTERS: Final = 300
WENT: Final = (MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS, MailingState.STOPPED)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What became of one mailing: stopped before anybody got it, stopped in the middle, or gone already."""

    mailing: Mailing
    outcome: str
    people_reached: int


def recall(*, template: Template, reason: str, actor: User) -> list[Recalled]:
    """Stops all mailings of a template that a person may stop, and says what became of each.

    Scheduled ones are cancelled and withdrawn as far as there is time, sending ones stopped, waiting approvals void.
    Who may stop mailings of the whole brand also takes the template back, so that nobody starts or sends it until it is
    offered again. Raises `NotAllowed` and `Refusal`.
    """
    reason = " ".join(reason.split())[:REASON_CHARACTERS]
    if not reason:
        raise Refusal(_("Say why the template is recalled. The people of the stores read it."))
    mailings = access.visible(actor, Mailing, Permission.STOP_MAILINGS).filter(version__template=template)
    if not access.groups_with(actor, Permission.STOP_MAILINGS).filter(brand=template.brand_id).exists():
        raise NotAllowed(_("You may not recall mailings of this template."))
    root = Group.objects.get(brand=template.brand_id, parent=None)
    with transaction.atomic():
        if access.may(actor, Permission.STOP_MAILINGS, root):
            Template.objects.filter(pk=template.pk).update(recalled_at=timezone.now(), recall_reason=reason)
        record("template.recalled", actor=actor, brand=template.brand, target=template, reason=reason)
    found = mailings.filter(state__in=(*ON_ITS_WAY, *UNDECIDED, *WENT))
    return [
        _recalled(mailing, reason, actor)
        for mailing in found.select_related("group__brand", "version__template").order_by("group__name", "name")
    ]


def concerned(template: Template, actor: User) -> int:
    """Counts the mailings of a template that a recall by this person would stop."""
    mailings = access.visible(actor, Mailing, Permission.STOP_MAILINGS).filter(version__template=template)
    return mailings.filter(state__in=(*ON_ITS_WAY, *UNDECIDED)).count()


def offer_again(*, template: Template, actor: User) -> None:
    """Lets a recalled template be used again. Raises `NotAllowed` and `StaleState`."""
    root = Group.objects.get(brand=template.brand_id, parent=None)
    if not access.may(actor, Permission.STOP_MAILINGS, root):
        raise NotAllowed(_("You may not offer this template again."))
    with transaction.atomic():
        offered = Template.objects.filter(pk=template.pk, recalled_at__isnull=False)
        if not offered.update(recalled_at=None, recall_reason=""):
            raise StaleState
        record("template.offered_again", actor=actor, brand=template.brand, target=template)


def _recalled(mailing: Mailing, reason: str, actor: User) -> Recalled:
    try:
        with transaction.atomic():
            outcome = _stop(mailing, reason, actor)
    except StaleState:
        outcome = _("It went out meanwhile.")
    reached = _people(mailing.deliveries.all(), BatchState.ACCEPTED) if mailing.state in WENT else 0
    return Recalled(mailing, outcome, reached)


def _stop(mailing: Mailing, reason: str, actor: User) -> str:
    lock_mailing(mailing)
    if mailing.state in WENT:
        return _("It had gone out before.")
    told = _("Recalled by %(name)s: %(reason)s") % {"name": actor, "reason": reason}
    Review.objects.filter(mailing=mailing, state__in=(ReviewState.OPEN, ReviewState.APPROVED)).update(
        state=ReviewState.VOID
    )
    record("mailing.recalled", actor=actor, group=mailing.group, target=mailing)
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
