"""The database goes away, or takes nothing more, in the middle of everything."""

from __future__ import annotations

import pytest

from campaigns.models import MailingState, Route
from tests.chaos.injuries import Deed, Injury
from tests.chaos.person import put_right
from tests.chaos.run import Run

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos")]


@pytest.mark.parametrize("deed", ["connection_lost", "disk_full"])
@pytest.mark.parametrize("number", [6, 18, 35])
def test_a_plan_whose_database_fails_goes_on_where_it_was(run: Run, deed: Deed, number: int) -> None:
    mailing = run.a_sent(people=130)

    run.hire(Injury(deed, "statement" if deed == "connection_lost" else "write", number // 3 + 1, task="plan"))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (run.losses, mailing.state) == (0, MailingState.SENT)


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("deed", ["connection_lost", "disk_full"])
@pytest.mark.parametrize("number", [3, 8, 15])
def test_what_braze_said_is_kept_although_the_database_fails(run: Run, route: Route, deed: Deed, number: int) -> None:
    mailing = run.a_sent(people=430, route=route)

    run.hire(Injury(deed, "write", number, times=2, task="dispatch"))
    run.until_rest()

    run.check()
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT


@pytest.mark.parametrize("task", ["sync", "sweep"])
@pytest.mark.parametrize("deed", ["connection_lost", "disk_full"])
def test_a_database_that_fails_beside_the_delivery_harms_it_not(run: Run, task: str, deed: Deed) -> None:
    mailing = run.a_sent(people=130)

    run.hire(Injury(deed, "write", 2, times=3, task=task))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT
