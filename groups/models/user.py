"""People and the roles that they hold in groups."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from groups.models.group import Group
from groups.roles import Role

if TYPE_CHECKING:
    from groups.models.brand import Brand


class UserManager(BaseUserManager["User"]):
    """Makes users; the email address is the sign-in name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Creates a person; without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Finds a person by email address, whatever the case it was typed in."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person, or a service user that commands act as; what they may do hangs on their memberships alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    # Counted up by `groups.signin.services.end_sessions`: every session that was begun before is over.
    session_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    # The brand whose pages the person is on: rights in another brand do not exist there. None for commands and tasks.
    on_pages_of: Brand | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Gives what a session is bound to: the password and the count of the times that all sessions were ended."""
        return self._stamped(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Gives the same for each secret of `SECRET_KEY_FALLBACKS`."""
        return (self._stamped(found) for found in super().get_session_auth_fallback_hash())

    def _stamped(self, password_hash: str) -> str:
        return f"{password_hash}.{self.session_version}"

    @property
    def initials(self) -> str:
        """The first letters of the first and the last name, for the round sign in the page's head."""
        words = self.name.split() or [self.email]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Membership(models.Model):
    """A person's role in a group; it holds for the groups below."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "group"], name="membership_one_role_per_group"),)
