"""The answers to a submission: yes at either level, back with a reason, and a yes that is revoked."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import clean_text
from campaigns.delivery.control import bring_back
from campaigns.delivery.services import hand_over
from campaigns.errors import NotAllowed, NotReady, Refusal, StaleState
from campaigns.models import Decision, Level, Mailing, MailingState, Review, ReviewState, Verdict
from campaigns.practice.services import reach_team
from campaigns.preflight import check
from campaigns.review.authors import is_author, may_decide
from campaigns.review.deciders import permission_at
from campaigns.review.demand import Demanded
from campaigns.review.digest import digest_of
from campaigns.review.notices import tell_decision, tell_reviewed
from campaigns.review.policy import demand_of
from campaigns.review.services import close
from campaigns.states import UNDECIDED, lock_mailing, move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission

REASON_CHARACTERS = 1000


def approve(*, review: Review, actor: User, digest: str = "", is_told: bool = True) -> Mailing:
    """Says yes at the level whose turn it is. The last yes that is needed schedules the mailing, or hands it over.

    `digest` is that of what the person looked at, where their page named it. Without `is_told` nobody gets a notice:
    the caller tells of many at once. Raises `NotAllowed` without the right, for
    one's own work and for a second yes; `StaleState` when somebody has decided or the mailing is not what was
    submitted; `Refusal` when its time has passed; `NotReady` when a check blocks by now.
    """
    mailing = review.mailing
    _demand_decider(review, actor)
    _demand_in_time(review)
    if blocking := [finding for finding in check(mailing, actor=actor) if finding.blocks]:
        raise NotReady(_("This cannot go out as it stands now. Ask for changes."), blocking)
    with transaction.atomic():
        _lock_open(review, actor)
        _demand_unchanged(review, digest)
        _demand_in_time(review)
        said = review.decisions.filter(person=actor, verdict=Verdict.YES).first()
        if said is not None:
            raise NotAllowed(_said_already(review, said))
        _say(review, actor, Verdict.YES)
        if review.level == Level.FIRST:
            _pass_on(review, actor, is_told=is_told)
        else:
            _count(review, actor, is_told=is_told)
    review.refresh_from_db()
    mailing.refresh_from_db()
    return mailing


def ask_for_changes(*, review: Review, actor: User, reason: str) -> Mailing:
    """Sends the mailing back to its author with a reason, which is required (catalogue M6).

    Raises `NotAllowed` without the right and for one's own work, and `StaleState` when somebody has decided.
    """
    mailing = review.mailing
    _demand_decider(review, actor)
    cleaned = _reason(reason)
    with transaction.atomic():
        _lock_open(review, actor)
        review.decisions.filter(person=actor, level=review.level).delete()  # a yes that they think better of
        _say(review, actor, Verdict.CHANGES, cleaned)
        close(review, ReviewState.CHANGES_ASKED, actor, reason=cleaned)
        move_mailing(mailing, MailingState.DRAFT, start=UNDECIDED)
        record("mailing.changes_asked", actor=actor, group=mailing.group, target=mailing)
        tell_decision(review)
    return mailing


def revoke(*, review: Review, actor: User, reason: str) -> Mailing:
    """Takes an approval back, with a reason: the mailing is a draft again once everything staged is withdrawn.

    Raises `NotAllowed`, `StaleState` when it is not on its way by this approval, and `Refusal` once it is too late.
    """
    mailing = review.mailing
    cleaned = _reason(reason)
    with transaction.atomic():
        lock_mailing(mailing)
        review.refresh_from_db()
        if not may(actor, Permission.APPROVE_MAILINGS, mailing.group):
            raise NotAllowed(_("You may not revoke approvals of this group."))
        if review.state != ReviewState.APPROVED:
            raise StaleState
        told = _("%(name)s revoked the approval: %(reason)s") % {"name": actor, "reason": cleaned}
        bring_back(mailing=mailing, actor=actor, reason=told[:500])
        Review.objects.filter(pk=review.pk).update(decided_by=actor, decided_at=timezone.now(), reason=cleaned)
        record("mailing.approval_revoked", actor=actor, group=mailing.group, target=mailing)
        review.refresh_from_db()
        tell_decision(review)
    return mailing


def yeses_of(review: Review) -> int:
    """Counts the people who said yes at the final level and hold the right to it still."""
    given = review.decisions.filter(level=Level.FINAL, verdict=Verdict.YES).select_related("person")
    return sum(may_decide(one.person, Permission.APPROVE_MAILINGS, review.mailing) for one in given)


def _lock_open(review: Review, actor: User) -> None:
    """Lets nobody else decide until the transaction ends, and asks again whether this person still may."""
    lock_mailing(review.mailing)
    mailing = review.mailing
    review.refresh_from_db()
    review.mailing = mailing
    if review.state != ReviewState.OPEN:
        raise StaleState
    _demand_decider(review, actor)


def _demand_decider(review: Review, actor: User) -> None:
    if is_author(review.mailing, actor):
        raise NotAllowed(_("You wrote or submitted this mailing, so somebody else must decide on it."))
    if not may_decide(actor, permission_at(review), review.mailing):
        raise NotAllowed(_("You may not decide on this mailing at this level."))


def _demand_unchanged(review: Review, digest: str) -> None:
    if (digest and digest != review.digest) or digest_of(review.mailing) != review.digest:
        raise StaleState(
            _(
                "What this mailing shows has changed since it was submitted, for example the group's address. "
                "Ask for changes."
            )
        )


def _demand_in_time(review: Review) -> None:
    if review.decide_by <= timezone.now():
        raise Refusal(_("The time that the author chose has passed. Ask for changes, so that they choose a new one."))


def _say(review: Review, actor: User, verdict: Verdict, reason: str = "") -> None:
    Decision.objects.create(
        review=review,
        level=review.level,
        person=actor,
        acted_by=actor.acted_by,
        author_id=review.mailing.author_id,
        submitter_id=review.submitted_by_id,
        verdict=verdict,
        at=timezone.now(),
        digest=review.digest,
        reason=reason,
    )


def _pass_on(review: Review, actor: User, *, is_told: bool) -> None:
    """Ends the first level: from now on it waits for approval."""
    passed = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN, level=Level.FIRST).update(level=Level.FINAL)
    if not passed:
        raise StaleState
    review.refresh_from_db()
    move_mailing(review.mailing, MailingState.IN_APPROVAL, start={MailingState.IN_REVIEW})
    record("mailing.reviewed", actor=actor, group=review.mailing.group, target=review.mailing, digest=review.digest)
    if is_told:
        tell_reviewed(review)


def _count(review: Review, actor: User, *, is_told: bool) -> None:
    """Counts a yes of the final level; once there are enough the mailing is let go.

    Rules and audiences may have become stricter or larger since the submission: then that counts.
    """
    mailing = review.mailing
    demanded = demand_of(mailing)
    if demanded.has_two_levels and not review.decisions.filter(level=Level.FIRST, verdict=Verdict.YES).exists():
        raise Refusal(_more_is_asked(demanded))
    needed = max(review.approvals_needed, demanded.approvals)
    given = yeses_of(review)
    if given < needed:
        Review.objects.filter(pk=review.pk, state=ReviewState.OPEN).update(approvals_needed=needed)
        record(
            "mailing.approval_given",
            actor=actor,
            group=mailing.group,
            target=mailing,
            digest=review.digest,
            given=given,
            needed=needed,
        )
        return
    close(review, ReviewState.APPROVED, actor)
    record("mailing.approved", actor=actor, group=mailing.group, target=mailing, digest=review.digest)
    if mailing.is_practice:
        reach_team(mailing=mailing, actor=review.submitted_by, start=MailingState.IN_APPROVAL)
    else:
        hand_over(mailing=mailing, actor=actor, start=MailingState.IN_APPROVAL)
    if is_told:
        tell_decision(review)


def _said_already(review: Review, said: Decision) -> str:
    if said.level == review.level:
        return _("You have approved this already. It waits for somebody else.")
    return _("You have reviewed this at the first level, so somebody else must approve it.")


def _more_is_asked(demanded: Demanded) -> str:
    sentence = _("By now two levels are needed. Ask for changes, so that it is submitted again.")
    return " ".join([sentence, *demanded.reasons])


def _reason(text: str) -> str:
    cleaned = clean_text(text).strip()[:REASON_CHARACTERS]
    if not cleaned:
        raise Refusal(_("Write what should change, so that the author knows what to do."))
    return cleaned
