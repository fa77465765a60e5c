"""Offers: a template with values that groups may use in a window, each in mailings of its own (catalogue M20)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.compose.closing import in_words
from campaigns.errors import NotAllowed, Refusal
from campaigns.halts import demand_open
from campaigns.library.offering import is_offered
from campaigns.models import Mailing, Rollout, RolloutKind, RolloutState, Template
from groups.access import may
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission


def offers_for(group: Group) -> QuerySet[Rollout]:
    """Gives the offers that a group can see: those that are to be used now, and those that come."""
    return (
        Rollout.objects.filter(
            kind=RolloutKind.ASSET,
            state__in=(RolloutState.SCHEDULED, RolloutState.ACTIVE),
            was_shown_at__isnull=False,
            parts__group=group,
        )
        .select_related("pattern__version__template", "group")
        .defer("pattern__version__source", "pattern__version__compiled")
        .order_by("ends_at", "name")
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as the wall of templates shows it to a group; `begins` is empty once it can be used."""

    rollout: Rollout
    template: Template
    begins: str
    ends: str


def offers_in_words(group: Group) -> list[Offer]:
    """Gives the offers that a group can see, with their times by its own clock."""
    return [
        Offer(
            rollout=one,
            template=one.pattern.version.template,
            begins="" if one.state == RolloutState.ACTIVE or not one.starts_at else in_words(one.starts_at, group),
            ends="" if one.ends_at is None else in_words(one.ends_at, group),
        )
        for one in offers_for(group)
    ]


def use(*, rollout: Rollout, group: Group, actor: User) -> Mailing:
    """Starts a group's own mailing from an offer: its text is there already, audience and time are the group's.

    Raises `NotAllowed` without the right to edit in the group, and `Refusal` where it is not offered to it now.
    """
    if not may(actor, Permission.EDIT_MAILINGS, group):
        raise NotAllowed(_("You may not write mailings of this group."))
    demand_open(group)
    pattern = rollout.pattern
    is_now = offers_for(group).filter(pk=rollout.pk, state=RolloutState.ACTIVE, ends_at__gt=timezone.now()).exists()
    if not is_now or not is_offered(pattern.version.template, group, actor):
        raise Refusal(_("Head office does not offer this to your group at the moment."))
    with transaction.atomic():
        mailing = Mailing.objects.create(
            group=group,
            version=pattern.version,
            name=rollout.name,
            values=pattern.values,
            route=pattern.route,
            author=actor,
            rollout=rollout,
        )
        record("mailing.started", actor=actor, group=group, target=mailing, rollout=str(rollout.pk))
        record("rollout.used", actor=actor, group=group, target=rollout)
    return mailing


def uses_by_group(rollout: Rollout) -> dict[object, int]:
    """Counts the mailings that groups started from an offer, by group."""
    used = Mailing.everything.filter(rollout=rollout).exclude(pk=rollout.pattern_id).order_by()
    return dict(used.values_list("group").annotate(number=Count("pk")).values_list("group", "number"))
