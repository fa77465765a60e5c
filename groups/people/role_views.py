"""The pages of a brand's roles: what each may do."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import BrandRole
from groups.people import roles
from groups.people.forms import BundleForm
from groups.people.pages import done, manages_brand
from groups.roles import PERMISSIONS, Permission, Role

_HELD = Q(memberships__user__is_service=False, memberships__user__is_active=True)


@login_required
@require_GET
def role_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's roles side by side: the table of who may do what."""
    _demand_right(request)
    found = list(
        BrandRole.objects.filter(brand=request.brand)
        .prefetch_related("grants")
        .annotate(holders=Count("memberships", filter=_HELD, distinct=True))
        .order_by("position", "name", "key")
    )
    held = {role.pk: {grant.permission for grant in role.grants.all()} for role in found}
    table = [(permission.label, [permission in held[role.pk] for role in found]) for permission in Permission]
    return render(request, "people/role_list.html", {"roles": found, "table": table})


@login_required
@require_http_methods(["GET", "POST"])
def role_create(request: PortalRequest) -> HttpResponse:
    """Makes a role of the brand's own."""
    _demand_right(request)
    form = BundleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            role = roles.create_role(
                brand=request.brand, name=form.cleaned_data["name"], permissions=form.chosen, actor=request.user
            )
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("The role “%(role)s” can be given now.") % {"role": role.label})
            return redirect("groups:role-list")
    return render(request, "people/role_edit.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def role_edit(request: PortalRequest, role_id: uuid.UUID) -> HttpResponse:
    """Changes what a role may do; it holds at once for everybody who has it."""
    role = _role(request, role_id)
    initial = {"name": role.label, "permissions": sorted(roles.permissions_of(role))}
    form = BundleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            roles.change_role(role=role, name=form.cleaned_data["name"], permissions=form.chosen, actor=request.user)
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Saved. It holds from now on for everybody with this role."))
            return redirect("groups:role-list")
    context = {"form": form, "role": role, "holders": role.memberships.count()}
    return render(request, "people/role_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def role_reset(request: PortalRequest, role_id: uuid.UUID) -> HttpResponse:
    """Sets a role that the portal came with back to what it held then."""
    role = _role(request, role_id)
    if not role.is_shipped:
        raise Http404
    key = Role(role.key)
    return done(
        request,
        lambda: roles.change_role(role=role, name=str(key.label), permissions=PERMISSIONS[key], actor=request.user),
        _("“%(role)s” is as it came with the portal.") % {"role": role.label},
        redirect("groups:role-edit", role_id=role.pk),
    )


@login_required
@require_POST
def role_delete(request: PortalRequest, role_id: uuid.UUID) -> HttpResponse:
    """Deletes a role that nobody holds."""
    role = _role(request, role_id)
    return done(
        request,
        lambda: roles.delete_role(role=role, actor=request.user),
        _("The role “%(role)s” is deleted.") % {"role": role.label},
        redirect("groups:role-list"),
        redirect("groups:role-edit", role_id=role.pk),
    )


def _demand_right(request: PortalRequest) -> None:
    if not manages_brand(request):
        raise Http404


def _role(request: PortalRequest, role_id: uuid.UUID) -> BrandRole:
    role = access.get(request.user, BrandRole, role_id, Permission.MANAGE_USERS)
    if role.brand_id != request.brand.pk:
        raise Http404
    return role
