"""People do something while a mailing is on its way: stop it, pause it, leave, or take things away."""

from __future__ import annotations

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from campaigns.delivery.control import cancel
from campaigns.delivery.decisions import resume
from campaigns.delivery.recalling import recall
from campaigns.delivery.stopping import pause, stop
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, MailingState, Recipient, Route, Template
from groups.audiences.services import remove_contact
from groups.consent.leaving import unsubscribe
from groups.models import Contact
from tests.chaos import scene
from tests.chaos.person import put_right
from tests.chaos.run import Run, states_of

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos-answers")]

CREATE, TRIGGER = "/messages/schedule/create", "/campaigns/trigger/send"
PATHS = {Route.SCHEDULE: CREATE, Route.TRIGGER: TRIGGER}


def in_mid_send(run: Run, route: Route) -> None:
    """Works until some calls are answered and others are in flight, held by Braze for a moment."""
    run.braze.fail(PATHS[route], "latency", after=4, count=1_000, hold_seconds=0.4)
    run.hire()
    run.go_on(lambda: False, each=lambda: Batch.objects.filter(state=BatchState.ACCEPTED).count() >= 4)


@pytest.mark.parametrize("route", Route)
def test_a_pause_with_calls_in_flight_keeps_their_answers_and_calls_no_further(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=730, route=route)
    in_mid_send(run, route)

    pause(mailing=mailing, actor=scene.the_boss())
    in_flight = Batch.objects.filter(state=BatchState.CALLING).count()
    called = Batch.objects.exclude(state=BatchState.WAITING).count()
    run.until_rest()

    run.check()
    assert 1 <= in_flight <= 4
    assert run.braze.calls()[PATHS[route]] <= called
    assert Delivery.objects.get().state == DeliveryState.PAUSED
    run.braze.mend()
    resume(mailing=mailing, actor=scene.the_boss())
    run.until_rest()
    run.check()
    mailing.refresh_from_db()
    assert (mailing.state, states_of(mailing)) == (MailingState.SENT, {"accepted": 730})


def test_a_cancel_with_calls_in_flight_reaches_nobody(run: Run) -> None:
    mailing = run.a_sent(people=730)
    in_mid_send(run, Route.SCHEDULE)

    cancel(mailing=mailing, actor=mailing.author)
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert run.braze.record().mails.total() == 0


def test_a_stop_with_calls_in_flight_says_who_has_it_and_who_has_not(run: Run) -> None:
    mailing = run.a_sent(people=730, route=Route.TRIGGER)
    in_mid_send(run, Route.TRIGGER)

    stop(mailing=mailing, actor=scene.the_boss())
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    reached = run.braze.record().mails.total()
    assert mailing.state == MailingState.STOPPED
    assert 200 <= reached <= 400
    assert states_of(mailing) == {"accepted": reached, "not_sent": 730 - reached}


@pytest.mark.parametrize("route", Route)
def test_whoever_unsubscribes_in_mid_send_is_taken_out_as_far_as_there_is_time(run: Run, route: Route) -> None:
    mailing = run.a_sent(people=730, route=route)
    in_mid_send(run, route)

    left_at = {}
    for contact in Contact.objects.order_by("external_id")[::40]:
        unsubscribe(contact=contact, group=mailing.group, source="page")
        left_at[contact.external_id] = timezone.now()
    run.braze.mend()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    got = {person for _subject, person in run.braze.record().mails}
    called_at = dict(Recipient.objects.values_list("contact__external_id", "batch__called_at"))
    too_late = {person for person in left_at if person in got}
    assert mailing.state == MailingState.SENT
    assert got >= set(called_at)
    # On route A nothing has left yet; on route B only who was in a call by then has it.
    assert all(route == Route.TRIGGER and called_at[person] < left_at[person] for person in too_late)


def test_whoever_leaves_the_list_in_mid_send_was_frozen_and_counts(run: Run) -> None:
    mailing = run.a_sent(people=730)
    in_mid_send(run, Route.SCHEDULE)

    for contact in Contact.objects.order_by("external_id")[::40]:
        remove_contact(audience=mailing.audience, contact=contact, actor=scene.the_boss())
    run.braze.mend()
    run.until_rest()

    run.check()
    assert Delivery.objects.get().frozen == 730


def test_contacts_deleted_while_it_is_planned_are_counted_as_gone(run: Run) -> None:
    mailing = run.a_sent(people=230)
    run.braze.fail("/users/track", 503, after=1, count=1_000)
    run.hire()
    run.go_on(lambda: Delivery.objects.get().frozen is not None)

    mailing.audience.members.filter(contact__external_id__endswith="5").delete()
    Contact.objects.filter(external_id__endswith="5").delete()
    run.braze.mend()
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    delivery = Delivery.objects.get()
    assert (mailing.state, delivery.frozen, delivery.recipients.count()) == (MailingState.SENT, 230, 207)


def test_a_template_recalled_in_mid_send_is_withdrawn(run: Run) -> None:
    mailing = run.a_sent(people=730)
    in_mid_send(run, Route.SCHEDULE)

    recall(template=Template.objects.get(route=Route.SCHEDULE), reason="A wrong price.", actor=scene.the_boss())
    run.until_rest()

    run.check()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert run.braze.record().mails.total() == 0


def test_a_group_or_template_cannot_be_deleted_under_a_mailing(run: Run) -> None:
    mailing = run.a_sent(people=130)
    run.hire()
    run.until_staged()

    with pytest.raises(ProtectedError):
        mailing.group.delete()
    with pytest.raises(ProtectedError):
        Template.objects.get(route=Route.SCHEDULE).delete()
    run.until_rest()

    run.check()
    put_right(run)
    assert run.braze.record().mails.total() == 130
