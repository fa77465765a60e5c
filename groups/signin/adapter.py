"""How sign-in behaves: people are invited, nobody signs up by themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from groups.addresses import public_url
from groups.models import User
from groups.signin.middleware import BRAND_KEY
from groups.signin.sso import break_glass


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes sign-up, and says plainly why somebody cannot get in."""

    error_messages = {  # noqa: RUF012  # allauth's own attribute
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The email address or the password is not right. Check both, or set a new password."
        ),
        "single_sign_on_only": _("Passwords are switched off here. Use the button of your company's sign-in."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Checks a password; where single sign-on is enforced only break-glass admins have one that counts.

        Raises `ValidationError` for everybody else, after the password was right, so that it tells nothing to others.
        """
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        is_sign_in = not request.user.is_authenticated
        if user is not None and is_sign_in and break_glass.is_password_refused(user, request.brand):  # type: ignore[attr-defined]
            raise self.validation_error("single_sign_on_only")
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Begins the session, bound to the brand of the page, and tells the admins of a break-glass sign-in.

        Whoever typed their password before single sign-on was enforced, and their code after it, comes too late.
        """
        brand = request.brand  # type: ignore[attr-defined]
        methods = {record["method"] for record in get_authentication_records(request, user)}
        is_by_password = "password" in methods and "socialaccount" not in methods
        if is_by_password and break_glass.is_password_refused(user, brand):
            messages.error(request, self.error_messages["single_sign_on_only"])
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)
        request.session[BRAND_KEY] = str(brand.pk)
        break_glass.note_sign_in(request, user)

    def is_safe_url(self, url: str | None) -> bool:
        """Tells whether somebody may be sent on to an address: a page of the same host, not of another brand."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Gives the link of a reset mail on the brand's own address, whatever host name the request came by."""
        path: str = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return public_url(self.request.brand, path.replace("UID-KEY", key))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tells that nobody may open an account by themselves."""
        return False
