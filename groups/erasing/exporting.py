"""The proof of an erasure as a table, and the note in the trail that it was taken."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from groups.audit import record
from groups.erasing.proof import facts_of, gone_lines, staying_lines
from groups.models import Erasure, User


def export(*, erasure: Erasure, actor: User) -> list[Iterable[object]]:
    """Notes who takes the proof, and gives its lines: what, and what is said of it. Nothing in it names the person."""
    with transaction.atomic():
        record("erasure.exported", actor=actor, target=erasure, brand=erasure.brand)
    rows: list[Iterable[object]] = [
        (_("Erasure"), erasure.pk),
        (_("Brand"), erasure.brand.name),
        (_("State"), erasure.get_state_display()),
    ]
    rows += [(fact.label, fact.text) for fact in facts_of(erasure)]
    rows += [(_("Gone"), line) for line in gone_lines(erasure)]
    rows += [(_("Stays"), line) for line in staying_lines(erasure)]
    rows += [
        (_("Asked at"), erasure.asked_at.isoformat(timespec="seconds")),
        (_("Finished at"), "" if erasure.erased_at is None else erasure.erased_at.isoformat(timespec="seconds")),
    ]
    return rows
