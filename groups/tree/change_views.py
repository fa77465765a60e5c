"""The pages that change a group: made, described, moved, opened again, and what it may use."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import GroupsError, InputRefused
from groups.http import PortalRequest
from groups.models import Group, GroupKind
from groups.roles import Feature, Permission
from groups.tree.changing import FactsRefused, change_group, create_group
from groups.tree.closing import open_group
from groups.tree.consequences import scheduled_in
from groups.tree.features import features_of, switch_features
from groups.tree.forms import CreateForm, FactsForm, MoveForm
from groups.tree.moving import move_group


@login_required
@require_http_methods(["GET", "POST"])
def group_create(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Asks for a new group below this one, and adds it."""
    parent = _managed(request, group_id)
    initial = {"time_zone": parent.time_zone, "language": parent.language, "country": parent.country}
    form = CreateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            group = create_group(
                parent=parent,
                code=form.cleaned_data["code"],
                kind=GroupKind(form.cleaned_data["kind"]),
                actor=request.user,
                **form.facts,
            )
        except InputRefused as refused:
            form.refuse(refused.wrong if isinstance(refused, FactsRefused) else {"": refused.sentence})
        else:
            messages.success(request, _("%(group)s is added.") % {"group": group.name})
            return redirect("groups:group-detail", group_id=group.pk)
    context = {"group": parent, "form": form}
    return render(request, "tree/group_create.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group_edit(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the facts of a group in a form, and changes them."""
    group = _managed(request, group_id)
    initial = {name: getattr(group, name) for name in FactsForm.base_fields}
    form = FactsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_group(group=group, actor=request.user, **form.facts)
        except FactsRefused as refused:
            form.refuse(refused.wrong)
        else:
            messages.success(request, _("Saved. Emails that are made from now on show it."))
            return redirect("groups:group-detail", group_id=group.pk)
    context = {"group": group, "form": form}
    return render(request, "tree/group_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group_move(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Asks where a group is to stand, and moves it with all below it."""
    group = _managed(request, group_id)
    places = access.visible(request.user, Group, Permission.MANAGE_GROUPS).filter(brand=group.brand_id)
    form = MoveForm(request.POST or None, places=places.exclude(paths_up__ancestor=group))
    if request.method == "POST" and form.is_valid():
        try:
            move_group(group=group, parent=form.cleaned_data["parent"], actor=request.user)
        except GroupsError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("%(group)s is moved.") % {"group": group.name})
            return redirect("groups:group-detail", group_id=group.pk)
    context = {"group": group, "form": form, "below_count": group.paths_down.count() - 1}
    return render(request, "tree/group_move.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def group_open(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Opens a closed group again."""
    group = _managed(request, group_id)
    try:
        opened = open_group(group=group, actor=request.user)
    except InputRefused as refused:
        messages.error(request, refused.sentence)
    else:
        sentence = ngettext(
            "%(count)d group is open again. Nothing goes out by itself.",
            "%(count)d groups are open again. Nothing goes out by itself.",
            opened,
        )
        messages.success(request, sentence % {"count": opened})
    return redirect("groups:group-detail", group_id=group.pk)


@login_required
@require_http_methods(["GET", "POST"])
def group_features(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows what a group may use, and switches it off or on."""
    group = _managed(request, group_id)
    if request.method == "POST":
        on = set(request.POST.getlist("on"))
        lines = features_of(group)
        # What is off above stands in the form without a box; it stays as it is here.
        off = [line.feature for line in lines if _is_off(line.is_off_above, line.is_off_here, line.feature, on)]
        switch_features(group=group, off=off, actor=request.user)
        messages.success(request, _("Saved. It holds from the next page on."))
        return redirect("groups:group-detail", group_id=group.pk)
    context = {"group": group, "features": features_of(group), "scheduled": scheduled_in(group)}
    return render(request, "tree/group_features.html", context)


def _is_off(is_off_above: bool, is_off_here: bool, feature: Feature, on: set[str]) -> bool:
    return is_off_here if is_off_above else feature.value not in on


def _managed(request: PortalRequest, group_id: uuid.UUID) -> Group:
    return access.get(request.user, Group, group_id, Permission.MANAGE_GROUPS)
