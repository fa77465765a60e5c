"""What the delivery tells people: Braze fails, and everything that waits for it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Breaker, Delivery, DeliveryState, PauseCause
from groups.models import Notice
from groups.notices.kinds import Detail, Family, Kind, Parameters, Words
from groups.roles import Permission

NAMED: Final = 10

BRAND: Final = Family("brand", gettext_lazy("Brand and Braze"))


def _breaker_opened(parameters: Parameters) -> Words:
    count = int(parameters["count"] or 0)
    waiting = ngettext("%(count)s mailing waits.", "%(count)s mailings wait.", count) % {"count": count}
    sentence = _(
        "Braze failed several times in a row. Nothing more is handed over until it answers again; the portal tries by "
        "itself, and goes on by itself."
    )
    return Words(
        title=_("Braze does not answer, so sending is paused"),
        sentence=f"{sentence} {waiting}" if count else sentence,
        action=_("See the mailings"),
    )


def _waiting(notice: Notice) -> tuple[Detail, ...]:
    """Gives the mailings that wait for Braze, the first of them by name."""
    paused = Delivery.objects.filter(
        workspace=UUID(notice.thing_id), state=DeliveryState.PAUSED, pause_cause=PauseCause.BREAKER
    )
    named = paused.select_related("mailing__group").order_by("created_at", "pk")[:NAMED]
    return tuple(Detail(delivery.mailing.group.name, delivery.mailing.name) for delivery in named)


def _is_still_open(notice: Notice) -> bool:
    return Breaker.objects.filter(workspace=UUID(notice.thing_id), opened_at__isnull=False).exists()


BREAKER_OPENED: Final = Kind(
    name="delivery.breaker_opened",
    family=BRAND,
    words=_breaker_opened,
    permission=Permission.STOP_MAILINGS,
    may_be_muted=False,
    details=_waiting,
    is_worth_a_mail=_is_still_open,
)
KINDS: Final = (BREAKER_OPENED,)
