"""Writing down what Braze answered: what is known is kept as known, what is not known is never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
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
from campaigns.delivery.narrowing import narrow, narrow_other_half
from campaigns.errors import StaleState
from campaigns.models import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    PauseCause,
    Recipient,
)
from campaigns.operation.counting import count_changes
from campaigns.states import move_delivery, move_mailing
from groups.audit import record

Answer = Accepted | Done | BrazeError

_LONGEST_BACK_OFF_SECONDS = 300


def write(answers: Sequence[tuple[Job, Answer]], now: datetime) -> None:
    """Stores answers, halves what was refused, and pauses deliveries that cannot go on. Needs a transaction."""
    taken = [(job, answer) for job, answer in answers if _is_plain_acceptance(job, answer)]
    moved: Counter[str] = Counter({BatchState.ACCEPTED: _write_acceptances(taken, now)})
    for job, answer in answers:
        if not _is_plain_acceptance(job, answer):
            changes = _changes(job, answer, now)
            moved[changes["state"]] += _standing(job, answer).update(lease_until=None, answered_at=now, **changes)
        if isinstance(answer, Accepted) and answer.refused:
            _mark_refused(job, answer)
        if reason := _reason_to_pause(job, answer):
            pause(job.batch.delivery, reason)
    count_changes(moved)


def _is_plain_acceptance(job: Job, answer: Answer) -> bool:
    return job.state == BatchState.CALLING and isinstance(answer, Accepted)


def _write_acceptances(taken: Sequence[tuple[Job, Answer]], now: datetime) -> int:
    """Stores what nearly all answers are, many in one statement; gives how many batches it moved.

    An acceptance that comes after the lease ran out is a certain answer to an uncertain batch: it is kept, with the
    schedule ID that nobody could find again (B-SCH-2).
    """

    def prepared(name: str, value: object) -> Any:
        column = Batch._meta.get_field(name)
        return column.get_db_prep_save(value, connection)  # type: ignore[union-attr]  # a column, no relation

    parameters: list[Any] = []
    for job, answer in taken:
        if isinstance(answer, Accepted):
            parameters += [
                job.batch.pk,
                job.batch.attempt,
                answer.dispatch_id or "",
                answer.schedule_id or "",
                prepared("remarks", list(answer.remarks)),
                prepared("planned_for", target_time(job.batch.delivery)),
            ]
    if not parameters:
        return 0
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * (len(parameters) // 6))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH answer (id, attempt, dispatch_id, schedule_id, remarks, planned_for) AS (VALUES {rows})"
            " UPDATE campaigns_batch SET state = %s, lease_until = NULL, answered_at = %s, status = NULL, error = '',"
            " dispatch_id = answer.dispatch_id, schedule_id = answer.schedule_id, remarks = answer.remarks,"
            " planned_for = answer.planned_for FROM answer"
            " WHERE campaigns_batch.id = answer.id AND campaigns_batch.attempt = answer.attempt"
            " AND (campaigns_batch.state IN (%s, %s)"
            " OR (campaigns_batch.state = %s AND campaigns_batch.schedule_id = ''))"
            " RETURNING campaigns_batch.id",
            [
                *parameters,
                BatchState.ACCEPTED,
                prepared("answered_at", now),
                BatchState.CALLING,
                BatchState.UNCERTAIN,
                BatchState.ACCEPTED,
            ],
        )
        return len(cursor.fetchall())


def _mark_refused(job: Job, answer: Accepted) -> None:
    """Notes that Braze took the call and not everybody in it, where its answer names them by place (B-ENV-1)."""
    named = {one.index for one in answer.refused if one.input_array in ("recipients", "external_user_ids")}
    external_ids = [external_id for place, external_id in enumerate(job.external_ids) if place in named]
    if external_ids:
        Recipient.objects.filter(batch=job.batch, contact__external_id__in=external_ids).update(
            outcome=BatchState.REFUSED
        )


def _standing(job: Job, answer: Answer) -> QuerySet[Batch]:
    """Gives the batch if this answer still speaks of it."""
    return Batch.objects.filter(pk=job.batch.pk, attempt=job.batch.attempt, state=job.batch.state)


def _changes(job: Job, answer: Answer, now: datetime) -> dict[str, Any]:
    """Gives the columns of a batch after an answer (design.md, section 4, batch states)."""
    error = {"error": str(answer)[:500], "status": answer.status} if isinstance(answer, BrazeError) else {"error": ""}
    match job.state, answer:
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
    """Tells why the whole delivery must stop and a person must look, or nothing.

    A 400 is about something in the call: it is halved until the one person is found for whose sake Braze refuses it.
    The other half of a batch may have waited for this answer.
    """
    if job.state != BatchState.CALLING:
        return ""
    is_list = job.batch.kind == BatchKind.LIST
    if is_list and isinstance(answer, Accepted | Uncertain):
        narrow_other_half(job.batch)
    if not isinstance(answer, BrazeError) or (is_list and isinstance(answer, CallRefused) and not narrow(job.batch)):
        return ""
    return explained(answer)


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


def pause(delivery: Delivery, reason: str, *, cause: PauseCause = PauseCause.REFUSAL) -> None:
    """Stops a delivery; nothing further is called until a person, or what paused it, lets it go on."""
    try:
        with transaction.atomic():
            move_delivery(delivery, DeliveryState.PAUSED, state_reason=reason[:500], pause_cause=cause)
            move_mailing(delivery.mailing, MailingState.PAUSED, state_reason=reason[:500])
            record("delivery.paused", actor=None, group=delivery.mailing.group, target=delivery, reason=reason[:200])
    except StaleState:
        return  # another batch of the same round has paused it already
