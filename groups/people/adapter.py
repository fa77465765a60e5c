"""How sign-in behaves: people are invited, nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groups.addresses import public_url


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes sign-up, and says plainly why somebody cannot get in."""

    error_messages = {  # noqa: RUF012  # allauth's own attribute
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The email address or the password is not right. Check both, or set a new password."
        ),
    }

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Gives the link of a reset mail on the brand's own address, whatever host name the request came by."""
        path: str = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return public_url(self.request.brand, path.replace("UID-KEY", key))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tells that nobody may open an account by themselves."""
        return False
