"""Whatever happens to the call of a test, nobody gets it twice, and whoever asked reads what is so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from braze_client import Accepted, BrazeError
from campaigns.compose.services import delete_draft, save_values
from campaigns.models import Mailing, Route, TestMail, TestState
from campaigns.review.digest import content_digest_of
from campaigns.testsend import sending, tasks
from campaigns.testsend.queries import left_today
from campaigns.testsend.services import ask_for_tests
from campaigns.testsend.sweeping import sweep
from groups.models import Group, Membership, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing
from tests.campaigns.testsend.scene import a_sent_test, an_asked_test, inbox_of, later, the_triggered
from tests.sandbox_server import RunningSandbox

CREATE, TRACK, TRIGGER = "/messages/schedule/create", "/users/track", "/campaigns/trigger/send"


@pytest.mark.catalogue("M14")
def test_a_task_that_runs_twice_sends_one_mail(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)
    test = an_asked_test(mailing)

    tasks.send(str(test.pk))
    tasks.send(str(test.pk))
    tasks.sweep()

    with later():
        assert len(inbox_of(sandbox, mailing.author)) == 1
    test.refresh_from_db()
    assert (test.state, test.attempt, sandbox.calls(CREATE)) == (TestState.ACCEPTED, 1, 1)
    assert test.schedule_id in sandbox.state.schedules
    assert test.dispatch_id


def test_two_workers_at_once_send_one_mail(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = an_asked_test(a_mailing(group=group))
    take = sending.take

    def let_another_worker_through(*arguments: object) -> None:
        monkeypatch.setattr(sending, "take", take)
        sending.send(test.pk)

    monkeypatch.setattr(sending, "take", let_another_worker_through)
    sending.send(test.pk)

    test.refresh_from_db()
    assert (test.state, test.attempt, sandbox.calls(CREATE)) == (TestState.ACCEPTED, 1, 1)


@pytest.mark.catalogue("M14")
def test_a_call_that_was_cut_is_uncertain_and_never_repeated(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    sandbox.drop_after_acting(CREATE)

    test = a_sent_test(mailing)
    with later(3700):
        sweep()
        tasks.send(str(test.pk))
        mails = len(inbox_of(sandbox, mailing.author))

    test.refresh_from_db()
    assert (test.state, sandbox.calls(CREATE), mails) == (TestState.UNCERTAIN, 1, 1)
    assert test.error.startswith("Nobody knows whether Braze took this test.")


def test_a_worker_that_vanished_leaves_its_test_uncertain(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    test = an_asked_test(a_mailing(group=group))
    monkeypatch.setattr(sending, "_answer_to", killed)
    with pytest.raises(KeyboardInterrupt):
        sending.send(test.pk)
    monkeypatch.undo()
    test.refresh_from_db()
    state_of_the_dead = test.state

    with later(61):
        sweep()
        tasks.send(str(test.pk))

    test.refresh_from_db()
    assert (state_of_the_dead, test.state) == (TestState.CALLING, TestState.UNCERTAIN)
    assert sandbox.calls(CREATE) == 0


def test_an_acceptance_that_comes_late_answers_what_was_uncertain(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_to = sending._answer_to

    def slow(*arguments: Any) -> Accepted | BrazeError:
        answer = answer_to(*arguments)
        with later(61):
            sweep()
        return answer

    monkeypatch.setattr(sending, "_answer_to", slow)
    test = a_sent_test(a_mailing(group=group))

    assert (test.state, test.error) == (TestState.ACCEPTED, "")
    assert test.schedule_id in sandbox.state.schedules


@pytest.mark.parametrize("path", [CREATE, TRACK])
def test_what_braze_does_not_take_now_goes_later(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, path: str
) -> None:
    sandbox.fail(path, 429, count=9)

    test = a_sent_test(a_mailing(group=group))
    refused, sandbox.state.faults[:] = test.state, []
    with later(3599):
        tasks.send(str(test.pk))

    test.refresh_from_db()
    assert (refused, test.state, test.error) == (TestState.WAITING, TestState.ACCEPTED, "")
    assert len(sandbox.state.schedules) == 1


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        (CREATE, 401, "Braze refused the API key."),
        (TRACK, 403, "The API key lacks a permission"),
        (CREATE, 400, "Braze refused this test: 400"),
    ],
)
def test_what_braze_refuses_is_over_and_says_why(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, path: str, status: int, sentence: str
) -> None:
    sandbox.fail(path, status)

    test = a_sent_test(a_mailing(group=group))
    tasks.send(str(test.pk))

    test.refresh_from_db()
    assert (test.state, len(sandbox.state.schedules)) == (TestState.REFUSED, 0)
    assert test.error.startswith(sentence)


def test_who_asked_reads_why_in_their_own_language(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)
    mailing.author.language = "de"
    mailing.author.save()
    sandbox.fail(CREATE, 401)

    test = a_sent_test(mailing)

    assert test.error.startswith("Braze hat den API-Schlüssel")


def test_braze_has_time_to_hear_of_a_new_tester(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.BRAZE_PROPAGATION_SECONDS = 300
    mailing = a_mailing(group=group)

    with time_machine.travel(timezone.now(), tick=False):
        now = timezone.now()
        first = a_sent_test(mailing)
    with time_machine.travel(now + timedelta(seconds=280), tick=False):
        second = a_sent_test(mailing)

    assert first.planned_for == now + timedelta(seconds=300)
    assert second.planned_for == now + timedelta(seconds=280 + 60)


def test_a_test_shows_what_is_stored_when_it_leaves_and_says_so(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    test = an_asked_test(mailing)

    save_values(mailing=mailing, changes={"headline": "Later words"}, revision=mailing.revision, actor=mailing.author)
    tasks.send(str(test.pk))

    test.refresh_from_db()
    (schedule,) = sandbox.state.schedules.values()
    assert "Later words" in schedule.content.body
    assert (test.revision, test.digest) == (mailing.revision, content_digest_of(mailing))


def test_somebody_who_may_not_see_the_mailing_any_more_gets_nothing(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    colleague = a_person(role=Role.APPROVER, group=group, name="Ana Approver")
    test = an_asked_test(mailing, tester=colleague)

    Membership.objects.filter(user=colleague).delete()
    tasks.send(str(test.pk))

    test.refresh_from_db()
    assert test.state == TestState.REFUSED
    assert test.error == "Ana Approver may not see mailings of this group any more."
    assert sandbox.calls(TRACK) + sandbox.calls(CREATE) == 0


def test_a_draft_that_is_deleted_takes_its_waiting_test_along_and_not_what_it_counts(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    test = an_asked_test(mailing)

    delete_draft(mailing=mailing, actor=mailing.author)
    tasks.send(str(test.pk))

    test.refresh_from_db()
    assert (test.mailing, test.state, Mailing.objects.count()) == (None, TestState.REFUSED, 0)
    assert left_today(group) == 49
    assert sandbox.calls(CREATE) == 0


def test_a_test_that_waited_for_an_hour_is_given_up(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    test = an_asked_test(a_mailing(group=group))

    with later(3601):
        sweep()
        tasks.send(str(test.pk))

    test.refresh_from_db()
    assert (test.state, sandbox.calls(CREATE)) == (TestState.REFUSED, 0)
    assert test.error == "Braze could not take this test within an hour. Send another one."


@pytest.mark.catalogue("M14")
def test_a_mail_that_braze_holds_is_triggered_for_the_tester_alone(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER, values={"headline": "Tea & cake"})

    test = a_sent_test(mailing)
    tasks.send(str(test.pk))
    message = the_triggered(sandbox, mailing.author)

    assert (test.state, sandbox.calls(TRIGGER), sandbox.calls(CREATE)) == (TestState.ACCEPTED, 1, 0)
    assert message.trigger_properties["subject_text"] == "[TEST] News of the week"
    assert message.trigger_properties["headline"] == "Tea &amp; cake"
    assert (message.mailing.campaign_id, message.mailing.send_id) == (workspace.trigger_campaign_id, None)


def test_a_mail_that_braze_holds_waits_until_braze_knows_the_tester(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.BRAZE_PROPAGATION_SECONDS = 300
    mailing = a_mailing(group=group, route=Route.TRIGGER)

    test = a_sent_test(mailing)
    early = (test.state, sandbox.calls(TRIGGER))
    with later(301):
        tasks.send(str(test.pk))

    test.refresh_from_db()
    assert early == (TestState.WAITING, 0)
    assert (test.state, sandbox.calls(TRIGGER), sandbox.calls(TRACK)) == (TestState.ACCEPTED, 1, 1)


def test_ten_colleagues_get_ten_mails(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)
    colleagues = [a_person(role=Role.READ_ONLY, group=group) for _ in range(10)]

    for test in ask_for_tests(mailing=mailing, testers=colleagues, actor=mailing.author):
        tasks.send(str(test.pk))

    with later():
        assert [len(inbox_of(sandbox, one)) for one in colleagues] == [1] * 10
    assert set(TestMail.objects.values_list("state", flat=True)) == {"accepted"}
