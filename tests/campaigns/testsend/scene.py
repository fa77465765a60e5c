"""What the tests of test mails share: asking for one, handing it over, and looking for it in the local Braze."""

from __future__ import annotations

import time
from datetime import timedelta

import time_machine
from django.utils import timezone

from braze_client.sandbox.messages import Message
from campaigns.models import Mailing, TestMail
from campaigns.testsend.profiles import external_id_of
from campaigns.testsend.sending import send
from campaigns.testsend.services import ask_for_tests
from groups.models import Contact, User
from tests.campaigns.builders import deliver_due
from tests.sandbox_server import RunningSandbox


def an_asked_test(mailing: Mailing, *, contact: Contact | None = None, tester: User | None = None) -> TestMail:
    """Gives a test that waits, to its author where nobody else is named."""
    (test,) = ask_for_tests(mailing=mailing, testers=[tester or mailing.author], contact=contact, actor=mailing.author)
    return test


def a_sent_test(mailing: Mailing, *, contact: Contact | None = None, tester: User | None = None) -> TestMail:
    """Gives a test that was handed over, or as far as it went."""
    test = an_asked_test(mailing, contact=contact, tester=tester)
    send(test.pk)
    test.refresh_from_db()
    return test


def later(seconds: float = 61) -> time_machine.travel:
    """Gives a clock that stands so many seconds ahead: by default after the time of a test."""
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds))


def inbox_of(sandbox: RunningSandbox, tester: User) -> list[Message]:
    """Gives the tests that a person got, once everything due by now is delivered."""
    deliver_due(sandbox)
    return [one for one in sandbox.state.inbox.messages if one.external_id == external_id_of(tester)]


def the_triggered(sandbox: RunningSandbox, tester: User) -> Message:
    """Gives the one test that Braze sends at once; there is no schedule of it that could be waited for."""
    for _attempt in range(500):
        if found := inbox_of(sandbox, tester):
            (message,) = found
            return message
        time.sleep(0.01)
    raise AssertionError("The sandbox did not send what was triggered.")
