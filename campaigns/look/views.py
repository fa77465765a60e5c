"""The page of a group's look."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.library.offering import offered_templates
from campaigns.look.forms import KitForm, kit_initial
from campaigns.look.services import look_of, save_kit
from campaigns.models import BrandKit
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def look_edit(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows how a group's mails look, and what of it is the group's own; POST changes that."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_LOOK)
    kit = BrandKit.objects.filter(group=group).first()
    form = KitForm(request.POST or None, initial=kit_initial(kit), group=group)
    if request.method == "POST" and form.is_valid():
        save_kit(group=group, actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Emails that are made from now on look like this."))
        return redirect("campaigns:look-edit", group_id=group.pk)
    context = {
        "group": group,
        "form": form,
        "look": look_of(group),
        "template": offered_templates(group, request.user).first(),
    }
    return render(request, "look/look_edit.html", context, status=422 if form.errors else 200)
