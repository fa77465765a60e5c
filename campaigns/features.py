"""What a group may not use because a brand has switched it off there (catalogue G9), where no permission says it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaigns.errors import NotAllowed
from groups.access import has_feature
from groups.models import FeatureSwitch, Group
from groups.roles import Feature

NO_SCHEDULING: Final = gettext_noop(
    "Head office has switched off choosing a time for this group. Choose “Now”: it goes out as soon as it is sent or "
    "approved."
)
NO_ATTACHMENTS: Final = gettext_noop("Head office has switched off attachments for this group. Remove the files.")


def switched_off(group: Group) -> frozenset[Feature]:
    """Gives the features that a group may not use, in one query."""
    switches = FeatureSwitch.objects.filter(group__paths_down__descendant=group)
    return frozenset(Feature(one) for one in switches.values_list("feature", flat=True))


def demand_scheduling(group: Group) -> None:
    """Raises `NotAllowed` where a group may not choose the time of its mailings."""
    if not has_feature(group, Feature.SCHEDULING):
        raise NotAllowed(_(NO_SCHEDULING))


def demand_attachments(group: Group) -> None:
    """Raises `NotAllowed` where a group may not send files along."""
    if not has_feature(group, Feature.ATTACHMENTS):
        raise NotAllowed(_("Head office has switched off attachments for this group, so no file can be added."))
