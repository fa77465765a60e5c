"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and tells other rooms of its notices and words, and what their changes mean here."""

    name = "campaigns"

    def ready(self) -> None:
        """Makes known what rooms of groups ask: notices, words of the trail, what erasing and other changes mean here."""
        from campaigns import consequences, trail
        from campaigns.delivery import kinds as delivery
        from campaigns.delivery.erasing import HOLDER
        from campaigns.review import kinds as review
        from groups.erasing import holders
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS)
        holders.register(HOLDER)
        trail.tell()
        consequences.tell()
