"""The page of the calendar."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.calendar.asked import Asked
from campaigns.calendar.page import page_of
from campaigns.library.offering import day_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def calendar(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows what goes out from a group and those below it; `?below=` leads to that of one right below."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    asked = Asked.of(request.GET, today=day_of(group, timezone.now()))
    if request.GET.get("below"):
        below = access.get(request.user, Group, request.GET["below"], Permission.SEE_MAILINGS)
        if below.parent_id != group.pk:
            raise Http404
        return HttpResponseRedirect(f"{reverse('campaigns:calendar', args=[below.pk])}?{asked.query()}")
    return render(request, "calendar/calendar.html", page_of(group, request.user, asked))
