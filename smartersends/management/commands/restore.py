"""`manage.py restore FILE`: a backup takes the place of what is there, and nothing goes out by itself afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smartersends.upkeep.errors import UpkeepRefused
from smartersends.upkeep.restoring import Restored, restore


class Command(BaseCommand):
    """Restores a backup; exit code 1 and a sentence when it could not."""

    help = "Restores a backup into an empty database, or with --replace in the place of what is there."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the arguments."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--replace", action="store_true", help="lose everything that is in the database now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores it and says what a person must look at now."""
        try:
            restored = restore(options["file"], is_replacing=options["replace"])
        except UpkeepRefused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        self._tell(restored)

    def _tell(self, restored: Restored) -> None:
        held, made_at, rows = restored.held, restored.manifest.made_at, sum(restored.manifest.rows.values())
        lines = [
            f"Restored as it stood on {made_at:%Y-%m-%d %H:%M} UTC: {rows} rows, {restored.media} files.",
            "The portal is drained: nothing goes out. What may have gone out since then waits for a person:",
            f"  {held.batches} batches with {held.people} people are uncertain,",
            f"  {held.mailings + held.plans} mailings need a decision,",
            f"  {held.rollout_parts} parts of rollouts wait to be submitted or approved by hand,",
            f"  {held.test_mails} test mails and {held.notices} mails of the portal are not sent again.",
            "What people did after that moment is not known: what they cancelled, who unsubscribed, who was erased.",
            "Look into Braze and ask people for it again, as docs/upkeep.md says.",
        ]
        if restored.extra_media:
            lines.append(f"{restored.extra_media} files in the media folder are not in the backup; they were left.")
        if restored.unreadable:
            lines.append(
                f"{restored.unreadable} secrets are opened by no key here. Put the key of that time into"
                " FIELD_ENCRYPTION_KEYS."
            )
        lines.append("When that was looked at: manage.py drain --resume")
        self.stdout.write("\n".join(lines))
