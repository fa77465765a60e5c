"""Making the parts of a task, and letting them follow their rollout; some at a time, by the worker."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models import Mailing, MailingState, Rollout, RolloutKind, RolloutPart, RolloutState
from campaigns.rollouts.audiences import audiences_for
from campaigns.rollouts.times import moment_for
from groups.audit import record

MADE = (RolloutState.DRAFT, RolloutState.SCHEDULED, RolloutState.PAUSED, RolloutState.ACTIVE)


def make_some(rollout: Rollout, limit: int) -> int:
    """Makes the mailings of parts that have none, all in one transaction, and gives how many.

    A worker that is killed in between leaves none of them; two at once make none twice, because the parts are locked
    and each has room for one mailing only.
    """
    if rollout.kind != RolloutKind.TASK or rollout.state not in MADE:
        return 0
    with transaction.atomic():
        # The pattern may be written meanwhile; what it says then follows by `follow_some`.
        pattern = Mailing.everything.select_related("version__template").get(pk=rollout.pattern_id)
        waiting = rollout.parts.filter(mailing=None, group__closed_at=None).select_related("group")
        parts = list(waiting.select_for_update(of=("self",))[:limit])
        audiences = audiences_for(rollout, [part.group_id for part in parts])
        for part in parts:
            part.group.brand = rollout.group.brand
            part.mailing = Mailing(
                group=part.group,
                author=rollout.created_by,
                rollout=rollout,
                is_held_back=rollout.was_shown_at is None,
                route=pattern.route,
                **_common(rollout, part, pattern),
                audience=audiences.get(part.group_id),
            )
            part.applied_revision, part.applied_setup = pattern.revision, rollout.setup_revision
        Mailing.everything.bulk_create([part.mailing for part in parts if part.mailing is not None])
        RolloutPart.objects.bulk_update(parts, ["mailing", "applied_revision", "applied_setup"])
        for part in parts:
            assert part.mailing is not None
            record(
                "mailing.started",
                actor=rollout.created_by,
                group=part.group,
                target=part.mailing,
                template=pattern.version.template.slug,
                rollout=str(rollout.pk),
            )
    return len(parts)


def follow_some(rollout: Rollout, limit: int) -> int:
    """Brings drafts up to what rollout and pattern say by now, and gives how many; what is a group's own stays.

    A draft that somebody has edited in between is left for the next time.
    """
    pattern = Mailing.everything.get(pk=rollout.pattern_id)
    behind = ~Q(applied_revision=pattern.revision) | ~Q(applied_setup=rollout.setup_revision)
    behind |= Q(applied_revision=None) | Q(applied_setup=None)
    parts = list(
        rollout.parts.filter(behind, mailing__state=MailingState.DRAFT).select_related("group", "mailing")[:limit]
    )
    audiences = audiences_for(rollout, [part.group_id for part in parts])
    followed = 0
    for part in parts:
        mailing = part.mailing
        assert mailing is not None
        part.group.brand = rollout.group.brand
        wanted = {**_common(rollout, part, pattern), "audience": audiences.get(part.group_id)}
        changes = {name: value for name, value in wanted.items() if getattr(mailing, name) != value}
        with transaction.atomic():
            current = Mailing.everything.filter(
                pk=mailing.pk, state=MailingState.DRAFT, revision=mailing.revision, rollout_part__own=part.own
            )
            written = {"revision": F("revision") + 1, "updated_at": timezone.now(), **changes}
            if changes and not Mailing.everything.filter(pk__in=current.values("pk")).update(**written):
                continue
            if changes:
                named = ", ".join(sorted(changes))
                record("mailing.edited", actor=None, group=part.group, target=mailing, changed=named)
            RolloutPart.objects.filter(pk=part.pk).update(
                applied_revision=pattern.revision, applied_setup=rollout.setup_revision
            )
        followed += 1
    return followed


def _common(rollout: Rollout, part: RolloutPart, pattern: Mailing) -> dict[str, Any]:
    """Gives what a part's mailing takes from its rollout, by column; over the common values stand the group's own."""
    kept = part.mailing.values if part.mailing is not None else {}
    return {
        "version": pattern.version,
        "name": rollout.name,
        "values": {**pattern.values, **{name: kept[name] for name in part.own if name in kept}},
        "envelope": pattern.envelope,
        "send_at": moment_for(rollout, part.group),
    }
