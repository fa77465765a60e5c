"""Days and hours that were forbidden after a mailing was scheduled: it waits for a person, or stands on head office."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.delivery.control import cancel, edit_again, reschedule
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.outcomes import pause
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.models import Delivery, DeliveryState, Mailing, MailingState, Route
from campaigns.review.services import approve, submit
from campaigns.schedule.holding import Held
from campaigns.schedule.levels import Limits, QuietHours
from campaigns.schedule.services import add_blackout, save_times
from groups.models import Event, Group, Membership, User, Workspace
from groups.people.roles import role_of
from groups.roles import Role
from tests.builders import a_group, a_person, root_group
from tests.campaigns.builders import a_mailing, a_planned, a_staged
from tests.campaigns.schedule.builders import NOW, a_blackout, at, times_said
from tests.sandbox_server import RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M18")]

NOON = at("2026-12-24 12:00")
THE_DAY_BEFORE = NOON - timedelta(hours=20)


@pytest.fixture
def manager(group: Group) -> User:
    return a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand))


def scheduled(group: Group, actor: User | None = None) -> Mailing:
    """Gives a mailing for Christmas Eve that was scheduled a month before."""
    with time_machine.travel(NOW, tick=False):
        mailing = a_mailing(group=group, people=1, send_at=NOON)
        return send(mailing=mailing, actor=actor or mailing.author)


def when_it_is_due(mailing: Mailing) -> None:
    """Lets the sweep look at the time when the mailing would be staged."""
    with time_machine.travel(THE_DAY_BEFORE, tick=False):
        start_due_mailings()
    mailing.refresh_from_db()


def test_a_mailing_on_a_day_that_was_forbidden_since_waits_for_a_decision(group: Group, workspace: Workspace) -> None:
    mailing = scheduled(group)
    a_blackout(root_group(group.brand), "2026-12-24", "2026-12-26")

    when_it_is_due(mailing)

    reason = mailing.state_reason
    assert (mailing.state, Delivery.objects.count()) == (MailingState.NEEDS_DECISION, 0)
    assert "(Christmas). The next possible time is Sunday Dec. 27, 2026, midnight." in reason
    assert "Bring it back to draft and choose another time" in reason
    assert edit_again(mailing=mailing, actor=mailing.author).state == MailingState.DRAFT


@pytest.mark.parametrize(("quiet", "count"), [("12:01-13:00", 1), ("12:00-13:00", 0), ("11:00-12:00", 1)])
def test_so_does_one_at_an_hour_that_is_quiet_since(group: Group, workspace: Workspace, quiet: str, count: int) -> None:
    mailing = scheduled(group)
    times_said(group, quiet=quiet)

    when_it_is_due(mailing)

    assert Delivery.objects.count() == count


def test_what_head_office_scheduled_goes_out(group: Group, workspace: Workspace, manager: User) -> None:
    mailing = scheduled(group, manager)
    a_blackout(group, "2026-12-24")

    when_it_is_due(mailing)

    assert (mailing.state, Delivery.objects.count()) == (MailingState.SCHEDULED, 1)


def test_what_head_office_submitted_and_somebody_approved_goes_out(
    group: Group, workspace: Workspace, manager: User
) -> None:
    with time_machine.travel(NOW, tick=False):
        mailing = a_mailing(group=group, people=1, send_at=NOON)
        review = submit(mailing=mailing, actor=manager)
        approve(review=review, actor=a_person(role=Role.APPROVER, group=group))
    a_blackout(group, "2026-12-24")

    when_it_is_due(mailing)

    assert Delivery.objects.count() == 1


def test_once_somebody_else_has_moved_it_head_office_does_not_answer_for_it(
    group: Group, workspace: Workspace, manager: User
) -> None:
    mailing = scheduled(group, manager)
    with time_machine.travel(NOW, tick=False):
        reschedule(mailing=mailing, send_at=NOON - timedelta(hours=1), actor=mailing.author)
    a_blackout(group, "2026-12-24")

    when_it_is_due(mailing)

    assert (mailing.state, Delivery.objects.count()) == (MailingState.NEEDS_DECISION, 0)


def test_whoever_has_lost_the_right_overrules_nothing_any_more(
    group: Group, workspace: Workspace, manager: User
) -> None:
    mailing = scheduled(group, manager)
    a_blackout(group, "2026-12-24")
    Membership.objects.filter(user=manager).update(role=role_of(group.brand, Role.REGIONAL_MANAGER))

    when_it_is_due(mailing)

    assert (mailing.state, Delivery.objects.count()) == (MailingState.NEEDS_DECISION, 0)


def test_a_place_that_was_given_is_not_taken_away_by_stricter_limits(group: Group, workspace: Workspace) -> None:
    mailing, _other = scheduled(group), scheduled(group)
    times_said(group, mailings_per_day=1, days_ahead=1, people_per_mailing=1)

    when_it_is_due(mailing)

    assert Delivery.objects.count() == 2


def add_for_tomorrow(group: Group, actor: User) -> Held:
    """Forbids every day until the one after tomorrow."""
    today = timezone.now().date() - timedelta(days=1)
    days = {"first_day": today, "last_day": today + timedelta(days=4)}
    return add_blackout(group=group, reason="Recall", actor=actor, **days)[1]


@pytest.mark.parametrize("state", [DeliveryState.PLANNING, DeliveryState.PAUSED, DeliveryState.STAGED])
def test_what_is_on_its_way_already_is_called_back(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, manager: User, state: DeliveryState
) -> None:
    mailing = a_mailing(group=group, people=3, send_at=timezone.now() + timedelta(hours=20))
    if state == DeliveryState.STAGED:
        delivery = a_staged(mailing, workspace)
    else:
        delivery = send(mailing=mailing, actor=mailing.author).deliveries.get()
    if state == DeliveryState.PAUSED:
        pause(delivery, "Braze refused the key.")
    before = Delivery.objects.get(pk=delivery.pk).state

    held = add_for_tomorrow(root_group(group.brand), manager)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)

    mailing.refresh_from_db()
    assert (before, held) == (state, Held(mailings=1))
    assert (mailing.state, delivery.state) == (MailingState.NEEDS_DECISION, DeliveryState.WITHDRAWN)
    assert "(Recall)" in mailing.state_reason
    assert [one.state for one in sandbox.state.schedules.values()] == ["deleted"] * (state == DeliveryState.STAGED)
    assert Event.objects.filter(action="mailing.held_back", actor=manager, target_id=str(mailing.pk)).count() == 1


@time_machine.travel(NOW)
def test_a_mailing_that_braze_holds_is_called_back_when_its_hour_becomes_quiet(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, manager: User
) -> None:
    early = at("2026-11-24 05:00")
    delivery = a_planned(a_mailing(group=group, people=3, route=Route.TRIGGER, send_at=early), workspace)

    held = save_times(group=group, quiet=QuietHours(time(21), time(7)), limits=Limits(), actor=manager)
    delivery.refresh_from_db()
    settle(delivery)

    delivery.mailing.refresh_from_db()
    assert held == Held(mailings=1)
    assert delivery.mailing.state == MailingState.NEEDS_DECISION
    assert sandbox.calls("/campaigns/trigger/send") == 0


def test_other_groups_head_office_and_what_is_too_late_are_let_go(
    group: Group, workspace: Workspace, manager: User
) -> None:
    send_at = timezone.now() + timedelta(hours=20)
    of_head_office = a_mailing(group=group, people=1, send_at=send_at)
    send(mailing=of_head_office, actor=manager)
    too_late = a_staged(a_mailing(group=group, people=1, send_at=send_at), workspace)
    Delivery.objects.filter(pk=too_late.pk).update(undo_until=timezone.now())
    over = a_mailing(group=group, people=1, send_at=send_at)
    send(mailing=over, actor=over.author)
    cancel(mailing=over, actor=over.author)
    next_door = a_group(brand=group.brand)
    send(mailing=(theirs := a_mailing(group=next_door, people=1, send_at=send_at)), actor=theirs.author)

    held = add_for_tomorrow(group, manager)

    assert held == Held(mailings=0, too_late=1)
    assert {one.mailing_id for one in Delivery.objects.filter(state=DeliveryState.PLANNING)} == {
        of_head_office.pk,
        theirs.pk,
    }
