"""Two levels and n of m: each yes counts once, never by the author in any guise, and only while the right is held."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.compose.editing import edit_draft
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import Decision, Delivery, Demand, Level, Mailing, Review, ReviewState, Verdict
from campaigns.review.deciding import approve, ask_for_changes, revoke
from campaigns.review.services import submit, take_back
from groups.models import Audience, Event, Group, Membership, User, Workspace
from groups.people.delegation import delegate
from groups.roles import Role
from tests.builders import a_contact, a_group, a_membership, a_person, root_group
from tests.campaigns.review.builders import (
    DRAFT,
    IN_APPROVAL,
    IN_REVIEW,
    SCHEDULED,
    Store,
    a_rule,
    a_store,
    has_decisions,
)

pytestmark = pytest.mark.catalogue("M3")


@pytest.fixture
def store(group: Group, workspace: Workspace) -> Store:
    """Gives a store with everybody who decides."""
    return a_store(group)


def in_review(store: Store, *, approvals: int = 1) -> Review:
    a_rule(store.group.brand, Demand.TWO_LEVELS, approvals=approvals)
    return submit(mailing=store.mailing, actor=store.author)


def in_approval(store: Store, *, approvals: int = 1) -> Review:
    a_rule(store.group.brand, Demand.ONE_LEVEL, approvals=approvals)
    return submit(mailing=store.mailing, actor=store.author)


def test_two_levels_go_from_the_reviewer_to_the_approver_and_out(store: Store) -> None:
    review = in_review(store)
    before = store.standing()

    approve(review=review, actor=store.reviewer)
    between = store.standing()
    approve(review=review, actor=store.approver)

    assert before == (IN_REVIEW, ReviewState.OPEN)
    assert between == (IN_APPROVAL, ReviewState.OPEN)
    assert store.standing() == (SCHEDULED, ReviewState.APPROVED)
    assert has_decisions(review) == [("Rae Reviewer", "first", "yes"), ("Ana Approver", "final", "yes")]
    actions = Event.objects.filter(target_id=str(store.mailing.pk)).order_by("id").values_list("action", flat=True)
    assert list(actions)[-4:] == ["mailing.submitted", "mailing.reviewed", "mailing.approved", "mailing.scheduled"]


def test_an_approver_cannot_skip_the_first_level_nor_a_reviewer_the_final_one(store: Store) -> None:
    review = in_review(store)

    with pytest.raises(NotAllowed):
        approve(review=review, actor=store.approver)
    approve(review=review, actor=store.reviewer)
    with pytest.raises(NotAllowed):
        approve(review=review, actor=store.reviewer)

    assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)
    assert has_decisions(review) == [("Rae Reviewer", "first", "yes")]


def test_one_person_with_both_rights_gives_one_level_only(store: Store) -> None:
    both = a_person(role=Role.REGIONAL_MANAGER, group=store.group)
    review = in_review(store)
    approve(review=review, actor=both)

    with pytest.raises(NotAllowed, match="first level"):
        approve(review=review, actor=both)

    assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)
    assert Delivery.objects.count() == 0


def test_the_last_yes_that_is_needed_lets_the_mailing_go(store: Store) -> None:
    review = in_approval(store, approvals=2)

    approve(review=review, actor=store.approver)
    after_one = store.standing()
    with pytest.raises(NotAllowed, match="already"):
        approve(review=review, actor=store.approver)
    approve(review=review, actor=store.second)

    assert after_one == (IN_APPROVAL, ReviewState.OPEN)
    assert store.standing() == (SCHEDULED, ReviewState.APPROVED)
    assert len(has_decisions(review)) == 2
    assert Delivery.objects.count() == 1


def test_the_yes_of_somebody_who_has_lost_the_right_does_not_count(store: Store) -> None:
    review = in_approval(store, approvals=2)
    approve(review=review, actor=store.approver)
    Membership.objects.filter(user=store.approver).delete()

    approve(review=review, actor=store.second)
    after_two = store.standing()
    approve(review=review, actor=a_person(role=Role.APPROVER, group=store.group))

    assert after_two == (IN_APPROVAL, ReviewState.OPEN)
    assert store.standing() == (SCHEDULED, ReviewState.APPROVED)


def test_who_said_yes_may_think_better_of_it_before_the_others_agree(store: Store) -> None:
    review = in_approval(store, approvals=2)
    approve(review=review, actor=store.approver)

    ask_for_changes(review=review, actor=store.approver, reason="The price is wrong.")

    assert store.standing() == (DRAFT, ReviewState.CHANGES_ASKED)
    assert has_decisions(review) == [("Ana Approver", "final", "changes")]


def test_a_reviewer_sends_back_at_the_first_level_and_not_at_the_final_one(store: Store) -> None:
    review = in_review(store)
    approve(review=review, actor=store.reviewer)

    with pytest.raises(NotAllowed):
        ask_for_changes(review=review, actor=store.reviewer, reason="No.")

    assert store.standing() == (IN_APPROVAL, ReviewState.OPEN)


def test_the_author_takes_back_at_either_level(store: Store) -> None:
    review = in_review(store)
    take_back(mailing=store.mailing, actor=store.author)
    first = store.standing()
    again = submit(mailing=store.mailing, actor=store.author)
    approve(review=again, actor=store.reviewer)
    take_back(mailing=store.mailing, actor=store.author)

    assert first == (DRAFT, ReviewState.TAKEN_BACK)
    assert store.standing() == (DRAFT, ReviewState.TAKEN_BACK)
    with pytest.raises(StaleState):
        approve(review=Review.objects.get(pk=review.pk), actor=store.reviewer)


def test_submitting_anew_begins_at_the_first_level_again(store: Store) -> None:
    review = in_review(store)
    approve(review=review, actor=store.reviewer)
    ask_for_changes(review=review, actor=store.approver, reason="Name the day.")
    store.mailing.refresh_from_db()

    again = submit(mailing=store.mailing, actor=store.author)

    assert (store.standing()[0], again.level, again.decisions.count()) == (IN_REVIEW, Level.FIRST, 0)


@pytest.mark.parametrize("demand", [Demand.ONE_LEVEL, Demand.TWO_LEVELS])
def test_the_author_never_decides_through_another_role(store: Store, demand: Demand) -> None:
    a_membership(user=store.author, group=root_group(store.group.brand), role=Role.REGIONAL_MANAGER)
    a_rule(store.group.brand, demand)
    review = submit(mailing=store.mailing, actor=store.author)

    with pytest.raises(NotAllowed, match="somebody else"):
        approve(review=review, actor=store.author)
    with pytest.raises(NotAllowed, match="somebody else"):
        ask_for_changes(review=review, actor=store.author, reason="No.")

    review.refresh_from_db()
    assert (review.state, review.decisions.count(), Delivery.objects.count()) == (ReviewState.OPEN, 0, 0)


def test_whoever_changed_a_draft_never_decides_on_it(store: Store) -> None:
    both = a_person(role=Role.REGIONAL_MANAGER, group=store.group)
    mailing = store.mailing
    edit_draft(mailing, both, revision=mailing.revision, values={**mailing.values, "headline": "Mine"})
    review = submit(mailing=store.mailing, actor=store.author)

    with pytest.raises(NotAllowed, match="somebody else"):
        approve(review=review, actor=both)

    assert has_decisions(review) == []


def test_nobody_decides_by_a_right_that_the_author_lent_them(store: Store) -> None:
    both = a_person(role=Role.REGIONAL_MANAGER, group=store.group)
    cover = a_person(role=Role.READ_ONLY, group=store.group)
    until = timezone.now() + timedelta(days=3)
    delegate(membership=both.memberships.get(), to=cover, until=until, actor=both)
    review = submit(mailing=store.mailing, actor=both)

    with pytest.raises(NotAllowed, match="may not decide"):
        approve(review=review, actor=cover)
    assert has_decisions(review) == []
    delegate(membership=store.approver.memberships.get(), to=cover, until=until, actor=store.approver)
    approve(review=review, actor=cover)

    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_the_submitter_never_decides_on_what_somebody_else_wrote(store: Store) -> None:
    both = a_person(role=Role.REGIONAL_MANAGER, group=store.group)
    review = submit(mailing=store.mailing, actor=both)

    with pytest.raises(NotAllowed, match="somebody else"):
        approve(review=review, actor=both)

    assert has_decisions(review) == []


def test_nobody_who_acts_as_another_decides_on_their_own_work(store: Store) -> None:
    review = in_approval(store)
    shown = User.objects.get(pk=store.approver.pk)
    shown.acted_by = store.author

    with pytest.raises(NotAllowed, match="somebody else"):
        approve(review=review, actor=shown)

    assert has_decisions(review) == []


def test_who_submitted_in_the_guise_of_the_author_does_not_approve_as_themselves(store: Store) -> None:
    admin = a_person(role=Role.BRAND_MANAGER, group=store.group)
    guise = User.objects.get(pk=store.author.pk)
    guise.acted_by = admin
    review = submit(mailing=store.mailing, actor=guise)

    with pytest.raises(NotAllowed, match="somebody else"):
        approve(review=review, actor=admin)

    assert (review.submitted_by, review.acted_by) == (store.author, admin)


def test_who_acts_as_an_approver_and_is_no_author_leaves_their_trace(store: Store) -> None:
    review = in_approval(store)
    shown, admin = User.objects.get(pk=store.approver.pk), a_person(role=Role.BRAND_MANAGER, group=store.group)
    shown.acted_by = admin

    approve(review=review, actor=shown)

    said = review.decisions.get()
    assert (said.person, said.acted_by, said.digest) == (store.approver, admin, review.digest)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"person": "author"}, "decision_never_by_the_author"),
        ({"person": "second", "submitter": "second"}, "decision_never_by_the_author"),
        ({"acted_by": "author"}, "decision_never_by_the_author_as_another"),
        ({"level": Level.FIRST}, "decision_never_both_levels_by_one_person"),
        ({}, "decision_one_per_person_and_level"),
        ({"person": "second", "verdict": Verdict.CHANGES}, "decision_sends_back_with_a_reason"),
    ],
)
def test_the_database_itself_refuses_what_must_never_be(store: Store, changes: dict[str, str], constraint: str) -> None:
    review = in_approval(store, approvals=3)
    approve(review=review, actor=store.approver)
    row = {
        "level": Level.FINAL,
        "person": store.approver,
        "acted_by": None,
        "author": store.author,
        "submitter": store.author,
        "verdict": Verdict.YES,
        **{name: getattr(store, value) if value in Store.__slots__ else value for name, value in changes.items()},
    }

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Decision.objects.create(review=review, at=timezone.now(), digest=review.digest, **row)

    assert has_decisions(review) == [("Ana Approver", "final", "yes")]
    told = str(refused.value)
    assert constraint in told or "UNIQUE constraint failed" in told  # SQLite names the columns of these
    assert constraint in {one.name for one in Decision._meta.constraints}


def test_no_submission_is_approved_while_its_first_level_is_open(store: Store) -> None:
    review = in_review(store)

    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state=ReviewState.APPROVED, decided_by=store.approver)

    assert store.standing() == (IN_REVIEW, ReviewState.OPEN)


def test_a_rule_that_came_meanwhile_asks_for_more_people(store: Store) -> None:
    review = in_approval(store)
    a_rule(store.group.brand, Demand.ONE_LEVEL, approvals=2)

    approve(review=review, actor=store.approver)

    review.refresh_from_db()
    assert (store.standing(), review.approvals_needed) == ((IN_APPROVAL, ReviewState.OPEN), 2)


def test_an_audience_that_grew_meanwhile_is_not_approved_at_one_level(store: Store) -> None:
    a_rule(store.group.brand, Demand.TWO_LEVELS, larger_than=3)
    review = submit(mailing=store.mailing, actor=store.author)
    a_contact(audience=Audience.objects.get(pk=store.mailing.audience_id))

    with pytest.raises(Refusal, match=r"By now two levels are needed.*more than 3 people"):
        approve(review=review, actor=store.approver)

    assert (store.standing(), review.decisions.count()) == ((IN_APPROVAL, ReviewState.OPEN), 0)


def test_what_the_page_showed_must_be_what_is_approved(store: Store) -> None:
    review = in_approval(store)

    with pytest.raises(StaleState):
        approve(review=review, actor=store.approver, digest="0" * 64)

    assert (store.standing(), review.decisions.count()) == ((IN_APPROVAL, ReviewState.OPEN), 0)


def test_a_revoked_approval_stops_the_send(store: Store) -> None:
    review = in_approval(store)
    approve(review=review, actor=store.approver)
    Mailing.objects.filter(pk=store.mailing.pk).update(send_at=None)

    with pytest.raises(Refusal):
        revoke(review=review, actor=store.second, reason=" ")
    with pytest.raises(NotAllowed):
        revoke(review=review, actor=store.reviewer, reason="Wrong price.")
    revoke(review=review, actor=store.second, reason="Wrong price.")

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.after_withdrawal) == ("withdrawing", DRAFT)
    review.refresh_from_db()
    assert (review.state, review.reason, review.decided_by) == (ReviewState.VOID, "Wrong price.", store.second)


def test_a_stranger_of_another_group_or_brand_decides_nothing(store: Store) -> None:
    review = in_review(store)
    strangers = [
        a_person(role=role, group=group)
        for role in (Role.REVIEWER, Role.APPROVER, Role.BRAND_MANAGER)
        for group in (a_group(brand=store.group.brand), a_group())
    ]

    for person in strangers:
        with pytest.raises(NotAllowed):
            approve(review=review, actor=person)
        with pytest.raises(NotAllowed):
            ask_for_changes(review=review, actor=person, reason="No.")

    assert (store.standing(), review.decisions.count()) == ((IN_REVIEW, ReviewState.OPEN), 0)
