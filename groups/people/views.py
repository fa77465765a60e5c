"""The pages on which people get roles in groups, and lose them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import User
from groups.people import acting, invitations, queries, services
from groups.people.field_values import person_lines
from groups.people.forms import InviteForm, RoleForm, SearchForm, end_of
from groups.people.pages import choices, done, manages_brand

PAGE_SIZE = 50
GROUPS_OFFERED = 200


@login_required
@require_GET
def person_list(request: PortalRequest) -> HttpResponse:
    """Shows the people of the groups whose users somebody manages, and the invitations that are open there."""
    groups, roles = choices(request)
    form = SearchForm(request.GET or None, groups=groups, roles=roles)
    said = form.cleaned_data if form.is_valid() else {}
    wanted = queries.Wanted(said.get("text", ""), said.get("group"), said.get("role"))
    people = queries.managed_people(request.user, request.brand, wanted)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "groups": groups[:GROUPS_OFFERED],
        "page": Paginator(people, PAGE_SIZE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "is_narrowed": bool(said.get("text") or said.get("group") or said.get("role")),
        "invitations": queries.open_invitations(request.user, request.brand)[:PAGE_SIZE],
        "manages_roles": manages_brand(request),
    }
    return render(request, "people/person_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def person_invite(request: PortalRequest) -> HttpResponse:
    """Invites an address."""
    groups, roles = choices(request)
    form = InviteForm(request.POST or None, groups=groups, roles=roles, initial={"group": request.GET.get("group", "")})
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(actor=request.user, **form.cleaned_data)
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("%(email)s gets a mail with a link.") % {"email": invitation.email})
            return redirect("groups:person-list")
    context = {"form": form, "groups": groups[:GROUPS_OFFERED]}
    return render(request, "people/person_invite.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def person_detail(request: PortalRequest, person_id: uuid.UUID) -> HttpResponse:
    """Shows what somebody holds in the groups whose users one manages."""
    return _person_page(request, _person(request, person_id))


@login_required
@require_POST
def person_give_role(request: PortalRequest, person_id: uuid.UUID) -> HttpResponse:
    """Gives somebody a role in a group, in place of the one that they hold there."""
    person = _person(request, person_id)
    groups, roles = choices(request)
    form = RoleForm(request.POST, groups=groups, roles=roles)
    if not form.is_valid():
        return _person_page(request, person, form)
    group, role = form.cleaned_data["group"], form.cleaned_data["role"]
    day = form.cleaned_data["until"]
    until = None if day is None else end_of(day, group)
    try:
        services.give_role(user=person, group=group, role=role, actor=request.user, until=until)
    except GroupsError as error:
        form.add_error(None, error.sentence)
        return _person_page(request, person, form)
    messages.success(
        request,
        _("%(name)s is now “%(role)s” in %(group)s.") % {"name": person.name, "role": role.label, "group": group.name},
    )
    return redirect("groups:person-detail", person_id=person.pk)


@login_required
@require_POST
def person_take_role(request: PortalRequest, person_id: uuid.UUID) -> HttpResponse:
    """Takes a role from somebody."""
    person = _person(request, person_id)
    chosen = request.POST.get("membership", "")
    held = queries.managed_memberships(request.user, request.brand).filter(user=person)
    membership = get_object_or_404(held, pk=chosen if chosen.isdecimal() and len(chosen) < 19 else 0)
    return done(
        request,
        lambda: services.take_role(membership=membership, actor=request.user),
        _("%(name)s holds this role no longer.") % {"name": person.name},
        redirect("groups:person-detail", person_id=person.pk),
    )


@login_required
@require_POST
def person_remove(request: PortalRequest, person_id: uuid.UUID) -> HttpResponse:
    """Ends everything that somebody holds in the brand; their mailings stay."""
    person = _person(request, person_id)
    return done(
        request,
        lambda: services.remove_from_brand(user=person, brand=request.brand, actor=request.user),
        _("%(name)s has left. Their sessions are over; their mailings stay.") % {"name": person.name},
        redirect("groups:person-list"),
        redirect("groups:person-detail", person_id=person.pk),
    )


@login_required
@require_POST
def person_act_as(request: PortalRequest, person_id: uuid.UUID) -> HttpResponse:
    """Begins to act as somebody."""
    person = get_object_or_404(queries.people_of(request.brand), pk=person_id)
    try:
        acting.begin_acting(session=request.session, admin=request.user, member=person, brand=request.brand)
    except GroupsError as error:
        raise Http404 from error
    return redirect(settings.LOGIN_REDIRECT_URL)


@login_required
@require_POST
def acting_end(request: PortalRequest) -> HttpResponse:
    """Ends acting as somebody."""
    admin = request.user.acted_by
    if admin is not None:
        acting.end_acting(session=request.session, admin=admin, member=request.user, brand=request.brand)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _person_page(request: PortalRequest, person: User, form: RoleForm | None = None) -> HttpResponse:
    groups, roles = choices(request)
    held = list(queries.managed_memberships(request.user, request.brand).filter(user=person))
    context = {
        "person": person,
        "held": held,
        "form": form or RoleForm(groups=groups, roles=roles),
        "groups": groups[:GROUPS_OFFERED],
        "may_act_as": person != request.user and acting.may_act(request.user, request.brand),
        "is_self": person == request.user,
        "lines": person_lines(person, request.brand, request.user),
    }
    return render(request, "people/person_detail.html", context, status=422 if form else 200)


def _person(request: PortalRequest, person_id: uuid.UUID) -> User:
    """Gives somebody with a role in a group whose users the person manages, or raises `Http404`."""
    return get_object_or_404(queries.managed_people(request.user, request.brand), pk=person_id)
