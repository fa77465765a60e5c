"""What webhooks tell people: one was switched off."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from campaigns.delivery.kinds import BRAND
from campaigns.models import Webhook
from groups.models import Notice
from groups.notices.kinds import Kind, Parameters, Words
from groups.roles import Permission


def _switched_off(parameters: Parameters) -> Words:
    return Words(
        title=_("A webhook was switched off"),
        sentence=_(
            "%(address)s does not take events any more, so it is told no more of them. See what it answered, mend it, "
            "and switch it on again."
        )
        % {"address": parameters["address"]},
        action=_("See the webhook"),
    )


def _is_still_off(notice: Notice) -> bool:
    webhook_id = UUID(notice.thing_id)
    return Webhook.objects.filter(pk=webhook_id, switched_off_at__isnull=False).exists()


SWITCHED_OFF: Final = Kind(
    name="webhook.switched_off",
    family=BRAND,
    words=_switched_off,
    permission=Permission.MANAGE_WORKSPACE,
    may_be_muted=False,
    is_worth_a_mail=_is_still_off,
)
KINDS: Final = (SWITCHED_OFF,)
