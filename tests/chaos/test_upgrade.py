"""An upgrade with a delivery under way: the workers go home or are drained, the tables change, and they go on."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from campaigns.models import MailingState, Route
from tests.chaos.processes import done_beside
from tests.chaos.run import Run, states_of
from tests.chaos.test_people import in_mid_send
from tests.chaos.upgrading import last_but_one, upgrade_drained

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos-broker")]


@pytest.mark.parametrize("route", Route)
def test_an_upgrade_with_a_delivery_under_way_loses_nobody(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=930, route=route)
    in_mid_send(run, route)

    # Whoever is asked to go home finishes what is in hand, and a dispatch ends after 20 seconds.
    run.let_pass(25)
    run.crew.go_home()
    in_between = states_of(mailing)
    done_beside(lambda: call_command("migrate", "campaigns", last_but_one(), verbosity=0))
    done_beside(lambda: call_command("migrate", verbosity=0))
    run.check()
    run.braze.mend()
    run.hire()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert set(in_between) == {"accepted", "waiting"}
    assert (mailing.state, states_of(mailing)) == (MailingState.SENT, {"accepted": 930})


@pytest.mark.parametrize("route", Route)
def test_a_drained_portal_is_upgraded_while_its_workers_stay(run: Run, route: Route) -> None:
    upgrade_drained(run, route)
