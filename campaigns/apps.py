"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and tells the audit trail the words of its actions."""

    name = "campaigns"

    def ready(self) -> None:
        """Gives the words to the audit trail."""
        from campaigns import trail

        trail.tell()
