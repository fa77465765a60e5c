"""How mailings, deliveries and rollouts move: one table of allowed moves each, one conditional UPDATE a move."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from campaigns.errors import StaleState
from campaigns.models import Delivery, DeliveryState, Mailing, MailingState, Rollout, RolloutState
from campaigns.webhooks import telling

_M, _D, _R = MailingState, DeliveryState, RolloutState

MAILING_MOVES: dict[MailingState, frozenset[MailingState]] = {
    _M.DRAFT: frozenset({_M.IN_REVIEW, _M.IN_APPROVAL, _M.SCHEDULED, _M.PAUSED, _M.NEEDS_DECISION}),
    _M.IN_REVIEW: frozenset({_M.DRAFT}),
    _M.IN_APPROVAL: frozenset({_M.DRAFT, _M.IN_REVIEW}),
    _M.SCHEDULED: frozenset(
        {
            _M.DRAFT,
            _M.IN_APPROVAL,
            _M.PAUSED,
            _M.NEEDS_DECISION,
            # Called back from Braze while its rollout is paused: approved still, and to be handed over again.
            _M.SCHEDULED,
            # Sent to the rest: to those whom the mailing did not reach yet.
            _M.SENT,
            _M.SENT_WITH_OPEN_QUESTIONS,
            _M.STOPPED,
        }
    ),
    _M.SENDING: frozenset({_M.SCHEDULED, _M.PAUSED}),
    _M.PAUSED: frozenset({_M.SCHEDULED, _M.SENDING}),
    _M.NEEDS_DECISION: frozenset({_M.SCHEDULED, _M.PAUSED}),
    _M.SENT: frozenset({_M.SCHEDULED, _M.SENDING, _M.SENT_WITH_OPEN_QUESTIONS}),
    _M.SENT_WITH_OPEN_QUESTIONS: frozenset({_M.SCHEDULED, _M.SENDING, _M.PAUSED, _M.NEEDS_DECISION}),
    # Its time has come, and nobody has looked at it since: scheduled still.
    _M.STOPPED: frozenset({_M.SCHEDULED, _M.SENDING, _M.PAUSED}),
    _M.CANCELLED: frozenset({_M.SCHEDULED, _M.PAUSED, _M.NEEDS_DECISION, _M.SENDING}),
    _M.FAILED: frozenset({_M.SCHEDULED, _M.SENDING, _M.PAUSED}),
    _M.EXPIRED: frozenset({_M.IN_REVIEW, _M.IN_APPROVAL}),
}

DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    _D.PLANNING: frozenset({_D.PAUSED}),
    _D.STAGING: frozenset({_D.PLANNING, _D.PAUSED, _D.STAGED}),
    _D.STAGED: frozenset({_D.STAGING}),
    _D.SENDING: frozenset({_D.PLANNING, _D.PAUSED}),
    _D.PAUSED: frozenset({_D.PLANNING, _D.STAGING, _D.SENDING, _D.STAGED}),
    _D.WITHDRAWING: frozenset({_D.PLANNING, _D.STAGING, _D.STAGED, _D.SENDING, _D.PAUSED}),
    _D.SETTLED: frozenset({_D.STAGED, _D.SENDING}),
    _D.WITHDRAWN: frozenset({_D.WITHDRAWING}),
    _D.FAILED: frozenset({_D.PLANNING, _D.WITHDRAWING}),
}

ROLLOUT_MOVES: dict[RolloutState, frozenset[RolloutState]] = {
    _R.DRAFT: frozenset(),
    _R.SCHEDULED: frozenset({_R.DRAFT, _R.PAUSED}),
    _R.ACTIVE: frozenset({_R.SCHEDULED, _R.PAUSED}),
    _R.PAUSED: frozenset({_R.SCHEDULED, _R.ACTIVE}),
    _R.COMPLETED: frozenset({_R.ACTIVE}),
    _R.CANCELLED: frozenset({_R.SCHEDULED, _R.ACTIVE, _R.PAUSED}),
    _R.ARCHIVED: frozenset({_R.DRAFT, _R.COMPLETED, _R.CANCELLED}),
}

# Submitted, and nobody has decided yet.
UNDECIDED = (_M.IN_REVIEW, _M.IN_APPROVAL)
UNDER_WAY = (_D.PLANNING, _D.STAGING, _D.STAGED, _D.SENDING, _D.PAUSED, _D.WITHDRAWING)


def move_mailing(
    mailing: Mailing,
    to: MailingState,
    *,
    start: Collection[MailingState] | None = None,
    revision: int | None = None,
    **changes: Any,
) -> None:
    """Moves a mailing and refreshes it; raises `StaleState` when it stands where this move does not start.

    `start` narrows the table to the states in which this event makes sense; `revision` is the one that was looked at.
    """
    allowed = MAILING_MOVES[to] if start is None else MAILING_MOVES[to] & frozenset(start)
    standing = Mailing.everything.filter(pk=mailing.pk, state__in=allowed)
    if revision is not None:
        standing = standing.filter(revision=revision)
    # Told in the same transaction; without a savepoint, which would cost two statements a move.
    with transaction.atomic(savepoint=False):
        moved = standing.update(state=to, **changes)
        if moved:
            mailing.refresh_from_db()
            telling.mailing_moved(mailing)
    if not moved:
        raise StaleState


def end_practice(mailing: Mailing, *, start: MailingState, revision: int | None = None) -> None:
    """Ends a practice mailing, of which Braze has had nothing but tests, and refreshes it; raises `StaleState`.

    No other mailing is sent without having been scheduled.
    """
    standing = Mailing.objects.filter(pk=mailing.pk, is_practice=True, state=start)
    if revision is not None:
        standing = standing.filter(revision=revision)
    with transaction.atomic(savepoint=False):
        moved = standing.update(state=MailingState.SENT, state_reason="")
        if moved:
            mailing.refresh_from_db()
            telling.mailing_moved(mailing)
    if not moved:
        raise StaleState


def move_delivery(
    delivery: Delivery, to: DeliveryState, *, start: Collection[DeliveryState] | None = None, **changes: Any
) -> None:
    """Moves a delivery and refreshes it; raises `StaleState` when it stands where this move does not start.

    `start` narrows the table to the states in which this event makes sense.
    """
    allowed = DELIVERY_MOVES[to] if start is None else DELIVERY_MOVES[to] & frozenset(start)
    with transaction.atomic(savepoint=False):
        moved = Delivery.objects.filter(pk=delivery.pk, state__in=allowed).update(state=to, **changes)
        if moved:
            delivery.refresh_from_db()
            telling.delivery_moved(delivery)
    if not moved:
        raise StaleState


def move_rollout(
    rollout: Rollout, to: RolloutState, *, start: Collection[RolloutState] | None = None, **changes: Any
) -> None:
    """Moves a rollout and refreshes it; raises `StaleState` when it stands where this move does not start.

    `start` narrows the table to the states in which this event makes sense.
    """
    allowed = ROLLOUT_MOVES[to] if start is None else ROLLOUT_MOVES[to] & frozenset(start)
    if not Rollout.objects.filter(pk=rollout.pk, state__in=allowed).update(state=to, **changes):
        raise StaleState
    rollout.refresh_from_db()


def lock_mailing(mailing: Mailing) -> None:
    """Lets nobody else move a mailing until the transaction ends, and refreshes it."""
    Mailing.everything.select_for_update().get(pk=mailing.pk)
    mailing.refresh_from_db()


def lock_delivery(delivery: Delivery) -> None:
    """Lets nobody else move a delivery until the transaction ends, and refreshes it and its mailing."""
    Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.refresh_from_db()
    delivery.mailing.refresh_from_db()
