"""What groups say of their brand's fields: a value holds for the groups below, and the nearest one wins (G5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import InputRefused, NotPermitted
from groups.models import Group, GroupField, GroupFieldValue, GroupPath, User
from groups.models.brand_field import BrandField
from groups.people.admins import lock_people
from groups.roles import Permission
from groups.tree.field_kinds import read_value, shown_value


class ValuesRefused(InputRefused):
    """Values that cannot be taken; `wrong` has a sentence by the key of each field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(wrong.values()), tuple(wrong.values()))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field as it stands in one group: the value that holds, as stored and as mails show it, and who says it.

    `own` is what the group itself says, empty where it takes what comes from above; `said_in` is None without a value.
    """

    field: GroupField
    value: str
    shown: str
    own: str
    said_in: Group | None
    may_change: bool

    @property
    def is_inherited(self) -> bool:
        """Whether the value comes from a group above."""
        return self.said_in is not None and not self.own

    @property
    def is_missing(self) -> bool:
        """Whether the brand wants a value and there is none."""
        return self.field.is_required and not self.value


def mail_fields_of(group: Group) -> dict[str, str]:
    """Gives all that a mail may show of a group as `[[group.NAME]]`; one query."""
    return {**group.mail_fields(), **own_fields_of([group]).get(group.pk, {})}


def own_fields_of(groups: Iterable[Group] | QuerySet[Group]) -> dict[uuid.UUID, dict[str, str]]:
    """Gives the brand's own fields as mails show them, by group and key; one query, however many groups.

    A field without a value anywhere above is left out.
    """
    found: dict[uuid.UUID, dict[str, str]] = {}
    paths = GroupPath.objects.filter(descendant__in=groups, ancestor__field_values__isnull=False)
    for group_id, language, key, kind, value in paths.order_by("-depth").values_list(
        "descendant_id",
        "descendant__language",
        "ancestor__field_values__field__key",
        "ancestor__field_values__field__kind",
        "ancestor__field_values__value",
    ):
        found.setdefault(group_id, {})[key] = shown_value(kind, value, language)
    return found


def field_lines(group: Group, actor: User) -> tuple[FieldLine, ...]:
    """Gives every field of the brand as it stands in a group, and what of it a person may change there."""
    depths = dict(GroupPath.objects.filter(descendant=group).values_list("ancestor", "depth"))
    nearest: dict[uuid.UUID, GroupFieldValue] = {}
    values = GroupFieldValue.objects.filter(group__in=depths).select_related("group")
    for one in sorted(values, key=lambda value: -depths[value.group_id]):
        nearest[one.field_id] = one
    manages, writes = _rights(actor, group)
    lines = []
    for field in group.brand.group_fields.all():
        holds = nearest.get(field.pk)
        value = holds.value if holds else ""
        lines.append(
            FieldLine(
                field=field,
                value=value,
                shown=shown_value(field.kind, value, group.language) if value else "",
                own=value if holds is not None and holds.group_id == group.pk else "",
                said_in=holds.group if holds else None,
                may_change=manages or (writes and field.is_local),
            )
        )
    return tuple(lines)


def set_values(*, group: Group, values: Mapping[str, str], actor: User) -> tuple[str, ...]:
    """Stores what a group says of fields, by key; nothing typed means that the value from above holds. Gives the keys
    that changed.

    Those who manage the group may fill in every field, its authors the local ones. Mails that show another value then
    are no longer the approved ones. Raises `NotPermitted`, and `ValuesRefused` with a sentence for each wrong one;
    nothing is stored then.
    """
    manages, writes = _rights(actor, group)
    if not manages and not writes:
        raise NotPermitted(_("You may not change the fields of %(group)s.") % {"group": group.name})
    fields = {field.key: field for field in group.brand.group_fields.filter(key__in=values)}
    if unknown := sorted(set(values) - set(fields)):
        raise InputRefused(_("The brand has no field %(key)s.") % {"key": unknown[0]})
    with transaction.atomic():
        lock_people(group.brand)
        standing = {one.field_id: one.value for one in group.field_values.all()}
        changed = changed_values(fields, values, standing)
        if locked := [key for key in changed if not manages and not fields[key].is_local]:
            raise NotPermitted(
                _("“%(label)s” is locked by head office. Ask somebody there to change it.")
                % {"label": fields[locked[0]].label}
            )
        for key, value in changed.items():
            if value:
                GroupFieldValue.objects.update_or_create(group=group, field=fields[key], defaults={"value": value})
            else:
                group.field_values.filter(field=fields[key]).delete()
        if changed:
            audit.record(
                "group.fields_changed", actor=actor, target=group, group=group, fields=", ".join(sorted(changed))
            )
    return tuple(changed)


def changed_values(
    fields: Mapping[str, BrandField], values: Mapping[str, str], standing: Mapping[uuid.UUID, str]
) -> dict[str, str]:
    """Gives what was typed as it is stored, by key, where it is not what stands; raises `ValuesRefused`."""
    changed, wrong = {}, {}
    for key, typed in values.items():
        before = standing.get(fields[key].pk, "")
        if typed == before:
            continue  # so that an option that went meanwhile does not stand in the way of the other fields
        try:
            value = read_value(fields[key], typed)
        except InputRefused as refused:
            wrong[key] = refused.sentence
        else:
            if value != before:
                changed[key] = value
    if wrong:
        raise ValuesRefused(wrong)
    return changed


def _rights(actor: User, group: Group) -> tuple[bool, bool]:
    """Tells whether a person manages a group, and whether they write its mailings."""
    here = access.rights_of(actor, group.brand, group).here
    return Permission.MANAGE_GROUPS in here, Permission.EDIT_MAILINGS in here
