"""What a change of groups or fields means for templates and mailings; `groups.tree` asks it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.library.field_usage import parts_showing, templates_showing
from campaigns.models import Mailing, MailingState
from groups import access
from groups.models import Group, GroupField, User
from groups.models.brand_field import BrandField
from groups.roles import Permission
from groups.tree.consequences import Use, register


def tell() -> None:
    """Makes the answers of this package known."""
    register(uses=uses_of, scheduled=scheduled_in)


def uses_of(field: BrandField, user: User) -> tuple[Use, ...]:
    """Gives the templates whose latest published version shows a field, and the shared parts that do."""
    room = "group" if isinstance(field, GroupField) else "sender"
    brand, name = field.brand, f"{room}.{field.key}"
    mends = Permission.MANAGE_TEMPLATES in access.rights_of(user, brand, None).for_brand
    templates = (
        Use(
            _("%(name)s, version %(number)s") % {"name": one.name, "number": one.current.number if one.current else ""},
            reverse("campaigns:template-edit", args=[one.pk]) if mends else "",
        )
        for one in templates_showing(brand, name)
    )
    parts = (
        Use(
            _("Shared part %(label)s") % {"label": one.label},
            reverse("campaigns:snippet-edit", args=[one.pk]) if mends else "",
        )
        for one in parts_showing(brand, name)
    )
    return (*templates, *parts)


def scheduled_in(group: Group) -> int:
    """Counts the mailings of a group, and of those below it, that go out at a time that somebody chose."""
    at = Mailing.objects.filter(state=MailingState.SCHEDULED, send_at__isnull=False)
    return at.filter(group__paths_up__ancestor=group).count()
