"""The page of a network's report, and the nudge."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.errors import Refusal
from campaigns.reports.network import queries
from campaigns.reports.network.charts import clicks_over_weeks, lists_over_weeks
from campaigns.reports.network.nudging import nudge
from campaigns.reports.network.pressing import pressing_of
from campaigns.reports.scope import scope_of
from campaigns.reports.words import share_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def report_network(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows where a group with all below it stands; nothing is counted for it, so that it is as quick for thousands."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    scope = scope_of(group)
    standing = queries.standing_of(scope)
    context = {"group": group, "scope": scope, "tabs": scope.tabs("report-network"), "standing": standing}
    if standing is None:
        return render(request, "reports/network/report.html", context)
    days = scope.weeks(queries.WEEKS)
    weeks = queries.weeks_of(scope)
    growth = queries.growth_of(weeks, days)
    page = Paginator(queries.standings_right_below(group), queries.PER_PAGE).get_page(request.GET.get("page"))
    silent = queries.silent_rows(queries.silent_groups(scope)[: queries.SILENT_SHOWN])
    context |= {
        "above": access.visible(request.user, Group, Permission.SEE_MAILINGS).filter(children=group).first(),
        "clicks": share_of(
            standing.below_clicks,
            standing.below_clicks_of,
            before=(standing.before_clicks, standing.before_clicks_of),
        ),
        "growth": growth,
        "clicks_chart": clicks_over_weeks(weeks, days),
        "lists_chart": lists_over_weeks(weeks, days),
        "page": page,
        "rows": queries.rows_of(list(page.object_list), days),
        "silent": silent,
        "may_nudge": access.may(request.user, Permission.STOP_MAILINGS, group),
        "more_silent": standing.below_silent - len(silent),
        "clashes": queries.clashing(queries.clashes_of(scope)[: queries.CLASHES_SHOWN]),
        "pressing": pressing_of(group, standing, growth.contacts),
    }
    return render(request, "reports/network/report.html", context)


@login_required
@require_POST
def report_nudge(request: PortalRequest, group_id: uuid.UUID, silent_id: uuid.UUID) -> HttpResponse:
    """Nudges a silent group of a network, and says whom that reached."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    silent = access.get(request.user, Group, silent_id, Permission.STOP_MAILINGS)
    if not silent.paths_up.filter(ancestor=group).exists():
        raise Http404
    try:
        made = nudge(group=silent, actor=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = ngettext("%(number)s person was told.", "%(number)s people were told.", made.told)
        sentence = _("%(group)s was nudged.") % {"group": silent.name}
        messages.success(request, f"{sentence} {told % {'number': made.told}}")
    return redirect("campaigns:report-network", group_id=group.pk)
