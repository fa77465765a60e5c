"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and tells other rooms of its notices and of the words of its actions."""

    name = "campaigns"

    def ready(self) -> None:
        """Makes kinds of notices, words of the audit trail and uses of audiences known to the rooms that need them."""
        from campaigns import audiences, trail
        from campaigns.delivery import kinds as delivery
        from campaigns.review import kinds as review
        from groups.audiences import uses
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS)
        uses.register(audiences.uses_of)
        trail.tell()
