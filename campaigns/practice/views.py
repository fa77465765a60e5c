"""The pages of practice: starting one, sending it to the team, and putting the guide away."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.errors import NotReady, Refusal
from campaigns.library.offering import offered_templates
from campaigns.models import Mailing, Route, Template
from campaigns.practice import services
from campaigns.practice.queries import team_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def practice_start(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Says what practice is and offers the templates for it; a POST starts it and opens the composer."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_MAILINGS)
    if request.method == "POST":
        template = access.get_usable(group, Template, request.POST.get("template", ""))
        try:
            mailing = services.start_practice(group=group, template=template, actor=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("campaigns:practice-start", group_id=group.pk)
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    templates = offered_templates(group, request.user).exclude(route=Route.TRIGGER)
    context = {"group": group, "templates": templates, "team": team_of(group, request.user)}
    return render(request, "practice/practice_start.html", context)


@login_required
@require_POST
def mailing_practise(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Sends a practice draft to the team; the page must show what is stored, or it is led back."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    if request.POST.get("revision") != str(mailing.revision):
        messages.error(request, _("The mailing was changed after this page was shown. Look at it again, then send it."))
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    try:
        services.send_practice(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        blocking = [found.sentence for found in refusal.findings] if isinstance(refusal, NotReady) else []
        messages.error(request, " ".join([refusal.sentence, *blocking]))
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)


@login_required
@require_POST
def guide(request: PortalRequest) -> HttpResponse:
    """Puts the guide away for this person, or takes it out again, and leads back to where they were."""
    services.put_guide(user=request.user, is_hidden=request.POST.get("guide") != "show")
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if is_ours else reverse("campaigns:home"))
