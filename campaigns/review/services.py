"""Submitting a mailing and deciding on it; an approval holds for exactly what was looked at."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import clean_text
from campaigns.compose.content import proof_of
from campaigns.delivery.services import hand_over
from campaigns.errors import NotAllowed, NotReady, Refusal, StaleState
from campaigns.models import Mailing, MailingState, Review, ReviewState
from campaigns.preflight import check
from campaigns.review.digest import digest_of
from campaigns.review.notices import tell_decision, tell_submission
from campaigns.states import move_mailing
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission


def submit(*, mailing: Mailing, actor: User, note: str = "") -> Review:
    """Puts a draft before the approvers, with the digest of what they will see.

    Raises `NotAllowed` without the right to edit, `NotReady` when a check blocks, `StaleState` when it is no draft.
    """
    _demand(actor, Permission.EDIT_MAILINGS, mailing, _("You may not submit mailings of this group."))
    findings = check(mailing, actor=actor)
    if blocking := [finding for finding in findings if finding.blocks]:
        raise NotReady(_("This cannot be submitted yet. Mend what the check lists."), blocking)
    opens = mailing.send_at or timezone.now()
    with transaction.atomic():
        move_mailing(mailing, MailingState.IN_APPROVAL, start={MailingState.DRAFT}, revision=mailing.revision)
        review = Review.objects.create(
            mailing=mailing,
            digest=digest_of(mailing),
            values=mailing.values,
            proof=proof_of(mailing).as_json(),
            window_from=opens,
            window_until=opens + timedelta(hours=settings.APPROVAL_WINDOW_HOURS),
            note=clean_text(note).strip()[:500],
            submitted_by=actor,
        )
        record("mailing.submitted", actor=actor, group=mailing.group, target=mailing, digest=review.digest)
        transaction.on_commit(lambda: tell_submission(review))
    return review


def approve(*, review: Review, actor: User) -> Mailing:
    """Says yes: the mailing is scheduled, or handed over at once where it goes "now".

    Raises `NotAllowed` without the right or for one's own work, `StaleState` when somebody has decided or the mailing
    is not what was submitted, and `NotReady` when a check blocks by now.
    """
    mailing = review.mailing
    _demand(actor, Permission.APPROVE_MAILINGS, mailing, _("You may not approve mailings of this group."))
    if actor.pk in (review.submitted_by_id, mailing.author_id):
        raise NotAllowed(_("You wrote or submitted this mailing, so somebody else must approve it."))
    if digest_of(mailing) != review.digest:
        raise StaleState(
            _(
                "What this mailing shows has changed since it was submitted, for example the group's address. "
                "Ask for changes."
            )
        )
    now = timezone.now()
    if review.window_until <= now or (mailing.send_at and mailing.send_at <= now):
        raise Refusal(_("The time that the author chose has passed. Ask for changes, so that they choose a new one."))
    if blocking := [finding for finding in check(mailing, actor=actor) if finding.blocks]:
        raise NotReady(_("This cannot go out as it stands now. Ask for changes."), blocking)
    with transaction.atomic():
        _decide(review, ReviewState.APPROVED, actor)
        record("mailing.approved", actor=actor, group=mailing.group, target=mailing, digest=review.digest)
        hand_over(mailing=mailing, actor=actor, start=MailingState.IN_APPROVAL)
        transaction.on_commit(lambda: tell_decision(review))
    return mailing


def ask_for_changes(*, review: Review, actor: User, reason: str) -> Mailing:
    """Sends the mailing back to its author with a reason, which is required (catalogue M6)."""
    mailing = review.mailing
    _demand(actor, Permission.APPROVE_MAILINGS, mailing, _("You may not decide on mailings of this group."))
    cleaned = clean_text(reason).strip()[:1000]
    if not cleaned:
        raise Refusal(_("Write what should change, so that the author knows what to do."))
    with transaction.atomic():
        _decide(review, ReviewState.CHANGES_ASKED, actor, reason=cleaned)
        move_mailing(mailing, MailingState.DRAFT, start={MailingState.IN_APPROVAL})
        record("mailing.changes_asked", actor=actor, group=mailing.group, target=mailing)
        transaction.on_commit(lambda: tell_decision(review))
    return mailing


def take_back(*, mailing: Mailing, actor: User) -> Mailing:
    """Takes a submitted mailing back to draft; nobody needs to agree (catalogue M7)."""
    _demand(actor, Permission.EDIT_MAILINGS, mailing, _("You may not take back mailings of this group."))
    review = Review.objects.filter(mailing=mailing, state=ReviewState.OPEN).first()
    if review is None:
        raise StaleState
    with transaction.atomic():
        _decide(review, ReviewState.TAKEN_BACK, actor)
        move_mailing(mailing, MailingState.DRAFT, start={MailingState.IN_APPROVAL})
        record("mailing.taken_back", actor=actor, group=mailing.group, target=mailing)
    return mailing


def expire_reviews() -> int:
    """Ends reviews whose window has passed, so that nothing goes out late by itself (M8); gives how many."""
    expired = 0
    overdue = Review.objects.filter(state=ReviewState.OPEN, window_until__lte=timezone.now())
    for review in overdue.select_related("mailing__group__brand"):
        try:
            with transaction.atomic():
                _decide(review, ReviewState.EXPIRED, None)
                move_mailing(review.mailing, MailingState.EXPIRED)
                record("mailing.expired", actor=None, group=review.mailing.group, target=review.mailing)
                transaction.on_commit(partial(tell_decision, review))
            expired += 1
        except StaleState:
            continue  # somebody has decided a moment ago
    return expired


def _decide(review: Review, state: ReviewState, actor: User | None, *, reason: str = "") -> None:
    decided = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN).update(
        state=state, decided_by=actor, decided_at=timezone.now(), reason=reason
    )
    if not decided:
        raise StaleState
    review.refresh_from_db()


def _demand(actor: User, permission: Permission, mailing: Mailing, sentence: str) -> None:
    if not may(actor, permission, mailing.group):
        raise NotAllowed(sentence)
