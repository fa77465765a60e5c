"""`add_member`: gives somebody a role in a group, such as the first admin of a brand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from groups.errors import GroupsError, InputRefused
from groups.models import BrandRole, Group, User
from groups.people.invitations import invite
from groups.people.roles import role_of
from groups.people.services import add_member, service_user
from groups.tree.queries import brand_by_slug, group_by_code

NAME_CHARACTERS = 120


class Command(BaseCommand):
    """Gives the role, or invites; exit code 0 when done, 1 when refused (nothing is changed then), 2 for usage."""

    help = "Gives a person a role in a group at once, or mails them an invitation. The first admin of a brand comes so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names the arguments."""
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument("--group", required=True, metavar="CODE", help="the brand's own group for the whole brand")
        parser.add_argument("--email", required=True, metavar="ADDRESS")
        parser.add_argument("--name", required=True, metavar="NAME")
        parser.add_argument("--role", required=True, metavar="KEY", help="such as admin or local_author")
        parser.add_argument(
            "--invite", action="store_true", help="mail an invitation instead, with no role that an admin may not give"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Gives the role or invites."""
        email, name = options["email"].strip().lower(), " ".join(options["name"].split())
        try:
            group = group_by_code(brand_by_slug(options["brand"]), options["group"])
            role = role_of(group.brand, options["role"])
            _demand_person(email, name)
            said = _invite(group, email, name, role) if options["invite"] else _give(group, email, name, role)
        except GroupsError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(said)


def _invite(group: Group, email: str, name: str, role: BrandRole) -> str:
    """Invites in the name of the brand's service user, who holds what its admins hold."""
    with transaction.atomic():
        invite(group=group, email=email, name=name, role=role, actor=service_user(brand=group.brand))
    return f"{email} is invited as {role.label} of {group.name}. The link in the mail works for two weeks."


def _give(group: Group, email: str, name: str, role: BrandRole) -> str:
    """Gives the role at once; the password of somebody new is set by the mail of the sign-in page."""
    known = User.objects.filter(email=email).first()
    if known is not None and not known.is_active:
        raise InputRefused(f"The account {email} is switched off. Invite the person: taking that up switches it on.")
    user = add_member(group=group, email=email, name=name, role=role, actor=None)
    said = f"{user.name} is {role.label} of {group.name}."
    if user.has_usable_password():
        return said
    return f"{said} They choose a password by “Forgot your password?” on the sign-in page."


def _demand_person(email: str, name: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise InputRefused(f"{email} is no email address.") from error
    if not name or len(name) > NAME_CHARACTERS:
        raise InputRefused(f"Say the person's name, in at most {NAME_CHARACTERS} characters.")
    if User.objects.filter(email=email, is_service=True).exists():
        raise InputRefused(f"{email} belongs to the portal itself.")
