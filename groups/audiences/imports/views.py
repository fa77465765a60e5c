"""The pages on which a file of contacts comes in: upload, columns, what would happen, progress, reject file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.audiences.imports import limits, queries, rejecting, replacing, services
from groups.audiences.imports.forms import ColumnsForm, UploadForm
from groups.audiences.queries import lists_for
from groups.errors import GroupsError, InputRefused, StaleState
from groups.http import PortalRequest
from groups.models import Attribute, Audience, ContactImport, Group, ImportMode, ImportState
from groups.roles import Permission
from groups.spreadsheets import csv_lines

UNDER_WAY = (ImportState.WAITING, ImportState.IMPORTING, ImportState.CHECKING)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def audience_upload(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Takes a file for a new list or for one of the group's own."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_CONTACTS)
    may_replace = access.may(request.user, Permission.OVERWRITE_AUDIENCE, group)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        lists=lists_for(group, request.user),
        may_replace=may_replace,
        initial={"audience": request.GET.get("audience", ""), "mode": _mode_of(request.GET.get("mode", ""))},
    )
    if request.method == "POST":
        chosen = request.POST.get("audience", "")
        audience = access.get_usable(group, Audience, chosen) if chosen else None
        if audience is not None and not access.may_see_people(request.user, audience, Permission.MANAGE_CONTACTS):
            raise Http404
        if _mode_of(request.POST.get("mode", "")) == ImportMode.REPLACE:
            access.get(request.user, Group, group_id, Permission.OVERWRITE_AUDIENCE)
        if form.is_valid():
            given = form.cleaned_data
            try:
                contact_import = services.start_import(
                    group=group,
                    actor=request.user,
                    file=given["file"],
                    file_name=given["file"].name,
                    audience=audience,
                    name=given["name"],
                    mode=_mode_of(given.get("mode", "")),
                    consent_source=given["consent_source"],
                    consent_on=given["consent_on"],
                    consent_text=given["consent_text"],
                    is_stated=given["statement"],
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
            services.confirm_mapping(
                contact_import=contact_import,
                mapping=form.mapping,
                actor=request.user,
                consent=form.consent,
                is_trial="check" in request.POST,
            )
        except StaleState as error:
            messages.info(request, error.sentence)
            return redirect("groups:import-show", import_id=contact_import.pk)
        except InputRefused as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("groups:import-show", import_id=contact_import.pk)
    rows = queries.first_rows(contact_import)
    context = {
        "contact_import": contact_import,
        "group": group,
        "form": form,
        "columns": [
            (form[f"column_{position}"], [row[position] if position < len(row) else "" for row in rows])
            for position, _header in queries.columns_of(contact_import)
        ],
        "left_out": queries.left_out(contact_import),
        "consent_fields": [form["consent_source"], form["consent_on"], form["consent_text"]],
        "is_replacing": contact_import.mode == ImportMode.REPLACE,
    }
    return render(request, "audiences/columns.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def import_show(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Shows how far an import is, or what it would do; htmx gets the part that moves."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.SEE_CONTACTS)
    if contact_import.state == ImportState.MAPPING:
        return redirect("groups:import-columns", import_id=contact_import.pk)
    audience, group = contact_import.audience, contact_import.audience.group
    is_replacing = contact_import.mode == ImportMode.REPLACE
    right = Permission.OVERWRITE_AUDIENCE if is_replacing else Permission.MANAGE_CONTACTS
    context = {
        "contact_import": contact_import,
        "audience": audience,
        "group": group,
        "is_under_way": contact_import.state in UNDER_WAY,
        "is_replacing": is_replacing,
        "rejects": queries.first_rejects(contact_import),
        "may_begin": access.may(request.user, right, group),
        "size_after": contact_import.size_before - contact_import.rows_leaving + contact_import.rows_joining,
    }
    if contact_import.state == ImportState.CHECKED:
        context |= {
            "is_long": limits.is_long(contact_import),
            "grows_much": limits.grows_much(contact_import),
            "drops_much": limits.drops_much(contact_import),
            "needs_word": services.needs_word(contact_import),
        }
    elif is_replacing:
        context["can_be_undone"] = replacing.can_be_undone(contact_import)
    return render(request, "audiences/_progress.html" if request.htmx else "audiences/import.html", context)


@login_required
@require_POST
def import_begin(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Lets a file in that was checked; a large one, or one that empties its list, only with the uploader's word."""
    contact_import = _for_change(request, import_id)
    try:
        services.begin(
            contact_import=contact_import, actor=request.user, is_confirmed=request.POST.get("confirm") == "on"
        )
    except GroupsError as error:
        messages.error(request, error.sentence)
    return redirect("groups:import-show", import_id=contact_import.pk)


@login_required
@require_POST
def import_reopen(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Takes a file that was checked back to the meaning of its columns."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.MANAGE_CONTACTS)
    try:
        services.change_columns(contact_import=contact_import, actor=request.user)
    except StaleState as error:
        messages.info(request, error.sentence)
        return redirect("groups:import-show", import_id=contact_import.pk)
    return redirect("groups:import-columns", import_id=contact_import.pk)


@login_required
@require_POST
def import_undo(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Puts the list back as it was before a file replaced it."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.OVERWRITE_AUDIENCE)
    try:
        replacing.undo(contact_import=contact_import, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The list is as it was before."))
    return redirect("groups:import-show", import_id=contact_import.pk)


@login_required
@require_POST
def import_retry(request: PortalRequest, import_id: uuid.UUID) -> HttpResponse:
    """Lets a failed import go on."""
    contact_import = _for_change(request, import_id)
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
    response = StreamingHttpResponse(
        csv_lines(rejecting.rows_of(contact_import)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="rejects-{contact_import.pk}.csv"'
    return response


def _for_change(request: PortalRequest, import_id: uuid.UUID) -> ContactImport:
    """Gives an import that a person may let in; replacing a list is a right of its own."""
    contact_import = access.get(request.user, ContactImport, import_id, Permission.MANAGE_CONTACTS)
    if contact_import.mode == ImportMode.REPLACE:
        access.get(request.user, ContactImport, import_id, Permission.OVERWRITE_AUDIENCE)
    return contact_import


def _mode_of(chosen: str) -> ImportMode:
    return ImportMode.REPLACE if chosen == ImportMode.REPLACE else ImportMode.ADD
