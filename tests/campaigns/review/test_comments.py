"""Comments: by people who write or judge, on fields that exist, naming only people who may see the mailing."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.compose.services import copy_mailing
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import Comment
from campaigns.review.commenting import add_comment, comments_of, mentionable, open_counts, resolve
from campaigns.review.deciding import approve
from campaigns.review.services import submit
from groups.models import Event, Group, Membership, User, Workspace
from groups.notices.mailing import mail_due
from groups.roles import Role
from tests.builders import a_group, a_person, root_group
from tests.campaigns.builders import a_mailing
from tests.campaigns.review.builders import Callbacks, Store, a_store

pytestmark = pytest.mark.catalogue("M9")


@pytest.fixture
def store(group: Group, workspace: Workspace) -> Store:
    """Gives a store with everybody who decides."""
    return a_store(group)


def people_of(comment: Comment) -> list[str]:
    return sorted(person.name for person in comment.mentions.all())


def test_author_reviewer_and_approver_comment_and_nobody_else(store: Store) -> None:
    reader = a_person(role=Role.READ_ONLY, group=store.group)
    neighbour = a_person(role=Role.LOCAL_AUTHOR, group=a_group(brand=store.group.brand))
    for person in (store.author, store.reviewer, store.approver):
        add_comment(mailing=store.mailing, actor=person, text="Fine.")

    for person in (reader, neighbour, a_person(role=Role.BRAND_MANAGER)):
        with pytest.raises(NotAllowed):
            add_comment(mailing=store.mailing, actor=person, text="Mine too.")

    assert [one.author for one in comments_of(store.mailing)] == [store.author, store.reviewer, store.approver]


def test_a_comment_hangs_on_a_field_and_its_answer_too(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.approver, text="Which roast?", field="headline")

    answer = add_comment(mailing=store.mailing, actor=store.author, text="The dark one.", reply_to=comment)

    assert (answer.field, answer.reply_to) == ("headline", comment)
    assert open_counts(store.mailing) == {"headline": 1}
    assert [list(one.replies.all()) for one in comments_of(store.mailing)] == [[answer]]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_an_empty_or_endless_comment_is_refused(store: Store, text: str) -> None:
    with pytest.raises(Refusal):
        add_comment(mailing=store.mailing, actor=store.author, text=text)

    assert Comment.objects.count() == 0


def test_a_field_that_the_mail_has_not_is_refused(store: Store) -> None:
    with pytest.raises(Refusal, match="no such field"):
        add_comment(mailing=store.mailing, actor=store.author, text="Hm", field="price")

    assert Comment.objects.count() == 0


def test_neither_an_answer_nor_a_comment_elsewhere_can_be_answered(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.author, text="One")
    answer = add_comment(mailing=store.mailing, actor=store.author, text="Two", reply_to=comment)
    elsewhere = add_comment(mailing=a_mailing(group=store.group), actor=store.author, text="Three")

    for one in (answer, elsewhere):
        with pytest.raises(Refusal, match="cannot be answered"):
            add_comment(mailing=store.mailing, actor=store.author, text="Four", reply_to=one)

    assert store.mailing.comments.count() == 2


def test_control_characters_do_not_get_in_and_html_stays_text(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.author, text="a\x00b <b>c</b>\u202e")

    assert comment.text == "ab <b>c</b>"


def test_people_are_named_by_choice_or_by_at_and_name_and_are_told(
    store: Store, django_capture_on_commit_callbacks: Callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        comment = add_comment(
            mailing=store.mailing, actor=store.author, text="Look, @ana approver.", mentions=[store.reviewer]
        )
    mail_due()

    assert people_of(comment) == ["Ana Approver", "Rae Reviewer"]
    assert sorted(one.to[0] for one in mail.outbox) == sorted([store.approver.email, store.reviewer.email])
    assert all("Look, @ana approver." in one.body for one in mail.outbox)


def test_nobody_who_may_not_see_the_mailing_is_named_or_told(
    store: Store, django_capture_on_commit_callbacks: Callbacks
) -> None:
    neighbour = a_person(role=Role.LOCAL_AUTHOR, group=a_group(brand=store.group.brand), name="Nell Neighbour")
    gone = a_person(role=Role.APPROVER, group=store.group, name="Gone Girl")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    with django_capture_on_commit_callbacks(execute=True):
        comment = add_comment(
            mailing=store.mailing, actor=store.author, text="@Nell Neighbour @Gone Girl", mentions=[neighbour, gone]
        )
    mail_due()

    assert (people_of(comment), mail.outbox) == ([], [])
    assert neighbour not in mentionable(store.mailing)


def test_an_address_or_a_longer_name_names_nobody(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.author, text="x@Ana Approver, @Ana Approverson")

    assert people_of(comment) == []


def test_writer_author_and_approver_settle_a_comment_once(store: Store) -> None:
    manager = a_person(role=Role.BRAND_MANAGER, group=root_group(store.group.brand))
    settlers = (store.reviewer, store.author, store.approver, manager)
    for person in settlers:
        comment = add_comment(mailing=store.mailing, actor=store.reviewer, text="Hm")
        resolve(comment=comment, actor=person)
        assert (comment.resolved_by, comment.resolved_at is not None) == (person, True)
        with pytest.raises(StaleState):
            resolve(comment=comment, actor=person)

    assert Event.objects.filter(action="mailing.comment_resolved").count() == len(settlers)


def test_others_do_not_settle_a_comment(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.approver, text="Hm")
    former = store.author
    others = [
        a_person(role=Role.LOCAL_AUTHOR, group=store.group),
        store.reviewer,
        a_person(role=Role.READ_ONLY, group=store.group),
        a_person(role=Role.BRAND_MANAGER),
    ]
    Membership.objects.filter(user=former).delete()

    for person in (*others, former):
        with pytest.raises(NotAllowed):
            resolve(comment=comment, actor=person)

    comment.refresh_from_db()
    assert comment.resolved_at is None


def test_an_answer_is_not_settled_by_itself(store: Store) -> None:
    comment = add_comment(mailing=store.mailing, actor=store.author, text="One")
    answer = add_comment(mailing=store.mailing, actor=store.author, text="Two", reply_to=comment)

    with pytest.raises(StaleState):
        resolve(comment=answer, actor=store.author)
    with pytest.raises(IntegrityError, match="comment_resolved_by_somebody_as_a_whole"), transaction.atomic():
        Comment.objects.filter(pk=answer.pk).update(resolved_at=timezone.now(), resolved_by=store.author)

    answer.refresh_from_db()
    assert answer.resolved_at is None


def test_the_comments_stay_after_the_decision_and_a_copy_has_none(store: Store) -> None:
    add_comment(mailing=store.mailing, actor=store.approver, text="Nice", field="headline")
    approve(review=submit(mailing=store.mailing, actor=store.author), actor=store.approver)

    copy = copy_mailing(mailing=store.mailing, actor=store.author)

    assert (store.mailing.comments.count(), copy.comments.count()) == (1, 0)


def test_settled_comments_stand_after_the_open_ones(store: Store) -> None:
    first, second, third = (
        add_comment(mailing=store.mailing, actor=store.author, text=text) for text in ("One", "Two", "Three")
    )
    resolve(comment=first, actor=store.author)

    assert list(comments_of(store.mailing)) == [second, third, first]
