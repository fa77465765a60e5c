"""Files of groups: what a row must hold, and the sentence for what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from groups.audiences import cleaning, reading
from groups.audiences.rejects import CellRefused, RejectReason
from groups.errors import FileUnreadable
from groups.models import Group

COLUMNS: Final = (
    "code",
    "name",
    "region",
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
CODE_SHAPE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
COUNTRY_SHAPE: Final = re.compile(r"[A-Z]{2}")
GROUPS_BYTES: Final = 10 * 1024 * 1024
CELL_CHARACTERS: Final = 1000
LENGTHS: Final = {field.name: field.max_length for field in Group._meta.fields}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A store of the file: its line, the name of its region, and the fields of `Group` by name."""

    line: int
    code: str
    region: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a line of the file, as a sentence."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return _("Line %(line)s: %(sentence)s") % {"line": self.line, "sentence": self.sentence}


def read(file: BinaryIO) -> Iterator[GroupRow | Finding]:
    """Yields the stores of a CSV file, and a finding for each line that cannot be taken.

    Raises `FileUnreadable` where the file as a whole is no such table.
    """
    limits = reading.Limits(GROUPS_BYTES, CELL_CHARACTERS)
    table = reading.detect(file, limits)
    headers = ["_".join(header.lower().split()) for header in table.headers]
    if missing := [name for name in REQUIRED if name not in headers]:
        raise FileUnreadable(
            _("The file lacks the columns %(missing)s. It needs %(required)s and may have %(columns)s.")
            % {"missing": ", ".join(missing), "required": ", ".join(REQUIRED), "columns": ", ".join(COLUMNS[3:])}
        )
    seen: dict[str, int] = {}
    for row in reading.rows(file, table, limits):
        if isinstance(row, reading.BadRow):
            yield Finding(row.line, str(row.reason.label) + ".")
            continue
        found = _row(row.line, dict(zip(headers, row.cells, strict=True)))
        if isinstance(found, GroupRow) and (before := seen.setdefault(found.code, row.line)) != row.line:
            found = Finding(
                row.line,
                _("The code %(code)s stands in line %(before)s already.") % {"code": found.code, "before": before},
            )
        yield found


def _row(line: int, cells: Mapping[str, str]) -> GroupRow | Finding:
    try:
        texts = {name: cleaning.text(cells.get(name, "")) for name in COLUMNS}
    except CellRefused:
        return Finding(line, str(RejectReason.CONTROL_CHARACTER.label) + ".")
    problem = next(_problems(texts), None)
    if problem is not None:
        return Finding(line, problem)
    fields = {name: texts[name] for name in COLUMNS if name not in ("code", "region", "message_variation_id")}
    fields["variation_id"] = texts["message_variation_id"]
    fields["language"] = fields["language"] or settings.LANGUAGE_CODE
    fields["time_zone"] = fields["time_zone"] or "UTC"
    return GroupRow(line, texts["code"], texts["region"], fields)


def _problems(texts: Mapping[str, str]) -> Iterator[str]:
    """Yields what is wrong in a row, as sentences."""
    for name in REQUIRED:
        if not texts[name]:
            yield _("The column %(name)s is empty.") % {"name": name}
    if not CODE_SHAPE.fullmatch(texts["code"]):
        yield _("The code %(code)s takes letters, digits, dots and hyphens, at most 40.") % {"code": texts["code"]}
    if texts["time_zone"] and texts["time_zone"] not in available_timezones():
        yield _("There is no time zone %(zone)s; write it as Europe/Berlin.") % {"zone": texts["time_zone"]}
    if texts["language"] and texts["language"] not in dict(settings.LANGUAGES):
        yield _("The portal does not speak the language %(language)s; it speaks %(known)s.") % {
            "language": texts["language"],
            "known": ", ".join(code for code, _name in settings.LANGUAGES),
        }
    if texts["country"] and not COUNTRY_SHAPE.fullmatch(texts["country"]):
        yield _("The country %(country)s is no code of two capital letters.") % {"country": texts["country"]}
    if texts["email"] and not _is_address(texts["email"]):
        yield _("%(email)s is no email address.") % {"email": texts["email"]}
    if any(letter.isspace() for letter in texts["message_variation_id"]):
        yield _("The message variation ID holds a blank.")
    for name, text in texts.items():
        limit = LENGTHS[_column(name)]
        if limit is not None and len(text) > limit:
            yield _("The column %(name)s takes at most %(limit)s characters.") % {"name": name, "limit": limit}


def _column(name: str) -> str:
    return {"message_variation_id": "variation_id", "region": "name"}.get(name, name)


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
