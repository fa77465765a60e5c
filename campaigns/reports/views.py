"""The tables of reports as files."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from campaigns.models import Template
from campaigns.reports import tables
from campaigns.reports.scope import scope_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def report_table(request: PortalRequest, group_id: uuid.UUID, name: str) -> StreamingHttpResponse:
    """Gives one table of a group's or network's reports as CSV; `?month=2026-11` chooses that of the costs."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    return tables.answer(name, scope_of(group), request.GET.get("month", ""))


@login_required
@require_GET
def report_template_table(
    request: PortalRequest, group_id: uuid.UUID, template_id: uuid.UUID, name: str
) -> StreamingHttpResponse:
    """Gives one table of a template's report as CSV."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    template = access.get_usable(group, Template, template_id)
    return tables.answer_of_template(name, scope_of(group), template)
