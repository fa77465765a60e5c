"""Writing down what Braze answered: what is known is kept as known, what is not known is never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from braze_client import (
    Accepted,
    BrazeError,
    CallRefused,
    ContractViolation,
    Done,
    KeyRefused,
    NotSent,
    PermissionRefused,
    RateLimited,
    Refused,
    Uncertain,
)
from campaigns.delivery.calling import Job, target_time
from campaigns.errors import StaleState
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState
from campaigns.states import move_delivery, move_mailing
from groups.audit import record

Answer = Accepted | Done | BrazeError

_LONGEST_BACK_OFF_SECONDS = 300


def write(answers: Iterable[tuple[Job, Answer]], now: datetime) -> None:
    """Stores the answers of one round in one transaction, and pauses deliveries that cannot go on."""
    with transaction.atomic():
        for job, answer in answers:
            changes = _changes(job, answer, now)
            _standing(job, answer).update(lease_until=None, answered_at=now, **changes)
            if reason := _reason_to_pause(job, answer):
                pause(job.batch.delivery, reason)


def _standing(job: Job, answer: Answer) -> QuerySet[Batch]:
    """Gives the batch if this answer still speaks of it.

    An acceptance that comes after the lease ran out is a certain answer to an uncertain batch: it is kept, with the
    schedule ID that nobody could find again (B-SCH-2).
    """
    batch = Batch.objects.filter(pk=job.batch.pk, attempt=job.batch.attempt)
    if isinstance(answer, Accepted):
        return batch.filter(
            Q(state__in=(BatchState.CALLING, BatchState.UNCERTAIN)) | Q(state=BatchState.ACCEPTED, schedule_id="")
        )
    return batch.filter(state=job.batch.state)


def _changes(job: Job, answer: Answer, now: datetime) -> dict[str, Any]:
    """Gives the columns of a batch after an answer (design.md, section 4, batch states)."""
    error = {"error": str(answer)[:500], "status": answer.status} if isinstance(answer, BrazeError) else {"error": ""}
    match job.state, answer:
        case BatchState.CALLING, Accepted():
            return {
                "state": BatchState.ACCEPTED,
                "dispatch_id": answer.dispatch_id or "",
                "schedule_id": answer.schedule_id or "",
                "remarks": list(answer.remarks),
                "planned_for": job.batch.delivery.go_at,
                **error,
            }
        case BatchState.CALLING, Uncertain():
            return {"state": BatchState.UNCERTAIN, **error}
        case BatchState.CALLING, CallRefused():
            return {"state": BatchState.REFUSED, **error}
        case BatchState.CALLING, BrazeError():
            return {"state": BatchState.WAITING, "not_before": _again_at(job, answer, now), **error}
        case BatchState.UPDATING, Done():
            return {"state": BatchState.ACCEPTED, "planned_for": target_time(job.batch.delivery), **error}
        case BatchState.UPDATING, CallRefused():
            return {"state": BatchState.ACCEPTED, **error, **_not_moved(job)}
        case BatchState.UPDATING, Uncertain():
            return {"state": BatchState.ACCEPTED, **error, **_not_moved(job), "planned_for": None}
        case BatchState.WITHDRAWING, Done():
            return {"state": BatchState.WITHDRAWN, **error}
        case BatchState.WITHDRAWING, Refused() | Uncertain() if not isinstance(answer, KeyRefused | PermissionRefused):
            return {"state": BatchState.WITHDRAWAL_UNCERTAIN, **error}
        case BatchState.WITHDRAWING, BrazeError() if (job.batch.delivery.go_at or now) <= now:
            return {"state": BatchState.WITHDRAWAL_UNCERTAIN, **error}
        case _:
            later = _again_at(job, answer, now) if isinstance(answer, BrazeError) else None
            return {"state": BatchState.ACCEPTED, "not_before": later, **error}


def _not_moved(job: Job) -> dict[str, Any]:
    """Gives up moving the delivery, so that the batches that moved are moved back; what cannot be is withdrawn."""
    delivery = job.batch.delivery
    if Delivery.objects.filter(pk=delivery.pk, moved_to__isnull=False).update(
        moved_to=None, state_reason=_("Braze could not move every batch, so the old time stands.")
    ):
        Mailing.objects.filter(pk=delivery.mailing_id).update(send_at=delivery.go_at)
        return {}
    if Delivery.objects.filter(pk=delivery.pk, moved_to=None).exists() and delivery.moved_to is None:
        return {"is_recalled": True}
    return {}


def _again_at(job: Job, error: BrazeError, now: datetime) -> datetime:
    """Gives when a call that Braze did not take may be made again: at the reset that it named, else later each time."""
    if isinstance(error, RateLimited) and error.retry_at is not None:
        return error.retry_at
    return now + timedelta(seconds=min(_LONGEST_BACK_OFF_SECONDS, 2 ** min(job.batch.attempt, 10)))


def _reason_to_pause(job: Job, answer: Answer) -> str:
    """Tells why the whole delivery must stop and a person must look, or nothing."""
    return explained(answer) if job.state == BatchState.CALLING and isinstance(answer, BrazeError) else ""


def explained(error: BrazeError) -> str:
    """Gives what a person must know and do before a delivery can go on, or nothing where it goes on by itself."""
    match error:
        case KeyRefused():
            return _("Braze refused the API key. It may have been deleted in Braze. Ask an admin to paste a new one.")
        case PermissionRefused():
            return _("The API key lacks a permission. Ask an admin to check the connection.")
        case ContractViolation():
            return _("The portal refused to make this call: %(error)s") % {"error": error.message}
        case NotSent():
            return ""
        case Refused():
            return _("Braze refused a batch: %(error)s. Ask an admin to check the Campaign ID and variation ID.") % {
                "error": error
            }
    return ""


def pause(delivery: Delivery, reason: str) -> None:
    """Stops a delivery; nothing further is called until a person resumes or cancels it."""
    try:
        with transaction.atomic():
            move_delivery(delivery, DeliveryState.PAUSED, state_reason=reason[:500])
            move_mailing(delivery.mailing, MailingState.PAUSED, state_reason=reason[:500])
            record("delivery.paused", actor=None, group=delivery.mailing.group, target=delivery, reason=reason[:200])
    except StaleState:
        return  # another batch of the same round has paused it already
