"""What the fields of people say of somebody: filled in by themselves, by those who manage them, by head office (G6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.addresses import public_url
from groups.errors import InputRefused, NotPermitted, PictureRefused
from groups.models import Brand, User, UserField, UserFieldKind, UserFieldValue
from groups.people.admins import lock_people
from groups.people.queries import managed_memberships, people_of
from groups.pictures import MAX_BYTES_IN, picture_from
from groups.roles import Permission
from groups.tree.field_kinds import shown_value
from groups.tree.field_values import ValuesRefused, changed_values


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A field as it stands for one person: the value as stored, and as mails show it; a picture by its address."""

    field: UserField
    value: str
    shown: str
    may_change: bool

    @property
    def is_picture(self) -> bool:
        """Whether the value is a picture."""
        return self.field.kind == UserFieldKind.PICTURE

    @property
    def is_missing(self) -> bool:
        """Whether the brand wants a value and there is none."""
        return self.field.is_required and not self.value


def sender_fields_of(person: User, brand: Brand, language: str) -> dict[str, str]:
    """Gives all that a mail may show of a person as `[[sender.NAME]]`, but the sender's own parts; one query.

    A field without a value is left out.
    """
    values = UserFieldValue.objects.filter(user=person, field__brand=brand).select_related("field")
    own = {one.field.key: _shown(brand, one.field, one.value, language) for one in values}
    return {"person": person.name, "email": person.email, **own}


def person_lines(person: User, brand: Brand, actor: User) -> tuple[PersonLine, ...]:
    """Gives every field of a brand as it stands for a person, and what of it somebody may change."""
    values = dict(UserFieldValue.objects.filter(user=person, field__brand=brand).values_list("field", "value"))
    is_head_office, fills_in = _rights(actor, person, brand)
    lines = []
    for field in brand.user_fields.all():
        value = values.get(field.pk, "")
        may_change = is_head_office or (fills_in and field.is_local)
        lines.append(PersonLine(field, value, _shown(brand, field, value, brand.language) if value else "", may_change))
    return tuple(lines)


def set_values(
    *,
    person: User,
    brand: Brand,
    values: Mapping[str, str],
    actor: User,
    pictures: Mapping[str, UploadedFile[Any]] | None = None,
) -> tuple[str, ...]:
    """Stores what fields say of a person, by key; nothing typed takes a value away. Gives the keys that changed.

    Those who manage the users of the whole brand may fill in every field, the person and those who manage the users of
    a group of theirs the ones that people fill in themselves. `pictures` are uploads, which are written anew; of a
    picture `values` can only say that it goes. Mails that show another value then are no longer the approved ones.
    Raises `NotPermitted`, and `ValuesRefused` with a sentence for each wrong one; nothing is stored then.
    """
    pictures = pictures or {}
    is_head_office, fills_in = _rights(actor, person, brand)
    if not is_head_office and not fills_in:
        raise NotPermitted(_("You may not change the fields of %(name)s.") % {"name": person.name})
    fields = {field.key: field for field in brand.user_fields.filter(key__in={*values, *pictures})}
    if unknown := sorted({*values, *pictures} - set(fields)):
        raise InputRefused(_("The brand has no field %(key)s.") % {"key": unknown[0]})
    wanted = {key: field for key, field in fields.items() if is_head_office or field.is_local}
    kept = _kept(wanted, values, pictures)
    typed = {key: value for key, value in values.items() if fields[key].kind != UserFieldKind.PICTURE}
    with transaction.atomic():
        lock_people(brand)
        standing = dict(UserFieldValue.objects.filter(user=person, field__brand=brand).values_list("field", "value"))
        changed = changed_values(fields, typed, standing)
        changed |= {key: name for key, name in kept.items() if name != standing.get(fields[key].pk, "")}
        uploaded = [key for key in pictures if key not in wanted]
        if locked := [key for key in (*changed, *uploaded) if key not in wanted]:
            raise NotPermitted(
                _("“%(label)s” is locked by head office. Ask somebody there to change it.")
                % {"label": fields[locked[0]].label}
            )
        for key, value in changed.items():
            if value:
                UserFieldValue.objects.update_or_create(user=person, field=fields[key], defaults={"value": value})
            else:
                UserFieldValue.objects.filter(user=person, field=fields[key]).delete()
        if changed:
            named = ", ".join(sorted(changed))
            audit.record("member.fields_changed", actor=actor, target=person, brand=brand, fields=named)
    return tuple(changed)


def _shown(brand: Brand, field: UserField, value: str, language: str) -> str:
    """Gives a stored value as mails show it; a picture by its public address."""
    if field.kind == UserFieldKind.PICTURE:
        return public_url(brand, default_storage.url(value))
    return shown_value(field.kind, value, language)


def _kept(
    fields: Mapping[str, UserField], values: Mapping[str, str], pictures: Mapping[str, UploadedFile[Any]]
) -> dict[str, str]:
    """Keeps uploads as files, named by their content, and gives their names by key; empty for a picture that goes."""
    kept, wrong = {}, {}
    for key, field in fields.items():
        file = pictures.get(key)
        if field.kind != UserFieldKind.PICTURE:
            if file is not None:
                wrong[key] = _("%(label)s takes no file.") % {"label": field.label}
        elif file is not None:
            try:
                kept[key] = _file_of(file)
            except PictureRefused as refused:
                wrong[key] = refused.sentence
        elif key in values and not values[key]:
            kept[key] = ""
    if wrong:
        raise ValuesRefused(wrong)
    return kept


def _file_of(file: UploadedFile[Any]) -> str:
    if file.size is None or file.size > MAX_BYTES_IN:
        raise PictureRefused(_("This file is larger than 10 MB. Make it smaller, then upload it again."))
    picture = picture_from(file.read())
    name = f"images/people/{picture.sha256[:40]}.{picture.extension}"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(picture.data))


def _rights(actor: User, person: User, brand: Brand) -> tuple[bool, bool]:
    """Tells whether somebody manages the users of a whole brand, and whether they fill in what people say themselves.

    Nobody fills in as another whom they show themselves as: they have a page for that. Of people without a role in
    the brand there is nothing to fill in.
    """
    if not people_of(brand).filter(pk=person.pk).exists():
        return False, False
    is_head_office = Permission.MANAGE_USERS in access.rights_of(actor, brand, None).for_brand
    if actor.pk == person.pk and actor.acted_by is None:
        return is_head_office, True
    return is_head_office, managed_memberships(actor, brand).filter(user=person).exists()
