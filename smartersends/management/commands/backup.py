"""`manage.py backup FILE`: the database and the files in one archive, while everything goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smartersends.upkeep.backing_up import back_up
from smartersends.upkeep.errors import UpkeepRefused

MEGABYTE = 1_000_000


class Command(BaseCommand):
    """Writes a backup; exit code 1 and a sentence when it could not."""

    help = "Backs up the database and the media folder into one file. Keys are not in it: keep them elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the one argument."""
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes it and says what is in it."""
        try:
            made = back_up(options["file"])
        except UpkeepRefused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        self.stdout.write(
            f"{options['file']}: {made.rows} rows in {len(made.manifest.rows)} tables, {made.media} files,"
            f" {made.size_bytes / MEGABYTE:.1f} MB."
        )
        self.stdout.write(
            "SECRET_KEY and FIELD_ENCRYPTION_KEYS are not in it. Without the latter no secret in it opens."
        )
