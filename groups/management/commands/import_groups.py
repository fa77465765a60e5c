"""`import_groups`: adds and updates a brand's groups from a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groups.errors import GroupsError
from groups.tree.importing import import_groups
from groups.tree.queries import brand_by_slug


class Command(BaseCommand):
    """Imports groups; exit code 0 when done, 1 when refused (nothing is changed then), 2 for wrong usage."""

    help = "Adds and updates the groups of a brand from a CSV file, by their code. Run twice it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Imports."""
        try:
            with options["file"].open("rb") as file:
                report = import_groups(
                    brand=brand_by_slug(options["brand"]), file=file, actor=None, dry_run=options["dry_run"]
                )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except GroupsError as error:
            raise CommandError(error.sentence) from error
        for warning in report.warnings:
            self.stderr.write(warning)
        if report.errors:
            listed = "\n".join(str(finding) for finding in report.errors)
            raise CommandError(f"{listed}\nNothing was imported. Mend these lines, then import the file again.")
        self.stdout.write(
            f"{report.added} groups added, {report.updated} updated, {report.unchanged} unchanged, "
            f"{report.regions_added} regions added{' (dry run: nothing was changed)' if options['dry_run'] else ''}."
        )
