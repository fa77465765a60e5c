"""The page that people land on after signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.home.lately import coming_up, reach_of, went_out
from campaigns.home.setup import undone_in
from campaigns.home.standing import home_group
from campaigns.home.waiting import tasks_for
from campaigns.practice.queries import is_new_here
from groups.access import rights_of
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_GET
def home(request: PortalRequest) -> HttpResponse:
    """Shows what waits, what went out and what is coming, or says that the person belongs to no group."""
    user, brand = request.user, request.brand
    group = home_group(user, brand)
    if group is None:
        return render(request, "no_group.html")
    rights = rights_of(user, brand, group)
    reach = reach_of(user, brand)
    coming, has_more_coming = coming_up(reach, group)
    context = {
        "group": group,
        "undone": undone_in(brand, rights),
        "tasks": tasks_for(user, brand),
        "went": went_out(reach, brand),
        "coming": coming,
        "has_more_coming": has_more_coming,
        "may_edit": Permission.EDIT_MAILINGS in rights.here,
        "decides": bool({Permission.APPROVE_MAILINGS, Permission.REVIEW_MAILINGS} & rights.anywhere),
        "is_new": is_new_here(user, group),
    }
    return render(request, "home/home.html", context)
