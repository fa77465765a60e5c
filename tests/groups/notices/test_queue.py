"""A notice is mailed at most once, whoever is killed and however often a task comes."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from groups.errors import StaleState
from groups.models import MailState, Notice, Pace
from groups.notices import tasks
from groups.notices.mailing import mail_due
from groups.notices.queue import (
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    claim_next,
    settle,
    start_leaving,
    take_back_lost,
    wait_again,
)
from groups.notices.services import choose
from tests.builders import Cast
from tests.groups.notices.told import BROKEN, FAMILY, INVITED, Server, a_notice

AFTER_THE_LEASE = timedelta(seconds=LEASE_SECONDS + 1)


class Killed(BaseException):
    """The end of a worker, which nothing in the code catches."""


def state_of(notice: Notice) -> str:
    """Gives where the mail of a notice stands."""
    return Notice.objects.values_list("mail_state", flat=True).get(pk=notice.pk)


def test_a_task_that_comes_twice_mails_once(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store)

    tasks.mail_due()
    tasks.mail_due()

    assert (len(mail.outbox), state_of(notice)) == (1, "mailed")


def test_a_worker_killed_before_the_server_was_asked_costs_a_while_and_no_mail(
    cast: Cast, server: type[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = a_notice(cast.author, cast.store)
    with monkeypatch.context() as patched:
        patched.setattr(Server, "open", lambda self: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            mail_due()
    killed = state_of(notice)

    mail_due()
    soon = len(mail.outbox)
    with time_machine.travel(timezone.now() + AFTER_THE_LEASE):
        mail_due()
        mail_due()

    assert (killed, soon, len(mail.outbox), state_of(notice)) == ("claimed", 0, 1, "mailed")


@pytest.mark.parametrize("took", [True, False])
def test_a_worker_killed_while_the_server_was_asked_is_never_repeated(
    cast: Cast, server: type[Server], took: bool
) -> None:
    notice = a_notice(cast.author, cast.store)

    def die(message: Any) -> None:
        if took:
            mail.outbox.append(message)
        raise Killed

    server.before_taking = die
    with pytest.raises(Killed):
        mail_due()
    server.before_taking = None
    with time_machine.travel(timezone.now() + AFTER_THE_LEASE):
        mail_due()
        mail_due()

    assert (len(mail.outbox), state_of(notice)) == (int(took), "uncertain")
    assert Notice.objects.get().read_at is None


def test_who_took_longer_than_the_lease_no_longer_mails(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store)
    slow = claim_next()
    assert slow is not None
    with time_machine.travel(timezone.now() + AFTER_THE_LEASE):
        take_back_lost()
        quick = claim_next()
        assert quick is not None

        with pytest.raises(StaleState):
            start_leaving(slow, slow.notices)
        settle(slow, slow.notices, MailState.KEPT)
        wait_again(slow, slow.notices)

        assert state_of(notice) == "claimed"
        start_leaving(quick, quick.notices)
        assert state_of(notice) == "leaving"


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), SMTPServerDisconnected("gone")])
def test_a_server_that_is_down_stops_nobody_and_is_asked_again_later(
    cast: Cast, server: type[Server], error: Exception
) -> None:
    first, second = (a_notice(person, cast.store) for person in (cast.author, cast.sender))
    server.fails_to_open = error

    more = mail_due()

    assert (more, server.opened, state_of(first), state_of(second)) == (False, 1, "waiting", "waiting")
    server.fails_to_open = None
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        mail_due()
    assert sorted(message.to for message in mail.outbox) == sorted([[cast.author.email], [cast.sender.email]])


def test_a_server_that_stays_down_is_given_up_after_a_while(cast: Cast, server: type[Server]) -> None:
    notice = a_notice(cast.author, cast.store)
    server.fails_to_open = ConnectionRefusedError()

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _attempt in range(MOST_ATTEMPTS + 5):
            mail_due()
            clock.shift(timedelta(hours=2))

    assert (server.opened, state_of(notice)) == (MOST_ATTEMPTS, "failed")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPDataError(451, b"later"), "waiting"),
        (SMTPRecipientsRefused({"x": (450, b"busy")}), "waiting"),
        (SMTPRecipientsRefused({"x": (550, b"no such user")}), "failed"),
        (SMTPServerDisconnected("gone"), "uncertain"),
        (TimeoutError(), "uncertain"),
    ],
)
def test_what_the_server_answered_is_told_from_what_it_may_have_taken(
    cast: Cast, server: type[Server], error: Exception, state: str
) -> None:
    notice = a_notice(cast.author, cast.store)
    server.fails_to_take = error

    mail_due()

    assert (state_of(notice), mail.outbox) == (state, [])


def test_a_notice_that_cannot_be_written_keeps_no_other_from_being_mailed(cast: Cast) -> None:
    broken = a_notice(cast.author, cast.store, kind=BROKEN)
    fine = a_notice(cast.author, cast.store)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _attempt in range(MOST_ATTEMPTS + 2):
            mail_due()
            clock.shift(timedelta(hours=2))

    assert (state_of(broken), state_of(fine), len(mail.outbox)) == ("failed", "mailed", 1)


def test_a_notice_of_a_kind_that_nobody_knows_is_left_in_the_portal(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store)
    Notice.objects.filter(pk=notice.pk).update(kind="gone.away")

    mail_due()

    assert (state_of(notice), mail.outbox) == ("failed", [])


def test_nothing_is_mailed_before_it_is_due(cast: Cast) -> None:
    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
    notice = a_notice(cast.author, cast.store, kind=INVITED)

    mail_due()
    early = state_of(notice)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        mail_due()

    assert (early, state_of(notice), len(mail.outbox)) == ("waiting", "mailed", 1)
