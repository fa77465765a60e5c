"""Second factors: how allauth keeps and shows them here, and which roles of a brand demand one."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.crypto import ring
from groups.models import Brand, BreakGlassAdmin, Membership, SecondFactorDemand, User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Encrypts seeds at rest and shows the brand's name in people's apps."""

    error_messages = {  # noqa: RUF012  # allauth's own attribute
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or it is too old. Type the one that is shown now."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypts a seed with the first key of `FIELD_ENCRYPTION_KEYS`."""
        return ring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Reads a seed with whichever key it was written."""
        return ring().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Gives the name that an authenticator app shows beside the code."""
        return str(context.request.brand.name)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Gives the name that a new passkey has until its owner gives it another."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        """Names the brand to the browser; a passkey holds for the host name that it was made on."""
        return {"id": context.request.get_host().partition(":")[0], "name": context.request.brand.name}


def has_second_factor(user: User) -> bool:
    """Tells whether a person has an authenticator app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def with_second_factor(people: QuerySet[User]) -> frozenset[uuid.UUID]:
    """Gives the ids of those among people who have a second factor."""
    rows = Authenticator.objects.filter(user__in=people, type__in=FACTORS)
    return frozenset(rows.values_list("user_id", flat=True))


def owes_second_factor(user: User, brand: Brand) -> bool:
    """Tells whether a person has no second factor although their role in a brand, or break-glass, demands one."""
    # Every page asks this, and most brands demand nothing: that is one short query.
    demanding = Q(second_factor_demands__isnull=False) | Q(break_glass_admins__user=user)
    if not Brand.objects.filter(demanding, pk=brand.pk).exists():
        return False
    held = Membership.objects.filter(Membership.live(), user=user, group__brand=brand).values("role__key")
    demanded = SecondFactorDemand.objects.filter(brand=brand, role_key__in=held)
    break_glass = BreakGlassAdmin.objects.filter(brand=brand, user=user)
    has_one = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return User.objects.filter(Exists(demanded) | Exists(break_glass), ~Exists(has_one), pk=user.pk).exists()
