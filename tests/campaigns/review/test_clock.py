"""What the clock does: one reminder, one word to the next group above, and in the end it expires and both are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from campaigns.compose.services import choose_time
from campaigns.models import Demand, MailingState, Review, ReviewState
from campaigns.review.deciders import nearest_deciders, next_deciders
from campaigns.review.deciding import approve
from campaigns.review.services import submit, take_back
from campaigns.review.sweeping import escalate_reviews, expire_reviews, remind_reviews
from campaigns.review.tasks import sweep
from groups.models import Group, User, Workspace
from groups.notices.mailing import mail_due
from groups.roles import Role
from tests.builders import a_person, root_group
from tests.campaigns.review.builders import Callbacks, Store, a_rule, a_store

pytestmark = pytest.mark.catalogue("M8")


@pytest.fixture
def store(group: Group, workspace: Workspace) -> Store:
    """Gives a store with everybody who decides."""
    return a_store(group)


@pytest.fixture
def manager(store: Store) -> User:
    """Gives somebody above the store who may approve and review."""
    return a_person(role=Role.BRAND_MANAGER, group=root_group(store.group.brand), name="Mika Manager")


def told(callbacks: Callbacks, at: datetime) -> list[tuple[str, str]]:
    """Runs the sweep twice at a moment and gives whom it mailed, with the beginning of the subject."""
    mail_due()
    mail.outbox.clear()
    with time_machine.travel(at), callbacks(execute=True):
        sweep()
        sweep()
        mail_due()
    return sorted((one.to[0], one.subject.partition(": ")[2]) for one in mail.outbox)


def test_both_sides_are_reminded_once_24_hours_before_a_yes_comes_too_late(
    store: Store, manager: User, django_capture_on_commit_callbacks: Callbacks
) -> None:
    submitted = submit(mailing=store.mailing, actor=store.author).submitted_at

    early = told(django_capture_on_commit_callbacks, submitted + timedelta(hours=47))
    due = told(django_capture_on_commit_callbacks, submitted + timedelta(hours=49))
    later = told(django_capture_on_commit_callbacks, submitted + timedelta(hours=50))

    name = store.group.name
    assert early == []
    assert due == sorted(
        [
            (store.approver.email, f"“News” of {name} still waits for you"),
            (store.second.email, f"“News” of {name} still waits for you"),
            (store.author.email, "Nobody has decided on “News” yet"),
        ]
    )
    assert later == []


def test_the_next_group_above_is_told_once_12_hours_before(
    store: Store, manager: User, django_capture_on_commit_callbacks: Callbacks
) -> None:
    submitted = submit(mailing=store.mailing, actor=store.author).submitted_at
    told(django_capture_on_commit_callbacks, submitted + timedelta(hours=49))

    due = told(django_capture_on_commit_callbacks, submitted + timedelta(hours=61))
    later = told(django_capture_on_commit_callbacks, submitted + timedelta(hours=62))

    assert due == [(manager.email, f"Nobody has decided on “News” of {store.group.name}")]
    assert later == []
    assert Review.objects.get().escalated_at is not None


def test_where_less_time_was_given_it_is_half_of_it_and_three_quarters(store: Store, manager: User) -> None:
    now = timezone.now()
    choose_time(mailing=store.mailing, send_at=now + timedelta(hours=8), actor=store.author)
    submit(mailing=store.mailing, actor=store.author)

    found = []
    for hours in (3, 5, 7):
        with time_machine.travel(now + timedelta(hours=hours)):
            found.append((remind_reviews(), escalate_reviews()))

    assert found == [(0, 0), (1, 0), (0, 1)]


def test_what_is_decided_or_past_its_time_reminds_nobody(store: Store) -> None:
    now = timezone.now()
    choose_time(mailing=store.mailing, send_at=now + timedelta(hours=8), actor=store.author)
    submit(mailing=store.mailing, actor=store.author)
    with time_machine.travel(now + timedelta(hours=9)):
        past = (remind_reviews(), escalate_reviews())
    take_back(mailing=store.mailing, actor=store.author)
    with time_machine.travel(now + timedelta(hours=5)):
        taken_back = (remind_reviews(), escalate_reviews())

    assert (past, taken_back) == ((0, 0), (0, 0))
    assert Review.objects.get().reminded_at is None


@pytest.mark.parametrize("demand", [Demand.ONE_LEVEL, Demand.TWO_LEVELS])
def test_at_either_level_it_expires_once_and_both_are_told(
    store: Store, demand: Demand, django_capture_on_commit_callbacks: Callbacks
) -> None:
    a_rule(store.group.brand, demand)
    submitted = submit(mailing=store.mailing, actor=store.author).submitted_at
    deciders = [store.reviewer] if demand == Demand.TWO_LEVELS else [store.approver, store.second]

    after = told(django_capture_on_commit_callbacks, submitted + timedelta(hours=73))

    assert store.standing() == (MailingState.EXPIRED, ReviewState.EXPIRED)
    assert after == sorted((one.email, "“News” did not go out") for one in (store.author, *deciders))


def test_what_somebody_has_approved_does_not_expire(store: Store) -> None:
    choose_time(mailing=store.mailing, send_at=timezone.now() + timedelta(days=1), actor=store.author)
    approve(review=submit(mailing=store.mailing, actor=store.author), actor=store.approver)

    with time_machine.travel(timezone.now() + timedelta(days=5)):
        expired = expire_reviews()

    assert (expired, store.standing()[1]) == (0, ReviewState.APPROVED)


def test_the_nearest_people_are_asked_and_the_next_ones_follow(store: Store, manager: User) -> None:
    review = submit(mailing=store.mailing, actor=store.author)

    assert nearest_deciders(review) == (store.second, store.approver)
    assert next_deciders(review) == (manager,)


def test_where_more_must_agree_than_are_near_the_next_group_is_asked_at_once(store: Store, manager: User) -> None:
    a_rule(store.group.brand, Demand.ONE_LEVEL, approvals=3)
    review = submit(mailing=store.mailing, actor=store.author)

    assert nearest_deciders(review) == (store.second, store.approver, manager)
    assert next_deciders(review) == ()


def test_neither_the_author_nor_who_has_said_yes_is_asked(store: Store, manager: User) -> None:
    a_rule(store.group.brand, Demand.ONE_LEVEL, approvals=2)
    review = submit(mailing=store.mailing, actor=manager)
    approve(review=review, actor=store.approver)

    assert nearest_deciders(review) == (store.second,)
