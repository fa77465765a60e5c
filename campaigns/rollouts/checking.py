"""What the check says of each part, kept with it, so that a page of thousands asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from campaigns.models import Mailing, MailingState, Rollout, RolloutPart
from campaigns.preflight import CheckFinding, check


def check_some(rollout: Rollout, limit: int) -> int:
    """Checks drafts that have changed since they were checked, and gives how many."""
    waiting = rollout.parts.filter(mailing__state=MailingState.DRAFT).exclude(checked_revision=F("mailing__revision"))
    known = waiting.select_related("mailing__group__brand", "mailing__version__template", "mailing__audience")
    parts = list(known.select_related("mailing__author", "mailing__rollout")[:limit])
    for part in parts:
        assert part.mailing is not None
        note_findings(part, check(part.mailing, actor=rollout.created_by), revision=part.mailing.revision)
    return len(parts)


def note_findings(part: RolloutPart, findings: Sequence[CheckFinding], *, revision: int) -> None:
    """Keeps what a check said of a revision of a part's mailing."""
    RolloutPart.objects.filter(pk=part.pk).update(
        findings=[_stored(one) for one in findings],
        is_blocked=any(one.blocks for one in findings),
        checked_revision=revision,
    )


def findings_of(part: RolloutPart) -> tuple[CheckFinding, ...]:
    """Gives what the last check said, what blocks first; each has its sentence in the reader's language."""
    found = [_read(one) for one in part.findings]
    return tuple(sorted(found, key=lambda one: not one.blocks))


def check_again(rollout: Rollout) -> None:
    """Lets every draft be checked anew, and look for its audience anew where it had none."""
    rollout.parts.filter(mailing__state=MailingState.DRAFT).update(checked_revision=None)
    lost = Mailing.everything.filter(rollout=rollout, audience=None, state=MailingState.DRAFT)
    rollout.parts.filter(mailing__in=lost).update(applied_setup=None)


def _stored(finding: CheckFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "message": finding.message,
        "step": finding.step,
        "blocks": finding.blocks,
        "params": {name: str(value) for name, value in finding.params.items()},
    }


def _read(stored: Mapping[str, Any]) -> CheckFinding:
    return CheckFinding(**stored)
