"""The pages of single contacts: all of a group, one added, changed or deleted, and looked up in Braze."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.contacts import looking_up, searching, services
from groups.contacts.changeable import may_change
from groups.contacts.doors import contact_for
from groups.contacts.forms import ContactForm, NewContactForm
from groups.contacts.listing import lines_of, typed_words
from groups.contacts.seeing import attributes_seen_in, attributes_seen_of
from groups.contacts.typed import FieldsRefused, typed
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import Audience, AudienceKind, Group
from groups.roles import Permission
from groups.workspace.queries import workspace_of


@login_required
@require_GET
def contact_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows everybody on the lists of a group and of those below it, each once; `?q=` searches."""
    group = access.get(request.user, Group, group_id, Permission.SEE_CONTACTS)
    words = typed_words(request.GET.get("q", ""))
    scope = searching.Scope(group, reader=request.user)
    page = searching.page_of(scope, words, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    rights = access.rights_of(request.user, group.brand, group)
    context = {
        "group": group,
        "search": words,
        "page": page,
        "lines": lines_of(page, request.user),
        "may_manage": Permission.MANAGE_CONTACTS in rights.here,
        "may_erase": Permission.MANAGE_CONTACTS in rights.for_brand,
    }
    is_partial = bool(request.htmx) and not request.htmx.history_restore_request
    return render(request, "contacts/_people.html" if is_partial else "contacts/contact_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contact_add(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Asks for one person for a list, and adds them."""
    audience = access.get(request.user, Audience, audience_id, Permission.MANAGE_CONTACTS)
    sees_people = access.may_see_people(request.user, audience, Permission.MANAGE_CONTACTS)
    if audience.kind != AudienceKind.LIST or not sees_people:
        raise Http404
    group = audience.group
    attributes = list(attributes_seen_in(group.brand_id, [group]))
    form = NewContactForm(request.POST or None, attributes=attributes, derives_id=group.brand.derives_external_ids)
    if request.method == "POST" and form.is_valid():
        try:
            said = typed(form.texts, attributes, with_id=True)
            contact = services.add_contact(audience=audience, said=said, actor=request.user)
        except FieldsRefused as refused:
            form.refuse(refused.wrong)
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("%(email)s is on the list.") % {"email": contact.label})
            return redirect("groups:audience-show", audience_id=audience.pk)
    context = {"audience": audience, "group": group, "form": form}
    return render(request, "contacts/contact_add.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def contact_edit(request: PortalRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Shows what a person may change of a contact in a form, and changes it."""
    contact = contact_for(request.user, contact_id, Permission.MANAGE_CONTACTS)
    attributes = list(attributes_seen_of(contact, request.user, Permission.MANAGE_CONTACTS))
    form = ContactForm(request.POST or None, attributes=attributes, contact=contact)
    if request.method == "POST" and form.is_valid():
        try:
            may_keep = not contact.brand.keeps_contacts
            said = typed(form.texts, attributes, with_id=False, may_keep_address=may_keep)
            services.change_contact(contact=contact, said=said, actor=request.user)
        except FieldsRefused as refused:
            form.refuse(refused.wrong)
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Saved. Braze is told of it."))
            return redirect("campaigns:contact-detail", contact_id=contact.pk)
    rights = access.rights_of(request.user, contact.brand, None)
    context = {
        "contact": contact,
        "group": services.place_of(contact, request.user),
        "form": form,
        "may_delete": may_change(request.user, contact),
        "may_erase": Permission.MANAGE_CONTACTS in rights.for_brand,
    }
    return render(request, "contacts/contact_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def contact_delete(request: PortalRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Deletes a contact, and leads to the contacts of a group of theirs."""
    contact = contact_for(request.user, contact_id, Permission.MANAGE_CONTACTS)
    group = services.place_of(contact, request.user)
    email = contact.label
    try:
        services.delete_contact(contact=contact, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
        return redirect("groups:contact-edit", contact_id=contact.pk)
    messages.success(request, _("%(email)s is deleted.") % {"email": email})
    back = group or contact.brand.groups.get(parent=None)
    return redirect("groups:contact-list", group_id=back.pk)


@login_required
@require_POST
def contact_lookup(request: PortalRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Asks Braze for a contact once and shows what it has; htmx gets the part, others a page."""
    contact = contact_for(request.user, contact_id, Permission.SEE_CONTACTS)
    context: dict[str, object] = {"contact": contact, "brand": contact.brand}
    try:
        context["lookup"] = looking_up.look_up(
            contact=contact, workspace=workspace_of(contact.brand), actor=request.user
        )
    except GroupsError as error:
        context["problem"] = error.sentence
    is_partial = bool(request.htmx)
    return render(request, "contacts/_lookup.html" if is_partial else "contacts/contact_lookup.html", context)
