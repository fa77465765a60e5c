"""The application of templates, mailings, deliveries and reports."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Names the application, and tells other rooms of its notices and words, and what their changes mean here."""

    name = "campaigns"

    def ready(self) -> None:
        """Makes known what rooms of groups ask: notices, words of the trail, what uses audiences, what changes mean."""
        from campaigns import audiences, consequences, trail
        from campaigns.delivery import kinds as delivery
        from campaigns.delivery.erasing import HOLDER
        from campaigns.reports.network import kinds as network
        from campaigns.retention import own as retention
        from campaigns.delivery.keeping import ROOM
        from campaigns.review import kinds as review
        from campaigns.rollouts import kinds as rollouts
        from groups.audiences import uses
        from groups.erasing import holders
        from groups.keeping import places
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS, *rollouts.KINDS, *network.KINDS)
        holders.register(HOLDER)
        places.register(ROOM)
        uses.register(audiences.uses_of)
        trail.tell()
        consequences.tell()
        retention.tell()
