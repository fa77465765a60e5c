"""What the tests of sign-in share."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from groups.models import User
from tests.builders import PASSWORD


def a_code(secret: str) -> str:
    """Gives the code that an authenticator app would show now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def an_app(user: User) -> str:
    """Sets an authenticator app up for a person and gives its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def recovery_codes(user: User) -> list[str]:
    """Gives a person recovery codes."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def sign_in(user: User, *, host: str = "testserver", password: str = PASSWORD, address: str = "") -> Client:
    """Types a person's address and password into the sign-in page and gives the browser with what came of it."""
    client = Client(headers={"host": host, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0"})
    client.post(address or reverse("account_login"), {"login": user.email, "password": password})
    return client


def is_signed_in(client: Client, host: str = "testserver") -> bool:
    """Tells whether a browser is signed in: its own account opens, or asks for a second factor first."""
    answer = client.get(reverse("account_login"), headers={"host": host})
    return answer.status_code == 302 and "second-factor/authenticate" not in answer["Location"]


@pytest.fixture
def confirmed() -> Callable[[User], Client]:
    """Gives a browser of a person who has just shown once more that it is them."""

    def browser(user: User) -> Client:
        client = sign_in(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return browser


def factors_of(user: User) -> set[str]:
    """Gives the kinds of second factor that a person has."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
