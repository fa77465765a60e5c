"""The page of the map: a row for each group, a place to paste what a spreadsheet copied, and what Braze knows."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import Brand, Group
from groups.roles import Permission
from groups.variations.mapping import Cell, Line, Mapped, map_variations, read_lines, unknown_variation, workspace_of
from groups.variations.reading import may_read, read_variations
from groups.variations.warnings import variation_warnings

PAGE_SIZE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def variation_map(request: PortalRequest) -> HttpResponse:
    """Shows which message variation stands for which group; POST stores what is typed or pasted, line by line."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_GROUPS)
    if request.method != "POST":
        return _page(request, brand)
    groups = {group.pk: group for group in _groups(brand).select_related("brand")}
    pasted = request.POST.get("pasted", "")
    pasted_cells, lines = read_lines(brand, groups, pasted) if pasted.strip() else ([], [])
    typed = _typed(request)
    for cell in typed:
        if cell.group not in groups:  # closed since the page was shown, or not theirs
            groups[cell.group] = access.get(request.user, Group, cell.group, Permission.MANAGE_GROUPS)
    done = map_variations(brand=brand, groups=groups, cells=[*typed, *pasted_cells], actor=request.user)
    if done.stored or not (done.refused or lines):
        told = ngettext("%(count)s group is mapped.", "%(count)s groups are mapped.", done.stored)
        messages.success(request, told % {"count": done.stored})
    if done.refused or lines:
        return _page(request, brand, done, lines, status=422)
    return redirect("groups:variation-map")


@login_required
@require_POST
def variation_read(request: PortalRequest) -> HttpResponse:
    """Asks Braze which variations the API campaign has."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_GROUPS)
    workspace = workspace_of(brand)
    if workspace is None:
        messages.error(request, _("Connect Braze first."))
        return redirect("groups:variation-map")
    try:
        found = read_variations(workspace=workspace)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        told = ngettext("The campaign has %(count)s variation.", "The campaign has %(count)s variations.", len(found))
        messages.success(request, told % {"count": len(found)})
    return redirect("groups:variation-map")


def _groups(brand: Brand) -> QuerySet[Group]:
    return Group.objects.filter(brand=brand, closed_at=None).order_by("name", "code")


def _typed(request: PortalRequest) -> list[Cell]:
    """Gives the cells of the page, also those that say what they said when they were shown."""
    cells = []
    for text in request.POST.getlist("group")[:PAGE_SIZE]:
        typed, shown = request.POST.get(f"typed-{text}", ""), request.POST.get(f"shown-{text}", "")
        try:
            group = uuid.UUID(text)
        except ValueError:
            continue
        cells.append(Cell(group, typed, shown))
    return cells


def _page(
    request: PortalRequest, brand: Brand, done: Mapped | None = None, lines: list[Line] | None = None, status: int = 200
) -> HttpResponse:
    """Shows what was refused, where something was, else a page of all groups."""
    groups, workspace, refused = _groups(brand), workspace_of(brand), done.refused if done else {}
    words = request.GET.get("q", "").strip()
    if refused:
        groups = groups.filter(pk__in=refused)
    elif words:
        groups = groups.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(variation_id=words))
    page = Paginator(groups, PAGE_SIZE if not refused else 500).get_page(request.GET.get("page"))
    ids = {group.variation_id for group in page.object_list} - {""}
    shared = Group.objects.filter(brand=brand, variation_id__in=ids).order_by().values("variation_id")
    times: dict[str, int] = dict(shared.annotate(groups=Count("pk")).values_list("variation_id", "groups"))
    known = workspace.variations if workspace is not None else {}
    rows: list[dict[str, Any]] = []
    for group in page.object_list:
        typed, error = refused.get(group.pk, (group.variation_id, ""))
        rows.append(
            {
                "group": group,
                "typed": typed,
                "error": error,
                "name": known.get(group.variation_id, ""),
                "problem": "" if error else unknown_variation(workspace, group.variation_id),
                "sharing": times.get(group.variation_id, 1) - 1,
            }
        )
    context = {
        "page": page,
        "rows": rows,
        "lines": lines or [],
        "is_refused": bool(refused or lines),
        "pasted": "\n".join(line.text for line in lines or []),
        "words": words,
        "query": urlencode({"q": words}) if words else "",
        "warnings": variation_warnings(brand),
        "workspace": workspace,
        "known": known,
        "may_read": workspace is not None and may_read(workspace),
    }
    return render(request, "variations/variation_map.html", context, status=status)
