"""SAML answers: the honest one lets its person in, and every bent one is refused and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from groups.models import SeenAssertion, SignOnKind, SignOnState, SingleSignOn, User
from tests.builders import Cast
from tests.groups.signin import saml_provider as idp
from tests.groups.signin.conftest import is_signed_in
from tests.groups.signin.saml_provider import Answer, encode, good, response, sign, wrapped

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_on(cast: Cast) -> SingleSignOn:
    """Gives a single sign-on of the cast's brand by SAML; its author and its admin have addresses of the brand."""
    User.objects.filter(pk=cast.author.pk).update(email="lou@northwind.example")
    User.objects.filter(pk=cast.admin.pk).update(email="ade@northwind.example")
    return SingleSignOn.objects.create(
        brand=cast.brand,
        kind=SignOnKind.SAML,
        state=SignOnState.ON,
        issuer=idp.ISSUER,
        sign_on_url="https://idp.example/sso",
        certificate=idp.a_certificate()[1],
        email_domains=["northwind.example"],
        tester=cast.admin,
    )


def ask(browser: Client, **query: str) -> Answer:
    """Starts at the portal and gives the honest answer to its question."""
    return Answer(idp.question_of(browser.get(reverse("groups:sso-begin"), query)["Location"]))


def bring(browser: Client, xml: str) -> HttpResponse:
    """Brings an answer to the portal, as the provider's page posts it, and follows to the end."""
    answer = browser.post(reverse("groups:sso-saml-answer"), {"SAMLResponse": encode(xml)})
    return browser.get(answer["Location"]) if answer.status_code == 302 else answer  # type: ignore[return-value]


def assert_refused(browser: Client, answer: HttpResponse) -> None:
    """Asserts that nobody was let in and nothing was linked or remembered."""
    assert answer.status_code == 403
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()
    assert not SeenAssertion.objects.exists()


def test_an_honest_answer_lets_its_person_in(cast: Cast, sign_on: SingleSignOn) -> None:
    browser = Client()

    answer = bring(browser, good(ask(browser, next="/account/")))

    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert browser.get("/account/").context["user"] == cast.author
    assert SocialAccount.objects.get().user == cast.author
    assert SeenAssertion.objects.get().assertion_id == "_assertion-1"


def test_the_post_of_another_page_needs_no_cookie_of_the_portal(sign_on: SingleSignOn) -> None:
    asker, poster = Client(), Client(enforce_csrf_checks=True)
    xml = good(ask(asker))

    answer = poster.post(reverse("groups:sso-saml-answer"), {"SAMLResponse": encode(xml)})
    cookie = answer.cookies["saml-answer"]
    asker.cookies["saml-answer"] = cookie.value

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/accounts/sso/saml/finish/")
    assert asker.get(answer["Location"]).status_code == 302
    assert is_signed_in(asker)


def unsigned(answer: Answer) -> str:
    return response(answer, idp.assertion(answer))


def signed_around_only(answer: Answer) -> str:
    return sign(response(answer, idp.assertion(answer)))


def signed_by_another(answer: Answer) -> str:
    return response(answer, sign(idp.assertion(answer), "evil.example"))


def signed_with_sha1(answer: Answer) -> str:
    return response(answer, sign(idp.assertion(answer), signature=idp.SHA1_SIGNATURE, digest=idp.SHA1_DIGEST))


def changed_after_signing(answer: Answer) -> str:
    return good(answer).replace("lou@northwind.example", "ade@northwind.example")


def name_changed_after_signing(answer: Answer) -> str:
    return good(answer).replace(">lou-17<", ">ade-1<")


def with_a_comment_in_the_name(answer: Answer) -> str:
    return good(replace(answer, name_id="ade-1.evil")).replace("ade-1.evil", "ade-1<!---->.evil")


def with_a_comment_in_the_address(answer: Answer) -> str:
    xml = good(replace(answer, email="ade@northwind.example.evil.example"))
    return xml.replace("northwind.example.evil", "northwind.example<!-- -->.evil")


def with_an_instruction(answer: Answer) -> str:
    return good(answer).replace("<samlp:Status>", "<?php echo 1 ?><samlp:Status>")


def with_a_document_type(answer: Answer) -> str:
    return "<!DOCTYPE samlp:Response>" + good(answer)


def with_an_external_entity(answer: Answer) -> str:
    return '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>' + good(answer).replace(">lou-17<", ">&y;<")


def with_an_external_type(answer: Answer) -> str:
    return '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">' + good(answer)


def with_a_billion_laughs(answer: Answer) -> str:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return f"<!DOCTYPE x [{laughs}]>" + good(answer).replace(">lou-17<", ">&l9;<")


def in_sixteen_bits(answer: Answer) -> str:
    return '<?xml version="1.0" encoding="UTF-7"?>' + good(answer)


def with_two_assertions(answer: Answer) -> str:
    second = sign(idp.assertion(replace(answer, assertion_id="_assertion-2", name_id="ade-1")))
    return response(answer, sign(idp.assertion(answer)) + second)


def without_assertion(answer: Answer) -> str:
    return sign(response(answer, ""))


def of_a_refusal(answer: Answer) -> str:
    return good(replace(answer, status="urn:oasis:names:tc:SAML:2.0:status:Responder"))


def no_xml(answer: Answer) -> str:
    return "no XML at all"


def nothing(answer: Answer) -> str:
    return ""


@pytest.mark.parametrize(
    "bend",
    [
        unsigned,
        signed_around_only,
        signed_by_another,
        signed_with_sha1,
        changed_after_signing,
        name_changed_after_signing,
        with_a_comment_in_the_name,
        with_a_comment_in_the_address,
        with_an_instruction,
        with_a_document_type,
        with_an_external_entity,
        with_an_external_type,
        with_a_billion_laughs,
        in_sixteen_bits,
        with_two_assertions,
        without_assertion,
        of_a_refusal,
        no_xml,
        nothing,
    ],
)
def test_a_bent_answer_is_refused(sign_on: SingleSignOn, bend: Callable[[Answer], str]) -> None:
    browser = Client()
    answer = ask(browser)
    waiting = Session.objects.count()

    assert_refused(browser, bring(browser, bend(answer)))

    assert Session.objects.count() <= waiting + 1  # the message of a page at most, never the answer


@pytest.mark.parametrize("kind", [2, 3, 4, 5, 6, 7, 8])
def test_a_wrapped_signature_is_refused(sign_on: SingleSignOn, kind: int) -> None:
    browser = Client()

    assert_refused(browser, bring(browser, wrapped(ask(browser), kind)))


@pytest.mark.parametrize(
    "change",
    [
        {"audience": "http://harbor.testserver/accounts/sso/saml/metadata/"},
        {"audience": ""},
        {"recipient": "http://harbor.testserver/accounts/sso/saml/"},
        {"recipient": "https://evil.example/?http://testserver/accounts/sso/saml/"},
        {"recipient": ""},
        {"issuer": "https://evil.example/metadata"},
        {"minutes": -10},
        {"minutes": -1},
        {"since": 10},
        {"question": "_another-question"},
        {"answers": False, "confirms": False},
        {"answers": False},
        {"confirms": False},
        {"name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        {"name_id": ""},
        {"email": ""},
        {"email": "lou@evil.example"},
        {"email": "stranger@northwind.example"},
    ],
    ids=str,
)
def test_a_signed_answer_that_says_something_wrong_is_refused(sign_on: SingleSignOn, change: dict[str, str]) -> None:
    browser = Client()
    asked = ask(browser)

    answer = bring(browser, good(replace(asked, **change)))  # type: ignore[arg-type]

    assert answer.status_code == 403
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()


def test_an_answer_counts_once(sign_on: SingleSignOn) -> None:
    browser = Client()
    xml = good(ask(browser))
    bring(browser, xml)
    browser.post(reverse("account_logout"))

    assert bring(browser, xml).status_code == 403
    assert not is_signed_in(browser)


def test_an_assertion_counts_once_even_for_a_question_that_is_still_open(sign_on: SingleSignOn) -> None:
    browser = Client()
    asked = ask(browser)
    states = dict(browser.session["socialaccount_states"])
    xml = good(asked)
    bring(browser, xml)
    browser.post(reverse("account_logout"))
    session = browser.session
    session["socialaccount_states"] = states
    session.save()

    assert bring(browser, xml).status_code == 403
    assert not is_signed_in(browser)


def test_an_answer_counts_only_in_the_browser_that_asked(sign_on: SingleSignOn) -> None:
    asker, thief = Client(), Client()

    assert_refused(thief, bring(thief, good(ask(asker))))


def test_what_was_seen_is_forgotten_once_it_is_too_old_anyway(sign_on: SingleSignOn) -> None:
    SeenAssertion.objects.create(
        brand=sign_on.brand, assertion_id="_old", expires_at=datetime.now(UTC) - timedelta(minutes=1)
    )
    browser = Client()

    bring(browser, good(ask(browser)))

    assert list(SeenAssertion.objects.values_list("assertion_id", flat=True)) == ["_assertion-1"]


def test_an_answer_that_waited_too_long_is_refused(sign_on: SingleSignOn) -> None:
    browser = Client()
    posted = browser.post(reverse("groups:sso-saml-answer"), {"SAMLResponse": encode(good(ask(browser)))})

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=False):
        answer = browser.get(posted["Location"])

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_answer_for_one_brand_is_none_for_another(cast: Cast, sign_on: SingleSignOn, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    SingleSignOn.objects.create(
        brand=cast.other_brand,
        kind=SignOnKind.SAML,
        state=SignOnState.ON,
        issuer=idp.ISSUER,
        sign_on_url="https://idp.example/sso",
        certificate=idp.a_certificate()[1],
        email_domains=["northwind.example"],
    )
    browser = Client(headers={"host": "harbor.testserver"})
    asked = ask(browser)

    answer = browser.post(reverse("groups:sso-saml-answer"), {"SAMLResponse": encode(good(asked))})

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_answer_of_megabytes_is_not_read(sign_on: SingleSignOn) -> None:
    browser = Client()
    xml = good(ask(browser)).replace("</samlp:Response>", " " * 400_000 + "</samlp:Response>")

    assert_refused(browser, bring(browser, xml))


def test_the_metadata_names_this_host(cast: Cast) -> None:
    answer = Client().get(reverse("groups:sso-saml-metadata"))

    text = answer.content.decode()
    assert f'entityID="{idp.AUDIENCE}"' in text
    assert f'Location="{idp.ANSWER_ADDRESS}"' in text
    assert 'WantAssertionsSigned="true"' in text


@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_certificate_with_a_short_key_is_not_stored(cast: Cast, bits: int) -> None:
    browser = Client()
    browser.force_login(cast.admin)

    answer = browser.post(
        reverse("groups:sso"),
        {
            "kind": "saml",
            "issuer": idp.ISSUER,
            "sign_on_url": "https://idp.example/sso",
            "certificate": idp.a_certificate(bits=bits)[1],
            "email_domains": "northwind.example",
        },
    )

    assert answer.status_code == (302 if bits == 2048 else 422)
    assert SingleSignOn.objects.exists() == (bits == 2048)
