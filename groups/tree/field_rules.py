"""What holds for every field that a brand defines, of its groups as of its people: keys, names, options, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypedDict

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from groups.audiences.services import short
from groups.errors import InputRefused
from groups.models.brand_field import KEY_SHAPE, BrandField

MOST_FIELDS: Final = 60
MOST_OPTIONS: Final = 50
KEY_CHARACTERS: Final = 40
LABEL_CHARACTERS: Final = 80
NOTE_CHARACTERS: Final = 200
CHOICE: Final = "choice"
_KEY: Final = re.compile(KEY_SHAPE)


class Said(TypedDict):
    """What people read of a field, as it is stored."""

    label: str
    note: str
    options: list[str]
    is_local: bool
    is_required: bool
    position: int


def demand_key(key: str) -> None:
    """Raises `InputRefused` for a key of another shape."""
    if not _KEY.fullmatch(key) or len(key) > KEY_CHARACTERS:
        raise InputRefused(
            _("A key begins with a small letter and takes small letters, digits and underscores, at most %(most)s.")
            % {"most": KEY_CHARACTERS}
        )


def demand_room(fields: QuerySet[BrandField], key: str) -> None:
    """Raises `InputRefused` for the sixty-first field of a brand, and for a key that one of them has."""
    if fields.count() >= MOST_FIELDS:
        raise InputRefused(_("A brand has at most %(most)s fields of its own.") % {"most": MOST_FIELDS})
    if fields.filter(key=key).exists():
        raise InputRefused(_("There is a field %(key)s already. Choose another key.") % {"key": key})


def checked(
    kind: str,
    *,
    label: str,
    options: Sequence[str] = (),
    note: str = "",
    is_local: bool = False,
    is_required: bool = False,
    position: int = 0,
) -> Said:
    """Gives what was said of a field as it is stored; raises `InputRefused` for what cannot be taken."""
    return Said(
        label=_label(label),
        note=_note(note),
        options=_options(kind, options),
        is_local=is_local,
        is_required=is_required,
        position=position,
    )


def _label(label: str) -> str:
    label = short(label, _("The name of a field"))
    if not label:
        raise InputRefused(_("Give the field a name that people understand."))
    if len(label) > LABEL_CHARACTERS:
        raise InputRefused(_("The name of a field takes at most %(most)s characters.") % {"most": LABEL_CHARACTERS})
    return label


def _note(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > NOTE_CHARACTERS:
        raise InputRefused(_("The note takes at most %(most)s characters.") % {"most": NOTE_CHARACTERS})
    return note


def _options(kind: str, options: Sequence[str]) -> list[str]:
    if kind != CHOICE:
        return []
    cleaned = list(dict.fromkeys(short(option, _("An option")) for option in options if option.strip()))
    if not cleaned:
        raise InputRefused(_("Say what can be chosen, one option a line."))
    if len(cleaned) > MOST_OPTIONS:
        raise InputRefused(_("At most %(most)s options can be chosen from.") % {"most": MOST_OPTIONS})
    return cleaned
