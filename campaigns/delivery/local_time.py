"""Times that hold by the clock of each recipient: which of them Braze still takes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from campaigns.delivery.timing import LOCAL_LEAD, span_of_wall_clock
from campaigns.errors import Refusal
from campaigns.models import Route


def local_time_problem(send_at: datetime, zone: str, route: str) -> str:
    """Says why a wall-clock time is too near for every zone on earth, to be translated, or nothing where it is not.

    Braze wants more than 24 hours before the first zone has the time (contract, section 18, row 7); where the portal
    cuts the batches itself, the time must not have passed in any zone.
    """
    first, _last = span_of_wall_clock(send_at, zone)
    lead = timedelta(seconds=settings.SEND_LEAD_SECONDS + settings.SEND_MARGIN_SECONDS)
    needed = lead if route == Route.TRIGGER else lead + LOCAL_LEAD
    if first - needed > timezone.now():
        return ""
    if route == Route.TRIGGER:
        return _("In some time zone this time has passed already. Choose a later one, or send at one moment for all.")
    return _(
        "This is too near to go out by each recipient's clock: Braze needs more than 24 hours before the first time"
        " zone has it. Choose a time at least two days ahead, or send at one moment for all."
    )


def demand_local_lead(send_at: datetime, zone: str, route: str) -> None:
    """Raises `Refusal` for a wall-clock time that is too near."""
    if problem := local_time_problem(send_at, zone, route):
        raise Refusal(gettext(problem))
