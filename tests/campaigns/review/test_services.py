"""Submitting and approving: bound to what was looked at, never by the author, never late."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from campaigns.compose.services import choose_time, delete_draft, save_values, start_mailing
from campaigns.delivery.control import reschedule
from campaigns.delivery.services import send
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.errors import NotAllowed, NotEditable, NotReady, Refusal, StaleState
from campaigns.models import Delivery, Mailing, MailingState, Review, ReviewState
from campaigns.review.policy import needs_approval, policy_of
from campaigns.review.services import approve, ask_for_changes, expire_reviews, submit, take_back
from groups.models import Brand, Event, Group, ReviewPolicy, User, Workspace
from groups.notices.mailing import mail_due
from groups.roles import Role
from tests.builders import a_group, a_person
from tests.campaigns.builders import a_mailing

Callbacks = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def author(group: Group) -> User:
    """Gives somebody who writes and may not send."""
    return a_person(role=Role.LOCAL_AUTHOR, group=group, name="Lou Author")


@pytest.fixture
def approver(group: Group) -> User:
    """Gives somebody who approves."""
    return a_person(role=Role.APPROVER, group=group, name="Ana Approver", email="ana@northwind.example")


@pytest.fixture
def mailing(group: Group, workspace: Workspace, author: User) -> Mailing:
    """Gives the author's draft, ready to be submitted."""
    return a_mailing(group=group, author=author)


def test_a_local_author_cannot_send_alone(mailing: Mailing, author: User) -> None:
    with pytest.raises(NotAllowed):
        send(mailing=mailing, actor=author)

    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == (MailingState.DRAFT, 0)


def test_an_approval_hands_the_mailing_over(mailing: Mailing, author: User, approver: User) -> None:
    review = submit(mailing=mailing, actor=author, note="For Thursday")

    approve(review=review, actor=approver)

    mailing.refresh_from_db()
    assert (mailing.state, review.state) == (MailingState.SCHEDULED, ReviewState.APPROVED)
    assert Delivery.objects.get().digest == review.digest
    assert list(Event.objects.filter(action__startswith="mailing.").order_by("id").values_list("action", flat=True))[
        -3:
    ] == ["mailing.submitted", "mailing.approved", "mailing.scheduled"]


def test_approvers_are_told_with_a_link_and_the_author_of_the_decision(
    mailing: Mailing, author: User, approver: User, django_capture_on_commit_callbacks: Callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        review = submit(mailing=mailing, actor=author)
    mail_due()
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_changes(review=review, actor=approver, reason="Name the day in the subject.")
    mail_due()

    to_approver, to_author = mail.outbox
    assert (to_approver.to, to_author.to) == ([approver.email], [author.email])
    assert str(review.pk) in to_approver.body
    assert "Name the day in the subject." in to_author.body


def test_nobody_approves_their_own_work(mailing: Mailing, group: Group) -> None:
    both = a_person(role=Role.REGIONAL_MANAGER, group=group)
    Mailing.objects.filter(pk=mailing.pk).update(author=both)
    mailing.refresh_from_db()
    review = submit(mailing=mailing, actor=a_person(role=Role.LOCAL_AUTHOR, group=group))

    with pytest.raises(NotAllowed, match="somebody else"):
        approve(review=review, actor=both)

    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_who_has_no_right_to_approve_cannot(mailing: Mailing, author: User, group: Group) -> None:
    review = submit(mailing=mailing, actor=author)
    stranger = a_person(role=Role.APPROVER, group=a_group(brand=group.brand))

    for person in (stranger, a_person(role=Role.LOCAL_SENDER, group=group)):
        with pytest.raises(NotAllowed):
            approve(review=review, actor=person)
        with pytest.raises(NotAllowed):
            ask_for_changes(review=review, actor=person, reason="No.")

    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_in_review_nothing_can_be_edited(mailing: Mailing, author: User) -> None:
    submit(mailing=mailing, actor=author)

    with pytest.raises(NotEditable):
        save_values(mailing=mailing, changes={"headline": "Changed"}, revision=mailing.revision, actor=author)


def test_what_changed_under_the_approver_cannot_be_approved(
    mailing: Mailing, author: User, approver: User, group: Group
) -> None:
    review = submit(mailing=mailing, actor=author)
    Group.objects.filter(pk=group.pk).update(street="Another street 1")
    review.mailing.group.refresh_from_db()

    with pytest.raises(StaleState, match="has changed since"):
        approve(review=review, actor=approver)

    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == (MailingState.IN_APPROVAL, 0)


def test_what_changed_after_the_approval_does_not_start(
    mailing: Mailing, author: User, approver: User, group: Group
) -> None:
    choose_time(mailing=mailing, send_at=timezone.now() + timedelta(days=3), actor=author)
    approve(review=submit(mailing=mailing, actor=author), actor=approver)
    Group.objects.filter(pk=group.pk).update(street="Another street 1")

    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12)):
        start_due_mailings()

    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == (MailingState.DRAFT, 0)
    assert mailing.reviews.get().state == ReviewState.VOID


def test_changes_are_asked_for_with_a_reason_only(mailing: Mailing, author: User, approver: User) -> None:
    review = submit(mailing=mailing, actor=author)

    with pytest.raises(Refusal):
        ask_for_changes(review=review, actor=approver, reason="  ")
    ask_for_changes(review=review, actor=approver, reason="The date is wrong.")

    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT
    assert mailing.reviews.get().reason == "The date is wrong."


def test_a_withdrawn_submission_cannot_be_approved_any_more(mailing: Mailing, author: User, approver: User) -> None:
    review = submit(mailing=mailing, actor=author)
    take_back(mailing=mailing, actor=author)

    with pytest.raises(StaleState):
        approve(review=review, actor=approver)

    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == (MailingState.DRAFT, 0)


def test_an_approval_after_the_chosen_time_does_not_send(mailing: Mailing, author: User, approver: User) -> None:
    choose_time(mailing=mailing, send_at=timezone.now() + timedelta(hours=2), actor=author)
    review = submit(mailing=mailing, actor=author)

    with time_machine.travel(timezone.now() + timedelta(hours=3)), pytest.raises(Refusal, match="has passed"):
        approve(review=review, actor=approver)

    assert Delivery.objects.count() == 0


def test_a_submission_that_nobody_looked_at_expires(mailing: Mailing, author: User, approver: User) -> None:
    review = submit(mailing=mailing, actor=author)

    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        expired = expire_reviews()

    mailing.refresh_from_db()
    review.refresh_from_db()
    assert (expired, mailing.state, review.state) == (1, MailingState.EXPIRED, ReviewState.EXPIRED)


def test_a_mailing_that_a_check_blocks_cannot_be_submitted(mailing: Mailing, author: User) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(audience=None)
    mailing.refresh_from_db()

    with pytest.raises(NotReady) as refusal:
        submit(mailing=mailing, actor=author)

    assert [finding.code for finding in refusal.value.findings] == ["audience_missing"]
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    ("brand", "region", "store", "expected"),
    [
        ("none", "inherit", "inherit", "none"),
        ("none", "none", "none", "none"),
        ("none", "one_level", "inherit", "one_level"),
        ("none", "one_level", "none", "one_level"),
        ("one_level", "inherit", "none", "one_level"),
        ("inherit", "inherit", "inherit", "one_level"),
        ("something else", "inherit", "inherit", "one_level"),
    ],
)
def test_the_strictest_policy_of_the_tree_applies_and_none_matching_means_approval(
    group: Group, brand: str, region: str, store: str, expected: str
) -> None:
    above = group.parent
    assert above is not None
    Brand.objects.filter(pk=group.brand_id).update(review_policy=brand)
    Group.objects.filter(pk=above.pk).update(review_policy=region)
    Group.objects.filter(pk=group.pk).update(review_policy=store)
    group.refresh_from_db()
    group.brand.refresh_from_db()

    assert policy_of(group) == ReviewPolicy(expected)


def test_a_sender_under_a_policy_of_approval_must_submit(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    Group.objects.filter(pk=group.pk).update(review_policy=ReviewPolicy.ONE_LEVEL)
    mailing.group.refresh_from_db()

    assert needs_approval(mailing, mailing.author) is True
    with pytest.raises(NotAllowed):
        send(mailing=mailing, actor=mailing.author)


def test_what_a_check_blocks_by_now_cannot_be_approved(
    mailing: Mailing, author: User, approver: User, workspace: Workspace
) -> None:
    review = submit(mailing=mailing, actor=author)
    Workspace.objects.filter(pk=workspace.pk).update(endpoint="")

    with pytest.raises(NotReady):
        approve(review=review, actor=approver)

    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == (MailingState.IN_APPROVAL, 0)


def test_line_breaks_in_names_neither_add_a_header_nor_stop_the_notice(
    mailing: Mailing, author: User, approver: User, django_capture_on_commit_callbacks: Callbacks
) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(name="News\r\nBcc: evil@example.com")
    mailing.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        submit(mailing=mailing, actor=author)
    mail_due()

    (notice,) = mail.outbox
    assert (notice.to, notice.bcc) == ([approver.email], [])
    assert "\n" not in notice.subject


def test_an_author_moves_only_what_was_approved_and_only_in_its_window(
    mailing: Mailing, author: User, approver: User, group: Group
) -> None:
    chosen = timezone.now().replace(microsecond=0) + timedelta(days=3)
    choose_time(mailing=mailing, send_at=chosen, actor=author)
    approve(review=submit(mailing=mailing, actor=author), actor=approver)

    reschedule(mailing=mailing, send_at=chosen + timedelta(hours=5), actor=author)
    with pytest.raises(Refusal, match="another time"):
        reschedule(mailing=mailing, send_at=chosen + timedelta(days=30), actor=author)
    others = a_mailing(group=group, send_at=chosen)
    send(mailing=others, actor=others.author)
    with pytest.raises(NotAllowed):
        reschedule(mailing=others, send_at=chosen + timedelta(hours=5), actor=author)

    mailing.refresh_from_db()
    assert mailing.send_at == chosen + timedelta(hours=5)


def test_a_draft_that_was_reviewed_stays_with_its_thread(mailing: Mailing, author: User, approver: User) -> None:
    ask_for_changes(review=submit(mailing=mailing, actor=author), actor=approver, reason="Legal says no.")
    mailing.refresh_from_db()

    with pytest.raises(NotEditable):
        delete_draft(mailing=mailing, actor=author)

    assert mailing.reviews.get().reason == "Legal says no."


def test_a_closed_group_sends_nothing_new(mailing: Mailing, author: User, group: Group) -> None:
    Group.objects.filter(pk=group.pk).update(closed_at=timezone.now())
    mailing.group.refresh_from_db()

    with pytest.raises(NotReady) as refusal:
        submit(mailing=mailing, actor=author)
    with pytest.raises(Refusal, match="closed"):
        start_mailing(group=mailing.group, template=mailing.version.template, actor=author)

    assert "group_closed" in [finding.code for finding in refusal.value.findings]
