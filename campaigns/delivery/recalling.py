"""Recall: every mailing of a template is stopped in one act, and each is told of (M24)."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery.control import ON_ITS_WAY
from campaigns.delivery.ending import WENT, Ended, end
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import Mailing, Template
from campaigns.states import UNDECIDED
from groups import access
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission

REASON_CHARACTERS: Final = 300


def recall(*, template: Template, reason: str, actor: User) -> list[Ended]:
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
    told = _("Recalled by %(name)s: %(reason)s") % {"name": actor, "reason": reason}
    return [
        end(mailing, told, action="mailing.recalled", actor=actor)
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
