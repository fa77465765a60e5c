"""The readiness board of a template."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.library.readiness import board_of
from groups.access import rights_of
from groups.http import PortalRequest
from groups.roles import Permission

PAGE_SIZE = 100


@login_required
@require_GET
def template_readiness(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows which groups lack what a template needs; `?show=missing` leaves out those that are ready."""
    board = board_of(user=request.user, brand=request.brand, template_id=template_id)
    only_missing = request.GET.get("show") == "missing"
    lines = board.not_ready if only_missing else board.lines
    context = {
        "board": board,
        "template": board.template,
        "page": Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page")),
        "only_missing": only_missing,
        "query": "show=missing" if only_missing else "",
        "manages": Permission.MANAGE_TEMPLATES in rights_of(request.user, request.brand, None).for_brand,
    }
    return render(request, "library/template_readiness.html", context)
