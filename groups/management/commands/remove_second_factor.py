"""`remove_second_factor`: lets somebody in who lost their phone and their recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groups.models import User
from groups.signin.services import remove_second_factor


class Command(BaseCommand):
    """Removes a person's second factors; exit code 0 when done, 1 when there is no such person, 2 for wrong usage."""

    help = "Removes the authenticator app, passkeys and recovery codes of somebody who lost them; make sure who asks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Removes them."""
        user = User.objects.filter(email=options["email"].strip().lower(), is_service=False).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        self.stdout.write(f"{remove_second_factor(user=user)} removed; {user.name} is signed out everywhere.")
