"""Whom each group's part goes to, by the rule of its rollout."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q

from campaigns.models import AudienceRule, Rollout
from groups.models import Audience, AudienceKind


def audiences_for(rollout: Rollout, groups: Collection[uuid.UUID]) -> dict[uuid.UUID, Audience]:
    """Gives the one audience of each group that the rule means, in one query.

    A group with none, or with several, is left out: nobody guesses whom a mailing goes to.
    """
    found: dict[uuid.UUID, list[Audience]] = {}
    for audience in Audience.objects.filter(_meant(rollout), group__in=groups):
        found.setdefault(audience.group_id, []).append(audience)
    return {group: audiences[0] for group, audiences in found.items() if len(audiences) == 1}


def _meant(rollout: Rollout) -> Q:
    name = rollout.audience_name.strip()
    match rollout.audience_rule:
        case AudienceRule.EVERYBODY:
            return Q(kind=AudienceKind.EVERYBODY)
        case AudienceRule.SEGMENT:
            return Q(kind=AudienceKind.SEGMENT) & (Q(name__iexact=name) if name else Q())
    return Q(name__iexact=name)
