"""A person's API tokens: made and shown once, known by their hash, never wider than the person, ended at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from groups import audit
from groups.access import rights_of
from groups.errors import InputRefused, NotPermitted
from groups.models import ApiToken, Brand, User
from groups.roles import Permission

PREFIX: Final = "sst_"
MOST_TOKENS: Final = 20
_HINT_CHARACTERS: Final = 8
# Telling when a token was last used is worth a write a minute, not one a call.
_USE_NOTED_EVERY: Final = timedelta(minutes=1)
# What an operation of the API asks for, or a service behind one. No program acts as another person, and a token that
# made tokens would outlive its own end.
SCOPES: Final = (
    Permission.SEE_MAILINGS,
    Permission.EDIT_MAILINGS,
    Permission.SEND_MAILINGS,
    Permission.REVIEW_MAILINGS,
    Permission.APPROVE_MAILINGS,
    Permission.OVERRIDE_CHECKS,
    Permission.STOP_MAILINGS,
    Permission.SEE_CONTACTS,
    Permission.MANAGE_CONTACTS,
    Permission.OVERWRITE_AUDIENCE,
    Permission.MANAGE_IMAGES,
)


def may_use_tokens(user: User, brand: Brand) -> bool:
    """Tells whether a person may use the API of a brand: they hold the right in some group of it."""
    return Permission.USE_API_TOKENS in rights_of(user, brand, None).anywhere


def givable_scopes(user: User, brand: Brand) -> tuple[Permission, ...]:
    """Gives what a person may let a token do: what the API can do of what they hold in some group of the brand."""
    held = rights_of(user, brand, None).anywhere
    return tuple(permission for permission in SCOPES if permission in held)


@sensitive_variables()
def create_token(
    *, brand: Brand, user: User, name: str, scopes: Collection[str], days: int | None
) -> tuple[ApiToken, str]:
    """Makes a token and gives it with its text, which is kept nowhere; `days` is how long it holds, None for ever.

    Raises `NotPermitted` without the right to use tokens and for a scope that the person does not hold, `InputRefused`
    without a name or a scope, and with twenty tokens that hold already.
    """
    if not may_use_tokens(user, brand):
        raise NotPermitted(_("You may not use API tokens. Ask an admin."))
    if not name.strip() or not scopes:
        raise InputRefused(_("Give the token a name, and choose what it may do."))
    if not set(scopes) <= set(givable_scopes(user, brand)):
        raise NotPermitted(_("A token may do no more than you may."))
    text = f"{PREFIX}{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        # One at a time for each person, so that two requests cannot both take the last place.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if living_tokens(user, brand) >= MOST_TOKENS:
            raise InputRefused(
                ngettext(
                    "You have %(most)s token already. Revoke one that is not used any more.",
                    "You have %(most)s tokens already. Revoke one that is not used any more.",
                    MOST_TOKENS,
                )
                % {"most": MOST_TOKENS}
            )
        token = ApiToken.objects.create(
            brand=brand,
            user=user,
            name=name.strip()[:80],
            digest=digest_of(text),
            hint=text[:_HINT_CHARACTERS],
            scopes=[permission.value for permission in SCOPES if permission in set(scopes)],
            expires_at=None if days is None else timezone.now() + timedelta(days=days),
        )
        audit.record(
            "api.token_created",
            actor=user,
            target=token,
            brand=brand,
            scopes=", ".join(token.scopes),
            until=token.expires_at.date().isoformat() if token.expires_at else "",
        )
    return token, text


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User) -> None:
    """Ends a token; a second time changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record("api.token_revoked", actor=actor, target=token, brand=token.brand)


def living_tokens(user: User, brand: Brand) -> int:
    """Counts the tokens of a person in a brand that hold now."""
    held = ApiToken.objects.filter(user=user, brand=brand, revoked_at=None)
    return held.exclude(expires_at__lte=timezone.now()).count()


@sensitive_variables()
def token_of(text: str, brand: Brand) -> ApiToken | None:
    """Gives the token of a text that holds in a brand now, with its person; notes that it was used."""
    if not text.startswith(PREFIX):
        return None
    found = (
        ApiToken.objects.filter(digest=digest_of(text), brand=brand, revoked_at=None, user__is_active=True)
        .select_related("user", "brand")
        .first()
    )
    now = timezone.now()
    if found is None or (found.expires_at is not None and found.expires_at <= now):
        return None
    _note_use(found, now)
    return found


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


@sensitive_variables()
def digest_of(text: str) -> str:
    """Gives what is kept of a token: its SHA-256; the text holds 256 random bits, so that no salt is needed."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
