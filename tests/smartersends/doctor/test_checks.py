"""Each check of the doctor names its bad case in a sentence, says what to do, and stays quiet where all is well."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from campaigns.models import Batch, BatchState
from groups.models import Workspace
from groups.workspace.services import check_connection
from smartersends.doctor import addresses, braze, configuration, database, files, mail, processes, servers, versions
from smartersends.doctor.finding import Finding, Level
from smartersends.operation import heartbeats
from tests.builders import a_brand, a_group, a_workspace
from tests.campaigns.builders import a_connected, a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db
GOOD_SECRET, GOOD_KEY = "Zk3-q8Lw_x" * 6, "aB9_cD8-eF7" * 4
GIGABYTE = 1024**3


def wrong(findings: Iterable[Finding]) -> list[str]:
    """Gives the sentences of what is wrong; each must say what to do."""
    found = [one for one in findings if one.level == Level.WRONG]
    assert all(one.remedy for one in found)
    return [one.sentence for one in found]


def odd(findings: Iterable[Finding]) -> list[str]:
    found = [one for one in findings if one.level == Level.ODD]
    assert all(one.remedy for one in found)
    return [one.sentence for one in found]


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_args: object, **_options: object) -> Any:
        raise error

    return fail


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the checks take this for a production portal."""
    for module in (configuration, database, servers, files, addresses, mail):
        monkeypatch.setattr(module, "PRODUCTION", True)


def test_secrets_that_are_long_and_differ_are_fine(settings: Settings) -> None:
    settings.SECRET_KEY, settings.FIELD_ENCRYPTION_KEYS = GOOD_SECRET, [GOOD_KEY]

    assert [one.level for one in configuration.look_at_secrets()] == [Level.FINE]


@pytest.mark.parametrize(
    ("secret", "keys", "sentence"),
    [
        ("Zk3-q8Lw_x", [GOOD_KEY], "SECRET_KEY has 10 characters; whoever guesses it signs in as anybody."),
        (GOOD_SECRET, [], "FIELD_ENCRYPTION_KEYS is empty: no API key can be stored."),
        (GOOD_SECRET, [GOOD_KEY, "aB9_cD8-e"], "A key of FIELD_ENCRYPTION_KEYS has 9 characters."),
        (GOOD_SECRET, [GOOD_SECRET], "SECRET_KEY is also in FIELD_ENCRYPTION_KEYS: whoever gets one has both."),
        ("django-insecure-" + GOOD_SECRET, [GOOD_KEY], "SECRET_KEY looks like one that stands in an example."),
        (GOOD_SECRET, ["x" * 40], "FIELD_ENCRYPTION_KEYS looks like one that stands in an example."),
    ],
)
def test_bad_secrets(settings: Settings, secret: str, keys: list[str], sentence: str) -> None:
    settings.SECRET_KEY, settings.FIELD_ENCRYPTION_KEYS = secret, keys

    found = list(configuration.look_at_secrets())

    assert wrong(found) == [sentence]
    assert secret not in repr(found)


def test_settings_that_django_warns_of(settings: Settings, production: None) -> None:
    settings.SECURE_SSL_REDIRECT, settings.DEBUG, settings.LOG_FORMAT = False, False, "yaml"

    found = list(configuration.look_at_settings())

    assert wrong(found) == ["LOG_FORMAT is 'yaml'. (smartersends.E007)"]
    assert any("security.W008" in sentence for sentence in odd(found))


def test_a_portal_with_the_defaults_of_a_laptop() -> None:
    assert odd(configuration.look_at_settings())[0] == "PRODUCTION is off: this portal has the defaults of a laptop."


def test_stored_keys_that_nobody_can_open(settings: Settings) -> None:
    a_workspace(brand=a_brand(slug="northwind"))
    well = wrong(configuration.look_at_stored_keys())
    settings.FIELD_ENCRYPTION_KEYS = [GOOD_KEY]

    assert well == []
    assert wrong(configuration.look_at_stored_keys()) == [
        "No key of FIELD_ENCRYPTION_KEYS opens the API key of northwind."
    ]


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "ask_database", raises(DatabaseError("password")))

    assert wrong(database.look_at_database()) == ["The database does not answer (DatabaseError)."]


def test_migrations_that_are_not_applied_and_a_server_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    well = [sentence for sentence in wrong(database.look_at_database()) if "journal mode" not in sentence]
    MigrationRecorder.Migration.objects.filter(app="sessions").delete()
    monkeypatch.setattr(connections["default"], "get_database_version", lambda: (1, 2))

    found = wrong(database.look_at_database())

    assert well == []
    assert found[0].endswith(" 1.2 is too old.")
    assert found[1] == "1 migrations are not applied; the first is sessions.0001_initial."


@pytest.mark.skipif("postgres" in django_settings.DATABASES["default"]["ENGINE"], reason="speaks of SQLite")
def test_sqlite_that_is_not_set_as_the_portal_needs_it(monkeypatch: pytest.MonkeyPatch, production: None) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})

    found = list(database.look_at_database())

    # The database of tests lies in memory, where there is no log to write ahead.
    assert [sentence.partition(":")[0] for sentence in wrong(found)] == [
        "SQLite's journal mode is memory",
        "SQLite's transactions are not IMMEDIATE",
    ]
    assert odd(found) == ["The portal runs on SQLite, which writes one thing at a time."]


@pytest.mark.parametrize(
    ("seconds", "sentences"),
    [
        (0.5, []),
        (-1.9, []),
        (90.0, ["The clock of the database is 90 s ahead of this machine's."]),
        (-7200.0, ["The clock of the database is 7200 s behind this machine's."]),
    ],
)
def test_clocks_that_differ(seconds: float, sentences: list[str]) -> None:
    assert wrong([database.skew_between("the database", seconds)]) == sentences


def test_the_clock_of_this_database_agrees() -> None:
    assert wrong(database.look_at_clocks()) == []


SOUND = {"redis_version": "7.2.1", "maxmemory_policy": "noeviction", "aof_enabled": 1, "maxmemory": 0}


@pytest.mark.parametrize(
    ("told", "sentences", "oddities"),
    [
        ({}, [], []),
        ({"redis_version": "5.0.9"}, ["Redis 5.0.9 is too old."], []),
        (
            {"maxmemory_policy": "allkeys-lru"},
            [
                (
                    "Redis throws things out when memory is short (allkeys-lru): "
                    "messages and counts of calls to Braze get lost."
                )
            ],
            [],
        ),
        ({"maxmemory": 100, "used_memory": 95}, ["Redis uses 95 % of its memory."], []),
        (
            {"aof_enabled": 0},
            [],
            ["Redis keeps no log of what it is given (appendonly is off): after a crash it lacks the last minutes."],
        ),
    ],
)
def test_what_redis_tells_of_itself(told: dict[str, Any], sentences: list[str], oddities: list[str]) -> None:
    found = list(servers.judge_redis({**SOUND, **told}))

    assert (wrong(found), odd(found)) == (sentences, oddities)


def test_a_redis_that_does_not_answer_and_none_at_all(settings: Settings, production: None) -> None:
    settings.REDIS_URL, settings.CELERY_BROKER_URL = "", "memory://"
    none = odd(servers.look_at_redis())
    settings.REDIS_URL = "redis://:a-password@127.0.0.1:9/0"
    found = list(servers.look_at_redis())

    assert none == ["REDIS_URL is empty: cache and rate limits are kept in files and rows."]
    assert wrong(found) == ["Redis does not answer (ConnectionError)."]
    assert "a-password" not in repr(found)


@pytest.mark.skipif(not django_settings.REDIS_URL, reason="REDIS_URL names no server")
def test_the_redis_of_the_tests_answers() -> None:
    assert next(one.sentence for one in servers.look_at_redis()).endswith(" answers.")


def test_a_broker_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    well = wrong(servers.look_at_broker())
    monkeypatch.setattr(servers, "ask_broker", raises(OperationalError("a-password")))

    assert well == []
    assert wrong(servers.look_at_broker()) == ["The broker does not answer (OperationalError)."]


def test_processes_that_give_no_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = wrong(processes.look_at_processes())
    heartbeats.note_worker("celery@one")
    heartbeats.note_beat()
    well = wrong(processes.look_at_processes())
    late = heartbeats.Heartbeats({"celery@one": 61.0, "celery@two": 3.0}, beat=121.0, task=None)
    monkeypatch.setattr(processes, "heartbeats", lambda: late)

    assert [sentence.partition(":")[0] for sentence in nobody] == [
        "No worker gives a sign of life",
        "The clock was last heard of",
    ]
    assert well == []
    assert wrong(processes.look_at_processes()) == [
        "The worker celery@one was last heard of 61 s ago.",
        "The clock was last heard of: 121 s ago. Without it no mailing starts at its time.",
    ]


def test_signs_of_life_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "get", raises(OSError("gone")))

    assert wrong(processes.look_at_processes()) == ["Signs of life cannot be read (OSError)."]


def test_work_that_nobody_does(sandbox: RunningSandbox, settings: Settings) -> None:
    group = a_group()
    a_planned(a_mailing(group=group), a_connected(group, sandbox))
    well = wrong(processes.look_at_work())
    Batch.objects.update(state=BatchState.CALLING, lease_until=timezone.now() - timedelta(seconds=500))

    assert well == []
    assert wrong(processes.look_at_work()) == ["Something that the sweep should find has been waiting for 500 s."]


def test_a_folder_of_images_that_nobody_can_write_to(settings: Settings, tmp_path: Path) -> None:
    well = wrong(files.look_at_media())
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = str(tmp_path / "file")

    (sentence,) = wrong(files.look_at_media())

    assert well == []
    assert sentence.startswith(f"Nothing can be written to {tmp_path / 'file'} (")
    assert list(tmp_path.glob(".doctor-*")) == []


def test_static_files_that_were_not_collected_or_after_the_start(
    settings: Settings, tmp_path: Path, production: None
) -> None:
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = str(tmp_path), True
    looked_up = odd(files.look_at_static_files())
    settings.WHITENOISE_USE_FINDERS = False
    missing = wrong(files.look_at_static_files())
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "base.css").touch()
    (tmp_path / "release.txt").write_text("0123456789ab")
    later = wrong(files.look_at_static_files())
    settings.STATIC_URL = "/static/0123456789ab/"

    assert looked_up[0].startswith("Static files are looked up in the packages")
    assert missing == [f"Static files were not collected into {tmp_path}: pages have no style."]
    assert later == ["Static files were collected after this process started."]
    assert wrong(files.look_at_static_files()) == []


@pytest.mark.parametrize(
    ("free", "level"), [(100 * 1024**2, Level.WRONG), (GIGABYTE, Level.ODD), (9 * GIGABYTE, Level.FINE)]
)
def test_a_disk_that_is_nearly_full(free: int, level: Level) -> None:
    found = files.room_in(Path("/data"), free)

    assert (found.level, found.sentence) == (level, f"{free / GIGABYTE:.1f} GB are free in /data.")


def test_the_room_on_this_disk_is_told(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)

    assert any(one.sentence.endswith(f"GB are free in {tmp_path}.") for one in files.look_at_room())


@pytest.mark.parametrize(
    ("address", "sentences"),
    [
        ("https://mail.example.com", []),
        ("mail.example.com", ["PUBLIC_URL is no address: mail.example.com"]),
        (
            "http://127.0.0.1:8000",
            ["PUBLIC_URL is this machine itself: images and unsubscribe links of mails lead nowhere."],
        ),
        ("http://mail.example.com", ["PUBLIC_URL cannot be reached safely from outside: http://mail.example.com"]),
        ("https://portal", ["PUBLIC_URL cannot be reached safely from outside: https://portal"]),
        ("https://mail.example.com/portal", ["PUBLIC_URL has a path; the portal lives at the root of its host."]),
    ],
)
def test_a_public_address_that_recipients_cannot_reach(
    settings: Settings, production: None, address: str, sentences: list[str]
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = address, ["*"]

    assert wrong(addresses.look_at_public_address()) == sentences


def test_a_public_address_that_is_refused(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://mail.example.com", ["www.example.com"]

    assert wrong(addresses.look_at_public_address()) == [
        "ALLOWED_HOSTS does not name mail.example.com, the host of PUBLIC_URL: every page there is refused."
    ]


def test_brands_that_nobody_can_reach(settings: Settings) -> None:
    none = odd(addresses.look_at_brands())
    settings.ALLOWED_HOSTS = ["harbor.example"]
    a_brand("Northwind", slug="northwind")
    one = wrong(addresses.look_at_brands())
    a_brand("Harbor", slug="harbor", host_name="harbor.example")
    a_brand("Island", slug="island", host_name="island.example")
    several = wrong(addresses.look_at_brands())
    settings.DEFAULT_BRAND = "harbor"
    homeless = wrong(addresses.look_at_brands())
    settings.DEFAULT_BRAND = "gone"
    unknown = wrong(addresses.look_at_brands())

    refused = "island lives at island.example, which ALLOWED_HOSTS does not name."
    assert (none, one) == (["There is no brand yet."], [])
    assert several == [
        refused,
        "Nobody can reach northwind: there are several brands, and it has no host name of its own.",
    ]
    assert homeless == [refused, "Nobody can reach northwind: without a host name, only harbor has a home."]
    assert unknown == [refused, "DEFAULT_BRAND names gone, which does not exist."]


def test_braze_is_asked_what_changes_nothing(sandbox: RunningSandbox) -> None:
    workspace = a_connected(a_group(brand=a_brand(slug="northwind")), sandbox)
    check_connection(workspace=workspace)
    before = Workspace.objects.values().get()
    calls = sum(sandbox.state.calls.values())

    found = list(braze.look_at_braze())

    assert [(one.level, one.sentence) for one in found] == [
        (Level.FINE, "Braze of northwind answers, and knows its key.")
    ]
    assert sum(sandbox.state.calls.values()) <= calls + 1
    assert Workspace.objects.values().get() == before


def test_braze_that_does_not_know_the_key_or_does_not_answer(sandbox: RunningSandbox) -> None:
    a_workspace(brand=a_brand(slug="dead"), endpoint=sandbox.url, api_key="another-key")
    a_workspace(brand=a_brand(slug="gone"))
    Workspace.objects.create(brand=a_brand(slug="new"))
    lacking = a_connected(a_group(brand=a_brand(slug="poor")), sandbox)
    Workspace.objects.filter(pk=lacking.pk).update(
        check_result={"users.track": "missing", "sends.id.create": "granted"}, pause_reason="Stopped."
    )

    found = list(braze.look_at_braze())

    assert wrong(found) == [
        "Braze refuses the API key of dead.",
        "Braze of gone does not answer at http://127.0.0.1:9.",
        "The key of poor lacked users.track when it was checked.",
    ]
    assert "new: Braze is not connected yet. Ask an admin to fill in the Braze settings." in odd(found)
    assert "Calls of poor are paused." in odd(found)
    assert "another-key" not in repr(found)


def test_mail_that_goes_to_files_or_to_a_server_that_lets_nobody_in(
    settings: Settings, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    to_files = wrong(mail.look_at_mail())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2
    nobody = wrong(mail.look_at_mail())
    refusal = smtplib.SMTPAuthenticationError(535, b"a-password")
    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", raises(refusal))
    refused = list(mail.look_at_mail())

    assert to_files == ["The portal's own mails are written to files: nobody is invited, and no password is reset."]
    assert nobody == ["The mail server does not let the portal in (ConnectionRefusedError)."]
    assert wrong(refused) == ["The mail server does not let the portal in (SMTPAuthenticationError)."]
    assert "a-password" not in repr(refused)


def test_packages_that_differ_from_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "portal.txt"
    lock.write_text(
        "django==1.0 \\\n    --hash=sha256:00\nno-such-package==1 \\\n    --hash=sha256:00\n"
        "only-on-windows==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )
    monkeypatch.setattr(versions, "LOCK", lock)
    monkeypatch.setattr(versions.sys, "version_info", (3, 9, 1))

    found = list(versions.look_at_versions())

    assert wrong(found) == ["Python 3.9.1 is too old."]
    (sentence,) = odd(found)
    assert sentence.startswith("2 packages differ from the lock: django ")
    assert sentence.endswith(" instead of 1.0, no-such-package is missing.")
