"""Every answer that Braze can give to a call that makes mail, and none: what is known is known, the rest is asked."""

from __future__ import annotations

import pytest

from campaigns.delivery.control import cancel
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, MailingState, PauseCause, Recipient, Route
from tests.chaos.ground import Ground
from tests.chaos.person import put_right
from tests.chaos.run import Run, states_of

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos-answers")]

CREATE, DELETE, TRIGGER = "/messages/schedule/create", "/messages/schedule/delete", "/campaigns/trigger/send"
PATHS = {Route.SCHEDULE: CREATE, Route.TRIGGER: TRIGGER}
# What Braze has done of the call when it answers like that.
NOT_DONE, DONE = ("redirect", 500, 502, "cut_before"), ("garbled", "html", "accept_then_fail", "accept_then_drop")


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("kind", [*NOT_DONE, *DONE])
def test_an_answer_that_says_nothing_makes_its_batch_uncertain_and_no_other(
    run: Run, route: Route, kind: int | str
) -> None:
    mailing = run.a_sent(people=230, route=route)
    run.braze.fail(PATHS[route], kind, after=1, count=2)

    run.hire()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS
    assert Batch.objects.filter(state=BatchState.UNCERTAIN).count() == 2
    assert run.braze.calls()[PATHS[route]] == 5
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT


def test_a_timeout_after_braze_has_accepted_is_uncertain_and_never_repeated(
    ground: Ground, settings_of_tests: None
) -> None:
    with ground.a_run(read_seconds=1.5) as run:
        mailing = run.a_sent(people=230)
        run.braze.fail(CREATE, "accept_then_hang", after=1, hold_seconds=30)

        run.hire()
        run.until_rest()

        run.check()
        assert states_of(mailing)["uncertain"] in (30, 50)
        assert run.braze.calls()[CREATE] == 5
        put_right(run)
        run.check()
        mailing.refresh_from_db()
        assert mailing.state == MailingState.SENT


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("resets_in", [None, 20])
def test_a_429_in_mid_send_loses_and_doubles_nobody(run: Run, route: Route, resets_in: int | None) -> None:
    mailing = run.a_sent(people=430, route=route)
    run.braze.fail(PATHS[route], 429, after=2, count=3, **({} if resets_in is None else {"resets_in": resets_in}))

    run.hire()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert (mailing.state, states_of(mailing)) == (MailingState.SENT, {"accepted": 430})


@pytest.mark.parametrize("path", ["/users/track", DELETE])
@pytest.mark.parametrize("status", [500, 503])
def test_a_500_to_a_call_that_makes_no_mail_is_repeated(run: Run, path: str, status: int) -> None:
    mailing = run.a_sent(people=130)
    run.braze.fail(path, status, count=1)
    run.hire()
    if path == DELETE:
        run.until_staged()
        cancel(mailing=mailing, actor=mailing.author)

    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    is_cancelled = path == DELETE
    assert mailing.state == (MailingState.CANCELLED if is_cancelled else MailingState.SENT)
    assert run.braze.record().mails.total() == (0 if is_cancelled else 130)


@pytest.mark.parametrize("route", Route)
def test_a_success_with_errors_for_some_of_50_names_exactly_them(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=130, route=route)
    run.braze.fail(PATHS[route], "partly", people=7)

    run.hire()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    refused = set(Recipient.objects.filter(outcome="refused").values_list("contact__external_id", flat=True))
    got = {person for _subject, person in run.braze.record().mails}
    assert (len(refused), len(got), refused & got) == (7, 123, set())
    assert mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS


@pytest.mark.parametrize("route", Route)
def test_one_bad_recipient_among_50_neither_sinks_nor_repeats_the_others(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=130, route=route)
    bad = list(mailing.audience.members.order_by("pk").values_list("contact__external_id", flat=True))[71]
    run.braze.fail(PATHS[route], 400, person=bad, count=1_000)

    run.hire()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS
    assert states_of(mailing) == {"accepted": 129, "refused": 1}
    assert bad not in {person for _subject, person in run.braze.record().mails}


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("status", [401, 403])
def test_a_key_revoked_in_mid_send_stops_all_calls_until_a_person_mends_it(run: Run, route: Route, status: int) -> None:
    mailing = run.a_sent(people=430, route=route)
    run.braze.fail("*", status, after=10, count=1_000_000)

    run.hire()
    run.go_on(lambda: Delivery.objects.filter(state=DeliveryState.PAUSED).exists())
    run.check()
    mailing.refresh_from_db()
    state, refused = mailing.state, _answered(run, status)
    run.let_pass(30)
    run.crew.beat()
    run.go_on(lambda: True)
    refused_later = _answered(run, status)
    put_right(run)

    run.check()
    mailing.refresh_from_db()
    assert (state, mailing.state) == (MailingState.PAUSED, MailingState.SENT)
    assert 1 <= refused <= 4
    assert refused_later == refused


def _answered(run: Run, status: int) -> int:
    return sum(call["status"] == status for call in run.braze.record().calls)


def test_a_braze_that_fails_again_and_again_opens_the_breaker_which_closes_by_itself(run: Run) -> None:
    mailing = run.a_sent(people=930)
    run.braze.fail(CREATE, "cut_before", after=1, count=40)

    run.hire()
    run.go_on(lambda: Delivery.objects.filter(pause_cause=PauseCause.BREAKER).exists())
    paused_at = run.braze.calls()[CREATE]
    run.check()
    run.braze.mend()
    run.until_rest()

    run.check()
    put_right(run)
    run.check()
    mailing.refresh_from_db()
    assert paused_at < 19
    assert mailing.state == MailingState.SENT


def test_a_delivery_that_is_stuck_does_not_hold_up_another_one(run: Run) -> None:
    stuck, other = run.a_sent(people=330), run.a_sent(people=130, store="Astoria")
    bad = list(stuck.audience.members.order_by("pk").values_list("contact__external_id", flat=True))
    for person in bad[::50]:
        run.braze.fail(CREATE, 429, person=person, count=1_000_000)

    run.hire()
    run.until_rest()

    run.check()
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (other.state, states_of(other)) == (MailingState.SENT, {"accepted": 130})
    assert stuck.state == MailingState.FAILED
