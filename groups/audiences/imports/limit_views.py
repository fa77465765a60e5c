"""The page on which a brand says from where on an import is large in a group."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups import access
from groups.audiences.imports import limits
from groups.audiences.imports.forms import LimitForm
from groups.http import PortalRequest
from groups.models import Group, ImportLimit
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_limits(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the limits of a group and takes its own; without them those of the next group above hold."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_RULES)
    found = limits.limits_of(group)
    form = LimitForm(request.POST or None, initial={"most_rows": found.rows, "most_growth": found.growth})
    if request.method == "POST":
        if "clear" in request.POST:
            limits.clear_limit(group=group, actor=request.user)
            messages.success(request, _("The limits of the group above hold here."))
            return redirect("groups:import-limits", group_id=group.pk)
        if form.is_valid():
            limits.set_limit(
                group=group,
                rows=form.cleaned_data["most_rows"],
                growth=form.cleaned_data["most_growth"],
                actor=request.user,
            )
            messages.success(request, _("Saved. They hold for the groups below as well, until one has its own."))
            return redirect("groups:import-limits", group_id=group.pk)
    context = {"group": group, "form": form, "has_own": ImportLimit.objects.filter(group=group).exists()}
    return render(request, "audiences/import_limits.html", context, status=422 if form.errors else 200)
