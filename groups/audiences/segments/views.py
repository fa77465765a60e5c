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
from groups.audiences import nudges, services
from groups.audiences.segments import listing, queries
from groups.audiences.segments.chart import chart_of
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import Audience, AudienceKind, Group
from groups.roles import Permission


@login_required
@require_GET
def segment_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the segments of the brand's Braze workspace, and which of them the group has."""
    group = access.get(request.user, Group, group_id, Permission.ASSIGN_SEGMENTS)
    found: tuple[Segment, ...] = ()
    problem = ""
    try:
        found = listing.all_of(group.brand)
    except GroupsError as error:
        problem = error.sentence
    assigned = dict(group.audiences.filter(kind=AudienceKind.SEGMENT).values_list("segment_id", "pk"))
    sizes = queries.newest_sizes(group.brand, [segment.id for segment in found])
    context = {
        "group": group,
        "rows": [(segment, assigned.get(segment.id), sizes.get(segment.id)) for segment in found],
        "problem": problem,
    }
    return render(request, "audiences/segments.html", context)


@login_required
@require_POST
def segment_assign(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Assigns one of the workspace's segments; its name is Braze's, not the form's."""
    group = access.get(request.user, Group, group_id, Permission.ASSIGN_SEGMENTS)
    try:
        chosen = next((item for item in listing.all_of(group.brand) if item.id == request.POST.get("segment")), None)
        if chosen is None:
            raise Http404
        services.assign_segment(
            group=group,
            segment_id=chosen.id,
            name=chosen.name,
            is_tracked=chosen.has_analytics,
            actor=request.user,
        )
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request, _("%(group)s can now send to %(segment)s.") % {"group": group.name, "segment": chosen.name}
        )
    return redirect("groups:segment-list", group_id=group.pk)


@login_required
@require_GET
def segment_show(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Shows what Braze says of a segment, and how large it was day by day."""
    audience = _segment(request, audience_id, Permission.SEE_CONTACTS)
    segment = queries.segment_of(audience)
    sizes = queries.sizes_of(segment) if segment is not None else []
    context = {
        "audience": audience,
        "group": audience.group,
        "segment": segment,
        "sizes": sizes[::-1],
        "newest": sizes[-1] if sizes else None,
        "chart": chart_of(sizes),
        "may_assign": access.may(request.user, Permission.ASSIGN_SEGMENTS, audience.group),
        "may_filter": access.may(request.user, Permission.CREATE_FILTERS, audience.group),
    }
    return render(request, "audiences/segments/segment.html", context)


@login_required
@require_POST
def segment_read(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Lets a worker read a segment and its sizes from Braze once more."""
    audience = _segment(request, audience_id, Permission.ASSIGN_SEGMENTS)
    segment = services.know_segment(audience=audience)
    nudges.read_segment(segment.pk)
    messages.success(request, _("Braze is asked. Load the page again in a moment."))
    return redirect("groups:segment-show", audience_id=audience.pk)


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


def _segment(request: PortalRequest, audience_id: uuid.UUID, permission: Permission) -> Audience:
    audience = access.get(request.user, Audience, audience_id, permission)
    if audience.kind != AudienceKind.SEGMENT:
        raise Http404
    return audience
