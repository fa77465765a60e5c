"""`manage.py rotate_keys`: brings every stored secret under the first key, and says when an old key may go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groups.upkeep.keys import Standing, look, marks, rotate

SHOWN = 5


class Command(BaseCommand):
    """Rotates and verifies; exit code 0 when every secret is under the first key, 1 when one is not."""

    help = "Encrypts every stored secret anew under the first key of FIELD_ENCRYPTION_KEYS, and verifies it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the one option."""
        parser.add_argument("--check", action="store_true", help="only say under which keys the secrets are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotates unless only asked to look, reads every secret again, and says what may be done now."""
        if not options["check"]:
            self.stdout.write(f"{rotate()} secrets were encrypted anew.")
        standing = look()
        for place, count in sorted(standing.by_place.items()):
            self.stdout.write(f"  {place:48} {count:>6}")
        keys = marks()
        for number, mark in enumerate(keys):
            self.stdout.write(f"Key {number + 1} ({mark}) opens {standing.by_key[number]}.")
        self._conclude(standing, len(keys))

    def _conclude(self, standing: Standing, keys: int) -> None:
        if standing.unreadable:
            named = ", ".join(standing.unreadable[:SHOWN])
            raise CommandError(
                f"{len(standing.unreadable)} secrets are opened by no key: {named}. Put the key under which they were"
                " written back at the end of FIELD_ENCRYPTION_KEYS, and run this again. Keep every key until then.",
                returncode=1,
            )
        if not standing.is_done:
            raise CommandError(
                "Some secrets are still under an older key. Run `manage.py rotate_keys`; keep every key until then.",
                returncode=1,
            )
        if keys == 1:
            self.stdout.write("Every secret is under the only key.")
        else:
            self.stdout.write(
                "Every secret is under the first key. Once every process was started with this setting, and no backup"
                f" from before is needed any more, the other {keys - 1} may be taken out of FIELD_ENCRYPTION_KEYS."
            )
