"""The grid: one field for many groups at once, typed cell by cell or pasted from a spreadsheet."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, FieldSpec, FieldType, RenderContext, check_values, clean_values
from campaigns.brandlock import ValuesRefused as ValuesWrong
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.editing import edit_draft
from campaigns.compose.inputs import changes_in, input_names
from campaigns.errors import NotAllowed, Refusal
from campaigns.models import Mailing, Rollout, RolloutPart
from campaigns.rollouts import nudges
from campaigns.rollouts.belonging import manages
from campaigns.sentences import spoken
from groups.audit import record
from groups.models import User

MOST_AT_ONCE: Final = 500
CELL_CHARACTERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What was typed for one group, a text for each input of the field; `revision` is the one that was looked at."""

    part: uuid.UUID
    typed: tuple[str, ...]
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A pasted line that names no group of the rollout: as it was pasted, and why it was not taken."""

    text: str
    sentence: str


@dataclass(slots=True)
class Filled:
    """What became of cells: how many were stored, and by part what was typed and why it was not; lines without one."""

    stored: int = 0
    refused: dict[uuid.UUID, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def grid_fields(rollout: Rollout) -> list[FieldSpec]:
    """Gives the fields that the grid can fill: open ones of the template outside repeated parts, but no pictures."""
    compiled = compiled_of(rollout.pattern.version)
    return [
        spec
        for spec in compiled.fields
        if spec.repeat is None and not spec.is_locked and not spec.is_settled and spec.type is not FieldType.IMAGE
    ]


def typed_of(spec: FieldSpec, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Gives a value as the cells of the grid show it, one text for each input."""
    value = values.get(spec.name)
    parts = [name.rpartition(".")[2] for name in input_names(spec, spec.name)]
    if isinstance(value, Mapping):
        return tuple(str(value.get(part, "")) for part in parts)
    return (str(value or ""),)


def read_lines(rollout: Rollout, spec: FieldSpec, pasted: str) -> tuple[list[Cell], list[Line]]:
    """Reads lines as a spreadsheet copies them: code or name of the group, a tab, and the value; a tab between parts.

    Gives the cells, and the lines that name no group of the rollout, or one twice. Raises `Refusal` above 500 lines.
    """
    lines = [line for line in pasted.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    if len(lines) > MOST_AT_ONCE:
        raise Refusal(_("Paste at most %(limit)s lines at once.") % {"limit": MOST_AT_ONCE})
    keys = {line.split("\t")[0].strip().casefold() for line in lines}
    known = _parts_by_key(rollout, keys)
    cells: dict[uuid.UUID, Cell] = {}
    lost: list[Line] = []
    for line in lines:
        key, *values = [cell.strip() for cell in line.split("\t")]
        found = known.get(key.casefold(), [])
        if not values:
            lost.append(Line(line, _("There is no tab between group and value.")))
        elif len(found) != 1:
            told = _("Several groups are called “%(name)s”. Use the code.") if found else _no_group()
            lost.append(Line(line, told % {"name": key[:60]}))
        elif found[0] in cells:
            lost.append(Line(line, _("“%(name)s” stands in an earlier line already.") % {"name": key[:60]}))
        else:
            count = len(input_names(spec, spec.name))
            cells[found[0]] = Cell(found[0], tuple([*values, *[""] * count][:count]))
    return list(cells.values()), lost


def fill(*, rollout: Rollout, spec: FieldSpec, cells: Sequence[Cell], actor: User) -> Filled:
    """Stores what was typed of one field for many groups; a cell that is refused keeps no other back.

    Each is held to the template's rules. An empty cell takes the common text again. Raises `NotAllowed`, and `Refusal`
    above 500 cells.
    """
    if not manages(actor, rollout):
        raise NotAllowed(_("You may not prepare rollouts of this group."))
    if len(cells) > MOST_AT_ONCE:
        raise Refusal(_("Fill in at most %(limit)s cells at once.") % {"limit": MOST_AT_ONCE})
    outcome = Filled()
    by_part = {cell.part: cell for cell in cells}
    known = rollout.parts.filter(pk__in=by_part).select_related(
        "mailing__group__brand", "mailing__version", "mailing__rollout__group"
    )
    compiled, context = compiled_of(rollout.pattern.version), context_for(rollout.pattern)
    for part in known:
        try:
            outcome.stored += _fill(rollout, part, spec, by_part[part.pk], compiled, context, actor)
        except Refusal as refusal:
            outcome.refused[part.pk] = (by_part[part.pk].typed, refusal.sentence)
    if outcome.stored:
        with transaction.atomic():
            record(
                "rollout.filled",
                actor=actor,
                group=rollout.group,
                target=rollout,
                field=spec.name,
                groups=outcome.stored,
            )
            nudges.work(rollout.pk)
    return outcome


def _fill(
    rollout: Rollout,
    part: RolloutPart,
    spec: FieldSpec,
    cell: Cell,
    compiled: Compiled,
    context: RenderContext,
    actor: User,
) -> int:
    """Stores one cell and gives 1, or 0 where it says what stands there; raises `Refusal` with the sentence for it."""
    mailing = part.mailing
    if mailing is None:
        raise Refusal(_("This one is not made yet. Wait a moment."))
    if cell.revision is not None and cell.revision != mailing.revision:
        raise Refusal(_("Somebody has changed this one in the meantime. Look at it again."))
    if any(len(text) > CELL_CHARACTERS for text in cell.typed):
        raise Refusal(_("This is too long for any field."))
    is_common = not any(text.strip() for text in cell.typed)
    value = rollout.pattern.values.get(spec.name) if is_common else _read(mailing, spec, cell, compiled)
    if not is_common:
        value = _checked(mailing, spec, value, compiled, context)
    if value == mailing.values.get(spec.name):
        return 0
    with transaction.atomic():
        values = {**mailing.values, spec.name: value}
        edit_draft(mailing, actor, revision=mailing.revision, values=values)
        if is_common:
            fresh = RolloutPart.objects.select_for_update().get(pk=part.pk)
            own = [name for name in fresh.own if name != spec.name]
            RolloutPart.objects.filter(pk=part.pk).update(own=own)
    return 1


def _read(mailing: Mailing, spec: FieldSpec, cell: Cell, compiled: Compiled) -> Any:
    post = QueryDict(mutable=True)
    for name, text in zip(input_names(spec, spec.name), cell.typed, strict=True):
        post[name] = text
    changes = changes_in(post, compiled, mailing.values, mailing.group.language)
    return changes.get(spec.name, mailing.values.get(spec.name))


def _checked(mailing: Mailing, spec: FieldSpec, value: Any, compiled: Compiled, context: RenderContext) -> Any:
    """Gives a value in the template's shape; raises `Refusal` with what its rules say against it."""
    try:
        values = clean_values(compiled, {**mailing.values, spec.name: value})
    except ValuesWrong as wrong:
        raise Refusal(" ".join(spoken(one.message, one.params) for one in wrong.findings)) from wrong
    found = [one for one in check_values(compiled, values, context) if one.field == spec.name and one.blocks]
    if found:
        raise Refusal(" ".join(spoken(one.message, one.params) for one in found))
    return values[spec.name]


def _parts_by_key(rollout: Rollout, keys: set[str]) -> dict[str, list[uuid.UUID]]:
    """Gives the parts whose group has one of these codes or names; a code goes before a name."""
    codes: dict[str, list[uuid.UUID]] = {}
    names: dict[str, list[uuid.UUID]] = {}
    for pk, code, name in rollout.parts.order_by().values_list("pk", "group__code", "group__name"):
        if code.casefold() in keys:
            codes.setdefault(code.casefold(), []).append(pk)
        if name.casefold() in keys:
            names.setdefault(name.casefold(), []).append(pk)
    return {**names, **codes}


def _no_group() -> str:
    return _("No group of this rollout has the code or the name “%(name)s”.")
