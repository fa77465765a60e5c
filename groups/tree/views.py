"""The list of a brand's groups, and the page of one."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission
from groups.tree.features import features_of
from groups.tree.field_values import field_lines
from groups.tree.forms import ListForm
from groups.tree.listing import Wish, found, lines_of, members_of, page_of
from groups.tree.queries import line_above, root_of
from groups.variations.warnings import variation_warnings

CHILDREN_SHOWN = 50


@login_required
@require_GET
def group_list(request: PortalRequest) -> HttpResponse:
    """Shows the groups of this brand that a person may see, as a tree; to head office also their variation IDs."""
    groups = access.visible(request.user, Group, Permission.SEE_MAILINGS).filter(brand=request.brand)
    form = ListForm(request.GET, groups=groups)
    form.is_valid()
    said = form.cleaned_data
    wish = Wish(said.get("q", ""), said.get("below"), said.get("kind", ""), said.get("state", ""))
    page = page_of(found(groups, wish), request.GET.get("page"))
    rights = access.rights_of(request.user, request.brand, None)
    manages = Permission.MANAGE_GROUPS in rights.for_brand
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": lines_of(page),
        "query": query.urlencode(),
        "is_narrowed": wish != Wish(),
        "stops": Permission.STOP_MAILINGS in rights.anywhere,
        "manages": manages,
        "root": root_of(request.brand) if manages else None,
        "warnings": variation_warnings(request.brand) if manages else (),
    }
    return render(request, "tree/group_list.html", context)


@login_required
@require_GET
def group_detail(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows what a group is, where it stands, what it may use, and what comes from above."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    rights = access.rights_of(request.user, group.brand, group).here
    children = group.children.order_by("name")
    fields = field_lines(group, request.user)
    context = {
        "group": group,
        "above": line_above(group),
        "manages": Permission.MANAGE_GROUPS in rights,
        "may_see_look": Permission.MANAGE_LOOK in rights,
        "stops": Permission.STOP_MAILINGS in rights,
        "fields": fields,
        "may_fill": any(line.may_change for line in fields),
        "features": features_of(group),
        "children": children[:CHILDREN_SHOWN],
        "child_count": children.count(),
        "below_count": group.paths_down.count() - 1,
        "members": members_of([group.pk]).get(group.pk, 0),
    }
    return render(request, "tree/group_detail.html", context)
