"""Suppressed addresses as a table, and the note in the audit trail that they were taken (catalogue A8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from groups.audit import record
from groups.consent.queries import Wanted, in_turn, matching, suppressions_for
from groups.models import Group, Suppression, User


def export(*, group: Group, wanted: Wanted, actor: User) -> Iterator[Iterable[object]]:
    """Notes who takes which suppressions and how many, then gives a head and a row for each address.

    The rows are those that were there when it was noted, less those that are lifted while they are read.
    """
    suppressions = matching(suppressions_for(group, actor), wanted, group.brand)
    with transaction.atomic():
        found = suppressions.order_by().aggregate(number=Count("pk"), last=Max("pk"))
        record("suppression.exported", actor=actor, target=group, group=group, addresses=found["number"])
    return _rows(suppressions, found["last"] or 0, translation.get_language() or "en")


def _rows(suppressions: QuerySet[Suppression], last: int, language: str) -> Iterator[Iterable[object]]:
    """The response asks for rows when the request's language is over already."""
    with translation.override(language):
        head = (
            _("Email address"),
            _("Reason"),
            _("Counts for"),
            _("How it is known"),
            _("Note"),
            _("Added by"),
            _("Since"),
        )
    yield head
    for chunk in in_turn(suppressions, last):
        with translation.override(language):
            rows = [_row(one) for one in chunk]
        yield from rows


def _row(one: Suppression) -> tuple[object, ...]:
    return (
        one.label,
        one.get_reason_display(),
        _("The whole brand") if one.group is None else one.group.name,
        one.get_origin_display(),
        one.note,
        "" if one.added_by is None else one.added_by.name,
        one.created_at.isoformat(timespec="seconds"),
    )
