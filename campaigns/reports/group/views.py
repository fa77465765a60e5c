"""The page of a group's report."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.reports.figures import labels
from campaigns.reports.group import queries
from campaigns.reports.group.charts import rates_over_weeks
from campaigns.reports.scope import scope_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def report_group(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows how the mailings of a group itself did."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    scope = scope_of(group)
    page = Paginator(queries.results_of(group), queries.PER_PAGE).get_page(request.GET.get("page"))
    usual = queries.usual_rates(scope)
    context = {
        "group": group,
        "scope": scope,
        "tabs": scope.tabs("report-group"),
        "chart": rates_over_weeks(queries.weeks_of(scope), scope.weeks(queries.WEEKS)),
        "usual": [(labels()[name], *usual[name]) for name in usual],
        "extremes": queries.extremes_of(scope),
        "page": page,
        "lines": queries.lines_of(group, list(page.object_list)),
    }
    return render(request, "reports/group/report.html", context)
