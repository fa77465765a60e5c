"""The page of a person's own tokens."""

from __future__ import annotations

import pytest
from django.test import Client

from groups.models import ApiToken, RoleGrant
from groups.roles import Permission
from tests.builders import PASSWORD, Cast
from tests.groups.api.builders import Program, a_token

FORM = {"name": "Till", "lasts": "90", "scopes": ["see_mailings"]}


@pytest.fixture
def browser(cast: Cast, client: Client) -> Client:
    client.post("/accounts/login/", {"login": cast.author.email, "password": PASSWORD})
    return client


def confirm(browser: Client) -> None:
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_a_token_is_made_after_the_password_and_shown_once(cast: Cast, browser: Client) -> None:
    confirm(browser)

    page = browser.post("/account/tokens/", FORM)

    text = page.context["text"]
    assert text in page.content.decode()
    assert Program(text).get("/me").json()["scopes"] == ["see_mailings"]
    assert text not in browser.get("/account/tokens/").content.decode()
    assert page["Cache-Control"] == "private, no-store"


def test_a_session_that_was_left_open_makes_no_token(cast: Cast, browser: Client) -> None:
    answer = browser.post("/account/tokens/", FORM)

    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not ApiToken.objects.exists()


def test_after_the_password_the_form_that_was_sent_goes_on(cast: Cast, browser: Client) -> None:
    asked = browser.post("/account/tokens/", FORM)

    page = browser.post(asked["Location"], {"password": PASSWORD})

    assert page.status_code == 200
    assert Program(page.context["text"]).get("/me").status_code == 200


def test_a_right_that_one_lacks_is_refused_on_the_page(cast: Cast, browser: Client) -> None:
    confirm(browser)

    page = browser.post("/account/tokens/", FORM | {"scopes": ["see_mailings", "manage_users"]})

    assert page.status_code == 422
    assert not ApiToken.objects.exists()


def test_ones_own_token_is_revoked_and_no_other_persons(cast: Cast, browser: Client) -> None:
    mine, _text = a_token(cast.author, cast.brand)
    theirs, _text = a_token(cast.sender, cast.brand)

    assert browser.post(f"/account/tokens/{mine.pk}/revoke/").status_code == 302
    assert browser.post(f"/account/tokens/{theirs.pk}/revoke/").status_code == 404

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.revoked_at is not None
    assert theirs.revoked_at is None


def test_without_the_right_there_is_no_page(cast: Cast, browser: Client) -> None:
    RoleGrant.objects.filter(role__brand=cast.brand, permission=Permission.USE_API_TOKENS).delete()

    assert browser.get("/account/tokens/").status_code == 404
    assert browser.post("/account/tokens/", FORM).status_code == 404
    assert "/account/tokens/" not in browser.get("/account/").content.decode()
