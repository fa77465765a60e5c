"""The page of what a draft held before, and bringing something of it back."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.compose.history.queries import differences_from, rows_of
from campaigns.compose.history.restoring import restore
from campaigns.errors import NotEditable, Refusal
from campaigns.models import Mailing, MailingState, Snapshot
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_GET
def mailing_history(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Shows who edited a draft when; `?version=` shows how it stood then beside how it stands now."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    chosen = _of(mailing, request.GET["version"]) if request.GET.get("version") else None
    context = {
        "mailing": mailing,
        "group": mailing.group,
        "rows": rows_of(mailing),
        "chosen": chosen,
        "differences": differences_from(mailing, chosen) if chosen is not None else [],
        "may_restore": mailing.state == MailingState.DRAFT,
        "zone": ZoneInfo(mailing.group.time_zone),
    }
    return render(request, "compose/history.html", context)


@login_required
@require_POST
def mailing_restore(request: PortalRequest, mailing_id: uuid.UUID, snapshot_id: uuid.UUID) -> HttpResponse:
    """Brings back what a draft held, and leads to the composer."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    snapshot = _of(mailing, snapshot_id)
    try:
        restore(mailing=mailing, snapshot=snapshot, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        if isinstance(refusal, NotEditable):
            return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
        return redirect("campaigns:mailing-history", mailing_id=mailing.pk)
    messages.success(request, _("It is back. What stood here a moment ago is in the history too."))
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def _of(mailing: Mailing, snapshot_id: uuid.UUID | str) -> Snapshot:
    """Gives a snapshot of this mailing; raises `Http404` for that of any other."""
    snapshot = access.get_usable(mailing.group, Snapshot, snapshot_id)
    if snapshot.mailing_id != mailing.pk:
        raise Http404
    return snapshot
