"""The pages on which head office lets a group send to people whom only Braze knows: segments, and all of its own."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from braze_client import Segment
from groups import access
from groups.audiences import segments, services
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import AudienceKind, Group
from groups.roles import Permission


@login_required
@require_GET
def segment_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the segments of the brand's Braze workspace, and which of them the group has."""
    group = access.get(request.user, Group, group_id, Permission.ASSIGN_SEGMENTS)
    found: tuple[Segment, ...] = ()
    problem = ""
    try:
        found = segments.all_of(group.brand)
    except GroupsError as error:
        problem = error.sentence
    assigned = set(group.audiences.filter(kind=AudienceKind.SEGMENT).values_list("segment_id", flat=True))
    context = {
        "group": group,
        "rows": [(segment, segment.id in assigned) for segment in found],
        "problem": problem,
    }
    return render(request, "audiences/segments.html", context)


@login_required
@require_POST
def segment_assign(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Assigns one of the workspace's segments; its name is Braze's, not the form's."""
    group = access.get(request.user, Group, group_id, Permission.ASSIGN_SEGMENTS)
    try:
        chosen = next((item for item in segments.all_of(group.brand) if item.id == request.POST.get("segment")), None)
        if chosen is None:
            raise Http404
        services.assign_segment(group=group, segment_id=chosen.id, name=chosen.name, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request, _("%(group)s can now send to %(segment)s.") % {"group": group.name, "segment": chosen.name}
        )
    return redirect("groups:segment-list", group_id=group.pk)


@login_required
@require_POST
def everybody_add(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Lets a group send to everybody whom Braze holds under its code."""
    group = access.get(request.user, Group, group_id, Permission.ASSIGN_SEGMENTS)
    try:
        services.add_everybody(group=group, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("%(group)s can now send to everybody of it in Braze.") % {"group": group.name})
    return redirect("groups:audience-list", group_id=group.pk)
