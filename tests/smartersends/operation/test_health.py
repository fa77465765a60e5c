"""Health is asked without a host name or a brand, and says what does not answer."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from smartersends.operation import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    health._migrated.clear()


def test_a_portal_without_any_brand_is_alive(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_health_is_asked_by_an_address_that_is_no_host_of_the_portal_and_over_plain_http(
    client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["mail.example.com"], True

    answers = {path: client.get(path, headers={"host": "10.0.3.7:8000"}) for path in ("/healthz", "/readyz", "/")}

    assert {path: answer.status_code for path, answer in answers.items()} == {"/healthz": 200, "/readyz": 200, "/": 400}


def test_a_ready_portal_says_so(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "migrations": "ok", "broker": "ok"}


def test_a_portal_whose_migrations_are_not_applied_is_not_ready(client: Client) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="groups").order_by("-name").first()
    assert newest is not None
    newest.delete()

    behind = client.get("/readyz")
    MigrationRecorder.Migration.objects.create(app="groups", name=newest.name)
    after = client.get("/readyz")

    assert (behind.status_code, behind.json()["migrations"]) == (503, "not all applied")
    assert (after.status_code, after.json()["migrations"]) == (200, "ok")


@pytest.mark.parametrize(
    ("part", "error"),
    [("database", DatabaseError("secret")), ("broker", OperationalError("secret")), ("broker", OSError("secret"))],
)
def test_what_does_not_answer_is_named_without_its_details(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    part: str,
    error: Exception,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(health, f"ask_{part}", fail)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()[part] == "does not answer"
    assert "secret" not in answer.text
    assert [record.getMessage() for record in caplog.records] == [
        f"health.fails part={part} error={type(error).__name__}"
    ]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/progressz", "/metrics"])
def test_nothing_is_sent_there(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
