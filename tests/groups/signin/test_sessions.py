"""Sessions and the list of devices: what is ended is ended at once."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from groups.models import User
from groups.people.sessions import end_sessions
from groups.signin.queries import devices_of
from tests.builders import PASSWORD, Cast
from tests.campaigns.costs import cost_of
from tests.groups.signin.conftest import is_signed_in, sign_in

pytestmark = pytest.mark.django_db
NEW = "seven lanterns over the quay"


def test_the_account_lists_every_browser_with_the_one_at_hand_first(cast: Cast) -> None:
    sign_in(cast.author)
    here = sign_in(cast.author)
    sign_in(cast.sender)

    devices = here.get(reverse("groups:account")).context["devices"]

    assert [device.is_current for device in devices] == [True, False]
    assert devices[0].name == "Chrome on Linux"
    assert devices[0].address == "127.0.0.1"


def test_one_device_is_signed_out_and_the_others_stay(cast: Cast) -> None:
    lost, kept, here = sign_in(cast.author), sign_in(cast.author), sign_in(cast.author)
    row = UserSession.objects.get(session_key=lost.session.session_key)

    answer = here.post(reverse("groups:device-end", kwargs={"device_id": row.pk}))

    assert answer["Location"] == reverse("groups:account")
    assert not is_signed_in(lost)
    assert is_signed_in(kept)
    assert is_signed_in(here)


def test_everything_else_is_signed_out(cast: Cast) -> None:
    others, here, colleague = [sign_in(cast.author), sign_in(cast.author)], sign_in(cast.author), sign_in(cast.sender)

    here.post(reverse("groups:devices-end"))

    assert [is_signed_in(other) for other in others] == [False, False]
    assert is_signed_in(here)
    assert is_signed_in(colleague)
    assert UserSession.objects.filter(user=cast.author).count() == 1


def test_nobody_ends_the_session_of_another_or_their_own_by_id(cast: Cast) -> None:
    theirs = sign_in(cast.sender)
    row = UserSession.objects.get(session_key=theirs.session.session_key)

    for person in cast.without(cast.sender):
        browser = sign_in(person)
        assert browser.post(reverse("groups:device-end", kwargs={"device_id": row.pk})).status_code == 404
        own = UserSession.objects.get(session_key=browser.session.session_key)
        assert browser.post(reverse("groups:device-end", kwargs={"device_id": own.pk})).status_code == 404

    assert is_signed_in(theirs)


def test_a_new_password_ends_the_other_sessions_and_their_rows_are_not_shown(cast: Cast) -> None:
    other, here = sign_in(cast.author), sign_in(cast.author)

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert not is_signed_in(other)
    assert is_signed_in(here)
    assert len(here.get(reverse("groups:account")).context["devices"]) == 1


def test_ending_sessions_holds_at_once_for_that_person_alone(cast: Cast) -> None:
    browsers, colleague = [sign_in(cast.author), sign_in(cast.author)], sign_in(cast.sender)
    untracked = Client()
    untracked.force_login(cast.author)

    end_sessions(cast.author)

    assert [is_signed_in(browser) for browser in [*browsers, untracked]] == [False, False, False]
    assert is_signed_in(colleague)
    assert not UserSession.objects.filter(user=cast.author).exists()
    assert Session.objects.filter(session_key=browsers[0].session.session_key).count() == 0
    assert is_signed_in(sign_in(cast.author))


def test_a_session_that_was_ended_cannot_be_brought_back(cast: Cast) -> None:
    browser = sign_in(cast.author)
    stolen = Session.objects.get(session_key=browser.session.session_key)

    end_sessions(cast.author)
    stolen.save(force_insert=True)

    assert not is_signed_in(browser)


def test_a_session_of_one_brands_pages_is_none_on_anothers(cast: Cast, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    browser = sign_in(cast.outsider, host="harbor.testserver")
    assert is_signed_in(browser, "harbor.testserver")

    assert not is_signed_in(browser, "testserver")


def test_the_page_asks_no_more_the_more_devices_there_are(cast: Cast) -> None:
    here = sign_in(cast.author)
    few = len(cost_of(lambda: here.get(reverse("groups:account"))))

    for _ in range(4):
        sign_in(cast.author)

    assert len(cost_of(lambda: here.get(reverse("groups:account")))) == few
    assert len(devices_of(cast.author, None)) == 5


def test_somebody_changes_their_own_name_and_language(cast: Cast) -> None:
    browser = sign_in(cast.author)

    answer = browser.post(reverse("groups:account"), {"name": "Lou Writer", "language": "de"})

    cast.author.refresh_from_db()
    assert answer.status_code == 302
    assert (cast.author.name, cast.author.language) == ("Lou Writer", "de")


@pytest.mark.parametrize("sent", [{"name": "", "language": "de"}, {"name": "X", "language": "tlh"}])
def test_what_cannot_be_is_not_saved(cast: Cast, sent: dict[str, str]) -> None:
    browser = sign_in(cast.author)

    assert browser.post(reverse("groups:account"), sent).status_code == 422

    assert User.objects.get(pk=cast.author.pk).name == "Lou Author"


def test_strangers_are_asked_to_sign_in(cast: Cast) -> None:
    for name in ("groups:account", "groups:devices-end", "mfa_index", "mfa_activate_totp"):
        answer = Client().post(reverse(name))
        assert answer.status_code in (302, 405)
        assert "login" in answer.get("Location", "login")
