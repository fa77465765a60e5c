"""The page of a mailing that is no draft: where it stands, what the ledger says, and what can still be done."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from campaigns.delivery import control, decisions, rest, services, stopping
from campaigns.delivery.forms import RescheduleForm
from campaigns.delivery.page import moving_parts, page_of
from campaigns.errors import NotReady, Refusal
from campaigns.models import Batch, Mailing, MailingState
from groups import access
from groups.http import PortalRequest
from groups.models import User
from groups.roles import Permission


@login_required
@require_GET
def mailing_detail(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Shows a mailing that is no draft; so is a draft that may not be edited or left something open."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    context = page_of(mailing, request.user)
    if mailing.state == MailingState.DRAFT and context["may_edit"] and not context["open_batches"]:
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    return render(request, "delivery/mailing_detail.html", context)


@login_required
@require_GET
def mailing_progress(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Gives the moving parts of the page; `?shown=` is the state whose actions the page shows at present.

    What has become a draft again leads to the composer.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    context = moving_parts(mailing, request.user)
    if mailing.state == MailingState.DRAFT and context["may_edit"]:
        return HttpResponseClientRedirect(reverse("campaigns:mailing-edit", args=[mailing.pk]))
    context["is_poll"] = True
    context["has_moved"] = request.GET.get("shown") != context["shown"]
    return render(request, "delivery/_progress.html", context)


@login_required
@require_POST
def mailing_send(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Sends or schedules a draft; the page must show what is stored, or it is led back."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    if request.POST.get("revision") != str(mailing.revision):
        messages.error(request, _("The mailing was changed after this page was shown. Look at it again, then send it."))
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    try:
        services.send(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        blocking = [found.sentence for found in refusal.findings] if isinstance(refusal, NotReady) else []
        messages.error(request, " ".join([refusal.sentence, *blocking]))
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)


@login_required
@require_POST
def mailing_cancel(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Cancels a mailing before it goes out."""
    return _act(request, mailing_id, lambda mailing, actor: control.cancel(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_edit_again(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Undoes sending or scheduling: the mailing becomes a draft again."""
    return _act(request, mailing_id, lambda mailing, actor: control.edit_again(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_resume(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Goes on with a paused mailing."""
    return _act(request, mailing_id, lambda mailing, actor: decisions.resume(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_pause(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Holds a mailing that is being handed over."""
    return _act(request, mailing_id, lambda mailing, actor: stopping.pause(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_stop(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Ends a mailing in the middle: who was not called yet gets nothing."""
    return _act(request, mailing_id, lambda mailing, actor: stopping.stop(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_send_to_rest(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Sends a mailing to those whom it did not reach."""
    return _act(request, mailing_id, lambda mailing, actor: rest.send_to_rest(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_send_late(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Sends a mailing whose time passed while the system was down."""
    return _act(request, mailing_id, lambda mailing, actor: decisions.send_late(mailing=mailing, actor=actor))


@login_required
@require_POST
def mailing_reschedule(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Moves a scheduled mailing to another time; its content stays."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    form = RescheduleForm(request.POST, zone=mailing.group.time_zone)
    if not form.is_valid():
        context = page_of(mailing, request.user, reschedule=form)
        return render(request, "delivery/mailing_detail.html", context, status=422)
    try:
        control.reschedule(mailing=mailing, send_at=form.cleaned_data["send_at"], actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The time is moved."))
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)


@login_required
@require_POST
def batch_decide(request: PortalRequest, batch_id: int) -> HttpResponse:
    """Decides on an uncertain batch: `decision` is `sent` or `again`."""
    batch = access.get(request.user, Batch, batch_id, Permission.STOP_MAILINGS)
    mailing_id = batch.delivery.mailing_id
    decision = request.POST.get("decision")
    if decision not in ("sent", "again"):
        messages.error(request, _("Choose whether the batch counts as sent or is handed over again."))
        return redirect("campaigns:mailing-detail", mailing_id=mailing_id)
    try:
        decisions.decide_batch(batch=batch, as_sent=decision == "sent", actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Batch %(number)s is decided.") % {"number": batch.number})
    return redirect("campaigns:mailing-detail", mailing_id=mailing_id)


def _act(request: PortalRequest, mailing_id: uuid.UUID, action: Callable[[Mailing, User], object]) -> HttpResponse:
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    try:
        action(mailing, request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
