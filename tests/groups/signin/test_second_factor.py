"""An authenticator app and recovery codes: setting up, signing in, removing, and what stays closed without them."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from groups.models import Event, User
from tests.builders import PASSWORD, Cast, a_person
from tests.groups.signin.conftest import a_code, an_app, factors_of, is_signed_in, recovery_codes, sign_in

pytestmark = pytest.mark.django_db


def test_an_app_is_set_up_after_showing_the_password_once_more(cast: Cast) -> None:
    browser = sign_in(cast.author)

    asked = browser.get(reverse("mfa_activate_totp"))
    browser.post(asked["Location"], {"password": PASSWORD})
    page = browser.get(reverse("mfa_activate_totp"))
    answer = browser.post(reverse("mfa_activate_totp"), {"code": a_code(page.context["form"].secret)})

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert factors_of(cast.author) == {"totp", "recovery_codes"}
    assert len(browser.get(answer["Location"]).context["unused_codes"]) == 10


def test_a_wrong_code_sets_nothing_up(cast: Cast, confirmed: Callable[[User], Client]) -> None:
    browser = confirmed(cast.author)
    browser.get(reverse("mfa_activate_totp"))

    answer = browser.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert "This code is not right" in answer.content.decode()
    assert factors_of(cast.author) == set()


def test_the_seed_stands_encrypted_in_the_database(cast: Cast) -> None:
    secret = an_app(cast.author)

    stored = Authenticator.objects.get(user=cast.author).data["secret"]

    assert secret not in stored
    assert stored.startswith("gAAAA")


def test_the_password_alone_no_longer_signs_in(cast: Cast) -> None:
    secret = an_app(cast.author)

    browser = sign_in(cast.author)

    assert not is_signed_in(browser)
    assert browser.get(reverse("groups:account")).status_code == 302
    browser.post(reverse("mfa_authenticate"), {"code": "123456"})
    assert not is_signed_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": a_code(secret)})
    assert browser.get(reverse("groups:account")).status_code == 200


def test_a_code_works_once(cast: Cast) -> None:
    secret = an_app(cast.author)
    code = a_code(secret)
    first, second = sign_in(cast.author), sign_in(cast.author)

    first.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_recovery_code_works_once(cast: Cast) -> None:
    an_app(cast.author)
    code = recovery_codes(cast.author)[0]
    first, second = sign_in(cast.author), sign_in(cast.author)

    first.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_guessing_codes_ends_after_a_few(cast: Cast) -> None:
    secret = an_app(cast.author)
    browser = sign_in(cast.author)

    for number in range(5):
        browser.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    browser.post(reverse("mfa_authenticate"), {"code": a_code(secret)})

    assert not is_signed_in(browser)


def test_with_the_last_factor_the_recovery_codes_go(cast: Cast, confirmed: Callable[[User], Client]) -> None:
    browser = confirmed(cast.author)
    an_app(cast.author)
    recovery_codes(cast.author)

    browser.post(reverse("mfa_deactivate_totp"))

    assert factors_of(cast.author) == set()


def test_nobody_touches_the_passkey_of_another(cast: Cast, confirmed: Callable[[User], Client]) -> None:
    theirs = Authenticator.objects.create(
        user=cast.sender, type=Authenticator.Type.WEBAUTHN, data={"name": "Sam's key", "credential": {}}
    )
    an_app(cast.sender)

    for person in cast.without(cast.sender):
        browser = confirmed(person)
        for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
            assert browser.get(reverse(name, kwargs={"pk": theirs.pk})).status_code == 404
            assert browser.post(reverse(name, kwargs={"pk": theirs.pk}), {"name": "Mine"}).status_code == 404

    theirs.refresh_from_db()
    assert theirs.data["name"] == "Sam's key"


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
def test_the_pages_stand_in_the_portals_own_look(cast: Cast, confirmed: Callable[[User], Client], name: str) -> None:
    answer = confirmed(cast.author).get(reverse(name))

    assert answer.status_code == 200
    assert "site-header" in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_no_page_signs_in_or_up_by_a_passkey_alone(client: Client, cast: Cast) -> None:
    for path in ("login/webauthn/", "passkeys/login/", "webauthn/login/", "../signup/passkey/"):
        assert client.get(f"/accounts/second-factor/{path}").status_code == 404


def test_the_operator_lets_somebody_in_who_lost_everything(cast: Cast) -> None:
    an_app(cast.author)
    recovery_codes(cast.author)
    an_app(cast.sender)
    browser = Client()
    browser.force_login(cast.author)

    call_command("remove_second_factor", cast.author.email.upper(), stdout=StringIO())

    assert factors_of(cast.author) == set()
    assert factors_of(cast.sender) == {"totp"}
    assert not is_signed_in(browser)
    assert is_signed_in(sign_in(cast.author))
    event = Event.objects.get(action="sign_in.second_factor_removed")
    assert (event.brand, event.target_id) == (cast.brand, str(cast.author.pk))
    with pytest.raises(CommandError):
        call_command("remove_second_factor", "nobody@example.com")


def test_somebody_without_any_group_can_keep_their_account(cast: Cast, confirmed: Callable[[User], Client]) -> None:
    user = a_person(group=cast.store)
    user.memberships.all().delete()

    assert confirmed(user).get(reverse("mfa_index")).status_code == 200
