"""How sign-in behaves: people are invited, nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes sign-up, and says plainly why somebody cannot get in."""

    error_messages = {  # noqa: RUF012  # allauth's own attribute
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The email address or the password is not right. Check both, or set a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tells that nobody may open an account by themselves."""
        return False
