"""OpenID Connect against a real provider on this machine: who gets in, and every way of lying that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from groups.models import Event, Membership, ScimPerson, SignOnState, SingleSignOn, User
from groups.roles import Role
from tests.builders import Cast
from tests.groups.signin.conftest import a_code, an_app, is_signed_in
from tests.groups.signin.openid_provider import CLIENT_ID, CLIENT_SECRET, OTHER_KEY, Provider, running_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as found:
        found.person = {"sub": "lou-17", "email": "lou@northwind.example", "name": "Lou"}
        yield found


@pytest.fixture
def sign_on(cast: Cast, provider: Provider) -> SingleSignOn:
    """Gives a single sign-on of the cast's brand that is offered; its author has an address of the brand."""
    User.objects.filter(pk=cast.author.pk).update(email="lou@northwind.example")
    return SingleSignOn.objects.create(
        brand=cast.brand,
        state=SignOnState.ON,
        issuer=provider.url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        email_domains=["northwind.example"],
        default_group=cast.store,
        default_role=Role.READ_ONLY,
        tester=cast.admin,
    )


def to_provider(browser: Client, **query: str) -> str:
    """Starts at the portal and gives the address that the provider sends the browser back to."""
    away = browser.get(reverse("groups:sso-begin"), query)
    back: str = httpx.get(away["Location"]).headers["location"]
    return back


def back(browser: Client, address: str) -> HttpResponse:
    """Comes back to the portal."""
    parts = urlsplit(address)
    return browser.get(parts.path, parse_qs(parts.query))  # type: ignore[return-value]


def through(browser: Client, **query: str) -> HttpResponse:
    """Goes the whole way."""
    return back(browser, to_provider(browser, **query))


def assert_refused(browser: Client, answer: HttpResponse) -> None:
    """Asserts that nobody was let in and nothing was linked or made."""
    assert answer.status_code == 403
    assert "You were not signed in" in answer.content.decode()
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()
    assert not User.objects.filter(email="new@northwind.example").exists()


def test_a_member_with_a_verified_address_of_the_brand_is_linked_and_known_by_subject_from_then_on(
    cast: Cast, provider: Provider, sign_on: SingleSignOn
) -> None:
    browser = Client()

    answer = through(browser, next="/account/")
    provider.person["email"] = "renamed@elsewhere.example"
    again = Client()
    through(again)

    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert again.get("/account/").context["user"] == cast.author
    assert SocialAccount.objects.get().user == cast.author
    assert SocialAccount.objects.get().extra_data == {}
    assert Event.objects.filter(action="sign_in.linked").count() == 1


def test_the_question_carries_state_nonce_and_pkce_and_no_secret(provider: Provider, sign_on: SingleSignOn) -> None:
    asked = parse_qs(urlsplit(Client().get(reverse("groups:sso-begin"))["Location"]).query)

    assert asked["client_id"] == [CLIENT_ID]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/accounts/sso/oidc/"]
    assert len(asked["nonce"][0]) >= 32
    assert len(asked["state"][0]) >= 10
    assert CLIENT_SECRET not in str(asked)


def test_the_second_factor_is_asked_for_all_the_same(cast: Cast, provider: Provider, sign_on: SingleSignOn) -> None:
    secret = an_app(cast.author)
    browser = Client()

    answer = through(browser)

    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": a_code(secret)})
    assert is_signed_in(browser)


def unsigned(claims: dict[str, Any], headers: dict[str, Any]) -> str:
    return jwt.encode(claims, None, algorithm="none", headers=headers)


def with_another_key(claims: dict[str, Any], headers: dict[str, Any]) -> str:
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers=headers)


def with_the_secret(claims: dict[str, Any], headers: dict[str, Any]) -> str:
    return jwt.encode(claims, CLIENT_SECRET.ljust(32, "x"), algorithm="HS256", headers=headers)


def with_an_unknown_key(claims: dict[str, Any], headers: dict[str, Any]) -> str:
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "other"})


def with_its_own_key(claims: dict[str, Any], headers: dict[str, Any]) -> str:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(OTHER_KEY.public_key(), as_dict=True)
    return jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={**headers, "jwk": jwk})


def no_token(claims: dict[str, Any], headers: dict[str, Any]) -> str:
    return "not.a.token"


@pytest.mark.parametrize(
    "bend",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": "lou@northwind.example.evil.example"},
        {"email": "lou@evil.example"},
    ],
    ids=str,
)
def test_a_token_that_says_something_wrong_lets_nobody_in(
    provider: Provider, sign_on: SingleSignOn, bend: dict[str, Any]
) -> None:
    provider.bend = bend
    browser = Client()

    assert_refused(browser, through(browser))


@pytest.mark.parametrize(
    "sign", [unsigned, with_another_key, with_the_secret, with_an_unknown_key, with_its_own_key, no_token]
)
def test_a_token_that_is_signed_wrongly_lets_nobody_in(provider: Provider, sign_on: SingleSignOn, sign: Any) -> None:
    provider.sign = sign
    browser = Client()

    assert_refused(browser, through(browser))


def test_a_provider_that_speaks_for_another_issuer_is_not_asked(provider: Provider, sign_on: SingleSignOn) -> None:
    provider.published = {"issuer": "https://evil.example"}
    browser = Client()

    assert_refused(browser, browser.get(reverse("groups:sso-begin")))


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(provider: Provider, sign_on: SingleSignOn) -> None:
    asker, thief = Client(), Client()
    address = to_provider(asker)

    assert_refused(thief, back(thief, address))
    assert provider.calls == []
    assert back(asker, address).status_code == 302
    replayed = back(asker, address)

    assert replayed.status_code == 403
    assert provider.calls == ["token"]


def test_a_code_of_another_sign_in_is_refused(provider: Provider, sign_on: SingleSignOn) -> None:
    victim, attacker = Client(), Client()
    stolen = parse_qs(urlsplit(to_provider(attacker)).query)["code"][0]
    address = urlsplit(to_provider(victim))
    state = parse_qs(address.query)["state"][0]

    answer = victim.get(address.path, {"code": stolen, "state": state})

    assert_refused(victim, answer)  # type: ignore[arg-type]


def test_whoever_says_no_at_the_provider_is_told(provider: Provider, sign_on: SingleSignOn) -> None:
    browser = Client()
    state = parse_qs(urlsplit(to_provider(browser)).query)["state"][0]

    answer = browser.get(reverse("groups:sso-oidc-callback"), {"error": "access_denied", "state": state})

    assert_refused(browser, answer)  # type: ignore[arg-type]


def test_people_of_another_brand_services_and_closed_accounts_are_never_linked(
    cast: Cast, provider: Provider, sign_on: SingleSignOn
) -> None:
    sign_on.creates_people = True
    sign_on.save()
    for change in ("outsider", "service", "closed"):
        person = {"outsider": cast.outsider, "service": cast.sender, "closed": cast.approver}[change]
        email = f"{change}@northwind.example"
        User.objects.filter(pk=person.pk).update(
            email=email, is_service=change == "service", is_active=change != "closed"
        )
        provider.person = {"sub": change, "email": email}
        browser = Client()
        assert_refused(browser, through(browser))

    assert not Membership.objects.filter(user=cast.outsider, group__brand=cast.brand).exists()


def test_somebody_new_gets_an_account_only_where_the_brand_says_so(
    cast: Cast, provider: Provider, sign_on: SingleSignOn
) -> None:
    provider.person = {"sub": "new-1", "email": "New@Northwind.example", "name": "Nia New"}
    first = Client()
    assert_refused(first, through(first))

    sign_on.creates_people = True
    sign_on.save()
    second = Client()
    through(second)

    user = User.objects.get(email="new@northwind.example")
    assert second.get("/account/").context["user"] == user
    assert (user.name, user.has_usable_password()) == ("Nia New", False)
    assert list(user.memberships.values_list("group", "role__key")) == [(cast.store.pk, Role.READ_ONLY)]


def test_whoever_lost_their_role_or_was_switched_off_does_not_come_back_by_it(
    cast: Cast, provider: Provider, sign_on: SingleSignOn
) -> None:
    through(Client())
    sign_on.creates_people = True
    sign_on.save()

    cast.author.memberships.all().delete()
    ScimPerson.objects.create(brand=cast.brand, user=cast.author, is_active=False)
    browser = Client()
    answer = through(browser)

    assert answer.status_code == 403
    assert not is_signed_in(browser)
    assert not cast.author.memberships.exists()


def test_in_test_mode_only_the_tester_gets_in_and_sees_what_came(
    cast: Cast, provider: Provider, sign_on: SingleSignOn
) -> None:
    User.objects.filter(pk=cast.admin.pk).update(email="ade@northwind.example")
    SingleSignOn.objects.update(state=SignOnState.TEST)
    stranger = Client()
    assert_refused(stranger, through(stranger))
    sign_on.refresh_from_db()
    assert (sign_on.tested_at, sign_on.claims) == (None, {})

    provider.person = {"sub": "ade", "email": "ade@northwind.example"}
    second_window = Client()
    through(second_window)

    sign_on.refresh_from_db()
    assert is_signed_in(second_window)
    assert sign_on.tested_at is not None
    assert sign_on.claims["email"] == "ade@northwind.example"
    assert "nonce" not in sign_on.claims


def test_a_test_that_fails_shows_its_admin_what_came(cast: Cast, provider: Provider, sign_on: SingleSignOn) -> None:
    SingleSignOn.objects.update(state=SignOnState.TEST)
    provider.person = {"sub": "ade", "email": "ade@typo.example"}
    browser = Client()
    browser.force_login(cast.admin)

    answer = through(browser)

    sign_on.refresh_from_db()
    assert answer.status_code == 403
    assert sign_on.claims["email"] == "ade@typo.example"
    assert sign_on.tested_at is None


def test_while_it_is_off_there_is_no_such_page(provider: Provider, sign_on: SingleSignOn) -> None:
    SingleSignOn.objects.update(state=SignOnState.OFF)

    for name in ("sso-begin", "sso-oidc-callback", "sso-saml-finish"):
        assert Client().get(reverse(f"groups:{name}")).status_code == 404


def test_the_provider_of_one_brand_does_not_exist_for_another(
    cast: Cast, provider: Provider, sign_on: SingleSignOn, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    asker = Client()
    address = to_provider(asker)

    other = Client(headers={"host": "harbor.testserver"})

    assert other.get(reverse("groups:sso-begin")).status_code == 404
    assert other.get(urlsplit(address).path, parse_qs(urlsplit(address).query)).status_code == 404


@pytest.mark.parametrize(
    "address", ["http://idp.example", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/"]
)
def test_in_production_the_portal_goes_to_no_private_address(
    provider: Provider, sign_on: SingleSignOn, settings: Settings, address: str
) -> None:
    settings.SSO_ALLOW_INSECURE_PROVIDERS = False
    SingleSignOn.objects.update(issuer=address)
    browser = Client()

    assert_refused(browser, browser.get(reverse("groups:sso-begin")))  # type: ignore[arg-type]


def test_a_provider_that_sends_elsewhere_is_not_followed(provider: Provider, sign_on: SingleSignOn) -> None:
    SingleSignOn.objects.update(issuer=f"{provider.url}/authorize?redirect_uri=http://127.0.0.1:9/x&state=1&y=")
    browser = Client()

    assert_refused(browser, browser.get(reverse("groups:sso-begin")))  # type: ignore[arg-type]


def test_an_answer_without_end_is_not_read(provider: Provider, sign_on: SingleSignOn) -> None:
    provider.published = {"more": "x" * 2 * 1024 * 1024}
    browser = Client()

    assert_refused(browser, browser.get(reverse("groups:sso-begin")))  # type: ignore[arg-type]


def test_neither_secret_nor_token_is_ever_logged(
    provider: Provider, sign_on: SingleSignOn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="django")
    through(Client())
    provider.sign = with_another_key
    through(Client())

    assert CLIENT_SECRET not in caplog.text
    assert "an-access-token" not in caplog.text
    assert "eyJ" not in caplog.text
