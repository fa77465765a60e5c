"""The demo's rules about time: no mail at Christmas, quiet nights in Europe, and a cap on what one person gets."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.utils import timezone

from campaigns.library.offering import day_of
from campaigns.schedule.levels import Limits, QuietHours
from campaigns.schedule.pressure import Pressure
from campaigns.schedule.services import add_blackout, save_pressure, save_times
from groups.models import Brand, Event, Group, GroupKind, User
from groups.tree.queries import root_of

QUIET_REGION = "Europe"
QUIET_NIGHTS = QuietHours(time(21), time(7))
CAP = Pressure(cap_mails=8, cap_days=7)
DAYS_BEFORE_CHRISTMAS = timedelta(days=14)


def build_times(brand: Brand, actor: User) -> None:
    """Gives the brand its first rules about time; once somebody has changed them they are theirs.

    The demo's people can send at any hour of any day on which it is built: theirs is not the region that is quiet at
    night, and the Christmas is one that is not near.
    """
    if Event.objects.filter(brand=brand, action__startswith="times.").exists():
        return
    root = root_of(brand)
    first_day = next_christmas(day_of(root, timezone.now()))
    add_blackout(
        group=root, first_day=first_day, last_day=first_day + timedelta(days=2), reason="Christmas", actor=actor
    )
    save_pressure(group=root, pressure=CAP, actor=actor)
    region = Group.objects.get(brand=brand, kind=GroupKind.REGION, name=QUIET_REGION)
    save_times(group=region, quiet=QUIET_NIGHTS, limits=Limits(mailings_per_day=2), actor=actor)


def next_christmas(today: date) -> date:
    """Gives the first Christmas Eve that is at least two weeks away."""
    this_year = date(today.year, 12, 24)
    return this_year if today + DAYS_BEFORE_CHRISTMAS <= this_year else date(today.year + 1, 12, 24)
