"""The numbers: what each process counts, what all share, no label that grows, and nobody in them."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from braze_client import calls
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.sweeping import recover_stale_batches
from campaigns.models import Batch, BatchState, Breaker
from groups.models import Group, Workspace
from groups.workspace.braze import client_for
from smartersends.operation import standing
from smartersends.operation.heartbeats import note_beat, note_task, note_worker
from smartersends.operation.numbers import serve_worker
from tests.builders import a_group, an_import
from tests.campaigns.builders import a_connected, a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

CREATE = "/messages/schedule/create"
Sample = Callable[..., float]


@pytest.fixture
def group(db: None) -> Group:
    return a_group()


@pytest.fixture
def workspace(group: Group, sandbox: RunningSandbox) -> Workspace:
    return a_connected(group, sandbox)


def gauges(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    """Gives what the page says, by name and by the values of labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_calls_to_braze_are_counted_by_endpoint_and_outcome(workspace: Workspace, sandbox: RunningSandbox) -> None:
    def count() -> dict[str, float]:
        outcomes = ("accepted", "rate_limited", "unreadable", "key_refused")
        name = "smartersends_braze_calls_total"
        return {outcome: counted(name, endpoint="/segments/list", outcome=outcome) for outcome in outcomes}

    before = count()
    with client_for(workspace) as client:
        client.send(calls.probe("segments.list"))
        for status in (429, 500):
            sandbox.fail("/segments/list", status)
            with pytest.raises(Exception, match=str(status)):
                client.send(calls.probe("segments.list"), attempts=1)
    after = count()

    assert {outcome: after[outcome] - before[outcome] for outcome in after} == {
        "accepted": 1,
        "rate_limited": 1,
        "unreadable": 1,
        "key_refused": 0,
    }


def test_batches_are_counted_by_what_an_answer_made_of_them_once_it_is_committed(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, django_capture_on_commit_callbacks: Any
) -> None:
    delivery = a_planned(a_mailing(group=group, people=120), workspace)
    states = (BatchState.ACCEPTED, BatchState.UNCERTAIN)
    before = {state: counted("smartersends_batch_changes_total", state=state) for state in states}
    sandbox.fail(CREATE, 503)

    with django_capture_on_commit_callbacks() as callbacks:
        dispatch(workspace)
        Batch.objects.filter(delivery=delivery, state=BatchState.ACCEPTED, number=3).update(
            state=BatchState.CALLING, lease_until=delivery.created_at
        )
        recover_stale_batches()
    uncommitted = {state: counted("smartersends_batch_changes_total", state=state) - before[state] for state in states}
    for callback in callbacks:
        callback()
    after = {state: counted("smartersends_batch_changes_total", state=state) - before[state] for state in states}

    assert uncommitted == {BatchState.ACCEPTED: 0, BatchState.UNCERTAIN: 0}
    lost = Batch.objects.filter(delivery=delivery, state=BatchState.UNCERTAIN).count()
    assert after == {BatchState.ACCEPTED: 2, BatchState.UNCERTAIN: lost}
    assert lost in (1, 2)


def test_what_all_processes_share_is_read_at_the_scrape(client: Client, group: Group, workspace: Workspace) -> None:
    a_planned(a_mailing(group=group, people=120), workspace)
    an_import("external_id,email\nx-1,ann@example.com\n", group=group)
    Breaker.objects.create(workspace=workspace)
    note_worker("celery@one")
    note_beat()
    note_task()

    found = gauges(client)

    slug = group.brand.slug
    assert found["smartersends_batches_due"] == {(slug,): 3}
    assert found["smartersends_batches"][("waiting",)] == 3
    assert found["smartersends_batches"][("accepted",)] == 0
    assert found["smartersends_deliveries"][("staging",)] == 1
    assert 0 < found["smartersends_oldest_due_batch_seconds"][()] < 60
    assert found["smartersends_oldest_unswept_seconds"] == {(): 0}
    assert found["smartersends_workers"] == {(): 1}
    assert list(found["smartersends_worker_heartbeat_seconds"]) == [("celery@one",)]
    assert found["smartersends_clock_heartbeat_seconds"][()] < 5
    assert found["smartersends_task_heartbeat_seconds"][()] < 5
    assert found["smartersends_braze_budget_left"] == {(slug,): 200_000}
    assert found["smartersends_braze_budget_allowed"] == {(slug,): 200_000}
    assert found["smartersends_breakers_open"] == {(): 0}
    assert sum(found["smartersends_imports"].values()) == 1
    assert set(found["smartersends_unreadable"].values()) == {0}


def test_what_cannot_be_read_is_named_and_the_rest_is_there(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_now: object) -> dict[str, int]:
        raise DatabaseError("secret")

    monkeypatch.setattr(standing, "open_batches", fail)

    found = gauges(client)

    assert found["smartersends_unreadable"] == {
        ("batches",): 1,
        ("deliveries",): 0,
        ("heartbeats",): 0,
        ("budgets",): 0,
        ("imports",): 0,
    }
    assert "smartersends_batches" not in found
    assert found["smartersends_workers"] == {(): 0}


def test_no_label_names_anybody_or_grows_with_what_people_do(
    client: Client, group: Group, workspace: Workspace
) -> None:
    a_planned(a_mailing(group=group, people=3), workspace)
    client.get("/accounts/login/?next=/x")
    client.get("/m/8b0f2c3e-1111-4222-8333-444455556666/")

    text = client.get("/metrics").text

    own = "\n".join(line for line in text.splitlines() if line.startswith("smartersends_"))
    names = set(re.findall(r'[{,](\w+)="', own)) - {"le"}
    assert names <= {"view", "method", "status", "endpoint", "outcome", "state", "brand", "worker", "part"}
    assert not re.search(r"@(?!one)|[0-9a-f]{8}-[0-9a-f]{4}", own)


@pytest.mark.parametrize("path", ["/metrics", "/"])
def test_a_worker_answers_with_its_own_numbers_to_those_who_may(settings: Settings, path: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        settings.METRICS_PORT = probe.getsockname()[1]
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = "a-token", []
    serve_worker()

    def ask(**headers: str) -> tuple[int, str]:
        try:
            with urlopen(Request(f"http://127.0.0.1:{settings.METRICS_PORT}{path}", headers=headers)) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, ""

    time.sleep(0.05)
    stranger, friend = ask(), ask(Authorization="Bearer a-token")

    assert stranger == (404, "")
    assert friend[0] == (200 if path == "/metrics" else 404)
    assert ("smartersends_batch_changes_total" in friend[1]) is (path == "/metrics")


def test_no_worker_answers_anywhere_unless_it_is_told_to(settings: Settings) -> None:
    assert django_settings.METRICS_PORT == 0
