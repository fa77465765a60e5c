"""A person's notices, and what of them comes by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from groups.access import get_own, rights_of
from groups.addresses import is_own_path
from groups.errors import InputRefused
from groups.http import PortalRequest
from groups.models import Notice, User
from groups.notices import queries, services
from groups.notices.forms import PreferenceForm
from groups.notices.kinds import Words, families, kind_named
from groups.notices.paces import MORNING

PER_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A notice of the page; without words where the person may no longer see what it is about."""

    notice: Notice
    words: Words | None


@require_safe
@login_required
def notice_list(request: PortalRequest) -> HttpResponse:
    """Shows what the person was told, unread first."""
    page = Paginator(queries.notices_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = _rows(request.user, list(page.object_list))
    return render(
        request,
        "notices/notice_list.html",
        {"page": page, "rows": rows, "has_unread": any(row.notice.read_at is None for row in rows)},
    )


@require_GET
@login_required
def notice_open(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Leads to the thing and marks the notice read; 404 where the person may no longer see it."""
    notice = get_own(request.user, Notice, notice_id)
    if not is_own_path(notice.path) or not queries.accessible(request.user, [notice]):
        raise Http404
    services.mark_read(notice=notice, reader=request.user)
    return redirect(notice.path)


@require_POST
@login_required
def notice_read(request: PortalRequest, notice_id: UUID) -> HttpResponse:
    """Marks one notice read without opening its thing."""
    services.mark_read(notice=get_own(request.user, Notice, notice_id), reader=request.user)
    return redirect("groups:notice-list")


@require_POST
@login_required
def notice_read_all(request: PortalRequest) -> HttpResponse:
    """Marks everything read."""
    services.mark_all_read(person=request.user)
    return redirect("groups:notice-list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notice_settings(request: PortalRequest) -> HttpResponse:
    """Shows and stores what comes by mail, and when; for who has no role in the brand there is nothing to choose."""
    if not rights_of(request.user, request.brand, None).anywhere:
        raise Http404
    preference = queries.preference_of(request.user, request.brand)
    form = PreferenceForm(request.POST or None, preference=preference)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose(
                person=request.user,
                brand=request.brand,
                paces=form.paces,
                muted_until=form.cleaned_data["muted_until"],
            )
        except InputRefused as error:
            form.add_error("muted_until", error.sentence)
        else:
            messages.success(request, _("Saved. What still waits to be mailed goes by it as well."))
            return redirect("groups:notice-settings")
    zone = queries.zones_of((request.user,), request.brand)[request.user.pk]
    context = {"form": form, "always": families(may_be_muted=False), "zone": zone.key, "morning": MORNING}
    return render(request, "notices/notice_settings.html", context, status=422 if form.errors else 200)


def _rows(person: User, notices: Sequence[Notice]) -> list[Row]:
    open_ones = queries.accessible(person, notices)
    rows = []
    for notice in notices:
        kind = kind_named(notice.kind) if notice.pk in open_ones else None
        rows.append(Row(notice, kind.words(notice.parameters) if kind else None))
    return rows
