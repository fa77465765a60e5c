"""The page on which a file of people comes in: looked at first, then taken."""

from __future__ import annotations

import io
import secrets
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import FileUnreadable
from groups.http import PortalRequest
from groups.people.forms import ImportForm
from groups.people.importing import FILE_BYTES, MOST_ROWS, import_people
from groups.people.pages import choices

KEPT_SECONDS: Final = 30 * 60


@login_required
@require_http_methods(["GET", "POST"])
def person_import(request: PortalRequest) -> HttpResponse:
    """Takes a file and shows what it would change; nothing is changed yet."""
    choices(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "most": MOST_ROWS}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            context["report"] = report = import_people(brand=request.brand, file=file, actor=request.user, dry_run=True)
        except FileUnreadable as error:
            form.add_error("file", error.sentence)
        else:
            if not report.error_count:
                token = secrets.token_urlsafe(16)
                file.seek(0)
                cache.set(_key(request, token), file.read(FILE_BYTES + 1), KEPT_SECONDS)
                context |= {"token": token, "file_name": file.name}
    return render(request, "people/person_import.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def person_import_confirm(request: PortalRequest) -> HttpResponse:
    """Imports the file that was looked at, in one go."""
    choices(request)
    key = _key(request, request.POST.get("token", "")[:64])
    kept = cache.get(key)
    if kept is None:
        messages.error(request, _("The file was looked at too long ago, or is imported already. Upload it again."))
        return redirect("groups:person-import")
    cache.delete(key)
    report = import_people(brand=request.brand, file=io.BytesIO(kept), actor=request.user)
    if report.error_count:
        context = {"form": ImportForm(), "report": report, "most": MOST_ROWS}
        return render(request, "people/person_import.html", context, status=422)
    invited = ngettext("%(count)s invitation", "%(count)s invitations", report.invited) % {"count": report.invited}
    messages.success(
        request,
        _("Imported: %(invited)s, %(added)s roles given, %(changed)s changed, %(unchanged)s as they were.")
        % {"invited": invited, "added": report.added, "changed": report.changed, "unchanged": report.unchanged},
    )
    return redirect("groups:person-list")


def _key(request: PortalRequest, token: str) -> str:
    """Gives where a file is kept: for this person, brand and upload alone."""
    if not token.replace("-", "").replace("_", "").isalnum():
        raise Http404
    return f"people-import:{request.brand.pk}:{request.user.pk}:{token}"
