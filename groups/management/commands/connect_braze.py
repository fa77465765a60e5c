"""`connect_braze`: stores a brand's Braze settings."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groups.errors import GroupsError
from groups.tree.queries import brand_by_slug
from groups.workspace.services import connect


class Command(BaseCommand):
    """Stores the settings; exit code 0 when done, 1 when refused, 2 for wrong usage."""

    help = "Connects a brand to its Braze workspace. The key is stored encrypted and never shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument("--endpoint", required=True, metavar="URL")
        parser.add_argument("--api-key", required=True, metavar="KEY")
        parser.add_argument("--app-id", required=True, metavar="ID")
        parser.add_argument("--campaign-id", required=True, metavar="ID")
        parser.add_argument("--variation-id", required=True, metavar="ID")
        parser.add_argument("--trigger-campaign-id", default="", metavar="ID")
        parser.add_argument("--budget-percent", type=int, choices=range(1, 101), metavar="1-100")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Connects."""
        try:
            workspace = connect(
                brand=brand_by_slug(options["brand"]),
                actor=None,
                endpoint=options["endpoint"],
                api_key=options["api_key"],
                app_id=options["app_id"],
                campaign_id=options["campaign_id"],
                variation_id=options["variation_id"],
                trigger_campaign_id=options["trigger_campaign_id"],
                budget_percent=options["budget_percent"],
            )
        except GroupsError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{workspace.brand.name} is connected to {workspace.endpoint}.")
