"""Ending somebody's sessions when what they may do changes."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet

from groups.models import User


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


def _forget(ended: QuerySet[UserSession]) -> None:
    Session.objects.filter(session_key__in=list(ended.values_list("session_key", flat=True))).delete()
    ended.delete()
