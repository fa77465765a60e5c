"""The queue of the mail: which notices are due, who works on them, and what became of each.

A mail leaves at most once. Work that is lost before the mail server was asked (`claimed`) is done again; work that is
lost while it was being asked (`leaving`) is *uncertain* and never repeated: the notice stands in the portal, and a mail
that comes twice teaches people to overlook them all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from groups.errors import StaleState
from groups.models import MailState, Notice, NoticePreference, Pace

LEASE_SECONDS: Final = 120
MOST_ATTEMPTS: Final = 12
LONGEST_REST_MINUTES: Final = 60
DIGEST_NOTICES: Final = 500

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

    A notice that goes at once is a mail of its own. What waits for the hour or the morning is put together under a lock
    on its person's preference, so that neither another worker nor a change of wishes comes in between.
    """
    while (first := _due().order_by("due_at", "pk").first()) is not None:
        claimed = _claim_digest(first) if first.pace in (Pace.HOURLY, Pace.DAILY) else _claim({first.pk})
        if claimed is not None:
            return claimed
    return None


def _claim_digest(first: Notice) -> Claim | None:
    with transaction.atomic():
        # Evaluated for its lock alone.
        NoticePreference.objects.select_for_update().filter(person=first.person_id, brand=first.brand_id).first()
        together = _due().filter(person=first.person_id, brand=first.brand_id, pace__in=(Pace.HOURLY, Pace.DAILY))
        return _claim(set(together.order_by("due_at", "pk").values_list("pk", flat=True)[:DIGEST_NOTICES]))


def _claim(pks: Collection[Any]) -> Claim | None:
    lease = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    claimed = (
        _at(pks, _S.CLAIMED)
        .filter(_is_due())
        .update(mail_state=_S.CLAIMED, lease_until=lease, attempts=F("attempts") + 1)
    )
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
    lost = Notice.objects.filter(lease_until__lte=timezone.now())
    lost.filter(mail_state=_S.CLAIMED, attempts__gte=MOST_ATTEMPTS).update(mail_state=_S.FAILED, lease_until=None)
    lost.filter(mail_state=_S.CLAIMED).update(mail_state=_S.WAITING, lease_until=None)
    return lost.filter(mail_state=_S.LEAVING).update(mail_state=_S.UNCERTAIN, lease_until=None)


def _is_due() -> Q:
    return Q(due_at__lte=timezone.now())


def _due() -> Any:
    return Notice.objects.filter(_is_due(), mail_state=_S.WAITING)


def _at(pks: Collection[Any], state: MailState) -> Any:
    return Notice.objects.filter(pk__in=pks, mail_state__in=MOVES[state])


def _held(claim: Claim, notices: Sequence[Notice], state: MailState) -> Any:
    return _at({notice.pk for notice in notices}, state).filter(lease_until=claim.lease_until)
