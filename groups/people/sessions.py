"""Ending somebody's sessions when what they may do changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet

from groups.models import User
from groups.signin.middleware import BRAND_KEY


def end_sessions(user: User) -> None:
    """Ends every session of a person at once: each carries the number that is counted up here.

    Their rows go as well, so that no list of devices shows them.
    """
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    # Whoever is signed in next from this very object gets a session that holds.
    user.refresh_from_db(fields=["session_version"])
    _forget(UserSession.objects.filter(user=user))


def end_sessions_of(users: QuerySet[User]) -> None:
    """Ends every session of several people at once, in a bounded number of statements."""
    users.update(session_version=F("session_version") + 1)
    _forget(UserSession.objects.filter(user__in=users.values("pk")))


def end_password_sessions(users: QuerySet[User], brand_id: str, *, but: str = "") -> int:
    """Ends the open sessions that people began at a brand by their password, all but the one of a key; gives how many.

    What came through single sign-on stays, and so does what was begun at another brand.
    """
    ended = [
        session.session_key
        for session in Session.objects.filter(
            session_key__in=UserSession.objects.filter(user__in=users.values("pk")).values("session_key")
        ).iterator()
        if session.session_key != but and is_by_password(session.get_decoded(), brand_id)
    ]
    _forget(UserSession.objects.filter(session_key__in=ended))
    return len(ended)


def is_by_password(kept: Mapping[str, Any], brand_id: str) -> bool:
    """Tells of what is kept in a session whether it was begun at a brand by a password, and not by single sign-on."""
    methods = {record.get("method") for record in kept.get(AUTHENTICATION_METHODS_SESSION_KEY, [])}
    return kept.get(BRAND_KEY) == brand_id and "password" in methods and "socialaccount" not in methods


def _forget(ended: QuerySet[UserSession]) -> None:
    Session.objects.filter(session_key__in=list(ended.values_list("session_key", flat=True))).delete()
    ended.delete()
