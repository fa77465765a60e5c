"""The fields of groups that a brand defines: made, changed and deleted by those who manage its whole tree."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import MAIL_FIELDS, Brand, GroupField, GroupFieldKind, User
from groups.people.admins import lock_people
from groups.tree.changing import demand_managing
from groups.tree.consequences import demand_sure
from groups.tree.field_rules import checked, demand_key, demand_room
from groups.tree.queries import root_of


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
    demand_key(key)
    if key in MAIL_FIELDS:
        raise InputRefused(_("Every group has the field %(key)s already. Choose another key.") % {"key": key})
    with transaction.atomic():
        lock_people(brand)
        demand_room(brand.group_fields.all(), key)
        said = checked(
            kind,
            label=label,
            options=options,
            note=note,
            is_local=is_local,
            is_required=is_required,
            position=position,
        )
        field = GroupField.objects.create(brand=brand, key=key, kind=kind, **said)
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
        said = checked(
            field.kind,
            label=label,
            options=options,
            note=note,
            is_local=is_local,
            is_required=is_required,
            position=position,
        )
        gone = sorted(set(field.options) - set(said["options"]))
        if (used := field.values.filter(value__in=gone).values_list("value", flat=True).first()) is not None:
            raise InputRefused(
                _("“%(option)s” is chosen by a group. Let it choose something else first.") % {"option": used}
            )
        before_local = field.is_local
        for name, value in said.items():
            setattr(field, name, value)
        field.save(update_fields=list(said))
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


def delete_field(*, field: GroupField, actor: User, is_sure: bool = False) -> None:
    """Deletes a field with the values of all groups; mails that still show it are stopped by the check.

    Raises `NotPermitted`, and `InputRefused` where a published template shows it and `is_sure` does not say that it
    shall go all the same.
    """
    demand_managing(actor, root_of(field.brand))
    demand_sure(field, actor, is_sure=is_sure)
    with transaction.atomic():
        lock_people(field.brand)
        values = field.values.count()
        audit.record("group_field.deleted", actor=actor, target=field, brand=field.brand, key=field.key, values=values)
        field.delete()
