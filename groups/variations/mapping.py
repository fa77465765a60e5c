"""Saying for many groups at once which message variation is theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from groups.errors import GroupsError
from groups.models import Brand, Group, User, Workspace
from groups.tree.changing import change_group

MOST_LINES: Final = 500


@dataclass(frozen=True, slots=True)
class Cell:
    """What was typed for a group; `shown` is what the page showed before, None where it was pasted without looking."""

    group: uuid.UUID
    typed: str
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A pasted line that names no group, or several, with the sentence that says so."""

    text: str
    sentence: str


@dataclass(slots=True)
class Mapped:
    """What became of cells: how many were stored, and the sentence for each that was not, with what was typed."""

    stored: int = 0
    refused: dict[uuid.UUID, tuple[str, str]] = field(default_factory=dict)


def map_variations(*, brand: Brand, groups: Mapping[uuid.UUID, Group], cells: Iterable[Cell], actor: User) -> Mapped:
    """Gives each group the message variation that was typed; empty means the brand's default.

    `groups` are those of the brand that may be mapped. What is wrong is refused by itself: an ID with blanks in it or
    too long, one that the campaign in Braze does not have, and a group that somebody else mapped meanwhile.
    """
    outcome, workspace = Mapped(), workspace_of(brand)
    for cell in cells:
        group, typed = groups[cell.group], cell.typed.strip()
        if typed in (group.variation_id, cell.shown):
            continue
        try:
            if cell.shown is not None and cell.shown != group.variation_id:
                raise GroupsError(_("Somebody has changed this one in the meantime. Look at it again."))
            if problem := unknown_variation(workspace, typed):
                raise GroupsError(problem)
            change_group(group=group, actor=actor, variation_id=typed)
        except GroupsError as refused:
            outcome.refused[group.pk] = (cell.typed, refused.sentence)
        else:
            outcome.stored += 1
    return outcome


def workspace_of(brand: Brand) -> Workspace | None:
    """Gives the Braze settings of a brand, None before there are any."""
    return Workspace.objects.filter(brand=brand).first()


def unknown_variation(workspace: Workspace | None, variation_id: str) -> str:
    """Says that the campaign in Braze has no such variation; empty where it has, or nobody has asked Braze yet."""
    if workspace is None or not variation_id or workspace.variations_read_at is None:
        return ""
    if variation_id in workspace.variations:
        return ""
    return _("The API campaign in Braze has no email message with the variation ID %(variation)s.") % {
        "variation": variation_id
    }


def read_lines(brand: Brand, groups: Mapping[uuid.UUID, Group], text: str) -> tuple[list[Cell], list[Line]]:
    """Reads what a spreadsheet copied: code or name of a group, a tab, the variation ID; at most `MOST_LINES` lines.

    Gives the cells, and the lines that name no group or several; a code goes before a name.
    """
    by_code: dict[str, list[uuid.UUID]] = {}
    by_name: dict[str, list[uuid.UUID]] = {}
    for group in groups.values():
        by_code.setdefault(group.code.casefold(), []).append(group.pk)
        by_name.setdefault(group.name.casefold(), []).append(group.pk)
    cells, lost = [], []
    for number, line in enumerate(filter(str.strip, text.splitlines())):
        name, _tab, typed = line.partition("\t")
        key = name.strip().casefold()
        found: Sequence[uuid.UUID] = by_code.get(key) or by_name.get(key) or ()
        if number >= MOST_LINES:
            lost.append(Line(line, _("At most %(most)s lines are taken at once.") % {"most": MOST_LINES}))
        elif len(found) == 1:
            cells.append(Cell(found[0], typed))
        elif found:
            lost.append(Line(line, _("Several groups are called “%(name)s”. Write the code.") % {"name": name.strip()}))
        else:
            sentence = _("No group of %(brand)s has the code or the name “%(name)s”.")
            lost.append(Line(line, sentence % {"brand": brand.name, "name": name.strip()}))
    return cells, lost
