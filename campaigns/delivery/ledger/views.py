"""The pages of the ledger: batches of a delivery, their statement, a batch with its people, a contact's mailings."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from campaigns.delivery.ledger import contacts, exporting, queries
from campaigns.delivery.ledger.privacy import is_kept_from
from campaigns.delivery.ledger.statement import statement_rows
from campaigns.delivery.ledger.words import standing_of
from campaigns.delivery.queries import progress
from campaigns.errors import Refusal
from campaigns.models import Batch, BatchKind, BatchState, Delivery, Mailing
from groups import access
from groups.contacts.changeable import may_change
from groups.contacts.doors import contact_for
from groups.contacts.looking_up import why_not
from groups.contacts.values import contact_values
from groups.http import PortalRequest
from groups.models import COUNTED_BY_BRAZE
from groups.roles import Permission
from groups.spreadsheets import csv_lines
from groups.workspace.queries import workspace_of


@login_required
@require_GET
def batch_list(request: PortalRequest, delivery_id: uuid.UUID) -> HttpResponse:
    """Shows the batches of a delivery; `?state=` filters them, `?number=` leads to the page of one of them."""
    delivery = access.get(request.user, Delivery, delivery_id, Permission.SEE_MAILINGS)
    wanted = request.GET.get("number", "").strip()
    if wanted and (page_number := _page_with(delivery, wanted)):
        address = reverse("campaigns:batch-list", args=[delivery.pk])
        return redirect(f"{address}?page={page_number}#batch-{int(wanted)}")
    state = request.GET.get("state", "")
    state = state if state in BatchState.values else ""
    page = Paginator(queries.batches_of(delivery, state), queries.BATCHES_PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.state_counts(delivery)
    context = {
        "delivery": delivery,
        "mailing": delivery.mailing,
        "group": delivery.mailing.group,
        "progress": progress(delivery),
        "counts": counts,
        "total": sum(one.batches for one in counts),
        "state": state,
        "page": page,
        "lines": queries.lines_of(page.object_list, delivery),
        "wanted": wanted,
        "others": queries.other_deliveries(delivery),
        "export_lines": exporting.lines_for(delivery.mailing, request.user),
    }
    return render(request, "delivery/batch_list.html", context)


@login_required
@require_GET
def batch_statement(request: PortalRequest, delivery_id: uuid.UUID) -> StreamingHttpResponse:
    """Gives the statement of a delivery as CSV: a row per batch, without personal data."""
    delivery = access.get(request.user, Delivery, delivery_id, Permission.SEE_MAILINGS)
    response = StreamingHttpResponse(csv_lines(statement_rows(delivery)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="batches-{delivery.pk}.csv"'
    return response


@login_required
@require_POST
def mailing_recipients_export(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponseBase:
    """Gives everybody of a mailing as CSV to those who may both see and export them; that is an event of the trail."""
    for permission in exporting.NEEDED:
        mailing = access.get(request.user, Mailing, mailing_id, permission)
    if is_kept_from(request.user, mailing):
        raise Http404
    try:
        rows = exporting.export(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recipients-{mailing.pk}.csv"'
    return response


@login_required
@require_GET
def batch_detail(request: PortalRequest, batch_id: int) -> HttpResponse:
    """Shows a batch, and who is in it to those who may see contacts of its group; the others learn how many."""
    batch = access.get(request.user, Batch, batch_id, Permission.SEE_MAILINGS)
    delivery = batch.delivery
    group = delivery.mailing.group
    is_kept = is_kept_from(request.user, delivery.mailing)
    may_see_people = access.may(request.user, Permission.SEE_CONTACTS, group) and not is_kept
    context = {
        "batch": batch,
        "delivery": delivery,
        "mailing": delivery.mailing,
        "group": group,
        "standing": standing_of(batch, delivery, queries.last_move(delivery)),
        "halves": queries.halves_of(batch),
        "page_number": queries.page_with(delivery, batch.number),
        "is_broadcast": batch.kind == BatchKind.BROADCAST,
        "may_see_people": may_see_people,
        "is_kept": is_kept,
        "people": queries.people_of(batch, request.user) if may_see_people else (),
    }
    return render(request, "delivery/batch_detail.html", context)


@login_required
@require_GET
def contact_detail(request: PortalRequest, contact_id: uuid.UUID) -> HttpResponse:
    """Shows a contact and their mailings; `?list=` names the list that the reader comes from."""
    contact = contact_for(request.user, contact_id, Permission.SEE_CONTACTS)
    lists = list(contacts.lists_with(contact, request.user))
    wanted = request.GET.get("list", "")
    start = next((one for one in lists if str(one.pk) == wanted), lists[0] if lists else None)
    # Whoever is on no list is seen by those alone who see the contacts of the whole brand.
    group = start.group if start is not None else contact.brand.groups.get(parent=None)
    rows = contacts.mailing_rows(contact, request.user)
    page = Paginator(rows, contacts.MAILINGS_PER_PAGE).get_page(request.GET.get("page"))
    suppressions = contacts.suppression_lines(contact, request.user)
    context = {
        "contact": contact,
        "group": group,
        "start": start,
        "list_id": "" if start is None else str(start.pk),
        "lists": lists,
        "may_be_mailed": contacts.may_be_mailed(contact, [one.group for one in lists], suppressions),
        "suppressions": suppressions,
        "sync_sentence": contacts.sync_sentence(contact),
        "page": page,
        "lines": contacts.mailing_lines(page.object_list),
        "elsewhere": contacts.mailings_elsewhere(contact, request.user),
        "has_segments": group.audiences.filter(kind__in=COUNTED_BY_BRAZE).exists(),
        "values": contact_values(contact, request.user),
        "may_change": may_change(request.user, contact),
        "why_no_lookup": why_not(workspace_of(contact.brand)),
    }
    return render(request, "delivery/contact_detail.html", context)


def _page_with(delivery: Delivery, wanted: str) -> int | None:
    """Gives the page of a batch by what was typed; None where that is no number of a batch."""
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) < 10
    return queries.page_with(delivery, int(wanted)) if is_number else None
