"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and tells other rooms of its notices and words, and what their changes mean here."""

    name = "campaigns"

    def ready(self) -> None:
        """Makes known what rooms of groups ask: kinds of notices, words of the trail, consequences of changes."""
        from campaigns import consequences, trail
        from campaigns.delivery import kinds as delivery
        from campaigns.review import kinds as review
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS)
        trail.tell()
        consequences.tell()
