"""The addresses of templates, images, rules, mailings, calendar, rollouts, tests, reviews, deliveries, by room."""

from __future__ import annotations

from django.urls import include, path

app_name = "campaigns"

urlpatterns = [
    path("", include("campaigns.home.urls")),
    path("", include("campaigns.library.urls")),
    path("", include("campaigns.rules.urls")),
    path("", include("campaigns.schedule.urls")),
    path("", include("campaigns.look.urls")),
    path("", include("campaigns.mailings.urls")),
    path("", include("campaigns.calendar.urls")),
    path("", include("campaigns.practice.urls")),
    path("", include("campaigns.compose.urls")),
    path("", include("campaigns.attachments.urls")),
    path("", include("campaigns.testsend.urls")),
    path("", include("campaigns.review.urls")),
    path("", include("campaigns.rollouts.urls")),
    path("", include("campaigns.delivery.urls")),
    path("", include("campaigns.delivery.ledger.urls")),
    path("", include("campaigns.reports.urls")),
    path("", include("campaigns.reports.pages")),
    path("", include("campaigns.webhooks.urls")),
]
