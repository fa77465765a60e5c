"""The pages of erasures: asking for one, what became of each, and the proof as a file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.contacts.doors import contact_for
from groups.contacts.forms import EraseByAddressForm, EraseForm
from groups.erasing import exporting, services
from groups.erasing.proof import facts_of, gone_lines, may_delete_in_braze, staying_lines
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import Brand, Erasure, ErasureState
from groups.roles import Permission
from groups.spreadsheets import csv_lines
from groups.workspace.queries import workspace_of

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erasure_list(request: PortalRequest) -> HttpResponse:
    """Shows the erasures of the brand, the newest first, and takes the order to erase whoever has an address.

    For those who manage the contacts of all of the brand.
    """
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_CONTACTS)
    form = EraseByAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            asked = services.ask_by_address(
                brand=brand, address=given["address"], actor=request.user, reference=given["reference"]
            )
        except GroupsError as error:
            form.add_error("address", error.sentence)
        else:
            return redirect("groups:erasure-show", erasure_id=asked[0].pk)
    erasures = Erasure.objects.filter(brand=brand).select_related("asked_by")
    root = brand.groups.get(parent=None)
    page = Paginator(erasures, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "root": root, "form": form}
    return render(request, "erasing/erasure_list.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def erasure_show(request: PortalRequest, erasure_id: uuid.UUID) -> HttpResponse:
    """Shows where an erasure stands and what proves it; htmx gets the part that moves."""
    erasure = _erasure(request, erasure_id)
    context = {
        "erasure": erasure,
        "facts": facts_of(erasure),
        "gone": gone_lines(erasure),
        "staying": staying_lines(erasure),
        "is_under_way": erasure.state in (ErasureState.ASKED, ErasureState.ERASING),
        "may_retry": erasure.state == ErasureState.BRAZE_NOT_TOLD,
    }
    return render(request, "erasing/_erasure.html" if request.htmx else "erasing/erasure.html", context)


@login_required
@require_POST
def erasure_retry(request: PortalRequest, erasure_id: uuid.UUID) -> HttpResponse:
    """Lets Braze be told at once."""
    erasure = _erasure(request, erasure_id)
    try:
        services.retry(erasure=erasure, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Braze is being told again."))
    return redirect("groups:erasure-show", erasure_id=erasure.pk)


@login_required
@require_POST
def erasure_export(request: PortalRequest, erasure_id: uuid.UUID) -> StreamingHttpResponse:
    """Gives the proof of an erasure as CSV; that is an event of the trail."""
    erasure = _erasure(request, erasure_id)
    rows = exporting.export(erasure=erasure, actor=request.user)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="erasure-{erasure.pk}.csv"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def contact_erase(request: PortalRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Says what goes and what stays when somebody is erased, and takes the order."""
    contact = contact_for(request.user, contact_id, Permission.MANAGE_CONTACTS)
    if not access.visible(request.user, Brand, Permission.MANAGE_CONTACTS).filter(pk=contact.brand_id).exists():
        raise Http404
    asked = Erasure.objects.filter(contact=contact).first()
    if asked is not None:
        return redirect("groups:erasure-show", erasure_id=asked.pk)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            erasure = services.ask(contact=contact, actor=request.user, reference=form.cleaned_data["reference"])
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("groups:erasure-show", erasure_id=erasure.pk)
    context = {
        "contact": contact,
        "form": form,
        "others": services.others_with_address(contact),
        "may_delete_in_braze": may_delete_in_braze(workspace_of(contact.brand)),
    }
    return render(request, "erasing/contact_erase.html", context, status=422 if form.errors else 200)


def _erasure(request: PortalRequest, erasure_id: uuid.UUID) -> Erasure:
    erasure = access.get(request.user, Erasure, erasure_id, Permission.MANAGE_CONTACTS)
    if erasure.brand_id != request.brand.pk:
        raise Http404
    return erasure
