"""Clocks that jump, tasks that come twice at once, and a portal that was down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.models import Delivery, DeliveryState, MailingState, Route
from tests.chaos.injuries import Injury
from tests.chaos.person import put_right
from tests.chaos.run import Run, states_of

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos-answers")]


@pytest.mark.parametrize("route", Route)
def test_the_same_tasks_twice_at_once_send_once(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=430, route=route)

    for _worker in range(3):
        run.hire(is_eager=True)
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (mailing.state, states_of(mailing)) == (MailingState.SENT, {"accepted": 430})
    assert run.braze.record().calls_of_mail() == 9


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("seconds", [1_200, -1_200, 70])
def test_a_clock_that_jumps_in_mid_send_sends_nobody_two_mails(run: Run, route: Route, seconds: float) -> None:
    mailing = run.a_sent(people=430, route=route)

    path = "/messages/schedule/create" if route == Route.SCHEDULE else "/campaigns/trigger/send"
    run.hire(Injury("jump", "before_call", 3, path=path, seconds=seconds), is_eager=True)
    run.hire(is_eager=True)
    # The calls in flight of a worker whose clock is wrong may be taken for lost.
    run.losses += 1
    run.until_rest()

    run.check()
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state in (MailingState.SENT, MailingState.FAILED)


@pytest.mark.parametrize("route", Route)
def test_a_time_that_passed_while_the_portal_was_down_is_asked_about(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=130, route=route, send_in=timedelta(hours=1))
    worker = run.hire()
    handed_over = DeliveryState.STAGED if route == Route.SCHEDULE else DeliveryState.SENDING
    run.go_on(lambda: Delivery.objects.get().state == handed_over)
    run.crew.kill(worker)
    run.let_pass(5 * 3600)

    run.hire()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    if route == Route.TRIGGER:
        assert mailing.state == MailingState.NEEDS_DECISION
        assert run.braze.record().mails.total() == 0
    put_right(run)
    run.check()
