"""The pages of a group's audiences and of one of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.audiences import cleaning, exporting, queries, services
from groups.audiences.removing import remove_list
from groups.audiences.uses import uses_of
from groups.errors import GroupsError, InputRefused
from groups.http import PortalRequest
from groups.models import Audience, AudienceKind, Contact, Group
from groups.roles import Permission
from groups.spreadsheets import csv_lines
from groups.workspace.queries import workspace_of

PAGE_SIZE = 50


@login_required
@require_GET
def audience_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows a group's audiences with their size and whether Braze has everybody."""
    group = access.get(request.user, Group, group_id, Permission.SEE_CONTACTS)
    audiences = queries.audiences_of(group)
    context = {
        "group": group,
        "audiences": audiences,
        "may_manage": access.may(request.user, Permission.MANAGE_CONTACTS, group),
        "may_assign": access.may(request.user, Permission.ASSIGN_SEGMENTS, group),
        "may_limit": access.may(request.user, Permission.MANAGE_RULES, group),
        "has_everybody": any(audience.kind == AudienceKind.EVERYBODY for audience in audiences),
    }
    return render(request, "audiences/audience_list.html", context)


@login_required
@require_GET
def audience_show(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Shows an audience and its contacts; `?q=` searches addresses and IDs."""
    audience = access.get(request.user, Audience, audience_id, Permission.SEE_CONTACTS)
    search = cleaning.shown_text(request.GET.get("q", "")).strip()[:100]
    context = {
        "audience": audience,
        "group": audience.group,
        "search": search,
        "page": Paginator(queries.contacts_of(audience, search), PAGE_SIZE).get_page(request.GET.get("page")),
        "counts": queries.sync_counts(audience),
        "pause_reason": workspace_of(audience.group.brand).pause_reason,
        "may_manage": access.may(request.user, Permission.MANAGE_CONTACTS, audience.group),
        "may_replace": access.may(request.user, Permission.OVERWRITE_AUDIENCE, audience.group),
        "may_export": access.may(request.user, Permission.EXPORT_AUDIENCES, audience.group),
    }
    is_partial = bool(request.htmx) and not request.htmx.history_restore_request
    return render(request, "audiences/_contacts.html" if is_partial else "audiences/audience.html", context)


@login_required
@require_GET
def audience_sync(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Gives the part of an audience's page that tells what Braze has; others are led to the page."""
    audience = access.get(request.user, Audience, audience_id, Permission.SEE_CONTACTS)
    if not request.htmx:
        return redirect("groups:audience-show", audience_id=audience.pk)
    context = {
        "audience": audience,
        "counts": queries.sync_counts(audience),
        "pause_reason": workspace_of(audience.group.brand).pause_reason,
    }
    return render(request, "audiences/_sync.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def audience_remove(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Asks before a list is deleted, and names the mailings that are still to go to it."""
    audience = access.get(request.user, Audience, audience_id, Permission.MANAGE_CONTACTS)
    if request.method == "POST":
        try:
            remove_list(audience=audience, actor=request.user)
        except GroupsError as error:
            messages.error(request, error.sentence)
            return redirect("groups:audience-show", audience_id=audience.pk)
        messages.success(request, _("The list %(name)s is deleted. Its people stay.") % {"name": audience.name})
        return redirect("groups:audience-list", group_id=audience.group_id)
    context = {"audience": audience, "group": audience.group, "uses": uses_of(audience)}
    return render(request, "audiences/remove.html", context)


@login_required
@require_POST
def audience_contact_remove(request: PortalRequest, audience_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponse:
    """Takes a contact off a list."""
    audience = access.get(request.user, Audience, audience_id, Permission.MANAGE_CONTACTS)
    contact = access.get(request.user, Contact, contact_id, Permission.MANAGE_CONTACTS)
    try:
        services.remove_contact(audience=audience, contact=contact, actor=request.user)
    except InputRefused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("%(email)s is no longer on this list.") % {"email": contact.email})
    return redirect("groups:audience-show", audience_id=audience.pk)


@login_required
@require_POST
def audience_export(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponseBase:
    """Gives the people of a list as CSV to those who may both see and export them; that is an event of the trail."""
    access.get(request.user, Audience, audience_id, Permission.SEE_CONTACTS)
    audience = access.get(request.user, Audience, audience_id, Permission.EXPORT_AUDIENCES)
    try:
        rows = exporting.export(audience=audience, actor=request.user)
    except InputRefused as error:
        messages.error(request, error.sentence)
        return redirect("groups:audience-show", audience_id=audience.pk)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audience-{audience.pk}.csv"'
    return response
