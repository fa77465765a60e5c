"""The page that closes a group: it says what is lost, asks once, and tells what became of each mailing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from campaigns.delivery import closed_groups
from groups import access
from groups.errors import InputRefused
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def group_close(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Asks, then closes a group with all below it and ends what is on its way from there."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_GROUPS)
    ended = None
    if request.method == "POST":
        try:
            ended = closed_groups.close(group=group, actor=request.user)
        except InputRefused as refused:
            messages.error(request, refused.sentence)
            return redirect("groups:group-detail", group_id=group.pk)
    context = {
        "group": group,
        "ended": ended,
        "concerned": closed_groups.concerned(group),
        "below_count": group.paths_down.count() - 1,
    }
    return render(request, "delivery/group_close.html", context)
