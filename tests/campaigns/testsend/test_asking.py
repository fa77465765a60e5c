"""Who may ask for tests, for whom, and how many; what is refused leaves nothing behind and calls nothing (M14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import Mailing, MailingState, Route, TestMail
from campaigns.testsend.services import ask_for_tests
from groups.models import Contact, Event, Group, User, Workspace
from tests.builders import Cast, a_contact, a_person, an_audience
from tests.campaigns.builders import a_connected, a_mailing
from tests.sandbox_server import RunningSandbox


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft of the cast's author, with what somebody asks for."""

    mailing: Mailing
    testers: list[User]
    contact: Contact | None
    actor: User


@pytest.fixture
def asked(cast: Cast, sandbox: RunningSandbox) -> Asked:
    a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.author)
    assert mailing.audience is not None
    contact = mailing.audience.members.get_queryset()[0].contact
    return Asked(mailing, [cast.author], contact, cast.author)


def refused(asked: Asked, sandbox: RunningSandbox, **changes: object) -> Refusal:
    """Asks for what must be refused, and gives the refusal once it is sure that nothing was kept or called."""
    wanted = {"mailing": asked.mailing, "testers": asked.testers, "contact": asked.contact, "actor": asked.actor}
    kept, events = TestMail.objects.count(), Event.objects.filter(action="mailing.tested").count()
    with pytest.raises(Refusal) as refusal:
        ask_for_tests(**{**wanted, **changes})  # type: ignore[arg-type]  # each test names what it changes
    assert TestMail.objects.count() == kept
    assert Event.objects.filter(action="mailing.tested").count() == events
    assert sum(sandbox.state.calls.values()) == 0
    return refusal.value


def test_what_is_asked_for_is_kept_and_recorded_before_anything_leaves(asked: Asked, sandbox: RunningSandbox) -> None:
    ask_for_tests(mailing=asked.mailing, testers=asked.testers, contact=asked.contact, actor=asked.actor)

    test, event = TestMail.objects.get(), Event.objects.get(action="mailing.tested")
    assert (test.mailing, test.tester, test.asked_by, test.contact) == (
        asked.mailing,
        asked.actor,
        asked.actor,
        asked.contact,
    )
    assert (test.state, test.revision, len(test.digest)) == ("waiting", asked.mailing.revision, 64)
    assert (event.actor, event.detail["people"]) == (asked.actor, 1)
    assert sum(sandbox.state.calls.values()) == 0


@pytest.mark.catalogue("M14")
def test_whoever_may_not_edit_the_mailing_asks_for_nothing(cast: Cast, asked: Asked, sandbox: RunningSandbox) -> None:
    for actor in (cast.approver, cast.neighbour, cast.outsider):
        assert isinstance(refused(asked, sandbox, actor=actor), NotAllowed)


@pytest.mark.catalogue("M14")
def test_tests_go_to_nobody_who_may_not_see_the_mailing(cast: Cast, asked: Asked, sandbox: RunningSandbox) -> None:
    gone = a_person(group=cast.store)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    for stranger in (cast.neighbour, cast.outsider, gone):
        assert isinstance(refused(asked, sandbox, testers=[cast.author, stranger]), NotAllowed)


@pytest.mark.catalogue("M14")
def test_a_contact_who_is_not_on_the_mailings_list_is_not_shown(
    cast: Cast, asked: Asked, sandbox: RunningSandbox
) -> None:
    elsewhere = [
        a_contact(audience=an_audience(group=cast.store)),
        a_contact(audience=an_audience(group=cast.next_store)),
        a_contact(brand=cast.other_brand),
    ]

    for contact in elsewhere:
        assert isinstance(refused(asked, sandbox, contact=contact), NotAllowed)


def test_what_the_portal_knows_of_a_contact_goes_to_nobody_who_may_not_see_contacts(
    cast: Cast, asked: Asked, sandbox: RunningSandbox
) -> None:
    refusal = refused(asked, sandbox, testers=[cast.author, cast.approver])

    assert refusal.sentence.startswith("Ana Approver may not see contacts of this group.")
    assert ask_for_tests(mailing=asked.mailing, testers=[cast.approver], actor=cast.author)


@pytest.mark.parametrize("number", [0, 11])
def test_one_to_ten_people_get_a_test_at_a_time(cast: Cast, asked: Asked, sandbox: RunningSandbox, number: int) -> None:
    people = [a_person(group=cast.store) for _ in range(number)]

    assert refused(asked, sandbox, testers=people).sentence == "Choose one to 10 people who get the test."


def test_a_mailing_that_is_no_draft_is_not_tested(asked: Asked, sandbox: RunningSandbox) -> None:
    Mailing.objects.filter(pk=asked.mailing.pk).update(state=MailingState.SENT)
    asked.mailing.refresh_from_db()

    assert isinstance(refused(asked, sandbox), StaleState)


def without_sender(asked: Asked) -> None:
    Group.objects.filter(pk=asked.mailing.group_id).update(sender_address="", email="")


def without_braze(asked: Asked) -> None:
    Workspace.objects.update(campaign_id="")


@pytest.mark.parametrize("take_away", [without_sender, without_braze])
def test_a_mail_that_braze_could_not_send_is_refused_at_once(
    asked: Asked, sandbox: RunningSandbox, take_away: Callable[[Asked], None]
) -> None:
    take_away(asked)
    mailing = Mailing.objects.get(pk=asked.mailing.pk)

    assert "Ask an admin" in refused(asked, sandbox, mailing=mailing).sentence


def test_a_mail_that_braze_holds_takes_no_contact_and_no_values_that_cannot_travel(
    cast: Cast, asked: Asked, sandbox: RunningSandbox
) -> None:
    held = a_mailing(group=cast.store, author=cast.author, audience=asked.mailing.audience, route=Route.TRIGGER)
    tagged = a_mailing(
        group=cast.store, author=cast.author, route=Route.TRIGGER, values={"headline": "For [[first_name]]"}
    )

    assert "no contact can be shown" in refused(asked, sandbox, mailing=held).sentence
    assert "cannot be filled in" in refused(asked, sandbox, mailing=tagged, contact=None).sentence


@pytest.mark.catalogue("M14")
def test_the_tests_of_a_group_are_limited_per_day(
    cast: Cast, asked: Asked, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.TEST_MAILS_PER_DAY = 3
    mailing, noon = asked.mailing, datetime.fromisoformat("2026-11-24T12:00:00+00:00")
    two = [cast.author, cast.sender]

    with time_machine.travel(noon):
        ask_for_tests(mailing=mailing, testers=two, actor=cast.author)
        one_left = refused(asked, sandbox, testers=two, contact=None)
        ask_for_tests(mailing=mailing, testers=[cast.author], actor=cast.author)
        none_left = refused(asked, sandbox, contact=None)
        beside = a_mailing(group=cast.next_store, author=cast.neighbour)
        ask_for_tests(mailing=beside, testers=[cast.neighbour], actor=cast.neighbour)
    with time_machine.travel(noon + timedelta(hours=12)):
        ask_for_tests(mailing=mailing, testers=two, actor=cast.author)

    assert one_left.sentence == "Your group may send 1 more test today. Choose fewer people."
    assert none_left.sentence.startswith("Your group has sent the 3 tests that it may send in a day.")


def test_a_person_who_is_named_twice_gets_one_test(asked: Asked) -> None:
    tests = ask_for_tests(mailing=asked.mailing, testers=asked.testers * 2, actor=asked.actor)

    assert len(tests) == 1
