"""The page of usage."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.reports.scope import scope_of
from campaigns.reports.templates.queries import used_templates
from campaigns.reports.usage import queries
from campaigns.reports.usage.charts import people_over_months
from campaigns.reports.words import counted, duration
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def report_usage(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows who works with the portal in a group and all below it, what goes out, and how long reviews take (P3)."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    scope = scope_of(group)
    months = queries.months_of(scope)
    usage = months[0].usage
    page = Paginator(queries.groups_by_mailings(scope), queries.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "group": group,
        "scope": scope,
        "tabs": scope.tabs("report-usage"),
        "months": months,
        "people": counted(usage.below_people if usage else None),
        "mailings": counted(usage.below_mailings if usage else None),
        "review_time": duration(usage.below_review_seconds if usage else None),
        "reviews": counted(usage.below_reviews if usage else None),
        "has_any": any(one.usage for one in months),
        "chart": people_over_months(months),
        "used": used_templates(scope),
        "page": page,
    }
    return render(request, "reports/usage/report.html", context)
