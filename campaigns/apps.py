"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and tells other rooms of its notices and of the words of its actions."""

    name = "campaigns"

    def ready(self) -> None:
        """Makes the kinds of notices and the words of the audit trail known to the rooms that need them."""
        from campaigns import trail
        from campaigns.delivery import kinds as delivery
        from campaigns.review import kinds as review
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS)
        trail.tell()
