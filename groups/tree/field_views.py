"""The pages of a brand's own group fields: what there is, and what each group says."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import InputRefused, NotPermitted
from groups.http import PortalRequest
from groups.models import MAIL_FIELDS, Brand, Group, GroupField, GroupFieldKind
from groups.roles import Permission
from groups.tree import fields
from groups.tree.consequences import uses_of
from groups.tree.field_forms import FieldForm, NewFieldForm, ValuesForm, field_initial
from groups.tree.field_values import ValuesRefused, field_lines, set_values


@login_required
@require_http_methods(["GET", "POST"])
def group_field_list(request: PortalRequest) -> HttpResponse:
    """Shows the fields that this brand's groups have, and adds one."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_GROUPS)
    form = NewFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            field = fields.add_field(
                brand=brand,
                key=form.cleaned_data["key"],
                kind=GroupFieldKind(form.cleaned_data["kind"]),
                actor=request.user,
                **form.said,
            )
        except InputRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("“%(label)s” is added.") % {"label": field.label})
            return redirect("groups:group-field-list")
    context = {"fields": brand.group_fields.all(), "shipped": MAIL_FIELDS, "form": form}
    return render(request, "tree/group_field_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def group_field_edit(request: PortalRequest, field_id: uuid.UUID) -> HttpResponse:
    """Shows a field, and changes what people read of it."""
    field = access.get(request.user, GroupField, field_id, Permission.MANAGE_GROUPS)
    form = FieldForm(request.POST or None, kind=field.kind, initial=field_initial(field))
    if request.method == "POST" and form.is_valid():
        try:
            fields.change_field(field=field, actor=request.user, **form.said)
        except InputRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("groups:group-field-list")
    return _field_page(request, field, form)


@login_required
@require_POST
def group_field_delete(request: PortalRequest, field_id: uuid.UUID) -> HttpResponse:
    """Deletes a field with all its values; where templates show it, only once somebody has said that they know."""
    field = access.get(request.user, GroupField, field_id, Permission.MANAGE_GROUPS)
    try:
        fields.delete_field(field=field, actor=request.user, is_sure="sure" in request.POST)
    except InputRefused as refused:
        return _field_page(request, field, FieldForm(kind=field.kind, initial=field_initial(field)), refused.sentence)
    messages.success(request, _("“%(label)s” is deleted.") % {"label": field.label})
    return redirect("groups:group-field-list")


@login_required
@require_http_methods(["GET", "POST"])
def group_values(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the fields of a group in a form as far as the person may fill them in, and stores what they write."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    lines = field_lines(group, request.user)
    if not any(line.may_change for line in lines):
        raise Http404
    form = ValuesForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        # A field that the page does not offer, but that is sent all the same, is refused by name.
        sent = {line.field.key: request.POST[line.field.key] for line in lines if line.field.key in request.POST}
        try:
            set_values(group=group, values=sent, actor=request.user)
        except ValuesRefused as refused:
            form.refuse(refused.wrong)
        except NotPermitted as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Saved. Emails that are made from now on show it."))
            return redirect("groups:group-detail", group_id=group.pk)
    context = {"group": group, "form": form, "locked": [line for line in lines if not line.may_change]}
    return render(request, "tree/group_values.html", context, status=422 if form.errors else 200)


def _field_page(request: PortalRequest, field: GroupField, form: FieldForm, refused: str = "") -> HttpResponse:
    context = {
        "field": field,
        "values": field.values.count(),
        "uses": uses_of(field, request.user),
        "form": form,
        "refused": refused,
    }
    return render(request, "tree/group_field_edit.html", context, status=422 if form.errors or refused else 200)
