"""The page of the audit trail, and its export."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from groups.http import PortalRequest
from groups.spreadsheets import csv_lines
from groups.trail import queries
from groups.trail.exporting import export
from groups.trail.forms import WantedForm
from groups.trail.lines import lines


@login_required
@require_safe
def event_list(request: PortalRequest) -> HttpResponse:
    """Shows the events of this brand that a person may see, the newest first, by filters and a page at a time."""
    return _page(request, _form(request, request.GET))


@login_required
@require_POST
def event_export(request: PortalRequest) -> HttpResponseBase:
    """Gives the filtered events as CSV; that it was taken is an event itself."""
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form)
    zone = queries.zone_of(request.brand)
    rows = export(
        events=queries.matching(queries.visible_events(request.user, request.brand), form.wanted(), zone),
        asked=form.asked(),
        brand=request.brand,
        zone=zone,
        actor=request.user,
    )
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"audit-trail-{request.brand.slug}-{timezone.now().astimezone(zone):%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _form(request: PortalRequest, data: QueryDict) -> WantedForm:
    """Gives the filters; raises `Http404` for a choice that nobody is offered, and for whoever may see no events."""
    queries.visible_events(request.user, request.brand)
    form = WantedForm(data)
    if form.is_forged:
        raise Http404
    return form


def _page(request: PortalRequest, form: WantedForm) -> HttpResponse:
    zone = queries.zone_of(request.brand)
    seen = queries.visible_events(request.user, request.brand)
    page, asked = queries.EventPage((), None, None), {}
    if form.is_valid():
        asked = form.asked()
        page = queries.page_of(
            queries.matching(seen, form.wanted(), zone),
            seen,
            before=request.GET.get("before", ""),
            after=request.GET.get("after", ""),
        )
    context = {
        "form": form,
        "asked": asked,
        "query": urlencode(asked),
        "is_first": not {"before", "after"} & request.GET.keys(),
        "page": page,
        "lines": lines(page.events),
        "zone": str(zone),
    }
    return render(request, "trail/event_list.html", context, status=422 if form.errors else 200)
