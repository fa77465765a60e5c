"""The pages of a group's audiences and of one of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.audiences import exporting, privacy, queries, services
from groups.audiences.removing import remove_list
from groups.audiences.uses import uses_of
from groups.contacts import searching
from groups.contacts.listing import typed_words
from groups.errors import GroupsError, InputRefused, NotPermitted
from groups.http import PortalRequest
from groups.models import Audience, AudienceKind, Contact, Group
from groups.roles import Permission
from groups.spreadsheets import csv_lines
from groups.workspace.queries import workspace_of

OWN_PAGES = {AudienceKind.FILTER: "groups:filter-show", AudienceKind.SEGMENT: "groups:segment-show"}


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
        "may_filter": access.may(request.user, Permission.CREATE_FILTERS, group),
        "has_everybody": any(audience.kind == AudienceKind.EVERYBODY for audience in audiences),
    }
    return render(request, "audiences/audience_list.html", context)


@login_required
@require_GET
def audience_show(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Shows an audience and its contacts; `?q=` searches addresses, IDs and names that it may see."""
    audience = access.get(request.user, Audience, audience_id, Permission.SEE_CONTACTS)
    if audience.kind in OWN_PAGES:
        return redirect(OWN_PAGES[AudienceKind(audience.kind)], audience_id=audience.pk)
    words = typed_words(request.GET.get("q", ""))
    scope = searching.Scope(audience.group, audience)
    sees_people = access.may_see_people(request.user, audience)
    is_open = sees_people or not audience.is_private
    places = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    context: dict[str, object] = {
        "audience": audience,
        "group": audience.group,
        "search": words,
        "sees_people": sees_people,
        "may_hide": privacy.may_hide(request.user, audience),
        "page": searching.page_of(scope, words, **places) if sees_people else None,
        "may_manage": is_open and access.may(request.user, Permission.MANAGE_CONTACTS, audience.group),
    }
    is_partial = bool(request.htmx) and not request.htmx.history_restore_request
    if not is_partial:
        context |= {
            "counts": queries.sync_counts(audience),
            "pause_reason": workspace_of(audience.group.brand).pause_reason,
            "may_replace": is_open and access.may(request.user, Permission.OVERWRITE_AUDIENCE, audience.group),
            "may_export": is_open and access.may(request.user, Permission.EXPORT_AUDIENCES, audience.group),
        }
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
    if not access.may_see_people(request.user, audience, Permission.MANAGE_CONTACTS):
        raise Http404
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
    _demand_open(request, audience, Permission.MANAGE_CONTACTS)
    contact = access.get(request.user, Contact, contact_id, Permission.MANAGE_CONTACTS)
    try:
        services.remove_contact(audience=audience, contact=contact, actor=request.user)
    except InputRefused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("%(email)s is no longer on this list.") % {"email": contact.label})
    return redirect("groups:audience-show", audience_id=audience.pk)


@login_required
@require_POST
def audience_export(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponseBase:
    """Gives the people of a list as CSV to those who may both see and export them; that is an event of the trail."""
    access.get(request.user, Audience, audience_id, Permission.SEE_CONTACTS)
    audience = access.get(request.user, Audience, audience_id, Permission.EXPORT_AUDIENCES)
    _demand_open(request, audience, Permission.SEE_CONTACTS)
    _demand_open(request, audience, Permission.EXPORT_AUDIENCES)
    try:
        rows = exporting.export(audience=audience, actor=request.user)
    except InputRefused as error:
        messages.error(request, error.sentence)
        return redirect("groups:audience-show", audience_id=audience.pk)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audience-{audience.pk}.csv"'
    return response


@login_required
@require_POST
def audience_privacy(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Keeps a list from those above its group, or opens it to them; only people of the group itself may."""
    audience = access.get(request.user, Audience, audience_id, Permission.MANAGE_CONTACTS)
    is_private = request.POST.get("private") == "on"
    try:
        privacy.set_privacy(audience=audience, is_private=is_private, actor=request.user)
    except NotPermitted as error:
        messages.error(request, error.sentence)
    except InputRefused as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request,
            _("Those above this group see how many people are on this list, and not who they are.")
            if is_private
            else _("Those above this group see who is on this list again."),
        )
    return redirect("groups:audience-show", audience_id=audience.pk)


def _demand_open(request: PortalRequest, audience: Audience, permission: Permission) -> None:
    """Raises `Http404` for a list whose people are kept from the reader."""
    if not access.may_see_people(request.user, audience, permission):
        raise Http404
