"""What of a brand is not set up yet, for those who can do it: each a sentence and a link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Template
from groups.access import Rights
from groups.models import Brand, Group, Membership, ScimPerson, User
from groups.roles import Permission
from groups.workspace.queries import workspace_of

COUNTED: Final = 99


@dataclass(frozen=True, slots=True)
class Undone:
    """Something that is to be set up."""

    title: str
    sentence: str
    address: str
    action: str


def undone_in(brand: Brand, rights: Rights) -> list[Undone]:
    """Gives what a person with these rights could still set up in a brand; two queries for each right at most."""
    may = rights.for_brand
    found: list[Undone] = []
    if Permission.MANAGE_WORKSPACE in may:
        found += _workspace(brand)
    if Permission.MANAGE_GROUPS in may:
        found += _groups(brand, maps_variations=Permission.MANAGE_WORKSPACE in may)
    if Permission.MANAGE_TEMPLATES in may:
        found += _templates(brand)
    if Permission.MANAGE_USERS in may:
        found += _people(brand)
    return found


def _workspace(brand: Brand) -> Iterator[Undone]:
    workspace = workspace_of(brand)
    address = reverse("groups:workspace")
    if not workspace.is_connected:
        yield Undone(
            _("Connect Braze"),
            _("Nothing can be sent before the portal knows your workspace in Braze."),
            address,
            _("Connect Braze"),
        )
    elif "missing" in workspace.check_result.values():
        yield Undone(
            _("The API key lacks permissions"),
            _("Whatever needs them is switched off. The page names each, with what it is for."),
            address,
            _("See which"),
        )


def _groups(brand: Brand, *, maps_variations: bool) -> Iterator[Undone]:
    open_groups = Group.objects.filter(brand=brand, closed_at=None, parent__isnull=False)
    if not open_groups.exists():
        yield Undone(
            _("Add your groups"),
            _("Stores and regions are groups: their people write and send mailings."),
            reverse("groups:group-list"),
            _("Add groups"),
        )
        return
    bare = len(open_groups.filter(variation_id="").values_list("pk")[: COUNTED + 1]) if maps_variations else 0
    if bare:
        count = f"{COUNTED}+" if bare > COUNTED else str(bare)
        sentence = ngettext(
            "%(count)s group has no message variation ID of its own, so Braze counts it with the default one.",
            "%(count)s groups have no message variation ID of their own, so Braze counts them with the default one.",
            bare,
        )
        yield Undone(
            _("Tell groups apart in Braze"),
            sentence % {"count": count},
            reverse("groups:group-list"),
            _("See the groups"),
        )


def _templates(brand: Brand) -> Iterator[Undone]:
    if not Template.objects.filter(brand=brand, current__isnull=False).exists():
        yield Undone(
            _("Publish a template"),
            _("Local people fill in templates. Until one is published they cannot write anything."),
            reverse("campaigns:template-list"),
            _("Make a template"),
        )


def _people(brand: Brand) -> Iterator[Undone]:
    """Finds people whom the directory has made, or whose roles have ended, and who can open nothing."""
    live = Membership.objects.filter(Membership.live(), group__brand=brand).values("user")
    from_directory = ScimPerson.objects.filter(brand=brand).values("user")
    ended = Membership.objects.filter(group__brand=brand).values("user")
    idle = User.objects.filter(is_active=True, is_service=False).exclude(pk__in=live)
    number = len(idle.filter(pk__in=from_directory.union(ended)).values_list("pk")[: COUNTED + 1])
    if number:
        count = f"{COUNTED}+" if number > COUNTED else str(number)
        sentence = ngettext(
            "%(count)s person can sign in and holds no role, so they see nothing.",
            "%(count)s people can sign in and hold no role, so they see nothing.",
            number,
        )
        yield Undone(
            _("Give people a role"), sentence % {"count": count}, reverse("groups:person-list"), _("See the people")
        )
