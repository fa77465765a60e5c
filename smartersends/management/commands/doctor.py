"""`manage.py doctor`: says in sentences what is wrong with a deployment, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smartersends.doctor.examining import CHECKS, examine
from smartersends.doctor.finding import Level

SIGNS: Final = {Level.FINE: "ok   ", Level.ODD: "odd  ", Level.WRONG: "WRONG"}


class Command(BaseCommand):
    """Looks at everything; exit code 0 when nothing is wrong, 1 when something is, 2 for wrong usage."""

    help = "Looks at this deployment and says what is wrong and what to do. Changes nothing."
    # What Django's own checks find is said among the rest, not instead of it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Names the arguments."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object, for programs")
        parser.add_argument("--only", action="append", choices=sorted(CHECKS), default=[], help="only this check")
        parser.add_argument("--skip", action="append", choices=sorted(CHECKS), default=[], help="all but this check")

    def handle(self, *args: Any, **options: Any) -> None:
        """Looks and tells."""
        names = [name for name in options["only"] or CHECKS if name not in options["skip"]]
        found = list(examine(names))
        wrong = sum(one.finding.level == Level.WRONG for one in found)
        if options["as_json"]:
            told = [{"check": one.check, **asdict(one.finding)} for one in found]
            self.stdout.write(json.dumps({"is_well": not wrong, "findings": told}, ensure_ascii=False, indent=1))
        else:
            for one in found:
                self.stdout.write(f"{SIGNS[one.finding.level]}  {one.check:15} {one.finding.sentence}")
                if one.finding.remedy:
                    self.stdout.write(f"{'':24}{one.finding.remedy}")
        if wrong:
            things = "1 thing is" if wrong == 1 else f"{wrong} things are"
            raise CommandError(f"{things} wrong.", returncode=1)
        if not options["as_json"]:
            self.stdout.write("Nothing is wrong.")
