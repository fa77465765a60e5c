"""`kill -9` of a worker, at every moment at which somebody has lost something."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.delivery.control import cancel, reschedule
from campaigns.models import Batch, MailingState, Route
from tests.chaos.injuries import Injury
from tests.chaos.ledger import OVER
from tests.chaos.person import put_right
from tests.chaos.run import Run, states_of

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos")]

CREATE, TRIGGER = "/messages/schedule/create", "/campaigns/trigger/send"
PATHS = {Route.SCHEDULE: CREATE, Route.TRIGGER: TRIGGER}


@pytest.mark.parametrize("statement", [4, 12, 20, 33, 48])
def test_a_worker_killed_while_planning_loses_nobody(run: Run, statement: int) -> None:
    mailing = run.a_sent(people=130)

    run.hire(Injury("kill", "statement", statement, task="plan"))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert run.losses == 1
    assert (mailing.state, states_of(mailing)) == (MailingState.SENT, {"accepted": 130})


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("call", [1, 6])
def test_a_worker_killed_between_claim_and_call_leaves_at_most_its_connections(
    run: Run, route: Route, call: int
) -> None:
    mailing = run.a_sent(people=430, route=route)

    run.hire(Injury("kill", "before_call", call, path=PATHS[route]))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (run.losses, mailing.state) == (1, MailingState.SENT_WITH_OPEN_QUESTIONS)
    assert 1 <= Batch.objects.filter(state="uncertain").count() <= 4
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("answer", [1, 3, 7])
def test_a_worker_killed_between_the_answer_and_our_write_leaves_nobody_unseen(
    run: Run, route: Route, answer: int
) -> None:
    mailing = run.a_sent(people=430, route=route)

    run.hire(Injury("kill", "after_answer", answer, path=PATHS[route]))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (run.losses, mailing.state) == (1, MailingState.SENT_WITH_OPEN_QUESTIONS)
    assert 1 <= Batch.objects.filter(state="uncertain").count() <= 4
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
@pytest.mark.parametrize("commit", [1, 2, 3])
def test_a_worker_killed_at_a_commit_of_dispatching_leaves_at_most_its_connections(
    run: Run, moment: str, commit: int
) -> None:
    mailing = run.a_sent(people=430)

    run.hire(Injury("kill", moment, commit, task="dispatch"))
    run.until_rest()

    run.check()
    assert run.losses == 1
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT


def test_a_worker_killed_while_contacts_go_to_braze_loses_nobody(run: Run) -> None:
    mailing = run.a_sent(people=230)

    run.hire(Injury("kill", "after_answer", 2, path="/users/track"))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (run.losses, mailing.state) == (1, MailingState.SENT)


@pytest.mark.parametrize("moment", ["before_call", "after_answer"])
def test_a_worker_killed_while_withdrawing_leaves_it_to_the_next(run: Run, moment: str) -> None:
    mailing = run.a_sent(people=230)
    worker = run.hire()
    run.until_staged()
    run.crew.kill(worker)
    cancel(mailing=mailing, actor=mailing.author)

    run.hire(Injury("kill", moment, 2, path="/messages/schedule/delete"))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state in (MailingState.CANCELLED, MailingState.SENT_WITH_OPEN_QUESTIONS)
    assert run.braze.record().mails.total() == 0


@pytest.mark.parametrize("moment", ["before_call", "after_answer"])
def test_a_worker_killed_while_moving_leaves_one_time_for_all(run: Run, moment: str) -> None:
    mailing = run.a_sent(people=230, send_in=timedelta(hours=1))
    worker = run.hire()
    run.until_staged()
    run.crew.kill(worker)
    wanted = timezone.now().replace(microsecond=0) + timedelta(hours=2)
    reschedule(mailing=mailing, send_at=wanted, actor=mailing.author)

    run.hire(Injury("kill", moment, 2, path="/messages/schedule/update"))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state in OVER
    assert set(run.braze.record().sent_at.values()) == {wanted.timestamp()}


@pytest.mark.parametrize("statement", [5, 15, 30])
def test_a_worker_killed_while_sweeping_changes_nothing(run: Run, statement: int) -> None:
    mailing = run.a_sent(people=130)

    run.hire(Injury("kill", "statement", statement, task="sweep"))
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (run.losses, mailing.state) == (1, MailingState.SENT)
