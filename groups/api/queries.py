"""What the page of API tokens reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from groups import access
from groups.models import ApiToken, User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class Line:
    """A token in the list; `scopes` in words, `is_living` while it holds."""

    token: ApiToken
    scopes: tuple[str, ...]
    is_living: bool


def lines_of(user: User, now: datetime | None = None) -> tuple[Line, ...]:
    """Gives a person's own tokens in this brand, newest first; those that ended stay in the list."""
    moment = now or timezone.now()
    labels = {permission.value: str(permission.label) for permission in Permission}
    return tuple(
        Line(
            token,
            tuple(labels.get(name, name) for name in token.scopes),
            token.revoked_at is None and (token.expires_at is None or token.expires_at > moment),
        )
        for token in access.own(user, ApiToken)
    )
