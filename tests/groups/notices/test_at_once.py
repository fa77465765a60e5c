"""Several workers at once, on the database that lets them be."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from groups.models import Notice, Pace
from groups.notices.mailing import mail_due
from groups.notices.services import choose, mark_all_read, tell
from tests.builders import a_cast
from tests.groups.notices.told import FAMILY, INVITED, Server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time"),
]
WORKERS = 6


def at_once(work: Any, times: int = WORKERS) -> None:
    """Does the same work in several threads, each with a connection of its own."""

    def alone(_number: int) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        list(threads.map(alone, range(times)))


def slowly(message: Any) -> None:
    """Takes its time with a mail, so that the others come in between."""
    time.sleep(0.01)


def test_workers_at_once_tell_and_mail_everybody_once(server: type[Server]) -> None:
    cast = a_cast()
    people = (cast.author, cast.sender, cast.approver, cast.manager, cast.admin)
    server.before_taking = slowly

    at_once(lambda: [tell(people, INVITED, about=f"tasting:{n}", path="/", group=cast.store) for n in range(4)])
    at_once(mail_due)

    assert Notice.objects.filter(mail_state="mailed").count() == 5 * 4
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        person.email for person in people for _ in range(4)
    )
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 5 * 4


def test_workers_at_once_cut_no_digest_in_two(server: type[Server]) -> None:
    cast = a_cast()
    people = (cast.author, cast.sender, cast.approver)
    server.before_taking = slowly
    for person in people:
        choose(person=person, brand=cast.brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
    for number in range(12):
        tell(people, INVITED, about=f"tasting:{number}", path="/", group=cast.store)

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        at_once(mail_due)

    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in people)
    assert {message.subject for message in mail.outbox} == {"Northwind Coffee: 12 notices for you"}


def test_wishes_reading_and_mailing_at_once_never_wait_in_a_circle(server: type[Server]) -> None:
    cast = a_cast()
    author = cast.author
    choose(person=author, brand=cast.brand, paces={FAMILY.name: Pace.HOURLY}, muted_until=None)
    for number in range(60):
        tell([author], INVITED, about=f"tasting:{number}", path="/", group=cast.store)
    turns = itertools.cycle((Pace.DAILY, Pace.HOURLY))

    def wish() -> None:
        choose(person=author, brand=cast.brand, paces={FAMILY.name: next(turns)}, muted_until=None)

    works = itertools.cycle((mail_due, lambda: mark_all_read(person=author), wish))
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        at_once(lambda: [next(works)() for _ in range(6)])

    states = Counter(Notice.objects.values_list("mail_state", flat=True))
    named = sum(int(found[1]) for message in mail.outbox if (found := re.search(r"(\d+) notices", message.subject)))
    assert states.keys() <= {"mailed", "kept", "waiting"}
    assert (named + sum("Tasting" in message.subject for message in mail.outbox)) == states["mailed"]
    assert not Notice.objects.filter(read_at=None).exists()
