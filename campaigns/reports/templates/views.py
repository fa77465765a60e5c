"""The pages of templates: which are used, and the league of one of them."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.models import Template
from campaigns.reports.scope import scope_of
from campaigns.reports.templates import queries
from campaigns.reports.words import share_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def report_template_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the templates that a group and all below it used, with what they brought."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    scope = scope_of(group)
    context = {
        "group": group,
        "scope": scope,
        "tabs": scope.tabs("report-template-list"),
        "used": queries.used_templates(scope),
    }
    return render(request, "reports/templates/template_list.html", context)


@login_required
@require_GET
def report_template(request: PortalRequest, group_id: uuid.UUID, template_id: uuid.UUID) -> HttpResponse:
    """Shows how the groups of a network did with one template (P7)."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    template = access.get_usable(group, Template, template_id)
    scope = scope_of(group)
    page = Paginator(queries.league(scope, template), queries.PER_PAGE).get_page(request.GET.get("page"))
    standing = queries.standing_of(scope, template)
    context = {
        "group": group,
        "scope": scope,
        "tabs": scope.tabs("report-template-list"),
        "template": template,
        "standing": standing,
        "clicks": None if standing is None else share_of(standing.below_clicks, standing.below_clicks_of),
        "opens": None if standing is None else share_of(standing.below_opens, standing.below_opens_of),
        "page": page,
        "places": queries.places_of(list(page.object_list), page.start_index() or 1),
        "subjects": queries.best_subjects(scope, template),
    }
    return render(request, "reports/templates/template.html", context)
