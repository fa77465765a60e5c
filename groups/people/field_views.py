"""The pages of a brand's fields of people: what there is, and what they say of each person."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import InputRefused, NotPermitted
from groups.http import PortalRequest
from groups.models import PERSON_FIELDS, Brand, User, UserField, UserFieldKind
from groups.people import fields
from groups.people.field_forms import NewPersonFieldForm, PersonFieldForm, PersonValuesForm, sent_values
from groups.people.field_values import person_lines, set_values
from groups.people.queries import managed_people, people_of
from groups.roles import Permission
from groups.tree.consequences import uses_of
from groups.tree.field_forms import field_initial
from groups.tree.field_values import ValuesRefused


@login_required
@require_http_methods(["GET", "POST"])
def user_field_list(request: PortalRequest) -> HttpResponse:
    """Shows the fields that this brand's people have, and adds one."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_USERS)
    form = NewPersonFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            field = fields.add_field(
                brand=brand,
                key=form.cleaned_data["key"],
                kind=UserFieldKind(form.cleaned_data["kind"]),
                actor=request.user,
                **form.said,
            )
        except InputRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("“%(label)s” is added.") % {"label": field.label})
            return redirect("groups:user-field-list")
    context = {"fields": brand.user_fields.all(), "shipped": PERSON_FIELDS, "form": form}
    return render(request, "people/user_field_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def user_field_edit(request: PortalRequest, field_id: uuid.UUID) -> HttpResponse:
    """Shows a field, and changes what people read of it."""
    field = access.get(request.user, UserField, field_id, Permission.MANAGE_USERS)
    form = PersonFieldForm(request.POST or None, kind=field.kind, initial=field_initial(field))
    if request.method == "POST" and form.is_valid():
        try:
            fields.change_field(field=field, actor=request.user, **form.said)
        except InputRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("groups:user-field-list")
    return _field_page(request, field, form)


@login_required
@require_POST
def user_field_delete(request: PortalRequest, field_id: uuid.UUID) -> HttpResponse:
    """Deletes a field with all its values; where templates show it, only once somebody has said that they know."""
    field = access.get(request.user, UserField, field_id, Permission.MANAGE_USERS)
    try:
        fields.delete_field(field=field, actor=request.user, is_sure="sure" in request.POST)
    except InputRefused as refused:
        return _field_page(
            request, field, PersonFieldForm(kind=field.kind, initial=field_initial(field)), refused.sentence
        )
    messages.success(request, _("“%(label)s” is deleted.") % {"label": field.label})
    return redirect("groups:user-field-list")


@login_required
@require_http_methods(["GET", "POST"])
def person_values(request: PortalRequest, person_id: uuid.UUID) -> HttpResponse:
    """Shows the fields of somebody in a group whose users one manages, and stores what is filled in for them."""
    person = get_object_or_404(managed_people(request.user, request.brand), pk=person_id)
    return _values_page(request, person, reverse("groups:person-detail", args=[person.pk]))


@login_required
@require_http_methods(["GET", "POST"])
def account_values(request: PortalRequest) -> HttpResponse:
    """Shows a person what the brand's fields say of them, and stores what they fill in themselves."""
    if not people_of(request.brand).filter(pk=request.user.pk).exists():
        raise Http404
    return _values_page(request, request.user, reverse("groups:account"))


def _field_page(request: PortalRequest, field: UserField, form: PersonFieldForm, refused: str = "") -> HttpResponse:
    context = {
        "field": field,
        "values": field.values.count(),
        "uses": uses_of(field, request.user),
        "form": form,
        "refused": refused,
    }
    return render(request, "people/user_field_edit.html", context, status=422 if form.errors or refused else 200)


def _values_page(request: PortalRequest, person: User, back: str) -> HttpResponse:
    lines = person_lines(person, request.brand, request.user)
    is_sent = request.method == "POST"
    form = PersonValuesForm(request.POST if is_sent else None, request.FILES if is_sent else None, lines=lines)
    if is_sent and form.is_valid():
        values, pictures = sent_values(request.POST, request.FILES, lines)
        try:
            set_values(person=person, brand=request.brand, values=values, pictures=pictures, actor=request.user)
        except ValuesRefused as refused:
            form.refuse(refused.wrong)
        except NotPermitted as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Saved. Emails that are made from now on show it."))
            return redirect(request.path)
    context = {
        "person": person,
        "is_self": person == request.user,
        "back": back,
        "lines": lines,
        "form": form,
        "pictures": [line for line in lines if line.is_picture and line.value],
        "locked": [line for line in lines if not line.may_change],
        "missing": [line for line in lines if line.is_missing],
        "manages_fields": Permission.MANAGE_USERS in access.rights_of(request.user, request.brand, None).for_brand,
    }
    return render(request, "people/person_values.html", context, status=422 if form.errors else 200)
