"""The address of the evidence pack."""

from __future__ import annotations

from django.urls import path

from campaigns.reports.evidence import views

urlpatterns = [
    path("m/<uuid:mailing_id>/evidence/", views.mailing_evidence, name="mailing-evidence"),
]
