"""The page "Braze budget and quota", for admins and brand managers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.reports.budget import queries
from groups import access
from groups.http import PortalRequest
from groups.models import Brand
from groups.roles import Permission
from groups.workspace.budget import share_of
from groups.workspace.queries import workspace_of

DOORS = (Permission.MANAGE_WORKSPACE, Permission.MANAGE_RULES)


@login_required
@require_GET
def workspace_budget(request: PortalRequest) -> HttpResponse:
    """Shows what is left of Braze's limits to whoever connects Braze or makes the brand's rules; no secret is shown."""
    brand = _brand(request)
    workspace = workspace_of(brand)
    now = timezone.now()
    root = brand.groups.get(parent=None)
    context: dict[str, Any] = {
        "brand": brand,
        "group": root,
        "workspace": workspace,
        "windows": queries.windows_of(workspace, now),
        "percent": round(100 * share_of(workspace)),
        "now": now,
        "may_connect": access.may(request.user, Permission.MANAGE_WORKSPACE, root),
    }
    if workspace.endpoint:
        context |= {
            "ids": queries.send_ids_of(workspace, request.user, now),
            "breaker": queries.breaker_of(workspace),
            "waiting": queries.waiting_of(workspace, request.user),
        }
    return render(request, "reports/budget/budget.html", context)


def _brand(request: PortalRequest) -> Brand:
    first, second = DOORS
    try:
        return access.get(request.user, Brand, request.brand.pk, first)
    except Http404:
        return access.get(request.user, Brand, request.brand.pk, second)
