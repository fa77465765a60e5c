"""Switching features off in a group and below it (catalogue G9), and saying where they are off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from groups import audit
from groups.models import Event, FeatureSwitch, Group, GroupPath, User
from groups.people.admins import lock_people
from groups.roles import Feature
from groups.tree.changing import demand_managing

OFF, ON = "feature.switched_off", "feature.switched_on"


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """How a feature stands in a group: `off_in` is the nearest group in which it is switched off, and `off_by` who did.

    `is_off_here` tells that the group itself switches it off, whatever stands above.
    """

    feature: Feature
    is_off_here: bool
    off_in: Group | None
    off_by: User | None
    is_off_above: bool

    @property
    def is_on(self) -> bool:
        """Whether people of the group may use it."""
        return self.off_in is None


def switch_features(*, group: Group, off: Iterable[Feature], actor: User) -> None:
    """Says which features are off in a group and below it; those that a group above switches off stay off.

    A switch holds for everybody, head office too, and takes effect with the next page. Raises `NotPermitted`.
    """
    demand_managing(actor, group)
    with transaction.atomic():
        lock_people(group.brand)
        wanted = {Feature(one) for one in off}
        standing = {Feature(one) for one in group.features_off.values_list("feature", flat=True)}
        group.features_off.filter(feature__in=standing - wanted).delete()
        FeatureSwitch.objects.bulk_create(
            FeatureSwitch(group=group, feature=feature) for feature in sorted(wanted - standing)
        )
        for action, features in ((OFF, wanted - standing), (ON, standing - wanted)):
            for feature in sorted(features):
                audit.record(action, actor=actor, target=group, group=group, feature=feature.value)


def features_of(group: Group) -> tuple[FeatureLine, ...]:
    """Gives every feature with where it is off, nearest group first; three queries."""
    depths = dict(GroupPath.objects.filter(descendant=group).values_list("ancestor", "depth"))
    switches = FeatureSwitch.objects.filter(group__in=depths).select_related("group")
    nearest_first = sorted(switches, key=lambda switch: depths[switch.group_id])
    events = Event.objects.filter(action=OFF, group__in=depths).select_related("actor").order_by("id")
    by = {(event.group_id, event.detail.get("feature")): event.actor for event in events}
    lines = []
    for feature in Feature:
        off = [switch for switch in nearest_first if switch.feature == feature]
        first = off[0] if off else None
        lines.append(
            FeatureLine(
                feature=feature,
                is_off_here=any(switch.group_id == group.pk for switch in off),
                off_in=first.group if first else None,
                off_by=by.get((first.group_id, feature.value)) if first else None,
                is_off_above=any(switch.group_id != group.pk for switch in off),
            )
        )
    return tuple(lines)
