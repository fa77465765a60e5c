"""`manage.py demo_data`: builds the demo brand, and leaves alone what is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaigns.demo import brands
from campaigns.demo.building import build, mail_for_braze, refill_sandbox


class Command(BaseCommand):
    """Builds the demo brand `northwind`, its groups, people, templates and one small audience."""

    help = "Builds the demo brand; running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares where the mail that Braze holds is written, for the sandbox."""
        parser.add_argument("--fresh-sandbox", action="store_true", help="the sandbox starts empty: tell it all again")
        parser.add_argument("--braze-mail", metavar="FILE.html", type=Path, help="write the mail of route B here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Builds the demo and prints the sign-ins."""
        build()
        if options["fresh_sandbox"]:
            refill_sandbox()
        if options["braze_mail"]:
            options["braze_mail"].write_text(mail_for_braze(), encoding="utf-8")
        self.stdout.write(f"The demo brand stands. Everybody's password is {brands.PASSWORD}")
        for person in (*brands.PEOPLE, *brands.HARBOR_PEOPLE):
            self.stdout.write(f"  {person.email:28} {brands.ROLE_NOTES[person.role]}")
