"""Draining: no task begins, what is under way is waited for, and afterwards everything is found in the rows."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from campaigns.delivery import dispatch, tasks
from campaigns.models import Batch, BatchState, DeliveryState
from groups.models import Drain, Group, Workspace
from groups.upkeep.draining import drain, is_draining, resume
from smartersends.management.commands import drain as command
from smartersends.upkeep.in_flight import in_flight, next_moment
from tests.builders import a_group
from tests.campaigns.builders import a_connected, a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(settings: Settings) -> Group:
    """Gives a store whose mailings have a lead that no test waits for."""
    settings.SEND_LEAD_SECONDS, settings.SEND_MARGIN_SECONDS = 60, 5
    return a_group()


@pytest.fixture
def workspace(group: Group, sandbox: RunningSandbox) -> Workspace:
    """Gives the store's workspace, connected to a sandbox."""
    return a_connected(group, sandbox)


@pytest.fixture(autouse=True)
def no_long_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets no test wait for tasks that no worker has."""
    monkeypatch.setattr(command, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(command, "LOOK_SECONDS", 0.01)


def run(*arguments: str) -> str:
    """Runs the command and gives what it printed."""
    printed = StringIO()
    call_command("drain", *arguments, stdout=printed)
    return printed.getvalue()


def test_while_drained_no_task_calls_braze_and_afterwards_all_is_found(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group, people=130), workspace)

    said = run()
    tasks.dispatch(str(workspace.pk))
    tasks.sweep()
    calls_while_drained = sandbox.calls("/messages/schedule/create")
    resumed = run("--resume")
    tasks.dispatch(str(workspace.pk))

    delivery.refresh_from_db()
    assert said.startswith("Drained: under way is nothing, and nothing new begins.")
    assert "resume before it" in said
    assert calls_while_drained == 0
    assert resumed == "Background work goes on.\n"
    assert (sandbox.calls("/messages/schedule/create"), delivery.state) == (3, DeliveryState.STAGED)


def test_a_hand_over_that_runs_claims_nothing_more_once_drained(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BRAZE_CONNECTIONS = 1
    monkeypatch.setattr(dispatch, "SHORTEST_RUN", timedelta(0))
    delivery = a_planned(a_mailing(group=group, people=250), workspace)
    drain(reason="An upgrade")

    more = dispatch.dispatch(workspace)

    assert more is True
    assert delivery.batches.filter(state=BatchState.WAITING).count() >= 4
    assert not delivery.batches.filter(state=BatchState.CALLING).exists()


def test_what_is_under_way_is_named_when_it_takes_too_long(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=60), workspace)
    soon = timezone.now() + timedelta(seconds=40)
    Batch.objects.filter(delivery=delivery, number=1).update(state=BatchState.CALLING, lease_until=soon)

    with pytest.raises(CommandError, match="1 calls of batches") as refused:
        run("--wait", "0.05")

    assert refused.value.returncode == 1
    assert is_draining()


def test_a_worker_that_is_gone_is_not_waited_for(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=60), workspace)
    Batch.objects.filter(delivery=delivery, number=1).update(
        state=BatchState.CALLING, lease_until=timezone.now() - timedelta(seconds=1)
    )

    said = run()

    assert "1 batches were left by a worker that is gone" in said
    assert in_flight() == {}


def test_draining_twice_keeps_the_first_and_resuming_twice_says_so(db: None) -> None:
    first = drain(reason="An upgrade")
    drain(reason="Another one")

    assert Drain.objects.get().reason == first.reason == "An upgrade"
    assert (resume(), resume()) == (True, False)
    assert run("--resume") == "It was not drained; nothing to resume.\n"
    assert run("--status") == "Background work goes on as usual.\n"


def test_the_next_moment_is_the_deadline_of_what_is_being_staged(group: Group, workspace: Workspace) -> None:
    before = next_moment()
    delivery = a_planned(a_mailing(group=group, people=3), workspace)

    assert before is None
    assert next_moment() == delivery.stage_by
