"""A delivery that meets a moment at which no mail may leave: while it is planned, while it goes out, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import pytest
import time_machine

from campaigns.delivery import breaking
from campaigns.delivery.decisions import resume
from campaigns.delivery.outcomes import pause
from campaigns.delivery.planning import plan
from campaigns.delivery.recalling import recall
from campaigns.delivery.rest import send_to_rest
from campaigns.delivery.sweeping import sweep
from campaigns.errors import Refusal
from campaigns.models import (
    BatchState,
    Breaker,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    PauseCause,
    Route,
)
from groups.audiences.syncing import sync_contacts
from groups.models import Group, User, Workspace
from groups.roles import Role
from tests.builders import a_person, root_group
from tests.campaigns.builders import a_mailing, a_planned, a_sent
from tests.campaigns.schedule.builders import at, times_said

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M17", "M18")]

QUIET, EVENING, NIGHT = "21:00-07:00", at("2026-11-23 20:50"), at("2026-11-23 21:05")


@pytest.fixture(autouse=True)
def nudged() -> Iterator[None]:
    """Keeps the sweep's nudges from doing work at once."""
    with patch("campaigns.delivery.nudges.dispatch"):
        yield


@pytest.fixture
def regional(group: Group) -> User:
    return a_person(role=Role.REGIONAL_MANAGER, group=group)


@pytest.fixture
def manager(group: Group) -> User:
    return a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand))


def going_out(group: Group, workspace: Workspace) -> Delivery:
    """Gives a delivery of route B of which Braze has one batch of two, since the evening."""
    with time_machine.travel(EVENING, tick=False):
        delivery = a_planned(a_mailing(group=group, people=60, route=Route.TRIGGER), workspace)
        first = delivery.batches.order_by("number")[0]
        delivery.batches.filter(pk=first.pk).update(state=BatchState.ACCEPTED, dispatch_id="d" * 32)
        Mailing.objects.filter(pk=delivery.mailing_id).update(state=MailingState.SENDING)
    return delivery


def at_night(delivery: Delivery) -> Mailing:
    with time_machine.travel(NIGHT, tick=False):
        sweep()
    return Mailing.objects.get(pk=delivery.mailing_id)


def test_what_goes_out_call_by_call_pauses_when_the_quiet_hours_begin(group: Group, workspace: Workspace) -> None:
    times_said(group, quiet=QUIET)

    mailing = at_night(going_out(group, workspace))

    assert mailing.state == MailingState.PAUSED
    assert mailing.state_reason == (
        "Between 9 p.m. and 7 a.m. no mail goes out. The next possible time is Tuesday Nov. 24, 2026, 7 a.m."
    )


def test_and_when_its_last_day_is_over(group: Group, workspace: Workspace) -> None:
    delivery = going_out(group, workspace)
    Mailing.objects.filter(pk=delivery.mailing_id).update(last_day=date(2026, 11, 22))

    assert at_night(delivery).state_reason.startswith("This email must not go out after")


def test_and_nothing_else_is_held(group: Group, workspace: Workspace) -> None:
    assert at_night(going_out(group, workspace)).state == MailingState.SENDING


def test_in_quiet_hours_it_goes_on_by_the_word_of_head_office_alone(
    group: Group, workspace: Workspace, regional: User, manager: User
) -> None:
    times_said(group, quiet=QUIET)
    delivery = going_out(group, workspace)
    mailing = at_night(delivery)

    with time_machine.travel(NIGHT, tick=False), pytest.raises(Refusal, match="no mail goes out"):
        resume(mailing=mailing, actor=regional)
    with time_machine.travel(NIGHT, tick=False):
        resume(mailing=mailing, actor=manager)

    assert at_night(delivery).state == MailingState.SENDING


@pytest.mark.parametrize(("quiet", "state"), [(QUIET, MailingState.PAUSED), ("", MailingState.SENDING)])
def test_braze_that_answers_again_lets_nothing_out_in_quiet_hours(
    group: Group, workspace: Workspace, quiet: str, state: MailingState
) -> None:
    delivery = going_out(group, workspace)
    if quiet:
        times_said(group, quiet=quiet)
    pause(Delivery.objects.get(pk=delivery.pk), "Braze does not answer.", cause=PauseCause.BREAKER)
    Breaker.objects.create(workspace=workspace, opened_at=EVENING)

    with time_machine.travel(NIGHT, tick=False):
        breaking.close(workspace)

    assert Mailing.objects.get(pk=delivery.mailing_id).state == state


def test_in_the_morning_everybody_who_may_lets_it_go_on(group: Group, workspace: Workspace, regional: User) -> None:
    times_said(group, quiet=QUIET)
    mailing = at_night(going_out(group, workspace))

    with time_machine.travel(at("2026-11-24 07:00"), tick=False):
        assert resume(mailing=mailing, actor=regional).state == MailingState.SENDING


def test_a_plan_that_slides_into_quiet_hours_asks_instead(group: Group, workspace: Workspace) -> None:
    times_said(group, quiet=QUIET)
    with time_machine.travel(EVENING, tick=False):
        delivery = a_sent(a_mailing(group=group, people=1))
        sync_contacts(workspace.pk)

    with time_machine.travel(NIGHT, tick=False):
        plan(delivery)

    delivery.refresh_from_db()
    delivery.mailing.refresh_from_db()
    assert (delivery.state, delivery.after_withdrawal) == (DeliveryState.WITHDRAWING, MailingState.NEEDS_DECISION)
    assert "no mail goes out" in delivery.state_reason


def test_the_rest_is_not_sent_after_the_last_day_nor_in_quiet_hours_nor_from_a_recalled_template(
    group: Group, workspace: Workspace, manager: User
) -> None:
    delivery = going_out(group, workspace)
    delivery.batches.filter(state=BatchState.WAITING).update(state=BatchState.NOT_SENT)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.WITHDRAWN)
    Mailing.objects.filter(pk=delivery.mailing_id).update(state=MailingState.STOPPED)
    mailing = Mailing.objects.get(pk=delivery.mailing_id)
    times = times_said(group, quiet=QUIET)

    with time_machine.travel(NIGHT, tick=False), pytest.raises(Refusal, match="no mail goes out"):
        send_to_rest(mailing=mailing, actor=mailing.author)
    times.delete()
    Mailing.objects.filter(pk=mailing.pk).update(last_day=date(2026, 11, 22))
    mailing.refresh_from_db()
    with time_machine.travel(NIGHT, tick=False), pytest.raises(Refusal, match="must not go out after"):
        send_to_rest(mailing=mailing, actor=manager)
    Mailing.objects.filter(pk=mailing.pk).update(last_day=None)
    recall(template=mailing.version.template, reason="The price is wrong", actor=manager)
    mailing = Mailing.objects.get(pk=mailing.pk)
    with time_machine.travel(NIGHT, tick=False), pytest.raises(Refusal, match="was recalled"):
        send_to_rest(mailing=mailing, actor=manager)

    mailing.refresh_from_db()
    assert (mailing.state, mailing.deliveries.count()) == (MailingState.STOPPED, 1)
