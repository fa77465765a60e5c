"""Route B: Braze holds the mail; the portal says when, to whom, and with which values."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.delivery.control import cancel, reschedule
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.settling import settle
from campaigns.errors import NotReady
from campaigns.models import BatchState, Delivery, MailingState, Route
from groups.models import Group, Workspace
from tests.campaigns.builders import a_mailing, a_planned, a_sent
from tests.sandbox_server import RunningSandbox

TRIGGER = "/campaigns/trigger/send"


def after_go(delivery: Delivery) -> time_machine.travel:
    """Gives a clock that stands a second after the go time."""
    assert delivery.go_at is not None
    return time_machine.travel(delivery.go_at + timedelta(seconds=1))


def test_batches_of_at_most_50_leave_at_the_go_time_with_the_values(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120, route=Route.TRIGGER, values={"headline": "Tea & cake"})
    delivery = a_planned(mailing, workspace)

    dispatch(workspace)
    calls_before = sandbox.calls(TRIGGER)
    with after_go(delivery):
        dispatch(workspace)
        settle(delivery)

    mailing.refresh_from_db()
    assert (calls_before, sandbox.calls(TRIGGER)) == (0, 3)
    assert mailing.state == MailingState.SENT
    assert delivery.properties["headline"] == "Tea &amp; cake"
    assert delivery.properties["headline_text"] == "Tea & cake"
    assert sandbox.calls("/messages/schedule/create") == 0


def test_until_the_go_time_all_of_it_can_be_held_back(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    delivery = a_planned(mailing, workspace)

    cancel(mailing=mailing, actor=mailing.author)
    delivery.refresh_from_db()
    settle(delivery)
    with after_go(delivery):
        dispatch(workspace)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert sandbox.calls(TRIGGER) == 0


def test_moving_the_time_calls_nothing(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    delivery = a_planned(mailing, workspace)
    later = timezone.now().replace(microsecond=0) + timedelta(hours=3)

    reschedule(mailing=mailing, send_at=later, actor=mailing.author)

    delivery.refresh_from_db()
    assert delivery.go_at == later
    assert sum(sandbox.state.calls[path] for path in (TRIGGER, "/messages/schedule/update")) == 0


def test_a_500_is_uncertain_and_never_repeated(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(TRIGGER, 500)

    with after_go(delivery):
        dispatch(workspace)
        dispatch(workspace)
        settle(delivery)

    mailing.refresh_from_db()
    assert sandbox.calls(TRIGGER) == 1
    assert delivery.batches.get().state == BatchState.UNCERTAIN
    assert mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS


def test_a_merge_tag_in_a_value_is_refused_before_sending(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER, values={"headline": "For [[first_name]]"})

    with pytest.raises(NotReady) as refusal:
        a_sent(mailing)

    assert [finding.code for finding in refusal.value.findings] == ["merge_tag_in_property"]
    assert mailing.deliveries.count() == 0
