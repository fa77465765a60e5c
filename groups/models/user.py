"""People and the roles that they hold in groups."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from groups.models.group import Group
from groups.models.role import BrandRole

if TYPE_CHECKING:
    from groups.access import RightsMemory
    from groups.models.brand import Brand
    from groups.roles import Permission


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
    """A person, or a service user that commands act as; what they may do hangs on their memberships alone.

    With `hides_guide` they have put away what guides them through a first mailing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)
    session_version = models.PositiveIntegerField(default=0)
    hides_guide = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # The brand whose pages the person is on: rights in another brand do not exist there. None for commands and tasks.
    on_pages_of: Brand | None = None
    # The admin who acts as this person, and whose rights bound what is done in their name.
    acted_by: User | None = None
    # What the token lets its person do, by which they act (`groups.api`); None for whoever acts without one.
    scopes: frozenset[Permission] | None = None
    # What was read of the person's rights while one page is shown (`access.remember_rights`). None where rights are
    # asked anew each time, as for everything that acts.
    rights_memory: RightsMemory | None = None

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Gives what a session must carry to be this person's: it changes with the password and with the version."""
        return salted_hmac(
            "groups.models.User.session", f"{self.session_version}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def initials(self) -> str:
        """The first letters of the first and the last name, for the round sign in the page's head."""
        words = self.name.split() or [self.email]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Membership(models.Model):
    """A person's role in a group; it holds for the groups below, until a moment where one is named.

    `delegated_from` is the membership of the person who lends it, and whose end is its end, too.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(BrandRole, on_delete=models.PROTECT, related_name="memberships")
    until = models.DateTimeField(null=True, blank=True)
    delegated_from = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="delegations"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "group"],
                condition=models.Q(delegated_from__isnull=True),
                name="membership_one_role_per_group",
            ),
            models.UniqueConstraint(fields=["user", "delegated_from"], name="membership_delegated_once"),
            models.CheckConstraint(
                condition=models.Q(delegated_from__isnull=True) | models.Q(until__isnull=False),
                name="membership_delegation_ends",
            ),
        )

    @staticmethod
    def live(prefix: str = "") -> models.Q:
        """Gives the condition that a membership has not ended; `prefix` leads to it, as `memberships__`."""
        return models.Q(**{f"{prefix}until": None}) | models.Q(**{f"{prefix}until__gt": timezone.now()})
