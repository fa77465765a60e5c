"""The bearer tokens of a brand's directory: made and shown once, known by their hash, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from groups import audit
from groups.access import rights_of
from groups.errors import InputRefused
from groups.models import Brand, BrandRole, ScimToken, User
from groups.tree.queries import root_of

PREFIX: Final = "scim_"
# Telling when a token was last used is worth a write a minute, not one a call.
_USE_NOTED_EVERY = timedelta(minutes=1)


def givable_roles(actor: User, brand: Brand) -> tuple[BrandRole, ...]:
    """Gives the roles of a brand that a person may give in its own group, and so may pass on."""
    held = rights_of(actor, brand, root_of(brand)).here
    roles = brand.roles.prefetch_related("grants")
    gives_all = brand.admins_give_every_role
    return tuple(role for role in roles if gives_all or {grant.permission for grant in role.grants.all()} <= held)


@sensitive_variables()
@transaction.atomic
def create_token(
    *, brand: Brand, actor: User, name: str, roles: Collection[str], email_domains: Sequence[str]
) -> tuple[ScimToken, str]:
    """Makes a token and gives it with its text, which is kept nowhere; `roles` are keys.

    Raises `InputRefused` for a role that holds more than the actor does, and without a domain.
    """
    if not set(roles) <= {role.key for role in givable_roles(actor, brand)}:
        raise InputRefused(_("Nobody can give a role that holds more rights than they have themselves."))
    if not email_domains:
        raise InputRefused(_("Name the domains of the email addresses that the directory may bring."))
    text = f"{PREFIX}{secrets.token_urlsafe(32)}"
    token = ScimToken.objects.create(
        brand=brand,
        name=name,
        digest=_digest(text),
        roles=sorted(set(roles)),
        email_domains=sorted({domain.lower() for domain in email_domains}),
        created_by=actor,
    )
    audit.record("scim.token_created", actor=actor, target=token, brand=brand, name=name, roles=", ".join(token.roles))
    return token, text


@transaction.atomic
def revoke_token(*, token: ScimToken, actor: User) -> None:
    """Ends a token; a second time changes nothing."""
    if ScimToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("scim.token_revoked", actor=actor, target=token, brand=token.brand, name=token.name)


@sensitive_variables()
def token_of(header: str, brand: Brand) -> ScimToken | None:
    """Gives the living token that an `Authorization` header carries for a brand."""
    scheme, _blank, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip().startswith(PREFIX):
        return None
    found = (
        ScimToken.objects.filter(digest=_digest(text.strip()), brand=brand, revoked_at=None)
        .select_related("brand", "created_by")
        .first()
    )
    now = timezone.now()
    if found is not None and (found.last_used_at is None or now - found.last_used_at > _USE_NOTED_EVERY):
        ScimToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


@sensitive_variables()
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
