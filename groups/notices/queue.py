"""The queue of the mail: which notices are due, who works on them, and what became of each.

A mail leaves at most once. Work that is lost before the mail server was asked (`claimed`) is done again; work that is
lost while it was being asked (`leaving`) is *uncertain* and never repeated: the notice stands in the portal, and a mail
that comes twice teaches people to overlook them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from groups.errors import StaleState
from groups.models import MailState, Notice, Pace

LEASE_SECONDS: Final = 120
MOST_ATTEMPTS: Final = 12
LONGEST_REST_MINUTES: Final = 60
DIGEST_NOTICES: Final = 500
_TOGETHER: Final = (Pace.HOURLY, Pace.DAILY)

_S = MailState
MOVES: Final[dict[MailState, frozenset[MailState]]] = {
    _S.WAITING: frozenset({_S.CLAIMED, _S.LEAVING}),  # from leaving only where the server surely took nothing
    _S.CLAIMED: frozenset({_S.WAITING}),
    _S.LEAVING: frozenset({_S.CLAIMED}),
    _S.MAILED: frozenset({_S.LEAVING}),
    _S.KEPT: frozenset({_S.CLAIMED}),
    _S.UNCERTAIN: frozenset({_S.LEAVING}),
    _S.FAILED: frozenset({_S.CLAIMED, _S.LEAVING}),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """Notices that make one mail to one person; whoever holds the claim works on them until its lease runs out."""

    notices: Sequence[Notice]
    lease_until: datetime


def claim_next() -> Claim | None:
    """Claims the notices of the next mail that is due, the longest waiting first; None when nothing is due.

    A notice that goes at once is a mail of its own; what waits for the hour or the morning goes together.
    """
    while (first := _due().order_by("due_at", "pk").first()) is not None:
        together = _due().filter(pk=first.pk)
        if first.pace in _TOGETHER:
            together = _due().filter(person=first.person_id, brand=first.brand_id, pace__in=_TOGETHER)
        if (claimed := _claim(together)) is not None:
            return claimed
    return None


def lock_in_order(notices: QuerySet[Notice]) -> list[UUID]:
    """Locks rows for the transaction in the order of their ids, so that no two wait for each other; gives the ids."""
    return list(notices.select_for_update().order_by("pk").values_list("pk", flat=True))


def _claim(notices: QuerySet[Notice]) -> Claim | None:
    lease = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    with transaction.atomic():
        pks = lock_in_order(notices)[:DIGEST_NOTICES]
        claimed = _at(pks, _S.CLAIMED).update(mail_state=_S.CLAIMED, lease_until=lease, attempts=F("attempts") + 1)
    if not claimed:
        return None
    mine = Notice.objects.filter(pk__in=pks, mail_state=_S.CLAIMED, lease_until=lease)
    return Claim(tuple(mine.select_related("person", "brand", "group").order_by("created_at", "pk")), lease)


def start_leaving(claim: Claim, notices: Sequence[Notice]) -> None:
    """Notes that the mail server is about to be asked; raises `StaleState` where the claim was lost by now."""
    with transaction.atomic():
        if _held(claim, notices, _S.LEAVING).update(mail_state=_S.LEAVING) != len(notices):
            raise StaleState


def settle(claim: Claim, notices: Sequence[Notice], state: MailState) -> None:
    """Writes what became of the notices of a claim; those that somebody else took over meanwhile are theirs."""
    mailed_at = timezone.now() if state == _S.MAILED else None
    _held(claim, notices, state).update(mail_state=state, lease_until=None, mailed_at=mailed_at)


def wait_again(claim: Claim, notices: Sequence[Notice]) -> None:
    """Lets notices wait for another attempt, longer each time; after `MOST_ATTEMPTS` the portal alone shows them."""
    for notice in notices:
        if notice.attempts >= MOST_ATTEMPTS:
            settle(claim, [notice], _S.FAILED)
            continue
        rest = timedelta(minutes=min(2**notice.attempts, LONGEST_REST_MINUTES))
        _held(claim, [notice], _S.WAITING).update(mail_state=_S.WAITING, lease_until=None, due_at=timezone.now() + rest)


def take_back_lost() -> int:
    """Ends the leases of workers that are gone; gives how many notices may or may not have been mailed by them."""
    lost = Notice.objects.filter(mail_state__in=(_S.CLAIMED, _S.LEAVING), lease_until__lte=timezone.now())
    if not lost.exists():
        return 0
    lost.filter(mail_state=_S.CLAIMED, attempts__gte=MOST_ATTEMPTS).update(mail_state=_S.FAILED, lease_until=None)
    lost.filter(mail_state=_S.CLAIMED).update(mail_state=_S.WAITING, lease_until=None)
    return lost.filter(mail_state=_S.LEAVING).update(mail_state=_S.UNCERTAIN, lease_until=None)


def _due() -> QuerySet[Notice]:
    return Notice.objects.filter(due_at__lte=timezone.now(), mail_state=_S.WAITING)


def _at(pks: Collection[UUID], state: MailState) -> QuerySet[Notice]:
    return Notice.objects.filter(pk__in=pks, mail_state__in=MOVES[state])


def _held(claim: Claim, notices: Sequence[Notice], state: MailState) -> QuerySet[Notice]:
    return _at([notice.pk for notice in notices], state).filter(lease_until=claim.lease_until)
