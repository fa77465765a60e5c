"""The page of a group's folders."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.errors import Refusal
from campaigns.mailings import services
from campaigns.mailings.finding import folders_of
from campaigns.mailings.forms import FolderForm
from campaigns.models import MailingFolder
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def folder_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows a group's folders with the number of mailings in each, and adds one."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_FOLDERS)
    form = FolderForm(request.POST or None)
    if form.is_valid():
        try:
            services.add_folder(group=group, name=form.cleaned_data["name"], actor=request.user)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            return redirect("campaigns:mailing-folder-list", group_id=group.pk)
    return _page(request, group, form)


@login_required
@require_POST
def folder_rename(request: PortalRequest, folder_id: uuid.UUID) -> HttpResponse:
    """Gives a folder another name; one that is not taken stands on the page with the reason."""
    folder = access.get(request.user, MailingFolder, folder_id, Permission.MANAGE_FOLDERS)
    form = FolderForm(request.POST, auto_id=f"{folder.pk}-%s")
    if form.is_valid():
        try:
            services.rename_folder(folder=folder, name=form.cleaned_data["name"], actor=request.user)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            messages.success(request, _("The folder is called %(name)s now.") % {"name": form.cleaned_data["name"]})
            return redirect("campaigns:mailing-folder-list", group_id=folder.group_id)
    return _page(request, folder.group, FolderForm(), {folder.pk: form})


@login_required
@require_POST
def folder_remove(request: PortalRequest, folder_id: uuid.UUID) -> HttpResponse:
    """Removes a folder; its mailings stay."""
    folder = access.get(request.user, MailingFolder, folder_id, Permission.MANAGE_FOLDERS)
    name, group_id = folder.name, folder.group_id
    count = services.remove_folder(folder=folder, actor=request.user)
    sentence = ngettext(
        "%(name)s is removed. %(count)s mailing of it lies in no folder now.",
        "%(name)s is removed. %(count)s mailings of it lie in no folder now.",
        count,
    )
    messages.success(request, sentence % {"name": name, "count": count})
    return redirect("campaigns:mailing-folder-list", group_id=group_id)


def _page(
    request: PortalRequest,
    group: Group,
    form: FolderForm,
    refused: Mapping[uuid.UUID, FolderForm] | None = None,
) -> HttpResponse:
    """Shows the page; `refused` are the forms of folders whose new name was not taken."""
    forms = refused or {}
    rows = [
        (folder, forms.get(folder.pk) or FolderForm(initial={"name": folder.name}, auto_id=f"{folder.pk}-%s"))
        for folder in folders_of(group).annotate(count=Count("mailings"))
    ]
    status = 422 if form.errors or forms else 200
    return render(request, "mailings/folder_list.html", {"group": group, "form": form, "rows": rows}, status=status)
