"""Saving filters."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import nudges
from groups.audiences.filters.connecting import demand_connectable
from groups.audiences.filters.definition import Definition
from groups.audiences.filters.parsing import read
from groups.audiences.filters.queries import demand_attributes, targets_of
from groups.audiences.services import short
from groups.errors import InputRefused, StaleState
from groups.models import Attribute, Audience, AudienceKind, Group, User
from groups.tree.rules import demand_open

MOST_TARGETS: Final = 12


def add_filter(
    *, group: Group, name: str, definition: Definition, segment: Audience | None = None, actor: User
) -> Audience:
    """Adds a filter to a group: over its contacts, or over the people of a Braze segment that it was assigned.

    Raises `InputRefused` for a name that is empty or taken, for a definition that the brand does not allow or that
    Braze could not apply to its segment, for what is no segment of the group, and for a group that is closed.
    """
    demand_open(group)
    segment_id = _checked(group, definition, segment)
    try:
        with transaction.atomic():
            audience = Audience.objects.create(
                group=group,
                name=_name(name),
                kind=AudienceKind.FILTER,
                definition=definition.as_json(),
                segment_id=segment_id,
            )
            audit.record(
                "filter.added",
                actor=actor,
                target=audience,
                group=group,
                attributes=", ".join(sorted(definition.attributes)),
                segment_id=segment_id,
            )
    except IntegrityError as error:
        raise _taken(name) from error
    return audience


def change_filter(
    *, audience: Audience, name: str, definition: Definition, segment: Audience | None = None, actor: User
) -> Audience:
    """Changes what a filter says; whoever is mailed by it from now on is found anew, and approvals of it are void.

    What was handed over already keeps the filter as it was. Raises as `add_filter` does, and for what is no filter.
    """
    if audience.kind != AudienceKind.FILTER:
        raise InputRefused(_("This is no filter."))
    group = audience.group
    demand_open(group)
    segment_id = _checked(group, definition, segment)
    try:
        with transaction.atomic():
            stored = Audience.objects.select_for_update().get(pk=audience.pk)
            before = {"name": stored.name, "segment_id": stored.segment_id, "definition": str(stored.definition)}
            stored.name, stored.segment_id, stored.definition = _name(name), segment_id, definition.as_json()
            stored.save(update_fields=["name", "segment_id", "definition", "updated_at"])
            after = {"name": stored.name, "segment_id": segment_id, "definition": str(stored.definition)}
            audit.record(
                "filter.changed",
                actor=actor,
                target=stored,
                group=group,
                before=before,
                after=after,
                not_kept=("definition",),
            )
    except IntegrityError as error:
        raise _taken(name) from error
    return stored


def remove_filter(*, audience: Audience, actor: User) -> None:
    """Deletes a filter; what Braze has already been given goes out, and what has not finds nobody.

    The row stays, because mailings went to it. Raises `InputRefused` for what is no filter, `StaleState` where somebody
    deleted it already.
    """
    if audience.kind != AudienceKind.FILTER:
        raise InputRefused(_("This is no filter."))
    with transaction.atomic():
        if not Audience.objects.filter(pk=audience.pk).update(removed_at=timezone.now()):
            raise StaleState
        audit.record("filter.removed", actor=actor, target=audience, group=audience.group)


def use_as_target(attribute: Attribute) -> None:
    """Sees to what filters need of an attribute that a brand has just allowed, or does not allow any more.

    To be called in the transaction of the change.
    """
    Attribute.objects.filter(pk=attribute.pk).update(mirrored_at=None)
    nudges.tend_targets()


def has_room_for(attribute: Attribute) -> bool:
    """Tells whether a brand may let filters use one more attribute: each costs an index that every import writes."""
    others = Attribute.objects.filter(brand=attribute.brand, is_target=True).exclude(pk=attribute.pk)
    return others.count() < MOST_TARGETS


def _checked(group: Group, definition: Definition, segment: Audience | None) -> str:
    """Gives the segment's ID; reads the definition once more, whoever made it."""
    targets = targets_of(group.brand_id)
    read(definition.as_json(), targets)
    if segment is None:
        demand_attributes(group.brand)
        return ""
    if segment.group_id != group.pk or segment.kind != AudienceKind.SEGMENT:
        raise InputRefused(_("Choose a segment that your group was assigned."))
    demand_connectable(definition, targets)
    return segment.segment_id


def _name(name: str) -> str:
    cleaned = short(name, _("the name of the filter"))
    if not cleaned:
        raise InputRefused(_("Give the filter a name."))
    return cleaned


def _taken(name: str) -> InputRefused:
    return InputRefused(_("The group has an audience called %(name)s already.") % {"name": name})
