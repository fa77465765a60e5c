"""The pages on which a file of contacts comes in: upload, columns, progress, reject file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.audiences.imports import queries, services
from groups.audiences.imports.forms import ColumnsForm, UploadForm
from groups.audiences.queries import lists_of
from groups.audiences.rejects import RejectReason
from groups.errors import GroupsError, InputRefused, StaleState
from groups.http import PortalRequest
from groups.models import Attribute, Audience, ContactImport, Group, ImportState
from groups.roles import Permission
from groups.spreadsheets import csv_lines

UNDER_WAY = (ImportState.WAITING, ImportState.IMPORTING)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def audience_upload(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Takes a file for a new list or for one of the group's own."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_CONTACTS)
    initial = {"audience": request.GET.get("audience", "")}
    form = UploadForm(request.POST or None, request.FILES or None, lists=lists_of(group), initial=initial)
    if request.method == "POST":
        chosen = request.POST.get("audience", "")
        audience = access.get_usable(group, Audience, chosen) if chosen else None
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                contact_import = services.start_import(
                    group=group,
                    actor=request.user,
                    file=file,
                    file_name=file.name,
                    audience=audience,
                    name=form.cleaned_data["name"],
                    consent_source=form.cleaned_data["consent_source"],
                )
            except InputRefused as error:
                form.add_error("file", error.sentence)
            else:
                return redirect("groups:import-columns", import_id=contact_import.pk)
    return render(request, "audiences/upload.html", {"group": group, "form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Shows the first rows of a file and takes the meaning of its columns."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.MANAGE_CONTACTS)
    if contact_import.state != ImportState.MAPPING:
        return redirect("groups:import-show", import_id=contact_import.pk)
    group = contact_import.audience.group
    attributes = tuple(Attribute.objects.filter(brand=group.brand))
    form = ColumnsForm(request.POST or None, contact_import=contact_import, attributes=attributes)
    if request.method == "POST" and form.is_valid():
        try:
            services.confirm_mapping(contact_import=contact_import, mapping=form.mapping, actor=request.user)
        except StaleState as error:
            messages.info(request, error.sentence)
            return redirect("groups:import-show", import_id=contact_import.pk)
        except InputRefused as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("groups:import-show", import_id=contact_import.pk)
    rows = queries.first_rows(contact_import)
    columns = [
        (field, [row[position] if position < len(row) else "" for row in rows]) for position, field in enumerate(form)
    ]
    context = {"contact_import": contact_import, "group": group, "form": form, "columns": columns}
    return render(request, "audiences/columns.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def import_show(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Shows how far an import is; htmx gets the part that moves."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.SEE_CONTACTS)
    if contact_import.state == ImportState.MAPPING:
        return redirect("groups:import-columns", import_id=contact_import.pk)
    context = {
        "contact_import": contact_import,
        "audience": contact_import.audience,
        "group": contact_import.audience.group,
        "is_under_way": contact_import.state in UNDER_WAY,
        "rejects": queries.first_rejects(contact_import),
    }
    return render(request, "audiences/_progress.html" if request.htmx else "audiences/import.html", context)


@login_required
@require_POST
def import_retry(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Lets a failed import go on."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.MANAGE_CONTACTS)
    try:
        services.retry_import(contact_import=contact_import, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    return redirect("groups:import-show", import_id=contact_import.pk)


@login_required
@require_GET
def import_rejects(request: PortalRequest, import_id: uuid.UUID) -> StreamingHttpResponse:
    """Gives the rows that were not imported as CSV: line, reason, column, then the cells."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.MANAGE_CONTACTS)
    response = StreamingHttpResponse(csv_lines(_reject_rows(contact_import)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejects-{contact_import.pk}.csv"'
    return response


def _reject_rows(contact_import: ContactImport) -> Iterator[Iterable[object]]:
    reasons = dict(RejectReason.choices)
    yield ("line", "reason", "what is wrong", "column", *contact_import.headers)
    for reject in contact_import.rejects.order_by("line").iterator():
        yield (reject.line, reject.reason, reasons.get(reject.reason, ""), reject.detail, *reject.cells)
