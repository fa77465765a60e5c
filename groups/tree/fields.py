"""The fields of groups that a brand defines: made, changed and deleted by those who manage its whole tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences.services import short
from groups.errors import InputRefused
from groups.models import MAIL_FIELDS, Brand, GroupField, GroupFieldKind, User
from groups.models.group_field import KEY_SHAPE
from groups.people.admins import lock_people
from groups.tree.changing import demand_managing
from groups.tree.queries import root_of

MOST_FIELDS: Final = 60
MOST_OPTIONS: Final = 50
KEY_CHARACTERS: Final = 40
LABEL_CHARACTERS: Final = 80
NOTE_CHARACTERS: Final = 200
_KEY: Final = re.compile(KEY_SHAPE)


def add_field(
    *,
    brand: Brand,
    key: str,
    label: str,
    kind: GroupFieldKind,
    actor: User,
    options: Sequence[str] = (),
    note: str = "",
    is_local: bool = False,
    is_required: bool = False,
    position: int = 0,
) -> GroupField:
    """Adds a field that templates then show as `[[group.KEY]]`.

    Raises `NotPermitted` for people who do not manage the whole tree, and `InputRefused` for a key that is taken, by
    the portal's own fields too, or has another shape, for a choice without options, and for the sixty-first field.
    """
    demand_managing(actor, root_of(brand))
    if not _KEY.fullmatch(key) or len(key) > KEY_CHARACTERS:
        raise InputRefused(
            _("A key begins with a small letter and takes small letters, digits and underscores, at most %(most)s.")
            % {"most": KEY_CHARACTERS}
        )
    if key in MAIL_FIELDS:
        raise InputRefused(_("Every group has the field %(key)s already. Choose another key.") % {"key": key})
    with transaction.atomic():
        lock_people(brand)
        if brand.group_fields.count() >= MOST_FIELDS:
            raise InputRefused(_("A brand has at most %(most)s fields of its own.") % {"most": MOST_FIELDS})
        if brand.group_fields.filter(key=key).exists():
            raise InputRefused(_("There is a field %(key)s already. Choose another key.") % {"key": key})
        field = GroupField.objects.create(
            brand=brand,
            key=key,
            label=_label(label),
            kind=kind,
            options=_options(kind, options),
            note=_note(note),
            is_local=is_local,
            is_required=is_required,
            position=position,
        )
        audit.record("group_field.added", actor=actor, target=field, brand=brand, key=key, kind=kind, local=is_local)
    return field


def change_field(
    *,
    field: GroupField,
    label: str,
    actor: User,
    options: Sequence[str] = (),
    note: str = "",
    is_local: bool = False,
    is_required: bool = False,
    position: int = 0,
) -> GroupField:
    """Changes what people read of a field and who may fill it in; key and kind stay.

    Raises as `add_field` does, and `InputRefused` where an option goes that a group has chosen.
    """
    demand_managing(actor, root_of(field.brand))
    with transaction.atomic():
        lock_people(field.brand)
        wanted = _options(field.kind, options)
        gone = sorted(set(field.options) - set(wanted))
        if (used := field.values.filter(value__in=gone).values_list("value", flat=True).first()) is not None:
            raise InputRefused(
                _("“%(option)s” is chosen by a group. Let it choose something else first.") % {"option": used}
            )
        before_local = field.is_local
        field.label, field.options, field.note = _label(label), wanted, _note(note)
        field.is_local, field.is_required, field.position = is_local, is_required, position
        field.save(update_fields=["label", "options", "note", "is_local", "is_required", "position"])
        audit.record(
            "group_field.changed",
            actor=actor,
            target=field,
            brand=field.brand,
            key=field.key,
            before={"local": before_local},
            after={"local": is_local},
        )
    return field


def delete_field(*, field: GroupField, actor: User) -> None:
    """Deletes a field with the values of all groups; mails that still show it are stopped by the check.

    Raises `NotPermitted`.
    """
    demand_managing(actor, root_of(field.brand))
    with transaction.atomic():
        lock_people(field.brand)
        values = field.values.count()
        audit.record("group_field.deleted", actor=actor, target=field, brand=field.brand, key=field.key, values=values)
        field.delete()


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
    if kind != GroupFieldKind.CHOICE:
        return []
    cleaned = list(dict.fromkeys(short(option, _("An option")) for option in options if option.strip()))
    if not cleaned:
        raise InputRefused(_("Say what can be chosen, one option a line."))
    if len(cleaned) > MOST_OPTIONS:
        raise InputRefused(_("At most %(most)s options can be chosen from.") % {"most": MOST_OPTIONS})
    return cleaned
