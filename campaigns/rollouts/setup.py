"""What a rollout says beside its text, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.compose.content import compiled_of
from campaigns.compose.services import NAME_CHARACTERS
from campaigns.errors import Refusal
from campaigns.library.words import one_line
from campaigns.models import AudienceRule, Rollout, RolloutKind
from campaigns.rollouts.times import wall_clock


class SetupRefused(Refusal):
    """What was said of a rollout cannot be; `field` is the name of the one concerned."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything of a rollout that its pattern does not say, by the names of `Rollout`."""

    name: str
    note: str = ""
    open_fields: Sequence[str] = ()
    audience_rule: str = "named"
    audience_name: str = ""
    visible_from: datetime | None = None
    cut_off: datetime | None = None
    starts_at: datetime | None = None
    by_group_clock: bool = True
    ends_at: datetime | None = None
    sends_by_default: bool = True

    def as_columns(self) -> dict[str, Any]:
        """Gives it by column."""
        return {item.name: getattr(self, item.name) for item in fields(self)} | {"open_fields": list(self.open_fields)}


def setup_of(rollout: Rollout) -> Setup:
    """Gives what a rollout says."""
    return Setup(**{item.name: getattr(rollout, item.name) for item in fields(Setup)})


def cleaned_name(text: str) -> str:
    """Gives the name of a rollout in one line; raises `SetupRefused` without one."""
    cleaned = one_line(text)[:NAME_CHARACTERS]
    if not cleaned:
        raise SetupRefused("name", _("A rollout needs a name. Your groups see it."))
    return cleaned


def demand_open_fields(rollout: Rollout, names: Collection[str]) -> None:
    """Raises `SetupRefused` for a field that the template does not leave open."""
    unknown = sorted(set(names) - {name for name, _label in fields_to_open(rollout)})
    if unknown:
        raise SetupRefused("open_fields", _("The template has no open field %(name)s.") % {"name": unknown[0][:60]})


def fields_to_open(rollout: Rollout) -> list[tuple[str, str]]:
    """Gives the values that head office may leave open to groups, each as name and label: fields, and repeated parts.

    What the template itself locks is not among them.
    """
    compiled = compiled_of(rollout.pattern.version)
    found = {spec.name: spec.label for spec in compiled.fields if spec.repeat is None and not spec.is_locked}
    found |= {part.name: part.label for part in compiled.sections if part.is_repeated and part.repeat is None}
    return list(found.items())


def demand_complete(rollout: Rollout, setup: Setup) -> None:
    """Raises `SetupRefused` for what a rollout must say before its groups can see it."""
    is_task = rollout.kind == RolloutKind.TASK
    if setup.starts_at is None:
        raise SetupRefused("starts_at", _("Say when it goes out, then let the groups see it."))
    if is_task and setup.cut_off is None:
        raise SetupRefused("cut_off", _("Say until when groups may change it or opt out."))
    if not is_task and setup.ends_at is None:
        raise SetupRefused("ends_at", _("Say until when groups may use it."))
    if is_task and setup.audience_rule == AudienceRule.NAMED and not setup.audience_name.strip():
        raise SetupRefused("audience_name", _("Say what the audience is called in the groups."))


def demand_times(rollout: Rollout, setup: Setup) -> None:
    """Raises `SetupRefused` for times that have passed or stand in the wrong order."""
    now = timezone.now()
    is_task = rollout.kind == RolloutKind.TASK
    if setup.starts_at is not None and setup.starts_at <= now:
        raise SetupRefused("starts_at", _("This time has passed. Choose a later one."))
    if is_task and setup.cut_off is not None:
        if setup.cut_off <= now:
            raise SetupRefused("cut_off", _("This time has passed. Choose a later one."))
        if setup.starts_at is not None and setup.cut_off > _first(rollout, setup) - _lead():
            raise SetupRefused(
                "cut_off",
                _("The cut-off must leave %(minutes)s minutes before the first group's mailing goes out.")
                % {"minutes": int(_lead().total_seconds() // 60)},
            )
    latest = setup.cut_off if is_task else setup.ends_at
    if setup.visible_from is not None and latest is not None and setup.visible_from >= latest:
        raise SetupRefused("visible_from", _("Groups must see it before its end. Choose an earlier time."))
    if not is_task and None not in (setup.ends_at, setup.starts_at) and setup.ends_at <= setup.starts_at:  # type: ignore[operator]
        raise SetupRefused("ends_at", _("The end must come after the start."))


def _lead() -> timedelta:
    """Gives how long before the first mailing groups must be done: what staging needs, and a look of the approver."""
    return timedelta(seconds=settings.SEND_LEAD_SECONDS + settings.SEND_MARGIN_SECONDS) + timedelta(minutes=5)


def _first(rollout: Rollout, setup: Setup) -> datetime:
    """Gives when the first part goes out, and never after the rollout's own moment.

    By the groups' clocks it is in the zone furthest east among them.
    """
    assert setup.starts_at is not None
    if not setup.by_group_clock:
        return setup.starts_at
    zones = rollout.parts.order_by().values_list("group__time_zone", flat=True).distinct()
    moments = (wall_clock(setup.starts_at, rollout.group.time_zone, zone) for zone in zones)
    return min([setup.starts_at, *moments])


def told_of(setup: Setup) -> dict[str, Any]:
    """Gives a setup as the audit trail keeps it."""
    told = setup.as_columns()
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else ", ".join(value)
        if isinstance(value, list)
        else value
        for name, value in told.items()
    }
