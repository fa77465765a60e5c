"""Whether the rollout of a mailing lets it go out (catalogue M20)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from campaigns.models import Answer, RolloutKind, RolloutPart, RolloutState
from campaigns.preflight.findings import CheckFinding
from campaigns.preflight.subject import Subject
from campaigns.rollouts.belonging import is_part, is_pattern


def rollout(subject: Subject) -> Iterator[CheckFinding]:
    """Blocks what was started from an offer that is over or paused, and the part of a group that opted out."""
    mailing = subject.mailing
    rollout = mailing.rollout
    if rollout is None or is_pattern(mailing):
        return
    if is_part(mailing):
        if RolloutPart.objects.filter(mailing=mailing.pk, answer=Answer.OPTED_OUT).exists():
            yield CheckFinding("rollout_opted_out", _("The group has opted out of this rollout."), step="braze")
        return
    if rollout.kind == RolloutKind.ASSET and rollout.state != RolloutState.ACTIVE:
        yield CheckFinding(
            "rollout_not_offered",
            _("Head office does not offer “%(name)s” at the moment, so nothing made from it goes out."),
            step="braze",
            params={"name": rollout.name},
        )
    elif rollout.ends_at is not None and mailing.send_at is not None and mailing.send_at > rollout.ends_at:
        yield CheckFinding(
            "rollout_too_late",
            _("Head office offers “%(name)s” only for a time that ends before this. Choose an earlier one."),
            step="when",
            params={"name": rollout.name},
        )
