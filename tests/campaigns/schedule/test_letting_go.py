"""Submitting, sending, approving and moving against the rules about time: refused, unless head office overrules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from campaigns.compose.forms import WhenForm
from campaigns.compose.services import choose_time
from campaigns.delivery.control import edit_again, reschedule
from campaigns.delivery.decisions import send_late
from campaigns.delivery.services import hand_over, send
from campaigns.errors import NotReady, Refusal
from campaigns.models import Delivery, Mailing, MailingState, Review
from campaigns.review.services import approve, submit
from groups.models import Event, Group, Membership, User
from groups.people.roles import role_of
from groups.roles import Role
from tests.builders import Cast, a_person, a_workspace
from tests.campaigns.builders import a_mailing
from tests.campaigns.schedule.builders import a_blackout, at, times_said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday_morning"), pytest.mark.catalogue("M18")]

NOON, NIGHT = at("2026-11-26 12:00"), at("2026-11-26 22:00")


@pytest.fixture
def store(group: Group) -> Group:
    """Gives a store that is quiet at night, and connected to an address where nobody answers."""
    a_workspace(brand=group.brand)
    times_said(group, quiet="21:00-07:00")
    return group


@pytest.fixture
def manager(store: Group) -> User:
    return a_person(role=Role.BRAND_MANAGER, group=store)


@pytest.fixture
def approver(store: Group) -> User:
    return a_person(role=Role.APPROVER, group=store)


@pytest.fixture
def draft(store: Group) -> Mailing:
    """Gives a draft of a local author that is to go out at night."""
    return a_mailing(group=store, people=1, author=a_person(role=Role.LOCAL_AUTHOR, group=store), send_at=NIGHT)


def a_scheduled(store: Group, **fields: object) -> Mailing:
    """Gives a mailing that a local sender has scheduled for noon."""
    mailing = a_mailing(group=store, people=1, send_at=NOON, **fields)  # type: ignore[arg-type]  # a builder's fields
    return send(mailing=mailing, actor=mailing.author)


def overruled(mailing: Mailing) -> list[tuple[User | None, str]]:
    trail = Event.objects.filter(action="mailing.times_overruled", target_id=str(mailing.pk)).order_by("id")
    return [(event.actor, event.detail["rules"]) for event in trail]


def expect_unchanged(mailing: Mailing, state: MailingState) -> None:
    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count(), overruled(mailing)) == (state, 0, [])


@pytest.mark.parametrize("let_go", [send, submit])
def test_a_mailing_at_night_is_neither_sent_nor_submitted(store: Group, let_go: Callable[..., object]) -> None:
    mailing = a_mailing(group=store, people=1, send_at=NIGHT)

    with pytest.raises(NotReady) as refusal:
        let_go(mailing=mailing, actor=mailing.author)

    assert [found.code for found in refusal.value.findings] == ["time_quiet"]
    expect_unchanged(mailing, MailingState.DRAFT)
    assert not Review.objects.exists()


def test_head_office_sends_it_and_that_is_recorded(draft: Mailing, manager: User) -> None:
    send(mailing=draft, actor=manager)

    assert draft.state == MailingState.SCHEDULED
    assert overruled(draft) == [(manager, "time_quiet")]


def test_what_keeps_the_rules_overrules_nothing(store: Group, manager: User) -> None:
    mailing = a_mailing(group=store, people=1, send_at=NOON)

    send(mailing=mailing, actor=manager)

    assert overruled(mailing) == []


def test_what_head_office_submits_a_local_approver_can_approve(draft: Mailing, manager: User, approver: User) -> None:
    approve(review=submit(mailing=draft, actor=manager), actor=approver)

    draft.refresh_from_db()
    assert draft.state == MailingState.SCHEDULED
    assert overruled(draft) == [(approver, "time_quiet")]


def test_days_that_were_forbidden_since_stop_a_local_approver_and_not_head_office(
    draft: Mailing, manager: User, approver: User
) -> None:
    choose_time(mailing=draft, send_at=NOON, actor=draft.author)
    review = submit(mailing=draft, actor=draft.author)
    a_blackout(draft.group, "2026-11-26", reason="Thanksgiving")

    with pytest.raises(NotReady) as refusal:
        approve(review=review, actor=approver)
    refused_in = Mailing.objects.get(pk=draft.pk).state
    approve(review=review, actor=manager)

    draft.refresh_from_db()
    assert [found.code for found in refusal.value.findings] == ["time_blackout"]
    assert (refused_in, draft.state) == (MailingState.IN_APPROVAL, MailingState.SCHEDULED)
    assert overruled(draft) == [(manager, "time_blackout")]


def test_of_two_submissions_for_one_place_only_the_first_is_approved(store: Group, approver: User) -> None:
    store.time_rules.mailings_per_day = 1
    store.time_rules.save()
    author = a_person(role=Role.LOCAL_AUTHOR, group=store)
    first, second = (
        submit(mailing=a_mailing(group=store, people=1, author=author, send_at=NOON), actor=author) for _ in range(2)
    )

    approve(review=first, actor=approver)
    with pytest.raises(NotReady) as refusal:
        approve(review=second, actor=approver)

    assert [found.code for found in refusal.value.findings] == ["time_day_full"]
    assert Mailing.objects.get(pk=second.mailing_id).state == MailingState.IN_APPROVAL


def test_a_place_that_was_taken_since_the_check_is_not_taken_twice(store: Group) -> None:
    store.time_rules.mailings_per_day = 1
    store.time_rules.save()
    late = a_mailing(group=store, people=1, send_at=NOON)
    a_scheduled(store)

    with pytest.raises(Refusal, match="at most 1 mailing a day"), transaction.atomic():
        hand_over(mailing=late, actor=late.author, start=MailingState.DRAFT)

    expect_unchanged(late, MailingState.DRAFT)


@pytest.mark.catalogue("M17")
def test_a_mailing_is_scheduled_moved_and_taken_back_in_the_zone_of_its_group(store: Group) -> None:
    mailing = a_scheduled(store)

    reschedule(mailing=mailing, send_at=at("2026-11-26 20:59"), actor=mailing.author)
    moved_to = mailing.send_at
    edit_again(mailing=mailing, actor=mailing.author)

    assert moved_to == at("2026-11-26 20:59")
    assert (mailing.state, mailing.group.time_zone) == (MailingState.DRAFT, "America/Los_Angeles")


@pytest.mark.catalogue("M17")
@pytest.mark.parametrize(
    ("day", "clock", "code"),
    [("2027-03-14", "02:30", "missing"), ("2026-11-01", "01:30", "twice"), ("2026-11-23", "09:59", "past")],
)
def test_a_time_that_is_past_or_that_no_clock_shows_once_is_refused(day: str, clock: str, code: str) -> None:
    form = WhenForm({"when": "later", "day": day, "time": clock}, zone="America/Los_Angeles")

    assert not form.is_valid()
    assert [error.code for error in form.non_field_errors().as_data()] == [code]


@pytest.mark.catalogue("M17")
def test_a_mailing_is_not_moved_to_a_time_against_the_rules(store: Group) -> None:
    mailing = a_scheduled(store)
    a_blackout(store, "2026-11-27", reason="Inventory")

    for moment, reason in ((NIGHT, "no mail goes out"), (at("2026-11-27 12:00"), "Inventory")):
        with pytest.raises(Refusal, match=reason):
            reschedule(mailing=mailing, send_at=moment, actor=mailing.author)

    expect_unchanged(mailing, MailingState.SCHEDULED)
    assert mailing.send_at == NOON


def test_a_mailing_does_not_stand_in_its_own_way_when_it_is_moved(store: Group) -> None:
    store.time_rules.mailings_per_week = 1
    store.time_rules.save()
    mailing = a_scheduled(store)

    reschedule(mailing=mailing, send_at=at("2026-11-27 12:00"), actor=mailing.author)

    assert mailing.send_at == at("2026-11-27 12:00")


def test_head_office_moves_it_there_and_that_is_recorded(store: Group, manager: User) -> None:
    mailing = a_scheduled(store)

    reschedule(mailing=mailing, send_at=NIGHT, actor=manager)

    assert (mailing.send_at, overruled(mailing)) == (NIGHT, [(manager, "time_quiet")])


def test_the_word_of_head_office_holds_for_its_own_time_and_for_no_other(
    draft: Mailing, manager: User, approver: User
) -> None:
    approve(review=submit(mailing=draft, actor=manager), actor=approver)
    draft.refresh_from_db()

    with pytest.raises(Refusal, match="no mail goes out"):
        reschedule(mailing=draft, send_at=at("2026-11-26 23:00"), actor=draft.author)

    draft.refresh_from_db()
    assert draft.send_at == NIGHT


def test_a_mailing_that_waits_for_a_decision_is_not_sent_at_night(store: Group, manager: User) -> None:
    mailing = a_scheduled(store)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.NEEDS_DECISION)

    with time_machine.travel(NIGHT, tick=False):
        with pytest.raises(NotReady), transaction.atomic():
            send_late(mailing=mailing, actor=mailing.author)
        expect_unchanged(mailing, MailingState.NEEDS_DECISION)
        send_late(mailing=mailing, actor=manager)

    assert (mailing.state, Delivery.objects.count()) == (MailingState.SCHEDULED, 1)


def test_nobody_of_the_cast_but_head_office_gets_a_mailing_through_at_night(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    times_said(cast.store, quiet="21:00-07:00")
    tried: dict[str, str] = {}

    for user in cast.everybody:
        mailing = a_mailing(group=cast.store, author=cast.author, people=1, send_at=NIGHT)
        client.force_login(user)
        for view in ("mailing-submit", "mailing-send"):
            client.post(reverse(f"campaigns:{view}", args=[mailing.pk]), {"revision": mailing.revision})
        mailing.refresh_from_db()
        tried[user.name] = mailing.state

    through = {cast.manager.name: "in_approval", cast.admin.name: "in_approval"}
    assert tried == {user.name: through.get(user.name, "draft") for user in cast.everybody}


def test_nobody_of_the_cast_but_head_office_moves_a_mailing_into_the_night(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    times_said(cast.store, quiet="21:00-07:00")
    Membership.objects.filter(user=cast.approver).update(role=role_of(cast.brand, Role.REGIONAL_MANAGER))
    moved: dict[str, bool] = {}

    for user in cast.everybody:
        mailing = a_mailing(group=cast.store, author=cast.sender, people=1, send_at=NOON)
        send(mailing=mailing, actor=cast.sender)
        client.force_login(user)
        client.post(reverse("campaigns:mailing-reschedule", args=[mailing.pk]), {"day": "2026-11-26", "time": "22:00"})
        mailing.refresh_from_db()
        moved[user.name] = mailing.send_at != NOON

    assert [name for name, has_moved in moved.items() if has_moved] == [cast.manager.name, cast.admin.name]
