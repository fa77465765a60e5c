"""Submitting a mailing and taking it back; an approval holds for exactly what was looked at."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import clean_text
from campaigns.compose.content import proof_of
from campaigns.delivery.control import ON_ITS_WAY, edit_again
from campaigns.errors import NotAllowed, NotReady, StaleState
from campaigns.models import Level, Mailing, MailingState, Review, ReviewState
from campaigns.preflight import check
from campaigns.review.changed_kinds import changed_kinds_of
from campaigns.review.digest import digest_of
from campaigns.review.notices import put_away_questions, tell_submission
from campaigns.review.policy import demand_for
from campaigns.review.surroundings import noted
from campaigns.rollouts.belonging import demand_stoppable, demand_submittable
from campaigns.states import UNDECIDED, lock_mailing, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission


def submit(*, mailing: Mailing, actor: User, note: str = "", is_priority: bool = False, is_told: bool = True) -> Review:
    """Puts a draft before the reviewers, or before the approvers where one level is enough.

    The digest of what they will see is stored with it. Without `is_told` nobody gets a notice: the caller tells of
    many at once. Raises `NotAllowed` without the right to edit, `NotReady` when a
    check blocks, `StaleState` when it is no draft or was edited since `mailing` was read.
    """
    _demand(actor, mailing, _("You may not submit mailings of this group."))
    demand_submittable(mailing, actor)
    findings = check(mailing, actor=actor)
    if blocking := [finding for finding in findings if finding.blocks]:
        raise NotReady(_("This cannot be submitted yet. Mend what the check lists."), blocking)
    opens = mailing.send_at or timezone.now()
    with transaction.atomic():
        demanded = demand_for(mailing, actor)
        to = MailingState.IN_REVIEW if demanded.has_two_levels else MailingState.IN_APPROVAL
        move_mailing(mailing, to, start={MailingState.DRAFT}, revision=mailing.revision, state_reason="")
        review = Review.objects.create(
            mailing=mailing,
            level=Level.FIRST if demanded.has_two_levels else Level.FINAL,
            approvals_needed=demanded.approvals,
            digest=digest_of(mailing),
            values=mailing.values,
            beside=noted(mailing),
            proof=proof_of(mailing).as_json(),
            changed_kinds=sorted(changed_kinds_of(mailing)),
            has_findings=bool(findings),
            window_from=opens,
            window_until=_window_until(mailing, opens),
            note=clean_text(note).strip()[:500],
            is_priority=is_priority,
            submitted_by=actor,
            acted_by=actor.acted_by,
        )
        record(
            "mailing.submitted",
            actor=actor,
            group=mailing.group,
            target=mailing,
            digest=review.digest,
            levels=2 if demanded.has_two_levels else 1,
            approvals=demanded.approvals,
        )
        if is_told:
            tell_submission(review)
    return review


def take_back(*, mailing: Mailing, actor: User) -> Mailing:
    """Takes a mailing back to draft; nobody needs to agree (catalogue M7).

    One that is scheduled already is withdrawn first, as `campaigns.delivery.control.edit_again` does. Raises
    `NotAllowed`, and `StaleState` when nothing waits.
    """
    _demand(actor, mailing, _("You may not take back mailings of this group."))
    demand_stoppable(mailing, actor)
    with transaction.atomic():
        lock_mailing(mailing)
        if mailing.state in ON_ITS_WAY:
            return edit_again(mailing=mailing, actor=actor)
        review = Review.objects.filter(mailing=mailing, state=ReviewState.OPEN).first()
        if review is None:
            raise StaleState
        close(review, ReviewState.TAKEN_BACK, actor)
        put_away_questions(review)
        move_mailing(mailing, MailingState.DRAFT, start=UNDECIDED)
        record("mailing.taken_back", actor=actor, group=mailing.group, target=mailing)
    return mailing


def close(review: Review, state: ReviewState, actor: User | None, *, reason: str = "") -> None:
    """Ends an open review and refreshes it; raises `StaleState` when it is open no more. Needs a transaction."""
    decided = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN).update(
        state=state, decided_by=actor, decided_at=timezone.now(), reason=reason
    )
    if not decided:
        raise StaleState
    review.refresh_from_db()


def _window_until(mailing: Mailing, opens: datetime) -> datetime:
    """Gives until when an approval would hold: never past the end of the last day that the author set."""
    until = opens + timedelta(hours=settings.APPROVAL_WINDOW_HOURS)
    if mailing.last_day is None:
        return until
    day_after = datetime.combine(mailing.last_day + timedelta(days=1), time.min, ZoneInfo(mailing.group.time_zone))
    return min(until, day_after)


def _demand(actor: User, mailing: Mailing, sentence: str) -> None:
    if not may(actor, Permission.EDIT_MAILINGS, mailing.group):
        raise NotAllowed(sentence)
