"""Letting a mailing go, and what can still be done with one that is on its way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from campaigns.api import shown
from campaigns.api.changing import demand_revision
from campaigns.api.schemas import MailingWithValues, RevisionSaid, SubmitSaid, TimeSaid
from campaigns.delivery import control, decisions, rest, services, stopping
from campaigns.models import Mailing
from campaigns.practice.services import send_practice
from campaigns.review.services import submit, take_back
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.problems import refused
from groups.models import User
from groups.roles import Permission

P = Permission
router = Router(tags=["Sending"])
Act = Callable[[Mailing, User], object]


def _act(request: ApiRequest, mailing_id: UUID, act: Act) -> MailingWithValues:
    """Does something with a mailing, by the door that the pages have: whoever may write here; the service asks more."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.EDIT_MAILINGS)
    act(mailing, request.auth)
    mailing.refresh_from_db()
    return shown.mailing_with_values(mailing)


@router.post(
    "/mailings/{mailing_id}/submit",
    response=MailingWithValues,
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Submit for review",
)
@once()
def submit_mailing(request: ApiRequest, mailing_id: UUID, said: SubmitSaid) -> MailingWithValues:
    """Puts a draft before those who review or approve."""

    def act(mailing: Mailing, actor: User) -> None:
        demand_revision(mailing, said.revision)
        submit(mailing=mailing, actor=actor, note=said.note, is_priority=said.is_priority)

    return _act(request, mailing_id, act)


@router.post(
    "/mailings/{mailing_id}/take-back",
    response=MailingWithValues,
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Take a submission back",
)
@once()
def take_mailing_back(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Takes a submitted or scheduled mailing back to draft; what was staged is withdrawn first."""
    return _act(request, mailing_id, lambda mailing, actor: take_back(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/send",
    response=MailingWithValues,
    auth=Bearer(P.SEND_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Send or schedule",
)
@once()
def send(request: ApiRequest, mailing_id: UUID, said: RevisionSaid) -> MailingWithValues:
    """Sends a draft, at its time or now, where no approval is needed."""

    def act(mailing: Mailing, actor: User) -> None:
        demand_revision(mailing, said.revision)
        services.send(mailing=mailing, actor=actor)

    return _act(request, mailing_id, act)


@router.post(
    "/mailings/{mailing_id}/practise",
    response=MailingWithValues,
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Send a practice mailing to the team",
)
@once()
def practise(request: ApiRequest, mailing_id: UUID, said: RevisionSaid) -> MailingWithValues:
    """Sends a practice draft to everybody of the team, by test mails."""

    def act(mailing: Mailing, actor: User) -> None:
        demand_revision(mailing, said.revision)
        send_practice(mailing=mailing, actor=actor)

    return _act(request, mailing_id, act)


@router.post(
    "/mailings/{mailing_id}/cancel",
    response=MailingWithValues,
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Cancel",
)
@once()
def cancel(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Stops a mailing before it goes out; what was staged is withdrawn, batch by batch."""
    return _act(request, mailing_id, lambda mailing, actor: control.cancel(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/edit-again",
    response=MailingWithValues,
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Bring back to draft",
)
@once()
def edit_again(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Undoes sending or scheduling; what was staged is withdrawn, and an approval is void."""
    return _act(request, mailing_id, lambda mailing, actor: control.edit_again(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/reschedule",
    response=MailingWithValues,
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Move to another time",
)
@once()
def reschedule(request: ApiRequest, mailing_id: UUID, said: TimeSaid) -> MailingWithValues:
    """Moves a scheduled mailing to another time; its content stays."""
    if timezone.is_naive(said.send_at):
        raise refused("send_at", _("Give a moment with its offset from UTC, such as 2026-11-24T09:00:00-08:00."))
    return _act(
        request,
        mailing_id,
        lambda mailing, actor: control.reschedule(mailing=mailing, send_at=said.send_at, actor=actor),
    )


@router.post(
    "/mailings/{mailing_id}/pause",
    response=MailingWithValues,
    auth=Bearer(P.STOP_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Pause",
)
@once()
def pause(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Holds a mailing that is being handed over."""
    return _act(request, mailing_id, lambda mailing, actor: stopping.pause(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/resume",
    response=MailingWithValues,
    auth=Bearer(P.STOP_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Resume",
)
@once()
def resume(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Goes on with a paused mailing."""
    return _act(request, mailing_id, lambda mailing, actor: decisions.resume(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/stop",
    response=MailingWithValues,
    auth=Bearer(P.STOP_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Stop",
)
@once()
def stop(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Ends a mailing in the middle: who was not called yet gets nothing."""
    return _act(request, mailing_id, lambda mailing, actor: stopping.stop(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/send-to-rest",
    response=MailingWithValues,
    auth=Bearer(P.SEND_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Send to the rest",
)
@once()
def send_to_rest(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Sends a mailing to those whom it surely did not reach."""
    return _act(request, mailing_id, lambda mailing, actor: rest.send_to_rest(mailing=mailing, actor=actor))


@router.post(
    "/mailings/{mailing_id}/send-late",
    response=MailingWithValues,
    auth=Bearer(P.SEND_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Send one whose time has passed",
)
@once()
def send_late(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Sends a mailing whose time passed while the system was down."""
    return _act(request, mailing_id, lambda mailing, actor: decisions.send_late(mailing=mailing, actor=actor))
