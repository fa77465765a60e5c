"""What the step "When" foresees: the recipients' clocks, when everything leaves, and until when it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.compose.closing import in_words, zone_name
from campaigns.compose.queries import AudienceCount
from campaigns.delivery.timing import seconds_for, times_for
from campaigns.models import Mailing, Route
from groups.audiences.filters.queries import people_of
from groups.models import Workspace
from groups.workspace.budget import share_of

ZONE_ATTRIBUTE: Final = "time_zone"
PEOPLE_A_CALL: Final = 50
MOST_ZONES: Final = 5
WORTH_SAYING: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What clocks show in one time zone when the mail comes, and how many people of the audience are there."""

    zone: str
    shown: str
    people: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`clocks` are those of the recipients' zones, the most people first; `sentences` say what happens when."""

    clocks: tuple[Clock, ...]
    sentences: tuple[str, ...]


def forecast_of(mailing: Mailing, count: AudienceCount | None, *, needs_approval: bool) -> Forecast:
    """Foresees a mailing as it stands, by what Braze guarantees; nothing of the times without an audience."""
    clocks = tuple(_clocks(mailing))
    if count is None:
        return Forecast(clocks, ())
    return Forecast(clocks, tuple(_sentences(mailing, count, needs_approval=needs_approval)))


def _clocks(mailing: Mailing) -> Iterator[Clock]:
    """Spells out the chosen time where recipients are, as far as the portal knows their zones.

    By each recipient's clock it is the other way round: when it is there, by the clock of the group.
    """
    audience, moment = mailing.audience, mailing.send_at
    knows = mailing.group.brand.attributes.filter(name=ZONE_ATTRIBUTE).exists()
    if audience is None or moment is None or audience.is_counted_by_braze or not knows:
        return
    key = f"attributes__{ZONE_ATTRIBUTE}"
    rows = people_of(audience, moment).order_by().filter(**{f"{key}__isnull": False})
    found = rows.values_list(key).annotate(people=Count("pk")).order_by("-people", key)[:MOST_ZONES]
    own = ZoneInfo(mailing.group.time_zone)
    for name, people in found:
        try:
            zone = ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError):
            continue
        at = moment if not mailing.in_local_time else moment.astimezone(own).replace(tzinfo=zone)
        local = at.astimezone(own if mailing.in_local_time else zone)
        shown = f"{date_format(local, 'l')} {date_format(local, 'TIME_FORMAT')}"
        if mailing.in_local_time:
            shown = _("%(time)s in %(zone)s") % {"time": shown, "zone": zone_name(own.key)}
        yield Clock(zone_name(zone.key), shown, people)


def _sentences(mailing: Mailing, count: AudienceCount, *, needs_approval: bool) -> Iterator[str]:
    workspace = Workspace.objects.filter(brand=mailing.group.brand_id).first()
    if workspace is None:
        return
    by_braze = mailing.route == Route.TRIGGER
    batches, share, now = max(1, ceil((count.reached or 1) / PEOPLE_A_CALL)), share_of(workspace), timezone.now()
    times = times_for(
        wanted=mailing.send_at,
        batches=batches,
        share=share,
        now=now,
        propagated_at=None,
        is_wall_clock=mailing.in_local_time and not by_braze,
    )
    if times is None:
        return
    # Nothing of route B leaves before its time, so that all of it can be held back until then.
    undo_until = times.go_at if by_braze else times.undo_until
    if mailing.send_at is None and needs_approval:
        wait = ceil((times.go_at - now) / timedelta(minutes=1))
        yield ngettext(
            "It goes out about %(minutes)s minute after it is approved.",
            "It goes out about %(minutes)s minutes after it is approved.",
            wait,
        ) % {"minutes": number_format(wait)}
    elif mailing.send_at is None:
        yield _("Sent now, it goes out at about %(go)s, and can be undone until %(undo)s.") % {
            "go": _clock(mailing, times.go_at),
            "undo": _clock(mailing, undo_until),
        }
    else:
        yield _("It can be undone until %(undo)s.") % {"undo": in_words(undo_until, mailing.group)}
    staging = timedelta(seconds=seconds_for(batches, share))
    if staging > WORTH_SAYING:
        minutes = ceil(staging / timedelta(minutes=1))
        if by_braze:
            yield ngettext(
                "Its %(calls)s calls to Braze take about %(minutes)s minute from then on; they can be stopped.",
                "Its %(calls)s calls to Braze take about %(minutes)s minutes from then on; they can be stopped.",
                minutes,
            ) % {"calls": number_format(batches, force_grouping=True), "minutes": number_format(minutes)}
            return
        yield ngettext(
            "Handing %(calls)s calls to Braze takes about %(minutes)s minute, before anything goes out.",
            "Handing %(calls)s calls to Braze takes about %(minutes)s minutes, before anything goes out.",
            minutes,
        ) % {"calls": number_format(batches, force_grouping=True), "minutes": number_format(minutes)}


def _clock(mailing: Mailing, moment: datetime) -> str:
    return date_format(moment.astimezone(ZoneInfo(mailing.group.time_zone)), "TIME_FORMAT")
