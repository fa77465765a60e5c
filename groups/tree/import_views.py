"""The page that grows the tree from a file: looked through first, then imported in one go."""

from __future__ import annotations

import io
import secrets
from typing import Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import InputRefused
from groups.http import PortalRequest
from groups.models import Brand, User
from groups.roles import Permission
from groups.tree.field_columns import own_columns
from groups.tree.importing import GroupImportReport, import_groups
from groups.tree.rows import COLUMNS, GROUPS_BYTES, REQUIRED

KEPT_SECONDS: Final = 3600
FINDINGS_SHOWN: Final = 200


class FileForm(forms.Form):
    """The file of groups."""

    file = forms.FileField(label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))


@login_required
@require_http_methods(["GET", "POST"])
def group_import(request: PortalRequest) -> HttpResponse:
    """Asks for a file; POST looks through it and says what an import would do, and keeps it for an hour."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_GROUPS)
    form = FileForm(request.POST or None, request.FILES or None)
    report, ticket = None, ""
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > GROUPS_BYTES:
                raise InputRefused(_("The file is larger than 10 MB. Cut it into several files."))
            data = file.read()
            report = import_groups(brand=brand, file=io.BytesIO(data), actor=request.user, dry_run=True)
        except InputRefused as refused:
            form.add_error("file", refused.sentence)
        else:
            if not report.errors:
                ticket = secrets.token_urlsafe(24)
                cache.set(_kept(brand, request.user, ticket), data, KEPT_SECONDS)
    return _page(request, form, report, ticket)


@login_required
@require_POST
def group_import_run(request: PortalRequest) -> HttpResponse:
    """Imports the file that was looked through; it is checked once more, and all of it counts or nothing."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_GROUPS)
    key = _kept(brand, request.user, request.POST.get("ticket", "")[:64])
    data = cache.get(key)
    if data is None:
        messages.error(request, _("The file is not here any more. Upload it again."))
        return redirect("groups:group-import")
    report = import_groups(brand=brand, file=io.BytesIO(data), actor=request.user)
    if report.errors:
        return _page(request, FileForm(), report, "")
    cache.delete(key)
    messages.success(
        request,
        _("%(added)s groups and %(regions)s regions added, %(updated)s updated, %(unchanged)s unchanged.")
        % {
            "added": report.added,
            "regions": report.regions_added,
            "updated": report.updated,
            "unchanged": report.unchanged,
        },
    )
    return redirect("groups:group-list")


def _kept(brand: Brand, user: User, ticket: str) -> str:
    return f"group-import:{brand.pk}:{user.pk}:{ticket}"


def _page(request: PortalRequest, form: FileForm, report: GroupImportReport | None, ticket: str) -> HttpResponse:
    errors = report.errors if report else ()
    context = {
        "form": form,
        "report": report,
        "ticket": ticket,
        "findings": errors[:FINDINGS_SHOWN],
        "more": max(len(errors) - FINDINGS_SHOWN, 0),
        "required": REQUIRED,
        "optional": [*(name for name in COLUMNS if name not in REQUIRED), *own_columns(request.brand)],
    }
    return render(request, "tree/group_import.html", context, status=422 if form.errors or errors else 200)
