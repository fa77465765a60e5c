"""The list of a brand's groups."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission
from groups.tree.services import variation_warnings

PAGE_SIZE = 100


@login_required
@require_GET
def group_list(request: PortalRequest) -> HttpResponse:
    """Shows the groups of this brand that a person may see; to head office also their message variation IDs."""
    groups = (
        access.visible(request.user, Group, Permission.SEE_MAILINGS)
        .filter(brand=request.brand)
        .select_related("parent")
        .order_by("parent__name", "name")
    )
    manages = access.brands_with(request.user, Permission.MANAGE_GROUPS).filter(pk=request.brand.pk).exists()
    stops = access.groups_with(request.user, Permission.STOP_MAILINGS).filter(brand=request.brand)
    context = {
        "stops": stops.exists(),
        "page": Paginator(groups, PAGE_SIZE).get_page(request.GET.get("page")),
        "manages": manages,
        "warnings": variation_warnings(request.brand) if manages else (),
    }
    return render(request, "tree/group_list.html", context)
