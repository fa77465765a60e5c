"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and the notices that its rooms write."""

    name = "campaigns"

    def ready(self) -> None:
        """Makes the kinds of notices known to the room that tells people."""
        from campaigns.delivery import kinds as delivery
        from campaigns.review import kinds as review
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS)
