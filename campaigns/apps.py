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
        from campaigns.delivery.keeping import ROOM
        from campaigns.reports.network import kinds as network
        from campaigns.retention import own as retention
        from campaigns.review import kinds as review
        from campaigns.rollouts import kinds as rollouts
        from campaigns.webhooks import kinds as webhooks
        from campaigns.webhooks import telling
        from groups.audiences import uses
        from groups.audiences.imports import endings
        from groups.erasing import holders
        from groups.keeping import places
        from groups.notices.kinds import register

        register(*review.KINDS, *delivery.KINDS, *rollouts.KINDS, *network.KINDS, *webhooks.KINDS)
        holders.register(HOLDER)
        places.register(ROOM)
        uses.register(audiences.uses_of)
        endings.register(telling.import_ended)
        trail.tell()
        consequences.tell()
        retention.tell()
