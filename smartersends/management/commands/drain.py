"""`manage.py drain`: workers finish what they have in hand and begin nothing new, until `manage.py drain --resume`."""

from __future__ import annotations

import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from groups.upkeep.draining import drain, is_draining, resume
from smartersends.upkeep.in_flight import in_flight, left_behind, next_moment

LOOK_SECONDS: Final = 0.2
# A task that asked just before the drain has not claimed anything yet; it does so within this time.
QUIET_SECONDS: Final = 1.5
BAR_CHARACTERS: Final = 30


class Command(BaseCommand):
    """Drains and waits; exit code 0 when nothing is under way, 1 when something still is after `--wait`."""

    help = "Lets workers finish and begin nothing new, before an upgrade; --resume lets them begin again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the options."""
        parser.add_argument("--resume", action="store_true", help="let background work begin again")
        parser.add_argument("--status", action="store_true", help="only say how it stands")
        parser.add_argument("--wait", type=float, default=300.0, metavar="SECONDS", help="how long to wait (300)")
        parser.add_argument("--reason", default="An upgrade", help="a few words for the log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drains, resumes or only says how it stands."""
        if options["resume"]:
            was_draining = resume()
            self.stdout.write("Background work goes on." if was_draining else "It was not drained; nothing to resume.")
        elif options["status"]:
            self._say_standing()
        else:
            drain(reason=options["reason"])
            self._wait(options["wait"])
            self._say_standing()

    def _wait(self, seconds: float) -> None:
        """Waits, with a bar, until nothing was under way for a moment; raises `CommandError` when it takes too long."""
        started, quiet_since, most = time.monotonic(), None, 0
        while quiet_since is None or time.monotonic() - quiet_since < QUIET_SECONDS:
            found = in_flight()
            left = sum(found.values())
            most = max(most, left)
            quiet_since = None if left else quiet_since or time.monotonic()
            self._draw(most, left)
            if left and time.monotonic() - started > seconds:
                told = ", ".join(f"{count} {words}" for words, count in found.items())
                raise CommandError(
                    f"After {seconds:.0f} seconds these are still under way: {told}. Nothing new begins. Run this again"
                    " to wait longer, or `manage.py drain --resume` to go on.",
                    returncode=1,
                )
            time.sleep(LOOK_SECONDS)
        self._draw(most, 0)
        if self.stdout.isatty():
            self.stdout.write("")

    def _draw(self, most: int, left: int) -> None:
        """Draws the bar where somebody looks at it."""
        if self.stdout.isatty():
            full = BAR_CHARACTERS if not most else BAR_CHARACTERS * (most - left) // most
            bar = "#" * full + "." * (BAR_CHARACTERS - full)
            self.stdout.write(f"\r[{bar}] {left} under way   ", ending="")
            self.stdout.flush()

    def _say_standing(self) -> None:
        if not is_draining():
            self.stdout.write("Background work goes on as usual.")
            return
        found = in_flight()
        told = ", ".join(f"{count} {words}" for words, count in found.items()) or "nothing"
        self.stdout.write(f"Drained: under way is {told}, and nothing new begins.")
        if gone := left_behind():
            self.stdout.write(f"{gone} batches were left by a worker that is gone; they become uncertain on resuming.")
        if (moment := next_moment()) is not None:
            minutes = max(0, int((moment - timezone.now()).total_seconds() // 60))
            self.stdout.write(
                f"The next moment that needs a worker is {moment:%Y-%m-%d %H:%M} UTC, in {minutes} minutes:"
                " resume before it."
            )
        self.stdout.write("When the upgrade is done: manage.py drain --resume")
