"""Real processes: killed in the middle of an import, and several that import into one list at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from groups.audiences.imports import importing
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import confirm_mapping, start_import
from groups.models import Audience, AudienceMember, Contact, ContactImport, Group, ImportState, User
from tests.builders import a_group, a_person, an_audience

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.catalogue("A3")]

HEADER = "customer_id,email,first_name,points\n"
CHUNK = 20
between_processes = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite's database of the tests lies in the memory of one process"
)


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes an import take many transactions."""
    monkeypatch.setattr(importing, "CHUNK_ROWS", {"postgresql": CHUNK, "sqlite": CHUNK})
    monkeypatch.setattr(importing, "BREATH_SECONDS", {"postgresql": 0.004, "sqlite": 0.004})
    yield


def a_file(first: int, last: int) -> bytes:
    """Gives people from `first` to `last`."""
    return (HEADER + "".join(f"C{n},p{n}@example.com,P,{n}\n" for n in range(first, last))).encode()


def waiting(content: bytes, *, audience: Audience, actor: User) -> ContactImport:
    """Gives an import that waits for a worker."""
    found = start_import(
        group=audience.group,
        actor=actor,
        file=SimpleUploadedFile("contacts.csv", content),
        file_name="contacts.csv",
        audience=audience,
    )
    mapping = {int(position): target for position, target in found.mapping.items()}
    return confirm_mapping(contact_import=found, mapping=mapping, actor=actor)


def a_worker(contact_import: ContactImport) -> int:
    """Forks a process that imports, and gives its id."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            run_import(contact_import.pk)
        finally:
            os._exit(0)
    return pid


@between_processes
def test_an_import_that_is_killed_again_and_again_ends_with_everybody_once() -> None:
    group = a_group()
    audience, actor = an_audience(group=group), a_person(group=group)
    contact_import = waiting(a_file(0, 600) + b"C600,nobody,P,1\n", audience=audience, actor=actor)
    kills = 0

    for _round in range(12):
        pid = a_worker(contact_import)
        before = ContactImport.objects.get(pk=contact_import.pk).rows_done
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            contact_import.refresh_from_db()
            if contact_import.rows_done >= before + 2 * CHUNK or contact_import.finished_at is not None:
                break
            time.sleep(0.001)
        if contact_import.finished_at is None:
            os.kill(pid, signal.SIGKILL)
            kills += 1
        os.waitpid(pid, 0)
        ContactImport.objects.filter(state=ImportState.IMPORTING).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        if contact_import.finished_at is not None or kills == 5:
            break
    found = run_import(contact_import.pk) or ContactImport.objects.get(pk=contact_import.pk)

    assert kills >= 2
    assert (found.state, found.rows_done, found.rows_new, found.rows_rejected) == (
        ImportState.DONE_WITH_ERRORS,
        601,
        600,
        1,
    )
    assert (found.rows_updated, found.rows_unchanged, found.rejects.count()) == (0, 0, 1)
    assert Contact.objects.count() == AudienceMember.objects.count() == 600
    audience.refresh_from_db()
    assert audience.size == 600


@between_processes
def test_two_workers_at_once_import_a_file_once() -> None:
    group = a_group()
    audience, actor = an_audience(group=group), a_person(group=group)
    contact_import = waiting(a_file(0, 200), audience=audience, actor=actor)

    for pid in [a_worker(contact_import) for _worker in range(3)]:
        os.waitpid(pid, 0)

    contact_import.refresh_from_db()
    assert (contact_import.state, contact_import.rows_new, contact_import.rows_done) == (ImportState.DONE, 200, 200)
    assert Contact.objects.count() == 200


@between_processes
def test_imports_into_one_list_at_once_do_not_wait_for_each_other_forever() -> None:
    group = a_group()
    audience, actor = an_audience(group=group), a_person(group=group)
    # Each shares half of its people with the next one, and names them backwards.
    imports = [waiting(_backwards(a_file(n * 100, n * 100 + 200)), audience=audience, actor=actor) for n in range(4)]
    errors: list[BaseException] = []

    def work(contact_import: ContactImport) -> None:
        try:
            run_import(contact_import.pk)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(one,)) for one in imports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    found = list(ContactImport.objects.filter(pk__in=[one.pk for one in imports]))
    assert {one.state for one in found} == {ImportState.DONE}
    assert sum(one.rows_new for one in found) == Contact.objects.count() == 500
    assert sum(one.rows_new + one.rows_updated + one.rows_unchanged for one in found) == 800
    audience.refresh_from_db()
    assert audience.size == AudienceMember.objects.count() == 500


def _backwards(content: bytes) -> bytes:
    header, *rows = content.splitlines(keepends=True)
    return header + b"".join(reversed(rows))


def test_two_files_in_one_minute_into_one_list() -> None:
    group: Group = a_group()
    audience, actor = an_audience(group=group), a_person(group=group)
    first = waiting(a_file(0, 50), audience=audience, actor=actor)
    second = waiting(a_file(25, 75), audience=audience, actor=actor)

    run_import(second.pk)
    run_import(first.pk)

    audience.refresh_from_db()
    assert audience.size == Contact.objects.count() == 75
    first.refresh_from_db()
    assert (first.rows_new, first.rows_unchanged) == (25, 25)
