"""When a notice is mailed: at once, with the others of the hour or of the day, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from groups.models import NoticePreference, Pace

if TYPE_CHECKING:
    from groups.notices.kinds import Kind

MORNING: Final = time(8)


def pace_of(kind: Kind, preference: NoticePreference | None, today: date) -> Pace:
    """Gives the pace that a person has chosen for a kind; while they are muted nothing is mailed that may wait."""
    if preference is None or not kind.may_be_muted:
        return Pace.AT_ONCE
    if preference.muted_until and today < preference.muted_until:
        return Pace.PORTAL
    return Pace(preference.paces.get(kind.family.name, Pace.AT_ONCE))


def due_at(pace: Pace, now: datetime, zone: ZoneInfo) -> datetime:
    """Gives when a notice of this moment is mailed: now, at the next full hour, or the next morning in a zone."""
    local = now.astimezone(zone)
    if pace == Pace.HOURLY:
        return (
            now
            + timedelta(hours=1)
            - timedelta(minutes=local.minute, seconds=local.second, microseconds=now.microsecond)
        )
    if pace == Pace.DAILY:
        morning = datetime.combine(local.date(), MORNING, tzinfo=zone)
        if morning <= local:
            morning = datetime.combine(local.date() + timedelta(days=1), MORNING, tzinfo=zone)
        return morning.astimezone(UTC)
    return now
