"""`verify_audit_trail`: recomputes the hash chains of the audit trail."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groups.errors import GroupsError
from groups.models import Brand
from groups.trail.verifying import Head, verify
from groups.tree.queries import brand_by_slug


def head(text: str) -> Head:
    """Reads a head as it was printed; raises `ArgumentTypeError` for anything else."""
    found = re.fullmatch(r"([1-9][0-9]{0,8}):([0-9a-f]{64})", text)
    if found is None:
        raise ArgumentTypeError("a head looks like 12:0a1b…, as --head prints it")
    return Head(int(found[1]), found[2])


class Command(BaseCommand):
    """Verifies; exit code 0 when everything holds, 1 when something does not, 2 for wrong usage."""

    help = "Recomputes the hash chain of the audit trail, and names the first seal or event that does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("--brand", metavar="SLUG", help="this brand only")
        parser.add_argument("--head", action="store_true", help="print the newest seal, to be written down elsewhere")
        parser.add_argument(
            "--expect", type=head, metavar="NUMBER:DIGEST", help="a head that was noted before; needs --brand"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verifies each brand; says all that it found before it fails."""
        if options["expect"] and not options["brand"]:
            raise CommandError("Say with --brand whose head it is that was noted.", returncode=2)
        try:
            brands = [brand_by_slug(options["brand"])] if options["brand"] else Brand.objects.order_by("slug")
        except GroupsError as error:
            raise CommandError(error.sentence) from error
        problems = []
        for brand in brands:
            verdict = verify(brand, options["expect"])
            self.stdout.write(
                f"{brand.slug}: {verdict.events} events in {verdict.seals} seals hold, "
                f"{verdict.unsealed} are not sealed yet."
            )
            if options["head"]:
                self.stdout.write(f"{brand.slug}: head {verdict.head or 'none yet'}")
            if verdict.problem:
                problems.append(f"{brand.slug}: {verdict.problem}")
        if problems:
            raise CommandError("\n".join(problems))
