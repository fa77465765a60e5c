"""What the people of a group press on their part of a rollout, or on an offer."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.errors import Refusal
from campaigns.models import Mailing
from campaigns.rollouts import answering, assets
from groups import access
from groups.http import PortalRequest
from groups.models import Group, User
from groups.roles import Permission


@login_required
@require_POST
def mailing_take_part(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Says that the group takes part, with what stands there."""
    told = _("Your group takes part.")
    return _act(request, mailing_id, lambda one, actor: answering.take_part(mailing=one, actor=actor), told)


@login_required
@require_POST
def mailing_opt_out(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Says that nothing goes out from the group."""
    reason = request.POST.get("reason", "")
    told = _("Your group has opted out. Until the cut-off it can come back.")
    return _act(
        request, mailing_id, lambda one, actor: answering.opt_out(mailing=one, actor=actor, reason=reason), told
    )


@login_required
@require_POST
def mailing_take_in_hand(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Takes a part back that was submitted, so that the group can change it."""
    told = _("You can change it now. When you are done, say that your group takes part.")
    return _act(request, mailing_id, lambda one, actor: answering.take_in_hand(mailing=one, actor=actor), told)


@login_required
@require_POST
def rollout_use(request: PortalRequest, group_id: uuid.UUID, rollout_id: uuid.UUID) -> HttpResponse:
    """Starts a group's own mailing from an offer, and opens the composer."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_MAILINGS)
    rollout = access.one_of(assets.offers_for(group), rollout_id)
    try:
        mailing = assets.use(rollout=rollout, group=group, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:template-wall", group_id=group.pk)
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def _act(
    request: PortalRequest, mailing_id: uuid.UUID, action: Callable[[Mailing, User], object], told: str
) -> HttpResponse:
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    try:
        action(mailing, request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, told)
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
