"""The addresses of reports, by room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("campaigns.reports.mailing.urls")),
    path("", include("campaigns.reports.evidence.urls")),
    path("", include("campaigns.reports.budget.urls")),
]
