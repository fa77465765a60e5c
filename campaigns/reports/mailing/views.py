"""The report of a mailing, as a page and as a table."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.models import Mailing
from campaigns.reports.mailing.page import context_of
from campaigns.reports.mailing.queries import report_of
from campaigns.reports.mailing.table import day_rows
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission
from groups.spreadsheets import csv_lines


@login_required
@require_GET
def mailing_report(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Shows what is known of a mailing that went out, and what is not."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    return render(request, "reports/mailing/report.html", context_of(mailing, report_of(mailing), request.user))


@login_required
@require_GET
def mailing_report_table(request: PortalRequest, mailing_id: uuid.UUID) -> StreamingHttpResponse:
    """Gives the days of a report as CSV, without personal data."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    rows = list(day_rows(mailing, report_of(mailing)))
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report-{mailing.pk}.csv"'
    return response
