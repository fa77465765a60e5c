"""The addresses of reports of groups, networks, templates and usage."""

from __future__ import annotations

from django.urls import path

from campaigns.reports.group.views import report_group
from campaigns.reports.network.views import report_network, report_nudge
from campaigns.reports.templates.views import report_template, report_template_list
from campaigns.reports.usage.views import report_usage
from campaigns.reports.views import report_table, report_template_table

BELOW = "g/<uuid:group_id>/reports"

urlpatterns = [
    path(f"{BELOW}/", report_group, name="report-group"),
    path(f"{BELOW}/network/", report_network, name="report-network"),
    path(f"{BELOW}/network/<uuid:silent_id>/nudge/", report_nudge, name="report-nudge"),
    path(f"{BELOW}/templates/", report_template_list, name="report-template-list"),
    path(f"{BELOW}/templates/<uuid:template_id>/", report_template, name="report-template"),
    path(f"{BELOW}/templates/<uuid:template_id>/<slug:name>.csv", report_template_table, name="report-template-table"),
    path(f"{BELOW}/usage/", report_usage, name="report-usage"),
    path(f"{BELOW}/tables/<slug:name>.csv", report_table, name="report-table"),
]
