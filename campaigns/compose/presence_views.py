"""What an open composer asks every few seconds: who else is there, and what they saved."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.compose.answers import answer_to
from campaigns.compose.presence import come, leave
from campaigns.compose.saving import Outcome
from campaigns.models import Mailing, MailingState
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_POST
def mailing_here(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Notes that somebody has the composer open, and tells who else has, and what was saved since their `revision`.

    With `leaving` the note goes. Nothing is stored, and while nobody saves the answer costs no render.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    tab = request.POST.get("tab", "")
    if request.POST.get("leaving"):
        leave(mailing, request.user, tab)
        return HttpResponse(status=204)
    answer: dict[str, object] = {
        "here": render_to_string("compose/_here.html", {"here": come(mailing, request.user, tab)}, request)
    }
    if mailing.state != MailingState.DRAFT:
        answer["ended"] = _("This mailing is no draft any more: %(state)s.") % {"state": mailing.get_state_display()}
    elif request.POST.get("revision") != str(mailing.revision):
        answer["changed"] = answer_to(request, Outcome(mailing), is_whole=True)
    return JsonResponse(answer)
