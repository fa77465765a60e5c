"""`brand_people`: what only the operator says of a brand's people."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from groups import audit
from groups.errors import GroupsError
from groups.models import Brand
from groups.tree.queries import brand_by_slug


class Command(BaseCommand):
    """Says whether a brand's admins may give others roles that hold more than their own; exit code 1 when refused."""

    help = "Lets the admins of a brand give others every role, or holds them to what they hold themselves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("brand", metavar="SLUG")
        parser.add_argument("--admins-give-every-role", choices=("on", "off"), required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Says so, with a trace."""
        wanted = options["admins_give_every_role"] == "on"
        try:
            brand = brand_by_slug(options["brand"])
        except GroupsError as error:
            raise CommandError(error.sentence) from error
        with transaction.atomic():
            Brand.objects.filter(pk=brand.pk).update(admins_give_every_role=wanted)
            audit.record(
                "brand.appointing_changed",
                actor=None,
                target=brand,
                brand=brand,
                before={"admins_give_every_role": brand.admins_give_every_role},
                after={"admins_give_every_role": wanted},
            )
        self.stdout.write(
            f"Admins of {brand.name} may give others {'every role' if wanted else 'only what they hold themselves'}."
        )
