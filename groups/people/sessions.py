"""Ending somebody's sessions when what they may do changes."""

from __future__ import annotations

from django.db.models import F, QuerySet

from groups.models import User


def end_sessions(user: User) -> None:
    """Ends every session of a person at once: each carries the number that is counted up here."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)


def end_sessions_of(users: QuerySet[User]) -> None:
    """Ends every session of several people at once, in one statement."""
    users.update(session_version=F("session_version") + 1)
