"""A backup comes back row by row and file by file, on the column of the tests; what does not fit changes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from campaigns.models import Image, Mailing, MailingState
from groups.models import Contact, Event, User
from groups.upkeep.draining import is_draining
from smartersends.upkeep import postgres
from smartersends.upkeep.archive import MANIFEST
from tests.builders import a_cast, a_workspace, an_audience
from tests.campaigns.builders import a_mailing
from tests.campaigns.library.test_image_views import an_image
from tests.chaos.databases import Databases

pytestmark = pytest.mark.django_db

Rows = dict[str, list[str]]


@pytest.fixture(scope="module")
def databases(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Databases]:
    """Gives databases of their own: a restore takes the place of a whole one."""
    with django_db_blocker.unblock():
        found = Databases(tmp_path_factory.mktemp("backups"))
        found.make_template(of_this_one=True)
        yield found
        found.close()


@pytest.fixture
def origin(databases: Databases, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """Gives a portal in use: people, contacts, a draft, a mailing for next week, an image; Django speaks with it."""
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = str(tmp_path / "origin-media")
    with ExitStack() as stack:
        name = stack.enter_context(databases.a_copy())
        cast = a_cast()
        a_workspace(brand=cast.brand)
        an_image(cast.store, cast.author)
        audience = an_audience(group=cast.store, contacts=120)
        a_mailing(group=cast.store, author=cast.author, audience=audience, values={"headline": "Zurück 🎉 \\ 'x'"})
        waiting = a_mailing(group=cast.store, author=cast.author, audience=audience)
        Mailing.objects.filter(pk=waiting.pk).update(state=MailingState.SCHEDULED, send_at="2027-01-01T08:00Z")
        yield name


def run(*arguments: object) -> str:
    """Runs a command and gives what it printed."""
    printed = StringIO()
    call_command(*map(str, arguments), stdout=printed)
    return printed.getvalue()


def all_rows() -> Rows:
    """Gives every row of every table, as text, in the order of the text."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def all_files(folder: str) -> dict[str, bytes]:
    """Gives every file of a folder."""
    place = Path(folder)
    return {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def changed(path: Path, to: Path, **said: Any) -> None:
    """Writes a backup anew with another manifest."""
    with tarfile.open(path) as source, tarfile.open(to, "w") as target:
        for entry in source.getmembers():
            data = source.extractfile(entry).read()  # type: ignore[union-attr]  # all of them are files
            if entry.name == MANIFEST:
                data = json.dumps({**json.loads(data), **said}).encode()
                entry.size = len(data)
            target.addfile(entry, io.BytesIO(data))


def test_a_backup_comes_back_row_by_row_and_file_by_file(
    origin: str, databases: Databases, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    rows, files = all_rows(), all_files(settings.MEDIA_ROOT)

    made = run("backup", file)
    settings.MEDIA_ROOT = str(tmp_path / "target-media")
    with databases.a_copy():
        said = run("restore", file)
        restored, is_drained = all_rows(), is_draining()
        state = Mailing.objects.exclude(state_reason="").get()
        told = set(Event.objects.filter(action="portal.restored").values_list("brand__name", flat=True))

    differing = {table for table in rows if rows[table] != restored[table]}
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"{sum(map(len, rows.values()))} rows" in made
    assert len(files) == 1
    assert all_files(settings.MEDIA_ROOT) == files
    # The portal rests, an event says so, and the mailing for next week asks: all else is as it was.
    assert differing == {"groups_drain", "groups_event", "campaigns_mailing"}
    assert set(rows["groups_event"]) < set(restored["groups_event"])
    assert len(set(rows["campaigns_mailing"]) - set(restored["campaigns_mailing"])) == 1
    assert is_drained
    assert state.state == MailingState.NEEDS_DECISION
    assert "restored from a backup" in state.state_reason
    assert told == {"Harbor Books", "Northwind Coffee"}
    assert "1 mailings need a decision" in said
    assert said.endswith("manage.py drain --resume\n")


def test_a_database_with_something_in_it_is_replaced_only_on_purpose(
    origin: str, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    run("backup", file)
    Contact.objects.filter(audience_members=None).delete()
    User.objects.filter(name="Olu Outsider").update(name="Renamed since")
    image = Image.objects.get()
    default_storage.delete(str(image.file.name))
    later = all_rows()

    with pytest.raises(CommandError, match="add --replace") as refused:
        run("restore", file)
    unchanged = all_rows()
    run("restore", file, "--replace")

    assert refused.value.returncode == 1
    assert unchanged == later
    assert not User.objects.filter(name="Renamed since").exists()
    assert default_storage.exists(str(image.file.name))


def test_what_is_no_backup_of_this_portal_is_refused_and_changes_nothing(
    origin: str, settings: Settings, tmp_path: Path
) -> None:
    file, other = tmp_path / "monday.backup", tmp_path / "other.backup"
    run("backup", file)
    with tarfile.open(file) as archive:
        manifest = json.loads(archive.extractfile(MANIFEST).read())  # type: ignore[union-attr]  # it is a file
    before = all_rows()
    damaged = bytearray(file.read_bytes())
    damaged[2_000] ^= 1
    refusals = {}

    for name, said in {
        "newer": {"migrations": [*manifest["migrations"], "groups.9999_from_the_future"]},
        "of another database": {"vendor": "oracle"},
        "of another form": {"format": 2},
        "with a file too many": {"files": {**manifest["files"], "media/../../x": "0"}},
    }.items():
        other.unlink(missing_ok=True)
        changed(file, other, **said)
        refusals[name] = _refusal(other)
    other.write_bytes(damaged)
    refusals["damaged"] = _refusal(other)
    other.write_bytes(b"not a backup")
    refusals["no backup"] = _refusal(other)
    refusals["the file is there"] = _refusal(file, "backup")

    assert {name: sentence.partition(":")[0].partition("(")[0].strip() for name, sentence in refusals.items()} == {
        "newer": "This backup was made by a newer version of the portal",
        "of another database": f"This backup was made of oracle, and this portal uses {connection.vendor}. Set"
        " DATABASE_URL to a database of the same kind.",
        "of another form": "This backup has format 2; this version reads format 1.",
        "with a file too many": "This backup is damaged",
        "damaged": "This backup is damaged",
        "no backup": f"{other} cannot be read as a backup",
        "the file is there": f"{file} is there already. Name another file",
    }
    assert all_rows() == before
    assert not is_draining()


def test_a_name_that_leads_out_of_the_folder_is_refused(origin: str, tmp_path: Path) -> None:
    file, other = tmp_path / "monday.backup", tmp_path / "other.backup"
    run("backup", file)
    with tarfile.open(file) as archive:
        manifest = json.loads(archive.extractfile(MANIFEST).read())  # type: ignore[union-attr]  # it is a file
    name = "media/../../../outside"
    changed(file, other, files={**manifest["files"], name: hashlib.sha256(b"x").hexdigest()})
    with tarfile.open(other, "a") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))

    refused = _refusal(other)

    assert refused == f"This backup is not one of ours: it has a file named {name!r}."
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_tools_of_another_version_are_named_and_not_used(
    origin: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "server", lambda: 99)

    refused = _refusal(tmp_path / "monday.backup", "backup")

    assert refused.endswith("and the server of version 99. Use the client of version 99.")
    assert not (tmp_path / "monday.backup").exists()


def _refusal(file: Path, command: str = "restore") -> str:
    arguments = [command, file, *(["--replace"] if command == "restore" else [])]
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    return str(refused.value)
