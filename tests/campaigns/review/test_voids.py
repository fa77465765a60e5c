"""What voids an approval, row by row of product.md, section 5: nothing goes out but what was looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.compose.services import choose_last_day, choose_time
from campaigns.delivery.recalling import recall
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.errors import NotReady, Refusal, StaleState
from campaigns.library.publishing import publish_version
from campaigns.library.pushing import push_version
from campaigns.library.snippets import add_snippet, change_snippet
from campaigns.models import Delivery, Demand, Mailing, MailingState, Review, ReviewState, SourceKind, Template
from campaigns.review.deciding import approve
from campaigns.review.services import submit, take_back
from groups.models import Attribute, Group, Workspace
from groups.roles import Role
from tests.builders import a_person, an_audience, root_group
from tests.campaigns.builders import SOURCE, a_mailing
from tests.campaigns.review.builders import DRAFT, IN_APPROVAL, IN_REVIEW, SCHEDULED, Store, a_rule, a_store

pytestmark = pytest.mark.catalogue("M3")

WITH_SNIPPET = SOURCE.replace(
    "<mj-text>Hello [[first_name]]</mj-text>",
    '<mj-text data-field="closing" data-type="snippet" data-label="Closing" data-options="hours">hours</mj-text>',
)


@pytest.fixture
def store(group: Group, workspace: Workspace) -> Store:
    """Gives a store whose mailing goes in three days."""
    store = a_store(group)
    choose_time(mailing=store.mailing, send_at=timezone.now() + timedelta(days=3), actor=store.author)
    return store


def other_address(store: Store) -> None:
    Group.objects.filter(pk=store.group.pk).update(street="Another street 1")


def other_sender(store: Store) -> None:
    Group.objects.filter(pk=store.group.pk).update(sender_name="Somebody Else")


def other_audience(store: Store) -> None:
    Mailing.objects.filter(pk=store.mailing.pk).update(audience=an_audience(group=store.group, contacts=1))


def other_words(store: Store) -> None:
    Mailing.objects.filter(pk=store.mailing.pk).update(values={**store.mailing.values, "headline": "Guaranteed"})


def other_version(store: Store) -> None:
    template = store.mailing.version.template
    publish_version(
        template=template, source=SOURCE.replace("Come and", "Go and"), kind=SourceKind.MJML, actor=None, tested=False
    )
    Mailing.objects.filter(pk=store.mailing.pk).update(version=Template.objects.get(pk=template.pk).current)


def other_fallback(store: Store) -> None:
    Attribute.objects.filter(brand=store.group.brand, name="first_name").update(fallback="dear guest")


CHANGES = (other_address, other_sender, other_audience, other_words, other_version, other_fallback)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_after_the_approval_voids_it_and_nothing_goes_out(
    store: Store, change: Callable[[Store], None]
) -> None:
    approve(review=submit(mailing=store.mailing, actor=store.author), actor=store.approver)
    change(store)

    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12)):
        start_due_mailings()

    assert store.standing() == (DRAFT, ReviewState.VOID)
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_under_the_approver_cannot_be_approved(store: Store, change: Callable[[Store], None]) -> None:
    review = submit(mailing=store.mailing, actor=store.author)
    change(store)

    with pytest.raises(StaleState, match="has changed since"):
        approve(review=Review.objects.get(pk=review.pk), actor=store.approver)

    assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)
    assert (review.decisions.count(), Delivery.objects.count()) == (0, 0)


def test_a_change_between_the_levels_cannot_be_approved(store: Store) -> None:
    a_rule(store.group.brand, Demand.TWO_LEVELS)
    review = submit(mailing=store.mailing, actor=store.author)
    approve(review=review, actor=store.reviewer)
    other_address(store)

    with pytest.raises(StaleState, match="has changed since"):
        approve(review=Review.objects.get(pk=review.pk), actor=store.approver)

    assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)


def test_a_live_shared_part_that_changes_voids_the_approval(group: Group, workspace: Workspace) -> None:
    manager = a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand))
    version = add_snippet(brand=group.brand, name="hours", label="Hours", source="<p>Open at 9</p>", actor=manager)
    store = a_store(group)
    template = store.mailing.version.template
    publish_version(template=template, source=WITH_SNIPPET, kind=SourceKind.MJML, actor=None, tested=False)
    mailing = a_mailing(group=group, author=store.author, send_at=timezone.now() + timedelta(days=3))
    approve(review=submit(mailing=mailing, actor=store.author), actor=store.approver)
    change_snippet(snippet=version.snippet, label="Hours", source="<p>Open at 10</p>", actor=manager)

    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12)):
        start_due_mailings()

    mailing.refresh_from_db()
    assert (mailing.state, mailing.reviews.get().state) == (DRAFT, ReviewState.VOID)
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("demand", [Demand.ONE_LEVEL, Demand.TWO_LEVELS])
def test_a_version_that_is_pushed_takes_a_submission_back_to_draft(store: Store, demand: Demand) -> None:
    a_rule(store.group.brand, demand)
    submit(mailing=store.mailing, actor=store.author)
    template = store.mailing.version.template
    publish_version(template=template, source=SOURCE + " ", kind=SourceKind.MJML, actor=None, tested=False)
    template.refresh_from_db()
    store.mailing.refresh_from_db()

    pushed = push_version(template=template, mailings=[store.mailing], actor=None)

    assert (pushed, store.standing()) == (1, (DRAFT, ReviewState.VOID))


def test_a_recall_takes_a_submission_of_the_first_level_back(store: Store) -> None:
    a_rule(store.group.brand, Demand.TWO_LEVELS)
    submit(mailing=store.mailing, actor=store.author)

    told = recall(
        template=store.mailing.version.template,
        reason="The price is wrong",
        actor=a_person(role=Role.BRAND_MANAGER, group=root_group(store.group.brand)),
    )

    assert [one.outcome for one in told] == ["Its approval is void; it is a draft again."]
    assert store.standing() == (DRAFT, ReviewState.VOID)


def test_taking_back_what_is_staged_withdraws_it_first(store: Store) -> None:
    choose_time(mailing=store.mailing, send_at=None, actor=store.author)
    approve(review=submit(mailing=store.mailing, actor=store.author), actor=store.approver)
    started = Delivery.objects.get()

    take_back(mailing=store.mailing, actor=store.author)

    started.refresh_from_db()
    assert (started.state, started.after_withdrawal) == ("withdrawing", MailingState.DRAFT)
    assert store.standing() == (SCHEDULED, ReviewState.VOID)


def test_taking_back_what_waits_for_its_day_makes_it_a_draft_at_once(store: Store) -> None:
    approve(review=submit(mailing=store.mailing, actor=store.author), actor=store.approver)

    take_back(mailing=store.mailing, actor=store.author)

    assert store.standing() == (DRAFT, ReviewState.VOID)


def test_taking_back_a_draft_is_refused(store: Store) -> None:
    with pytest.raises(StaleState):
        take_back(mailing=store.mailing, actor=store.author)

    store.mailing.refresh_from_db()
    assert store.mailing.state == DRAFT


def test_now_means_as_soon_as_approved_but_not_after_the_day_that_the_author_set(store: Store) -> None:
    choose_time(mailing=store.mailing, send_at=None, actor=store.author)
    choose_last_day(mailing=store.mailing, last_day=timezone.now().date() + timedelta(days=1), actor=store.author)
    review = submit(mailing=store.mailing, actor=store.author)

    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12)), pytest.raises((Refusal, NotReady)):
        approve(review=review, actor=store.approver)

    assert review.window_until - review.window_from < timedelta(hours=72)
    assert (store.standing()[0], Delivery.objects.count()) == (IN_APPROVAL, 0)


def test_an_approved_mailing_that_goes_now_is_handed_over_at_once(store: Store) -> None:
    choose_time(mailing=store.mailing, send_at=None, actor=store.author)
    a_rule(store.group.brand, Demand.TWO_LEVELS)
    review = submit(mailing=store.mailing, actor=store.author)
    before = store.standing()[0]

    approve(review=review, actor=store.reviewer)
    between = Delivery.objects.count()
    approve(review=review, actor=store.approver)

    assert (before, between, Delivery.objects.get().digest) == (IN_REVIEW, 0, review.digest)
