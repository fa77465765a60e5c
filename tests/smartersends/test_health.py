"""Health is asked without a brand and says what does not answer."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from smartersends import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def memory_cache(settings: Settings) -> None:
    """Keeps the heartbeat of other tests away."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "health"}}
    health.cache.clear()


def test_a_portal_without_any_brand_lives(client: Client) -> None:
    answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_a_ready_portal_says_so_and_knows_no_worker_yet(client: Client) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "ok",
        "broker": "ok",
        "worker_heartbeat_seconds": None,
    }


def test_a_finished_task_is_a_heartbeat(client: Client) -> None:
    health.record_heartbeat()

    assert 0 <= client.get("/health/ready").json()["worker_heartbeat_seconds"] < 5


@pytest.mark.parametrize(
    ("part", "error"),
    [("database", DatabaseError("secret")), ("broker", OperationalError("secret")), ("broker", OSError("secret"))],
)
def test_what_does_not_answer_is_named_without_its_details(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str, error: Exception
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(health, f"_ask_{part}", fail)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()[part] == "does not answer"
    assert "secret" not in answer.text
