"""Files of groups: what a row must hold, and the sentence for what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.conf import settings
from django.utils.translation import gettext as _

from groups.audiences import cleaning
from groups.audiences.imports import reading
from groups.audiences.imports.tables import BadRow, Limits
from groups.audiences.rejects import CellRefused, RejectReason
from groups.errors import FileUnreadable, InputRefused
from groups.models import GroupField
from groups.tree import rules
from groups.tree.field_kinds import read_value

COLUMNS: Final = (
    "code",
    "name",
    "region",
    "parent",
    "country",
    "city",
    "language",
    "time_zone",
    "street",
    "postal_code",
    "phone",
    "email",
    "manager",
    "message_variation_id",
)
REQUIRED: Final = ("code", "name", "region")
PLACE: Final = ("code", "region", "parent", "message_variation_id")
GROUPS_BYTES: Final = 10 * 1024 * 1024
CELL_CHARACTERS: Final = 1000


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of the file: its line, its place, and the fields of `Group` by name.

    The place is `parent`, the code of the group above; where that is empty, `region`, the name of a region. `own` is
    what the row says of the brand's own fields.
    """

    line: int
    code: str
    region: str
    parent: str
    fields: Mapping[str, str]
    own: tuple[tuple[GroupField, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a line of the file, as a sentence."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return _("Line %(line)s: %(sentence)s") % {"line": self.line, "sentence": self.sentence}


def read(file: BinaryIO, own: Mapping[str, GroupField]) -> Iterator[GroupRow | Finding]:
    """Yields the groups of a CSV file, and a finding for each line that cannot be taken.

    `own` are the brand's own fields by the name of their column; those that have none in the file are left alone.
    Raises `FileUnreadable` where the file as a whole is no such table.
    """
    limits = Limits(GROUPS_BYTES, CELL_CHARACTERS)
    table = reading.detect(file, limits)
    headers = ["_".join(header.lower().split()) for header in table.headers]
    if missing := [name for name in REQUIRED if name not in headers and not (name == "region" and "parent" in headers)]:
        optional = ", ".join(name for name in COLUMNS if name not in REQUIRED)
        raise FileUnreadable(
            _("The file lacks the columns %(missing)s. It needs %(required)s and may have %(columns)s.")
            % {"missing": ", ".join(missing), "required": ", ".join(REQUIRED), "columns": optional}
        )
    seen: dict[str, int] = {}
    for row in reading.rows(file, table, limits):
        if isinstance(row, BadRow):
            yield Finding(row.line, str(row.reason.label) + ".")
            continue
        found = _row(row.line, dict(zip(headers, row.cells, strict=True)), own)
        if isinstance(found, GroupRow) and (before := seen.setdefault(found.code, row.line)) != row.line:
            found = Finding(
                row.line,
                _("The code %(code)s stands in line %(before)s already.") % {"code": found.code, "before": before},
            )
        yield found


def _row(line: int, cells: Mapping[str, str], own: Mapping[str, GroupField]) -> GroupRow | Finding:
    try:
        texts = {name: cleaning.text(cells.get(name, "")) for name in COLUMNS}
        said = tuple((field, read_value(field, cells[name])) for name, field in own.items() if name in cells)
    except CellRefused:
        return Finding(line, str(RejectReason.CONTROL_CHARACTER.label) + ".")
    except InputRefused as refused:
        return Finding(line, refused.sentence)
    problem = next(_problems(texts), None)
    if problem is not None:
        return Finding(line, problem)
    fields = {name: texts[name] for name in COLUMNS if name not in PLACE}
    fields["variation_id"] = texts["message_variation_id"]
    fields["language"] = fields["language"] or settings.LANGUAGE_CODE
    fields["time_zone"] = fields["time_zone"] or "UTC"
    return GroupRow(line, texts["code"], texts["region"], texts["parent"], fields, said)


def _problems(texts: Mapping[str, str]) -> Iterator[str]:
    """Yields what is wrong in a row, as sentences."""
    needed = ("code", "name") if texts["parent"] else REQUIRED
    for name in needed:
        if not texts[name]:
            yield _("The column %(name)s is empty.") % {"name": name}
    facts = {_column(name): text for name, text in texts.items() if name not in ("region", "parent")}
    for _name, sentence in rules.problems(facts):
        yield sentence
    for column, limit in rules.too_long({**facts, "name": max(texts["name"], texts["region"], key=len)}):
        yield _("The column %(name)s takes at most %(limit)s characters.") % {"name": column, "limit": limit}


def _column(name: str) -> str:
    return "variation_id" if name == "message_variation_id" else name
