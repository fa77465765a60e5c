"""Where somebody is sent on to after signing in: a page of the same host, whatever `next` says."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from groups.models import SignOnState, SingleSignOn
from tests.builders import PASSWORD, Cast
from tests.groups.signin.conftest import a_code, an_app, is_signed_in, sign_in
from tests.groups.signin.saml_provider import a_certificate

pytestmark = pytest.mark.django_db
TRICKS = [
    "//evil.example/x",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https://evil.example/account/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "http://harbor.testserver/account/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "http:///evil.example",
    "https://evil.example\\@testserver/",
    "//evil.example%2f@testserver",
]


@pytest.fixture(autouse=True)
def other_brands_hosts_are_known(settings: Settings) -> None:
    """The installation answers for another brand as well, and trusts its origin for forms."""
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver", ".evil.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://evil.example"]


def assert_stays(location: str) -> None:
    """Asserts that a browser would stay on this host: browsers read a backslash as a slash, and drop tabs."""
    seen = location.replace("\\", "/").replace("\t", "").strip()
    parts = urlsplit(seen)
    assert parts.scheme in ("", "http")
    assert parts.netloc in ("", "testserver")
    assert not seen.startswith("//")


@pytest.mark.parametrize("trick", TRICKS)
def test_signing_in_stays_here(cast: Cast, trick: str) -> None:
    browser = Client()

    answer = browser.post(reverse("account_login"), {"login": cast.author.email, "password": PASSWORD, "next": trick})

    assert answer.status_code == 302
    assert_stays(answer["Location"])
    assert is_signed_in(browser)


@pytest.mark.parametrize("trick", TRICKS)
def test_the_page_of_somebody_who_is_signed_in_already_stays_here(cast: Cast, trick: str) -> None:
    assert_stays(sign_in(cast.author).get(reverse("account_login"), {"next": trick})["Location"])


@pytest.mark.parametrize("trick", TRICKS)
def test_signing_out_stays_here(cast: Cast, trick: str) -> None:
    assert_stays(sign_in(cast.author).post(reverse("account_logout"), {"next": trick})["Location"])


@pytest.mark.parametrize("trick", TRICKS)
def test_the_second_factor_stays_here(cast: Cast, trick: str) -> None:
    secret = an_app(cast.author)
    browser = Client()
    browser.post(reverse("account_login"), {"login": cast.author.email, "password": PASSWORD, "next": trick})

    answer = browser.post(f"{reverse('mfa_authenticate')}", {"code": a_code(secret), "next": trick})

    assert answer.status_code == 302
    assert_stays(answer["Location"])


@pytest.mark.parametrize("trick", TRICKS)
def test_showing_once_more_that_it_is_you_stays_here(cast: Cast, trick: str) -> None:
    answer = sign_in(cast.author).post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": trick})

    assert answer.status_code == 302
    assert_stays(answer["Location"])


@pytest.mark.parametrize("trick", TRICKS)
def test_choosing_a_language_stays_here(cast: Cast, trick: str) -> None:
    assert_stays(sign_in(cast.author).post(reverse("set-language"), {"language": "de", "next": trick})["Location"])


@pytest.mark.parametrize("trick", TRICKS)
def test_the_way_to_the_provider_keeps_no_address_outside(cast: Cast, trick: str) -> None:
    SingleSignOn.objects.create(
        brand=cast.brand,
        kind="saml",
        state=SignOnState.ON,
        issuer="https://idp.example",
        sign_on_url="https://idp.example/sso",
        certificate=a_certificate()[1],
    )
    browser = Client()

    answer = browser.get(reverse("groups:sso-begin"), {"next": trick})

    assert answer["Location"].startswith("https://idp.example/sso?")
    states = browser.session["socialaccount_states"]
    assert [state["next"] for state, *_ in states.values()] == [None]


def test_a_page_of_this_host_is_kept(cast: Cast) -> None:
    browser = Client()

    answer = browser.post(
        reverse("account_login"), {"login": cast.author.email, "password": PASSWORD, "next": "/account/?a=1"}
    )

    assert answer["Location"] == "/account/?a=1"
