"""When Braze fails again and again nothing more is called; one probe lets everything go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from campaigns.delivery import breaking
from campaigns.delivery.breaking import probe_open_breakers
from campaigns.delivery.dispatch import dispatch
from campaigns.models import BatchState, Breaker, DeliveryState, MailingState, PauseCause
from groups.models import Group, Workspace
from groups.notices.mailing import mail_due
from groups.roles import Role
from tests.builders import a_person, root_group
from tests.campaigns.builders import a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

CREATE = "/messages/schedule/create"


@pytest.fixture(autouse=True)
def few_failures(settings: Settings) -> None:
    settings.BREAKER_FAILURES = 4
    settings.BRAZE_CONNECTIONS = 2


def test_failures_in_a_row_pause_everything_and_tell_those_who_may_act(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, django_capture_on_commit_callbacks: object
) -> None:
    boss = a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand))
    mailing = a_mailing(group=group, people=600)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 503, count=1000)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        dispatch(workspace)
    mail_due()

    delivery.refresh_from_db()
    mailing.refresh_from_db()
    assert (delivery.state, delivery.pause_cause) == (DeliveryState.PAUSED, PauseCause.BREAKER)
    assert mailing.state == MailingState.PAUSED
    assert "Braze failed 4 times in a row" in mailing.state_reason
    assert 4 <= sandbox.calls(CREATE) <= 4 + 2
    assert [message.to for message in mail.outbox] == [[boss.email]]
    assert mailing.name in mail.outbox[0].body


def test_while_it_is_open_nothing_is_called(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    a_planned(a_mailing(group=group), workspace)
    Breaker.objects.create(workspace=workspace, failures=4, opened_at=timezone.now(), probed_at=timezone.now())

    more = dispatch(workspace)

    assert (more, sandbox.calls(CREATE)) == (False, 0)


def test_a_probe_that_is_answered_lets_everything_go_on(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group, people=600), workspace)
    sandbox.fail(CREATE, 503, count=6)
    dispatch(workspace)
    calls = sandbox.calls(CREATE)
    probe_open_breakers()
    at_once = sandbox.calls(CREATE) - calls
    sandbox.state.faults.clear()

    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        probe_open_breakers()
        delivery.refresh_from_db()
        state = delivery.state
        dispatch(workspace)

    assert (at_once, state) == (0, DeliveryState.STAGING)
    assert not breaking.is_open(workspace)
    left = set(delivery.batches.values_list("state", flat=True))
    assert left == {BatchState.ACCEPTED, BatchState.UNCERTAIN}


def test_a_probe_that_fails_keeps_it_open(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    a_planned(a_mailing(group=group), workspace)
    long_ago = timezone.now() - timedelta(minutes=5)
    Breaker.objects.create(workspace=workspace, failures=4, opened_at=long_ago, probed_at=long_ago)
    sandbox.fail(CREATE, 502)

    probe_open_breakers()

    assert breaking.is_open(workspace)
    assert sandbox.calls(CREATE) == 1


def test_a_success_in_between_starts_the_count_anew(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.BRAZE_CONNECTIONS = 1
    delivery = a_planned(a_mailing(group=group, people=400), workspace)
    Breaker.objects.create(workspace=workspace, failures=3)

    dispatch(workspace)

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.STAGING
    assert Breaker.objects.get().failures == 0
