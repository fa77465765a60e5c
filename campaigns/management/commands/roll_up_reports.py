"""`manage.py roll_up_reports [--brand SLUG] [--resume]`: makes all that reports are read from anew."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from campaigns.reports.rolling.running import rebuild
from groups.models import Brand
from groups.tree.queries import brand_by_slug


class Command(BaseCommand):
    """Adds up every mailing of one brand or all, then their weeks, groups, templates and months."""

    help = "Makes all that reports of groups and networks are read from anew. It may be stopped and resumed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declares whose they are, and whether to go on where the last run was stopped."""
        parser.add_argument("--brand", metavar="SLUG", help="only this brand")
        parser.add_argument("--resume", action="store_true", help="go on where a run was stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Works to the end, and says how long each brand took."""
        brands = [brand_by_slug(options["brand"])] if options["brand"] else list(Brand.objects.order_by("slug"))
        for brand in brands:
            started = time.monotonic()
            rebuild(brand, from_start=not options["resume"])
            self.stdout.write(f"{brand.slug}: {time.monotonic() - started:.1f} s")
