"""The audit trail as a table, and the note in the trail that it was taken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from groups.audit import record
from groups.models import Brand, Event, User
from groups.trail import queries
from groups.trail.lines import who
from groups.trail.words import kind, sentence

FILTER_CHARACTERS = 400


def export(
    *, events: QuerySet[Event], asked: dict[str, str], brand: Brand, zone: ZoneInfo, actor: User
) -> Iterator[Iterable[object]]:
    """Notes who takes which events and how many, then gives a head and a row for each, the oldest first.

    Nothing is left out: the rows are all that were there when it was noted. An event with a smaller id whose
    transaction ends while the rows are read comes on top of that number. Whom the filter names is not noted: the trail
    keeps no names.
    """
    kept = {name: "…" if name == "person" else value for name, value in asked.items()}
    with transaction.atomic():
        found = events.order_by().aggregate(count=Count("pk"), last=Max("pk"))
        record(
            "trail.exported",
            actor=actor,
            target=brand,
            brand=brand,
            events=found["count"],
            filter=urlencode(kept)[:FILTER_CHARACTERS],
        )
    return _rows(events.filter(pk__lte=found["last"] or 0), zone, translation.get_language() or "en")


def _rows(events: QuerySet[Event], zone: ZoneInfo, language: str) -> Iterator[Iterable[object]]:
    """The response asks for rows when the request's language is over already."""
    with translation.override(language):
        head = _head()
    yield head
    for chunk in queries.in_turn(events):
        with translation.override(language):
            rows = [_row(event, zone) for event in chunk]
        yield from rows


def _head() -> tuple[str, ...]:
    return (
        _("Event"),
        _("Time"),
        _("Person"),
        _("ID of the person"),
        _("In the name of"),
        _("ID of this member"),
        _("From where"),
        _("Place"),
        _("Action"),
        _("Event"),
        _("Group"),
        _("Code of the group"),
        _("Kind of object"),
        _("ID of the object"),
        _("Details"),
        _("Before"),
        _("After"),
        _("Seal"),
    )


def _row(event: Event, zone: ZoneInfo) -> tuple[object, ...]:
    return (
        event.pk,
        event.at.astimezone(zone).isoformat(),
        who(event),
        event.actor_id or "",
        event.acting_as.name if event.acting_as else "",
        event.acting_as_id or "",
        event.get_origin_display() if event.origin else "",
        event.place,
        event.action,
        sentence(event.action),
        event.group.name if event.group else "",
        event.group.code if event.group else "",
        kind(event.target_kind),
        event.target_id,
        _written(event.detail),
        _written(event.before),
        _written(event.after),
        event.seal.number if event.seal else "",
    )


def _written(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""
