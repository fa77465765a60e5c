"""An event as people read it: a sentence, who, from where, and what was before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from groups.audit import NOT_KEPT
from groups.models import Event, Origin
from groups.trail import words

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """What a value was and what it became."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An event in words; `details` are names with their values, without those that stand in `changes`."""

    event: Event
    sentence: str
    who: str
    origin: str
    kind: str
    changes: tuple[Change, ...]
    details: tuple[tuple[str, str], ...]


def lines(events: Iterable[Event]) -> list[Line]:
    """Puts events into words; they bring their people and groups."""
    return [
        Line(
            event=event,
            sentence=words.sentence(event.action),
            who=who(event),
            origin=event.get_origin_display() if event.origin else "",
            kind=words.kind(event.target_kind),
            changes=_changes(event),
            details=tuple(
                (name, _shown(value))
                for name, value in event.detail.items()
                if name not in event.after and value not in (None, "")
            ),
        )
        for event in events
    ]


def who(event: Event) -> str:
    """Names who did it: a person, somebody without a name, or the portal itself."""
    if event.actor is not None:
        return event.actor.name
    if event.origin in (Origin.PAGE, Origin.API):
        return _("Somebody who was not signed in")
    if event.origin == Origin.COMMAND:
        return _("The operator")
    return _("The portal itself")


def _changes(event: Event) -> tuple[Change, ...]:
    names = [*event.after, *(name for name in event.before if name not in event.after)]
    return tuple(Change(name, _shown(event.before.get(name)), _shown(event.after.get(name))) for name in names)


def _shown(value: object) -> str:
    if value == NOT_KEPT:
        return _("not kept")
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) or NOTHING
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value) or NOTHING
    return NOTHING if value in (None, "") else str(value)
