"""A brand never loses its last admin: somebody always remains who can manage its users."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groups.errors import InputRefused
from groups.models import Brand, BreakGlassAdmin, Membership, SignOnState, SingleSignOn
from groups.roles import Permission


def lock_people(brand: Brand) -> None:
    """Lets one change of a brand's people and roles at a time through, so that two cannot each remove the other."""
    Brand.objects.select_for_update().get(pk=brand.pk)


def demand_an_admin(brand: Brand) -> None:
    """Raises `InputRefused` unless somebody is left who manages the users of the whole brand, for good, and gets in.

    Asked at the end of a change, whose transaction it then undoes. A role on loan or with an end does not count, and
    neither does a service user or somebody who cannot sign in.
    """
    remaining = Membership.objects.filter(
        group__brand=brand,
        group__parent=None,
        until=None,
        user__is_active=True,
        user__is_service=False,
        role__grants__permission=Permission.MANAGE_USERS,
    )
    if not remaining.exists():
        raise InputRefused(_("This is the brand's last admin. Give somebody else this role first."))
    # Where single sign-on is enforced, one of them must still get in when it fails.
    enforced = SingleSignOn.objects.filter(brand=brand, state=SignOnState.ENFORCED)
    break_glass = BreakGlassAdmin.objects.filter(
        brand=brand, user__in=remaining.values("user"), user__authenticator__type__in=("totp", "webauthn")
    )
    if enforced.exists() and not break_glass.exists():
        raise InputRefused(
            _("This is the last break-glass admin while single sign-on is enforced. Name another one first.")
        )
