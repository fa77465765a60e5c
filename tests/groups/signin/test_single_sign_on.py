"""The page of single sign-on: connecting, testing, offering, enforcing, and the admins who get in when it fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from groups.errors import InputRefused, StaleState
from groups.models import BreakGlassAdmin, Event, SignOnState, SingleSignOn, User
from groups.people.services import remove_from_brand, take_role
from groups.roles import Role
from groups.signin.sso.services import MOVES, is_last_break_glass, move, name_break_glass
from tests.builders import PASSWORD, Cast, a_person, root_group
from tests.campaigns.costs import cost_of
from tests.groups.signin.conftest import a_code, an_app, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
SENT = {
    "kind": "oidc",
    "issuer": "https://login.example.com/",
    "client_id": "portal",
    "client_secret": "a-secret-of-tests",
    "email_domains": "Northwind.example, @shops.northwind.example",
}


def a_sign_on(cast: Cast, state: SignOnState = SignOnState.OFF, **changes: Any) -> SingleSignOn:
    """Gives a single sign-on of the cast's brand."""
    fields: dict[str, Any] = {
        "issuer": "https://login.example.com/",
        "client_id": "portal",
        "client_secret": "a-secret-of-tests",
        "email_domains": ["northwind.example"],
        "tester": cast.admin,
    }
    return SingleSignOn.objects.create(brand=cast.brand, state=state, **{**fields, **changes})


def admin_browser(cast: Cast) -> Client:
    browser = Client()
    browser.force_login(cast.admin)
    return browser


def test_an_admin_connects_a_provider_and_the_secret_never_comes_out(cast: Cast) -> None:
    browser = admin_browser(cast)

    answer = browser.post(reverse("groups:sso"), SENT)
    page = browser.get(reverse("groups:sso")).content.decode()

    found = SingleSignOn.objects.get()
    assert answer["Location"] == reverse("groups:sso")
    assert (found.brand, found.state, found.client_secret) == (cast.brand, SignOnState.OFF, "a-secret-of-tests")
    assert found.email_domains == ["northwind.example", "shops.northwind.example"]
    assert "a-secret-of-tests" not in page
    assert "A secret is stored" in page
    assert "a-secret-of-tests" not in str(list(Event.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM groups_singlesignon")
        assert cursor.fetchone()[0].startswith("gAAAA")


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "javascript:alert(1)"},
        {"issuer": "https://user:secret@login.example.com"},
        {"issuer": ""},
        {"client_id": ""},
        {"client_secret": ""},
        {"email_domains": ""},
        {"email_domains": "*"},
        {"kind": "kerberos"},
        {"kind": "saml", "sign_on_url": "https://idp.example/sso", "certificate": "no certificate"},
        {"creates_people": "on"},
        {"creates_people": "on", "group_code": "no-such-group", "role": "read_only"},
        {"creates_people": "on", "role": "emperor"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_at_the_form_and_nothing_is_stored(cast: Cast, change: dict[str, str]) -> None:
    answer = admin_browser(cast).post(reverse("groups:sso"), {**SENT, **change})

    assert answer.status_code == 422
    assert not SingleSignOn.objects.exists()
    assert not Event.objects.filter(action="sign_in.sso_connected").exists()


def test_somebody_new_gets_no_role_that_holds_more_than_the_admin(cast: Cast) -> None:
    sent = {**SENT, "creates_people": "on", "group_code": cast.store.code}
    browser = admin_browser(cast)

    refused = browser.post(reverse("groups:sso"), {**sent, "role": Role.APPROVER})
    foreign = browser.post(reverse("groups:sso"), {**sent, "group_code": root_group(cast.other_brand).code})
    browser.post(reverse("groups:sso"), {**sent, "role": Role.READ_ONLY})

    assert "rights that you do not have" in refused.content.decode()
    assert foreign.status_code == 422
    assert (SingleSignOn.objects.get().default_group, SingleSignOn.objects.get().default_role) == (
        cast.store,
        Role.READ_ONLY,
    )


def test_nobody_but_who_manages_the_brands_users_sees_or_changes_anything(cast: Cast) -> None:
    a_sign_on(cast)
    sends: tuple[tuple[str, dict[str, str]], ...] = (
        ("groups:sso", SENT),
        ("groups:sso-move", {"to": "test"}),
        ("groups:sso-break-glass", {"user": str(cast.admin.pk)}),
    )
    an_app(cast.admin)

    for person in cast.without(cast.admin):
        browser = Client()
        browser.force_login(person)
        assert browser.get(reverse("groups:sso")).status_code == 404
        for name, sent in sends:
            assert browser.post(reverse(name), sent).status_code == 404
    for name, sent in sends:
        assert "login" in Client().post(reverse(name), sent)["Location"]

    assert SingleSignOn.objects.get().state == SignOnState.OFF
    assert not BreakGlassAdmin.objects.exists()


def test_it_is_tested_before_it_is_offered_and_needs_break_glass_before_it_is_enforced(cast: Cast) -> None:
    found = a_sign_on(cast, tester=None)
    browser = admin_browser(cast)

    def states(*steps: str) -> list[str]:
        seen = []
        for step in steps:
            browser.post(reverse("groups:sso-move"), {"to": step})
            seen.append(SingleSignOn.objects.get().state)
        return seen

    assert states("on", "enforced", "test", "on") == ["off", "off", "test", "test"]
    assert SingleSignOn.objects.get().tester == cast.admin
    SingleSignOn.objects.update(tested_at=timezone.now())
    assert states("on", "enforced") == ["on", "on"]
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=cast.admin)
    assert states("enforced", "test", "on", "enforced", "off") == ["enforced", "enforced", "on", "enforced", "off"]
    assert Event.objects.filter(action="sign_in.sso_moved", target_id=str(found.pk)).count() == 6


@pytest.mark.parametrize("before", list(SignOnState))
@pytest.mark.parametrize("to", list(SignOnState))
def test_only_the_moves_of_the_table_are_made(cast: Cast, before: SignOnState, to: SignOnState) -> None:
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=cast.admin)
    a_sign_on(cast, before, tested_at=timezone.now())

    if before in MOVES[to]:
        move(brand=cast.brand, actor=cast.admin, to=to)
        assert SingleSignOn.objects.get().state == to
    else:
        with pytest.raises(StaleState):
            move(brand=cast.brand, actor=cast.admin, to=to)
        assert SingleSignOn.objects.get().state == before


def test_another_provider_has_to_be_tested_again_and_none_replaces_an_enforced_one(cast: Cast) -> None:
    a_sign_on(cast, SignOnState.ON, tested_at=timezone.now())
    browser = admin_browser(cast)

    browser.post(reverse("groups:sso"), {**SENT, "client_secret": "", "email_domains": "other.example"})
    same = SingleSignOn.objects.get()
    browser.post(reverse("groups:sso"), {**SENT, "client_secret": "", "issuer": "https://evil.example"})
    other = SingleSignOn.objects.get()
    SingleSignOn.objects.update(state=SignOnState.ENFORCED)
    refused = browser.post(reverse("groups:sso"), {**SENT, "issuer": "https://third.example"})

    assert (same.state, same.email_domains) == (SignOnState.ON, ["other.example"])
    assert (other.state, other.tested_at, other.client_secret) == (SignOnState.OFF, None, "a-secret-of-tests")
    assert refused.status_code == 422
    assert SingleSignOn.objects.get().issuer == "https://evil.example"


def test_where_it_is_enforced_a_right_password_counts_for_nobody_else(cast: Cast) -> None:
    a_sign_on(cast, SignOnState.ENFORCED)
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=cast.admin)
    browser = Client()

    right = browser.post(reverse("account_login"), {"login": cast.author.email, "password": PASSWORD})
    wrong = browser.post(reverse("account_login"), {"login": cast.author.email, "password": "wrong"})

    assert "Passwords are switched off here" in right.content.decode()
    assert "is not right" in wrong.content.decode()
    assert not is_signed_in(browser)
    assert is_signed_in(sign_in(cast.outsider, host="testserver")) is False


def test_a_break_glass_admin_gets_in_by_password_and_code_and_every_admin_is_told(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand), name="Bo Admin")
    secret = an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=second)
    a_sign_on(cast, SignOnState.ENFORCED)

    browser = sign_in(cast.admin)
    assert not is_signed_in(browser)
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("mfa_authenticate"), {"code": a_code(secret)})

    assert is_signed_in(browser)
    assert sorted(one.to[0] for one in mail.outbox) == sorted([cast.admin.email, second.email])
    assert "Ade Admin" in mail.outbox[0].subject
    event = Event.objects.get(action="sign_in.break_glass")
    assert (event.actor, event.brand) == (cast.admin, cast.brand)


def test_while_it_is_not_enforced_a_password_makes_no_noise(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    a_sign_on(cast, SignOnState.ON)
    with django_capture_on_commit_callbacks(execute=True):
        browser = sign_in(cast.author)

    assert is_signed_in(browser)
    assert mail.outbox == []
    assert not Event.objects.filter(action="sign_in.break_glass").exists()


def test_a_break_glass_admin_whose_factor_is_gone_has_to_set_one_up_first(cast: Cast) -> None:
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=cast.admin)
    a_sign_on(cast, SignOnState.ENFORCED)
    cast.admin.authenticator_set.all().delete()

    browser = sign_in(cast.admin)

    assert browser.get(reverse("groups:workspace"))["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("who", ["author", "manager", "outsider", "unsecured"])
def test_only_an_admin_of_the_brand_with_a_second_factor_is_named(cast: Cast, who: str) -> None:
    person: User = cast.admin if who == "unsecured" else getattr(cast, who)
    if who != "unsecured":
        an_app(person)

    with pytest.raises(InputRefused):
        name_break_glass(brand=cast.brand, user=person, actor=cast.admin)
    answer = admin_browser(cast).post(reverse("groups:sso-break-glass"), {"user": str(person.pk)})

    assert answer.status_code == (404 if who == "outsider" else 302)
    assert not BreakGlassAdmin.objects.exists()


def test_the_last_break_glass_admin_stays_while_it_is_enforced(cast: Cast) -> None:
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand))
    for person in (cast.admin, second):
        an_app(person)
        name_break_glass(brand=cast.brand, user=person, actor=cast.admin)
    a_sign_on(cast, SignOnState.ENFORCED)
    browser = admin_browser(cast)

    browser.post(reverse("groups:sso-break-glass"), {"user": str(second.pk), "remove": "1"})
    assert is_last_break_glass(cast.brand, cast.admin)
    browser.post(reverse("groups:sso-break-glass"), {"user": str(cast.admin.pk), "remove": "1"})

    assert list(BreakGlassAdmin.objects.values_list("user", flat=True)) == [cast.admin.pk]
    assert Event.objects.filter(action="sign_in.break_glass_removed").count() == 1


def test_the_last_break_glass_admin_loses_no_role_either(cast: Cast) -> None:
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand))
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=second)
    a_sign_on(cast, SignOnState.ENFORCED)

    for change in (
        lambda: take_role(membership=cast.admin.memberships.get(), actor=second),
        lambda: remove_from_brand(user=cast.admin, brand=cast.brand, actor=second),
    ):
        with pytest.raises(InputRefused, match="break-glass"):
            change()

    assert cast.admin.memberships.count() == 1
    remove_from_brand(user=second, brand=cast.brand, actor=cast.admin)
    assert not second.memberships.exists()


def test_the_sign_in_page_offers_it_only_once_it_is_for_everybody(cast: Cast) -> None:
    found = a_sign_on(cast)
    seen = []
    for state in SignOnState:
        SingleSignOn.objects.filter(pk=found.pk).update(state=state)
        seen.append(reverse("groups:sso-begin") in Client().get(reverse("account_login")).content.decode())

    assert dict(zip(SignOnState, seen, strict=True)) == {
        SignOnState.OFF: False,
        SignOnState.TEST: False,
        SignOnState.ON: True,
        SignOnState.ENFORCED: True,
    }


def test_the_page_asks_no_more_the_more_admins_there_are(cast: Cast) -> None:
    a_sign_on(cast)
    browser = admin_browser(cast)
    few = len(cost_of(lambda: browser.get(reverse("groups:sso"))))

    for _ in range(5):
        an_app(a_person(role=Role.ADMIN, group=root_group(cast.brand)))

    assert len(cost_of(lambda: browser.get(reverse("groups:sso")))) == few


def test_enforcing_it_ends_the_sessions_of_passwords_and_no_others(cast: Cast, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    a_sign_on(cast, SignOnState.ON, tested_at=timezone.now())
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand), name="Bo Admin")
    secret = an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=second)
    glass = sign_in(cast.admin)
    glass.post(reverse("mfa_authenticate"), {"code": a_code(secret)})
    author, elsewhere = sign_in(cast.author), sign_in(cast.outsider, host="harbor.testserver")
    by_provider = sign_in(cast.sender)
    session = by_provider.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": 0.0}]
    session.save()

    glass.post(reverse("groups:sso-move"), {"to": "enforced"})

    assert SingleSignOn.objects.get().state == SignOnState.ENFORCED
    assert not is_signed_in(author)
    assert is_signed_in(glass)
    assert is_signed_in(by_provider)
    assert is_signed_in(elsewhere, host="harbor.testserver")
    assert Event.objects.get(action="sign_in.sso_moved").detail["sessions_ended"] == 1


def test_who_enforces_it_by_a_password_signs_in_anew(cast: Cast) -> None:
    a_sign_on(cast, SignOnState.ON, tested_at=timezone.now())
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand), name="Bo Admin")
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=second)
    browser, other = sign_in(second), sign_in(second)

    answer = browser.post(reverse("groups:sso-move"), {"to": "enforced"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
    assert not is_signed_in(browser)
    assert not is_signed_in(other)


def test_a_refused_step_ends_no_session(cast: Cast) -> None:
    a_sign_on(cast, SignOnState.ON, tested_at=timezone.now())
    browser, author = sign_in(cast.admin), sign_in(cast.author)

    browser.post(reverse("groups:sso-move"), {"to": "enforced"})

    assert SingleSignOn.objects.get().state == SignOnState.ON
    assert is_signed_in(browser)
    assert is_signed_in(author)


def test_a_break_glass_admin_who_is_taken_back_loses_the_session_of_the_password(cast: Cast) -> None:
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand), name="Bo Admin")
    secrets = [an_app(user) for user in (cast.admin, second)]
    for user in (cast.admin, second):
        name_break_glass(brand=cast.brand, user=user, actor=cast.admin)
    a_sign_on(cast, SignOnState.ENFORCED)
    browsers = [sign_in(user) for user in (cast.admin, second)]
    for browser, secret in zip(browsers, secrets, strict=True):
        browser.post(reverse("mfa_authenticate"), {"code": a_code(secret)})

    browsers[0].post(reverse("groups:sso-break-glass"), {"user": str(second.pk), "remove": "1"})

    assert is_signed_in(browsers[0])
    assert not is_signed_in(browsers[1])


def test_a_code_that_comes_after_it_was_enforced_lets_nobody_in(cast: Cast) -> None:
    secret = an_app(cast.author)
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=cast.admin)
    browser = sign_in(cast.author)
    a_sign_on(cast, SignOnState.ENFORCED)

    answer = browser.post(reverse("mfa_authenticate"), {"code": a_code(secret)}, follow=True)

    assert not is_signed_in(browser)
    assert "Passwords are switched off here" in answer.text
