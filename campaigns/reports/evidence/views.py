"""The evidence pack as one download."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from campaigns.delivery.ledger.exporting import NEEDED
from campaigns.delivery.ledger.privacy import is_kept_from
from campaigns.errors import Refusal
from campaigns.models import Mailing
from campaigns.reports.evidence.services import make_evidence_pack
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_POST
def mailing_evidence(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponseBase:
    """Gives the pack to whoever sees the mailing; with `recipients` to those alone who may export these as well.

    Without them it holds nothing that the pages of the mailing do not show.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    with_recipients = bool(request.POST.get("recipients"))
    if with_recipients:
        for permission in NEEDED:
            mailing = access.get(request.user, Mailing, mailing_id, permission)
        if is_kept_from(request.user, mailing):
            raise Http404
    try:
        parts = make_evidence_pack(mailing=mailing, actor=request.user, with_recipients=with_recipients)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:mailing-report", mailing_id=mailing.pk)
    response = StreamingHttpResponse(parts, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="evidence-{mailing.pk}.zip"'
    return response
