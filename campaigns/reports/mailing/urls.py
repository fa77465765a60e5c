"""The addresses of the report of a mailing."""

from __future__ import annotations

from django.urls import path

from campaigns.reports.mailing import views

urlpatterns = [
    path("m/<uuid:mailing_id>/report/", views.mailing_report, name="mailing-report"),
    path("m/<uuid:mailing_id>/report.csv", views.mailing_report_table, name="mailing-report-table"),
]
