"""Hints are sent when the transaction is written, and losing them costs nothing."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from groups.audiences import queries, tasks
from groups.audiences.marking import mark_pending
from groups.models import Contact, SyncState, Workspace
from tests.builders import a_brand, a_contact, a_workspace, an_audience
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db

SEND = "groups.audiences.nudges.current_app.send_task"


def test_a_change_sends_its_hint_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    workspace = a_workspace()
    contact = a_contact(brand=workspace.brand)
    with mock.patch(SEND) as send:
        with django_capture_on_commit_callbacks(execute=True):
            mark_pending([contact.pk])
            send.assert_not_called()

        send.assert_called_once_with("groups.audiences.sync", args=[str(workspace.pk)])


def test_a_broker_that_is_away_loses_no_change(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    workspace = a_workspace()
    contact = a_contact(brand=workspace.brand, sync_state=SyncState.SYNCED)
    with mock.patch(SEND, side_effect=OperationalError), django_capture_on_commit_callbacks(execute=True):
        mark_pending([contact.pk])

    assert queries.workspaces_with_pending_contacts() == [workspace.pk]


def test_the_sweep_passes_over_what_is_held_paused_or_done() -> None:
    now = timezone.now()
    waiting, held, paused, done = (a_workspace(brand=a_brand()) for _ in range(4))
    for workspace in (waiting, held, paused):
        a_contact(brand=workspace.brand)
    a_contact(brand=done.brand, sync_state=SyncState.SYNCED)
    Contact.objects.filter(brand=held.brand).update(sync_lease_until=now + timedelta(minutes=1))
    Workspace.objects.filter(pk=paused.pk).update(paused_until=now + timedelta(minutes=1))

    with mock.patch.object(tasks.sync, "delay") as delay:
        tasks.sweep()

    assert [call.args for call in delay.call_args_list] == [(str(waiting.pk),)]


def test_a_sync_that_runs_twice_sends_once(sandbox: RunningSandbox) -> None:
    audience = an_audience(contacts=3)
    workspace = a_workspace(brand=audience.group.brand, endpoint=sandbox.url)

    tasks.sync(str(workspace.pk))
    tasks.sync(str(workspace.pk))

    assert sandbox.calls("/users/track") == 1
