"""`manage.py retention`: what was kept for long enough goes; `--dry-run` only counts it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from groups.retention.services import Finding, apply, foretell

ROUND_SECONDS = 60.0


class Command(BaseCommand):
    """Applies the rules at once, as the nightly task does; one line a rule, exit code 0."""

    help = "Takes away what was kept for longer than the settings RETENTION_... say."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the one option."""
        parser.add_argument("--dry-run", action="store_true", help="count what would go, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts or applies, and prints a line for each rule."""
        if options["dry_run"]:
            for finding in foretell():
                self._print(finding, "would go")
            return
        totals: dict[str, int] = {}
        is_more = True
        while is_more:
            found, is_more = apply(limit_seconds=ROUND_SECONDS)
            for finding in found:
                totals[finding.rule.name] = totals.get(finding.rule.name, 0) + (finding.count or 0)
        for finding in found:
            count = None if finding.count is None else totals[finding.rule.name]
            self._print(Finding(finding.rule, count), "gone")

    def _print(self, finding: Finding, done: str) -> None:
        rule = finding.rule
        if finding.count is None:
            self.stdout.write(f"{rule.name:12} kept for ever ({rule.setting}=0)")
        else:
            self.stdout.write(f"{rule.name:12} {finding.count:>8} {done}, older than {rule.days} days")
