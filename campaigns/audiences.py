"""What is still to go to an audience, for the page that deletes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Mailing, MailingState
from groups.audiences.uses import Use
from groups.models import Audience

STILL_TO_GO: Final = (
    MailingState.IN_REVIEW,
    MailingState.IN_APPROVAL,
    MailingState.SCHEDULED,
    MailingState.SENDING,
    MailingState.PAUSED,
    MailingState.NEEDS_DECISION,
)


def uses_of(audience: Audience) -> Sequence[Use]:
    """Gives the mailings to an audience that wait for approval or for their time, the next ones first."""
    mailings = Mailing.objects.filter(audience=audience, state__in=STILL_TO_GO).order_by("send_at", "pk")
    return [
        Use(mailing.name, _when(mailing, audience), reverse("campaigns:mailing-detail", args=[mailing.pk]))
        for mailing in mailings
    ]


def _when(mailing: Mailing, audience: Audience) -> str:
    state = mailing.get_state_display()
    if mailing.send_at is None:
        return state
    zone = ZoneInfo(audience.group.time_zone)
    return _("%(state)s, %(time)s") % {
        "state": state,
        "time": date_format(mailing.send_at.astimezone(zone), "DATETIME_FORMAT"),
    }
