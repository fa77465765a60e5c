"""Progress: every threshold of the settings is a reason to answer 503, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from braze_client.pacing import SHARED
from campaigns.models import Batch, BatchState
from groups.models import Group, Workspace
from groups.workspace.braze import budget_key_of
from groups.workspace.budget import store
from smartersends.operation import progress
from smartersends.operation.heartbeats import forget_worker, heartbeats, note_beat, note_task, note_worker
from tests.builders import a_brand, a_group, a_workspace
from tests.campaigns.builders import a_connected, a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    return a_group(brand=a_brand(slug="northwind"))


@pytest.fixture(autouse=True)
def everybody_lives() -> None:
    note_worker("celery@one")
    note_beat()
    note_task()


def asked(client: Client) -> tuple[int, set[str]]:
    """Gives the status and the names of what is not kept."""
    answer = client.get("/progressz")
    measures: list[dict[str, Any]] = answer.json()["measures"]
    return answer.status_code, {one["name"] for one in measures if one["status"] == "passed"}


def test_all_is_well_and_each_measure_has_its_limit(client: Client) -> None:
    answer = client.get("/progressz")

    assert (answer.status_code, answer.json()["status"]) == (200, "moving")
    assert {one["name"]: (one["limit"], one["unit"]) for one in answer.json()["measures"]} == {
        "oldest_due_batch": (300, "seconds"),
        "oldest_unswept": (180, "seconds"),
        "worker celery@one": (60, "seconds"),
        "last_task": (60, "seconds"),
        "clock": (120, "seconds"),
    }


def test_without_any_worker_nothing_moves(client: Client) -> None:
    cache.clear()

    assert asked(client) == (503, {"worker", "last_task", "clock"})


def test_a_worker_that_was_killed_is_named_and_one_that_was_asked_to_end_is_not(client: Client) -> None:
    note_worker("celery@two")
    note_worker("celery@three")
    forget_worker("celery@two")

    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        note_worker("celery@one")  # too soon by this process's own clock
        status, passed = asked(client)
        seen = heartbeats()

    assert (status, passed) == (503, {"worker celery@one", "worker celery@three", "last_task"})
    assert set(seen.workers) == {"celery@one", "celery@three"}


def test_a_batch_that_stands_for_too_long_is_a_reason(
    client: Client, group: Group, sandbox: RunningSandbox, settings: Settings
) -> None:
    a_planned(a_mailing(group=group), a_connected(group, sandbox))

    soon = asked(client)
    settings.PROGRESS_BATCH_SECONDS = -1
    late = asked(client)

    assert soon == (200, set())
    assert late == (503, {"oldest_due_batch"})


def test_a_batch_whose_worker_is_gone_and_that_nobody_swept_is_a_reason(
    client: Client, group: Group, sandbox: RunningSandbox
) -> None:
    a_planned(a_mailing(group=group), a_connected(group, sandbox))
    ago = timezone.now() - timedelta(seconds=181)
    Batch.objects.update(state=BatchState.CALLING, lease_until=ago)

    assert asked(client) == (503, {"oldest_unswept"})


def test_a_budget_that_is_used_up_is_a_reason_for_its_brand(client: Client, group: Group) -> None:
    workspace: Workspace = a_workspace(brand=group.brand)
    key, now = budget_key_of(workspace), timezone.now()

    before = asked(client)
    store().reserve(key, SHARED.with_share(0.8), 198_001, now)
    after = asked(client)

    assert before == (200, set())
    assert after == (503, {"budget northwind"})


def test_what_cannot_be_read_is_a_reason_and_hides_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_now: object) -> float:
        raise OSError("secret")

    monkeypatch.setattr(progress, "oldest_due_batch_seconds", fail)

    answer = client.get("/progressz")

    assert asked(client) == (503, {"batches"})
    assert "secret" not in answer.text
    assert len(answer.json()["measures"]) == 5
