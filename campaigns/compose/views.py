"""The pages around the composer: the wall of templates, and starting, copying, deleting a draft."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.compose import services
from campaigns.errors import Refusal
from campaigns.library.offering import offered_templates
from campaigns.models import Mailing, Template
from campaigns.rollouts.assets import offers_in_words
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def template_wall(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the templates that a group may use, as pictures."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_MAILINGS)
    context = {
        "group": group,
        "templates": offered_templates(group, request.user),
        "offers": offers_in_words(group),
    }
    return render(request, "compose/template_wall.html", context)


@login_required
@require_POST
def mailing_start(request: PortalRequest, group_id: uuid.UUID, template_id: uuid.UUID) -> HttpResponse:
    """Starts a mailing from a template and opens the composer."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_MAILINGS)
    template = access.get_usable(group, Template, template_id)
    try:
        mailing = services.started_just_now(group=group, template=template, actor=request.user)
        mailing = mailing or services.start_mailing(group=group, template=template, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:template-wall", group_id=group.pk)
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


@login_required
@require_POST
def mailing_copy(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Makes a new draft with the same content and opens it."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    try:
        copy = services.copy_mailing(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    messages.success(request, _("This is a copy. Choose its audience and its time anew."))
    return redirect("campaigns:mailing-edit", mailing_id=copy.pk)


@login_required
@require_POST
def mailing_delete(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Deletes a draft for good."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    name, group_id = mailing.name, mailing.group_id
    try:
        services.delete_draft(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:mailing-detail", mailing_id=mailing_id)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
    return redirect("campaigns:mailing-list", group_id=group_id)
