"""Two people at once, in two connections of PostgreSQL: one outcome, and no half state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections
from django.utils import timezone

from campaigns.compose.services import choose_time, save_values
from campaigns.errors import Refusal
from campaigns.library.publishing import publish_version
from campaigns.library.pushing import push_version
from campaigns.models import Delivery, Demand, Mailing, Review, ReviewState
from campaigns.review.commenting import add_comment, resolve
from campaigns.review.deciding import approve, ask_for_changes, revoke
from campaigns.review.services import submit, take_back
from campaigns.review.sweeping import expire_reviews, remind_reviews
from groups.models import Event, Membership, ReviewPolicy
from groups.roles import Role
from tests.builders import a_group, a_membership, a_person, a_workspace
from tests.campaigns.builders import SOURCE
from tests.campaigns.review.builders import DRAFT, IN_APPROVAL, SCHEDULED, Store, a_rule, a_store, the_policy

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one connection write at a time"),
]
ROUNDS = 6
SECONDS = 30


@pytest.fixture
def store() -> Store:
    """Gives a store whose mailing goes in three days, so that an approval hands nothing over."""
    group = a_group()
    a_workspace(brand=group.brand)
    store = a_store(group)
    choose_time(mailing=store.mailing, send_at=timezone.now() + timedelta(days=3), actor=store.author)
    return store


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Does things in a thread and a connection each, as near to each other as can be; gives what became of each."""
    gate = threading.Barrier(len(acts), timeout=SECONDS)

    def run(act: Callable[[], object]) -> str:
        try:
            gate.wait()
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts, timeout=SECONDS))


def of(review: Review) -> Review:
    """Gives a submission as a request of its own reads it."""
    return Review.objects.get(pk=review.pk)


def again(store: Store) -> Review:
    """Submits the mailing anew for the next round of a race."""
    mailing = Mailing.objects.get(pk=store.mailing.pk)
    if mailing.state != DRAFT:
        take_back(mailing=mailing, actor=store.author)
    return submit(mailing=Mailing.objects.get(pk=store.mailing.pk), actor=store.author)


def events(action: str) -> int:
    return Event.objects.filter(action=action).count()


def test_two_approvers_at_once_make_one_approval(store: Store) -> None:
    for number in range(1, ROUNDS + 1):
        review = again(store)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda review=review: approve(review=of(review), actor=store.second),
        )

        assert sorted(outcomes) == ["StaleState", "done"]
        assert store.standing() == (SCHEDULED, ReviewState.APPROVED)
        assert review.decisions.count() == 1
        assert (events("mailing.approved"), events("mailing.scheduled")) == (number, number)


def test_two_of_two_at_once_both_count_and_the_mailing_goes_once(store: Store) -> None:
    a_rule(store.group.brand, Demand.ONE_LEVEL, approvals=2)
    for number in range(1, ROUNDS + 1):
        review = again(store)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda review=review: approve(review=of(review), actor=store.second),
        )

        assert outcomes == ["done", "done"]
        assert store.standing() == (SCHEDULED, ReviewState.APPROVED)
        assert (review.decisions.count(), events("mailing.approved")) == (2, number)


def test_one_person_who_presses_twice_counts_once(store: Store) -> None:
    a_rule(store.group.brand, Demand.ONE_LEVEL, approvals=2)
    for _round in range(ROUNDS):
        review = again(store)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda review=review: approve(review=of(review), actor=store.approver),
        )

        assert sorted(outcomes) == ["NotAllowed", "done"]
        assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)
        assert review.decisions.count() == 1


def test_a_manager_does_not_give_both_levels_by_pressing_twice(store: Store) -> None:
    a_rule(store.group.brand, Demand.TWO_LEVELS)
    both = a_person(role=Role.REGIONAL_MANAGER, group=store.group)
    for _round in range(ROUNDS):
        review = again(store)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=both),
            lambda review=review: approve(review=of(review), actor=both),
        )

        assert sorted(outcomes) == ["NotAllowed", "done"]
        assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)


def test_yes_and_no_at_once_have_one_outcome(store: Store) -> None:
    for _round in range(ROUNDS):
        review = again(store)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda review=review: ask_for_changes(review=of(review), actor=store.second, reason="No."),
        )

        expected = {
            ("done", "StaleState"): (SCHEDULED, ReviewState.APPROVED),
            ("StaleState", "done"): (DRAFT, ReviewState.CHANGES_ASKED),
        }
        assert store.standing() == expected[outcomes[0], outcomes[1]]
        assert review.decisions.count() == 1


def test_approving_what_the_author_takes_back_and_edits_lets_no_other_text_through(store: Store) -> None:
    for number in range(ROUNDS):
        review = again(store)

        def take_and_edit(text: str = f"Changed {number}") -> None:
            mailing = Mailing.objects.get(pk=store.mailing.pk)
            take_back(mailing=mailing, actor=store.author)
            mailing.refresh_from_db()
            save_values(mailing=mailing, changes={"headline": text}, revision=mailing.revision, actor=store.author)

        outcomes = at_once(lambda review=review: approve(review=of(review), actor=store.approver), take_and_edit)

        # The approver was faster, or the author was: in the end it is the author's draft, and no approval stands.
        assert outcomes[0] in ("done", "StaleState")
        assert outcomes[1] == "done"
        expected = ReviewState.VOID if outcomes[0] == "done" else ReviewState.TAKEN_BACK
        assert store.standing() == (DRAFT, expected)
        assert store.mailing.values["headline"] == f"Changed {number}"


def test_taking_back_what_is_being_handed_over_withdraws_all_of_it(store: Store) -> None:
    choose_time(mailing=store.mailing, send_at=None, actor=store.author)
    for _round in range(ROUNDS):
        mailing = Mailing.objects.get(pk=store.mailing.pk)
        review = submit(mailing=mailing, actor=store.author)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda: take_back(mailing=Mailing.objects.get(pk=store.mailing.pk), actor=store.author),
        )

        standing, started = store.standing(), list(Delivery.objects.values_list("state", flat=True))
        if outcomes == ["done", "done"]:
            assert (standing, started) == ((SCHEDULED, ReviewState.VOID), ["withdrawing"])
        else:
            assert outcomes == ["StaleState", "done"]
            assert (standing, started) == ((DRAFT, ReviewState.TAKEN_BACK), [])
        Delivery.objects.all().delete()
        Mailing.objects.filter(pk=store.mailing.pk).update(state=DRAFT)


def test_a_role_that_is_taken_away_while_approving_either_counted_or_did_not(store: Store) -> None:
    for _round in range(ROUNDS):
        review = again(store)
        membership = Membership.objects.get(user=store.approver)

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda membership=membership: Membership.objects.filter(pk=membership.pk).delete(),
        )

        expected = {"done": (SCHEDULED, ReviewState.APPROVED), "NotAllowed": (IN_APPROVAL, ReviewState.OPEN)}
        assert store.standing() == expected[outcomes[0]]
        assert review.decisions.count() == (1 if outcomes[0] == "done" else 0)
        a_membership(user=store.approver, group=store.group, role=Role.APPROVER)


def test_an_approval_at_the_last_moment_and_the_sweep_have_one_outcome(store: Store) -> None:
    choose_time(mailing=store.mailing, send_at=None, actor=store.author)
    for _round in range(ROUNDS):
        review = submit(mailing=Mailing.objects.get(pk=store.mailing.pk), actor=store.author)
        approving = of(review)  # read while the window was open
        Review.objects.filter(pk=review.pk).update(window_until=timezone.now())

        outcomes = at_once(partial(approve, review=approving, actor=store.approver), expire_reviews)

        assert outcomes[0] in ("Refusal", "StaleState")
        assert store.standing() == ("expired", ReviewState.EXPIRED)
        assert (review.decisions.count(), Delivery.objects.count()) == (0, 0)
        Mailing.objects.filter(pk=store.mailing.pk).update(state=DRAFT)


def test_two_sweeps_at_once_remind_once(store: Store) -> None:
    review = again(store)
    Mailing.objects.filter(pk=store.mailing.pk).update(send_at=timezone.now() + timedelta(minutes=1))
    Review.objects.filter(pk=review.pk).update(submitted_at=timezone.now() - timedelta(days=2))
    counts: list[int] = []

    at_once(*[lambda: counts.append(remind_reviews())] * 4)

    assert sorted(counts) == [0, 0, 0, 1]


def test_revoking_twice_at_once_voids_once(store: Store) -> None:
    for number in range(1, ROUNDS + 1):
        review = again(store)
        approve(review=of(review), actor=store.approver)

        outcomes = at_once(
            lambda review=review: revoke(review=of(review), actor=store.approver, reason="One."),
            lambda review=review: revoke(review=of(review), actor=store.second, reason="Two."),
        )

        assert sorted(outcomes) == ["StaleState", "done"]
        assert store.standing() == (DRAFT, ReviewState.VOID)
        assert events("mailing.approval_revoked") == number


def test_pushing_a_version_while_approving_leaves_no_approval_of_the_old_one(store: Store) -> None:
    the_policy(store.group.brand, ReviewPolicy.ONE_LEVEL)
    template = store.mailing.version.template
    for number in range(ROUNDS):
        review = again(store)
        publish_version(
            template=template, source=f"{SOURCE}{' ' * (number + 1)}", kind="mjml", actor=None, tested=False
        )
        template.refresh_from_db()

        outcomes = at_once(
            lambda review=review: approve(review=of(review), actor=store.approver),
            lambda: push_version(template=template, mailings=[Mailing.objects.get(pk=store.mailing.pk)], actor=None),
        )

        expected = {"done": (SCHEDULED, ReviewState.APPROVED), "StaleState": (DRAFT, ReviewState.VOID)}
        assert store.standing() == expected[outcomes[0]]
        store.mailing.refresh_from_db()
        assert (store.mailing.version_id == template.current_id) is (outcomes[0] != "done")


def test_a_comment_that_two_settle_at_once_is_settled_once(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.author, text="Hm")

    outcomes = at_once(
        lambda: resolve(comment=comment, actor=store.author), lambda: resolve(comment=comment, actor=store.approver)
    )

    assert sorted(outcomes) == ["StaleState", "done"]
    assert events("mailing.comment_resolved") == 1


def test_submitting_twice_at_once_makes_one_submission(store: Store) -> None:
    for _round in range(ROUNDS):
        mailing = Mailing.objects.get(pk=store.mailing.pk)
        outcomes = at_once(*[lambda: submit(mailing=Mailing.objects.get(pk=store.mailing.pk), actor=store.author)] * 2)

        assert sorted(outcomes) == ["StaleState", "done"]
        assert Review.objects.filter(mailing=mailing, state=ReviewState.OPEN).count() == 1
        take_back(mailing=Mailing.objects.get(pk=store.mailing.pk), actor=store.author)
