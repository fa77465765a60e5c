"""The worker's part of an erasure: mail is withdrawn, the portal forgets, Braze is told; each step can be repeated."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import ngettext

from groups import audit
from groups.erasing.forgetting import forget
from groups.erasing.holders import Leftover, UnderWay, holders
from groups.erasing.telling import Answer, tell
from groups.errors import GroupsError
from groups.models import Erasure, ErasureState

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=300)
LOOK_AGAIN: Final = timedelta(seconds=10)
FIRST_RETRY: Final = timedelta(minutes=10)
LAST_RETRY: Final = timedelta(hours=6)


def waiting() -> Sequence[UUID]:
    """Gives the erasures that nobody works on and whose time has come, the oldest first."""
    now = timezone.now()
    return list(Erasure.objects.filter(_free(now)).order_by("asked_at").values_list("pk", flat=True)[:100])


def work_on(erasure_id: UUID) -> ErasureState | None:
    """Goes on with an erasure as far as it goes now, and gives where it stands; nothing where another worker has it."""
    now = timezone.now()
    claimed = Erasure.objects.filter(_free(now), pk=erasure_id).update(
        state=ErasureState.ERASING, state_reason="", lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    erasure = Erasure.objects.select_related("brand", "contact__brand", "asked_by").get(pk=erasure_id)
    leftover = Leftover.from_text(erasure.leftover)
    if erasure.portal_done_at is None:
        reason = _mail_under_way(erasure) or forget(erasure, leftover)
        if reason:
            return _wait(erasure, ErasureState.ERASING, reason, LOOK_AGAIN)
    try:
        answer = tell(erasure, leftover)
    except GroupsError as error:
        delay = min(FIRST_RETRY * 2 ** min(erasure.attempts - 1, 10), LAST_RETRY)
        return _wait(erasure, ErasureState.BRAZE_NOT_TOLD, error.sentence, delay)
    return _finish(erasure, answer)


def _free(now: datetime) -> Q:
    is_unleased = Q(lease_until=None) | Q(lease_until__lte=now)
    is_due = Q(not_before=None) | Q(not_before__lte=now)
    return is_unleased & is_due & ~Q(state=ErasureState.ERASED)


def _mail_under_way(erasure: Erasure) -> str:
    """Takes the person out of mail that has not left; says what has to be waited for, nothing where nothing has."""
    found = UnderWay()
    for holder in holders():
        more = holder.withdraw(erasure.contact)
        found = UnderWay(found.waits + more.waits, found.too_late + more.too_late)
    if found.too_late:
        Erasure.objects.filter(pk=erasure.pk).update(on_its_way=found.too_late)
    if not found.waits:
        return ""
    return ngettext(
        "Waiting until %(count)d mailing that stands in Braze is withdrawn.",
        "Waiting until %(count)d mailings that stand in Braze are withdrawn.",
        found.waits,
    ) % {"count": found.waits}


def _wait(erasure: Erasure, state: ErasureState, reason: str, delay: timedelta) -> ErasureState:
    Erasure.objects.filter(pk=erasure.pk).update(
        state=state, state_reason=reason[:500], lease_until=None, not_before=timezone.now() + delay
    )
    return state


def _finish(erasure: Erasure, answer: Answer) -> ErasureState:
    now = timezone.now()
    with transaction.atomic():
        moved = Erasure.objects.filter(pk=erasure.pk, state=ErasureState.ERASING).update(
            state=ErasureState.ERASED,
            state_reason="",
            leftover="",
            answer={**answer.as_json(), "at": now.isoformat(timespec="seconds")},
            erased_at=now,
            lease_until=None,
            not_before=None,
        )
        if moved:
            audit.record(
                "erasure.finished",
                actor=None,
                target=erasure,
                brand=erasure.brand,
                contact=str(erasure.contact_id),
                in_braze=answer.how,
            )
    logger.info("erasure.finished erasure=%s in_braze=%s", erasure.pk, answer.how)
    return ErasureState.ERASED
