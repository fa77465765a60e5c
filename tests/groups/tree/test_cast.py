"""The cast, whose groups are stored at once: they are what the service of the tree would have made."""

from __future__ import annotations

from typing import Any

from groups.models import Event, Group, GroupPath
from tests.builders import Cast, a_group

OWN = {"id", "created_at", "code", "name"}


def test_a_group_of_the_cast_is_as_if_it_had_been_added(cast: Cast) -> None:
    added = a_group(parent=cast.region, code="ADDED", name="Added")

    assert told(cast.store) == told(added)


def told(group: Group) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Gives the fields of a group, its way up, and what the trail says of its beginning."""
    fields = {name: value for name, value in Group.objects.filter(pk=group.pk).values()[0].items() if name not in OWN}
    way = GroupPath.objects.filter(descendant=group).order_by("depth").values_list("depth", "ancestor__parent")
    events = Event.objects.filter(target_id=str(group.pk)).values_list("action", "group", "brand", "target_kind")
    return fields, list(way), [(*event[:1], event[1] == group.pk, *event[2:]) for event in events]
