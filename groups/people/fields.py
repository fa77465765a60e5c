"""The fields of people that a brand defines: made, changed and deleted by those who manage the users of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import InputRefused, NotPermitted
from groups.models import PERSON_FIELDS, Brand, User, UserField, UserFieldKind
from groups.people.admins import lock_people
from groups.roles import Permission
from groups.tree.consequences import demand_sure
from groups.tree.field_rules import checked, demand_key, demand_room
from groups.tree.queries import root_of

# The sender's own: a template means the name and the addresses that a mail comes from.
TAKEN: Final = frozenset({*PERSON_FIELDS, "name", "address", "reply_to"})


def add_field(
    *,
    brand: Brand,
    key: str,
    label: str,
    kind: UserFieldKind,
    actor: User,
    options: Sequence[str] = (),
    note: str = "",
    is_local: bool = False,
    is_required: bool = False,
    position: int = 0,
) -> UserField:
    """Adds a field that templates then show as `[[sender.KEY]]` (G6).

    Raises `NotPermitted` for people who do not manage the users of the whole brand, and `InputRefused` for a key that
    is taken, by the sender's own parts too, or has another shape, for a choice without options, and for the
    sixty-first field.
    """
    _demand_head_office(actor, brand)
    demand_key(key)
    if key in TAKEN:
        raise InputRefused(_("Every sender has the field %(key)s already. Choose another key.") % {"key": key})
    with transaction.atomic():
        lock_people(brand)
        demand_room(brand.user_fields.all(), key)
        said = checked(
            kind,
            label=label,
            options=options,
            note=note,
            is_local=is_local,
            is_required=is_required,
            position=position,
        )
        field = UserField.objects.create(brand=brand, key=key, kind=kind, **said)
        audit.record("user_field.added", actor=actor, target=field, brand=brand, key=key, kind=kind, local=is_local)
    return field


def change_field(
    *,
    field: UserField,
    label: str,
    actor: User,
    options: Sequence[str] = (),
    note: str = "",
    is_local: bool = False,
    is_required: bool = False,
    position: int = 0,
) -> UserField:
    """Changes what people read of a field and who fills it in; key and kind stay.

    Raises as `add_field` does, and `InputRefused` where an option goes that somebody has chosen.
    """
    _demand_head_office(actor, field.brand)
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
                _("“%(option)s” is chosen for somebody. Let them choose something else first.") % {"option": used}
            )
        before_local = field.is_local
        for name, value in said.items():
            setattr(field, name, value)
        field.save(update_fields=list(said))
        audit.record(
            "user_field.changed",
            actor=actor,
            target=field,
            brand=field.brand,
            key=field.key,
            before={"local": before_local},
            after={"local": is_local},
        )
    return field


def delete_field(*, field: UserField, actor: User, is_sure: bool = False) -> None:
    """Deletes a field with the values of all people; mails that still show it are stopped by the check.

    Raises `NotPermitted`, and `InputRefused` where a published template shows it and `is_sure` does not say that it
    shall go all the same.
    """
    _demand_head_office(actor, field.brand)
    demand_sure(field, actor, is_sure=is_sure)
    with transaction.atomic():
        lock_people(field.brand)
        values = field.values.count()
        audit.record("user_field.deleted", actor=actor, target=field, brand=field.brand, key=field.key, values=values)
        field.delete()


def _demand_head_office(actor: User, brand: Brand) -> None:
    if not access.may(actor, Permission.MANAGE_USERS, root_of(brand)):
        raise NotPermitted(_("Only people who manage the users of the whole brand may change its fields of people."))
