"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application."""

    name = "campaigns"
