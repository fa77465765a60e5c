"""When the parts of a rollout go out: at one instant, or by each group's own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from campaigns.models import Rollout
from groups.models import Group


def moment_for(rollout: Rollout, group: Group) -> datetime | None:
    """Gives when a group's part goes out, in UTC.

    By the groups' clocks it is when theirs shows what that of the rollout's group shows at `starts_at`. A time that a
    zone skips in spring is that much later there, as its clocks are; one that comes twice in autumn is the first.
    """
    if rollout.starts_at is None or not rollout.by_group_clock:
        return rollout.starts_at
    return wall_clock(rollout.starts_at, rollout.group.time_zone, group.time_zone)


def wall_clock(moment: datetime, here: str, there: str) -> datetime:
    """Gives the moment at which the clock of one zone shows what that of another shows at a moment, in UTC."""
    shown = moment.astimezone(ZoneInfo(here)).replace(tzinfo=None, fold=0)
    return shown.replace(tzinfo=ZoneInfo(there)).astimezone(UTC)
