"""The part of the composer that asks for tests, and the page of its own that needs no script."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.models import Mailing, Route, TestMail, TestState
from campaigns.testsend.profiles import external_id_of
from campaigns.testsend.sending import send
from groups.models import Audience, User
from tests.builders import Cast, a_contact, an_audience
from tests.campaigns.builders import a_connected, a_mailing
from tests.sandbox_server import RunningSandbox

HTMX = {"hx-request": "true"}


@pytest.fixture
def mailing(cast: Cast, sandbox: RunningSandbox) -> Mailing:
    """Gives a draft of the cast's author."""
    a_connected(cast.store, sandbox)
    audience = an_audience(group=cast.store, name="Regulars")
    a_contact(audience=audience, external_id="C000001", email="quentin@example.com", first_name="Quentin")
    return a_mailing(group=cast.store, author=cast.author, audience=audience)


def address_of(mailing: Mailing) -> str:
    return reverse("campaigns:mailing-tests", args=[mailing.pk])


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.catalogue("M14")
def test_the_check_offers_colleagues_by_name_with_oneself_chosen(cast: Cast, mailing: Mailing) -> None:
    page = as_(cast.author).get(reverse("campaigns:mailing-edit", args=[mailing.pk])).text

    check = page.split('id="step-mailing-check"', 1)[1].split('id="step-mailing-when"', 1)[0]
    for colleague in (cast.sender, cast.approver, cast.manager, cast.admin):
        assert f'value="{colleague.pk}" form="test-form">' in check
    assert f'value="{cast.author.pk}" form="test-form" checked>' in check
    for stranger in (cast.neighbour, cast.outsider):
        assert str(stranger.pk) not in page
    assert "50 tests left for your group today" in check
    assert '<form id="test-form"' in page and '<form id="test-form"' not in check  # forms do not nest


@pytest.mark.catalogue("M14")
def test_without_a_script_a_person_asks_and_reads_what_became_of_it(
    cast: Cast, mailing: Mailing, sandbox: RunningSandbox
) -> None:
    client = as_(cast.author)
    form = {"testers": [str(cast.author.pk), str(cast.sender.pk)], "contact": "Quentin@example.com"}

    asked = client.post(address_of(mailing), form)
    waiting = client.get(asked["Location"]).text
    for test in TestMail.objects.all():
        send(test.pk)
    page = client.get(asked["Location"]).text

    assert (asked.status_code, asked["Location"]) == (302, address_of(mailing))
    assert "2 tests are on their way." in waiting
    assert 'hx-trigger="every 2s"' in waiting and 'hx-trigger="every 2s"' not in page
    assert waiting.count("Waiting</span>") == 2
    assert page.count("Accepted</span>") == 2
    assert page.count(" Braze sends it.") == 2
    assert page.count("as quentin@example.com") == 2
    assert f'href="{sandbox.url}/inbox?q={external_id_of(cast.sender).replace(":", "%3A")}"' in page
    assert "48 tests left" in page


def test_a_swap_brings_the_form_and_then_the_list_alone(cast: Cast, mailing: Mailing) -> None:
    client = as_(cast.author)

    asked = client.post(address_of(mailing), {"testers": [str(cast.sender.pk)]}, headers=HTMX)
    polled = client.get(address_of(mailing), headers=HTMX)

    assert asked.status_code == 200
    assert asked.text.lstrip().startswith('<section id="test-panel"')
    assert f'value="{cast.sender.pk}" form="test-form" checked>' in asked.text
    assert f'value="{cast.author.pk}" form="test-form">' in asked.text
    assert polled.text.lstrip().startswith('<div id="test-mails"')
    assert "Sam Sender" in polled.text


def test_a_refusal_and_an_uncertain_call_are_said_in_words(
    cast: Cast, mailing: Mailing, sandbox: RunningSandbox
) -> None:
    client = as_(cast.author)
    for fault in (400, "accept_then_drop"):
        client.post(address_of(mailing), {"testers": [str(cast.author.pk)]}, headers=HTMX)
        if isinstance(fault, int):
            sandbox.fail("/messages/schedule/create", fault)
        else:
            sandbox.drop_after_acting("/messages/schedule/create")
        send(TestMail.objects.get(state=TestState.WAITING).pk)

    page = client.get(address_of(mailing)).text

    assert "Braze refused this test: 400" in page
    assert "Nobody knows whether Braze took this test." in page


@pytest.mark.catalogue("M14")
def test_whoever_may_not_edit_finds_no_tests_and_sends_none(
    cast: Cast, mailing: Mailing, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    for user in cast.without(cast.author, cast.sender, cast.manager, cast.admin):
        answers = [
            as_(user).get(address_of(mailing)).status_code,
            as_(user).post(address_of(mailing), {"testers": [str(user.pk)]}).status_code,
            as_(user).post(address_of(mailing), {"testers": [str(cast.author.pk)]}, headers=HTMX).status_code,
        ]
        assert answers == [404, 404, 404], user
    elsewhere = as_(cast.admin).post(
        address_of(mailing), {"testers": [str(cast.admin.pk)]}, headers={"host": "harbor.testserver"}
    )

    assert elsewhere.status_code == 404
    assert TestMail.objects.count() == 0
    assert sum(sandbox.state.calls.values()) == 0


@pytest.mark.catalogue("M14")
def test_a_forged_tester_or_contact_is_refused_and_nothing_leaves(
    cast: Cast, mailing: Mailing, sandbox: RunningSandbox
) -> None:
    beside = a_contact(audience=an_audience(group=cast.next_store), email="foreign@example.com")
    unlisted = a_contact(audience=an_audience(group=cast.store), email="unlisted@example.com")
    own = str(cast.author.pk)
    forged: list[dict[str, object]] = [
        {"testers": [own, str(cast.neighbour.pk)]},
        {"testers": [str(cast.outsider.pk)]},
        {"testers": [str(uuid.uuid4())]},
        {"testers": ["stranger@example.com"]},
        {"testers": []},
        {"testers": [own], "contact": beside.email},
        {"testers": [own], "contact": unlisted.external_id},
        {"testers": [own, str(cast.approver.pk)], "contact": "C000001"},
    ]

    for form in forged:
        answer = as_(cast.author).post(address_of(mailing), form, headers=HTMX)
        assert answer.status_code == 422, form
        assert "No test was sent" in answer.text

    assert TestMail.objects.count() == 0
    assert sum(sandbox.state.calls.values()) == 0


def test_what_was_typed_stays_where_it_was_refused(cast: Cast, mailing: Mailing) -> None:
    form = {"testers": [str(cast.sender.pk)], "contact": "nobody@example.com"}

    page = as_(cast.author).post(address_of(mailing), form)

    assert page.status_code == 422
    assert "has the address or ID “nobody@example.com”" in page.text
    assert 'value="nobody@example.com"' in page.text
    assert f'value="{cast.sender.pk}" form="test-form" checked>' in page.text


def test_a_mail_that_braze_holds_says_that_braze_counts_its_tests(cast: Cast, mailing: Mailing) -> None:
    audience = Audience.objects.get(name="Regulars")
    held = a_mailing(group=cast.store, author=cast.author, audience=audience, route=Route.TRIGGER)

    page = as_(cast.author).get(address_of(held)).text

    assert "it counts each test in the numbers of its own campaign" in page
    assert 'name="contact"' not in page


def test_the_composer_hears_that_a_needed_test_is_there(cast: Cast, mailing: Mailing) -> None:
    client = as_(cast.author)
    type(mailing.version.template).objects.update(needs_test=True)
    client.post(address_of(mailing), {"testers": [str(cast.author.pk)]})

    waiting = client.get(address_of(mailing), headers=HTMX)
    send(TestMail.objects.get().pk)
    accepted = client.get(address_of(mailing), headers=HTMX)

    assert "Test needed" in waiting.text and "Test needed" not in accepted.text
    assert (waiting.get("HX-Trigger"), accepted.get("HX-Trigger")) == (None, '{"tested": {}}')


def test_a_mailing_that_is_no_draft_any_more_leads_to_its_page(cast: Cast, mailing: Mailing) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(state="sent")

    answer = as_(cast.author).get(address_of(mailing))

    assert answer["Location"] == reverse("campaigns:mailing-detail", args=[mailing.pk])
