"""The pages of approval, tried by everybody: the list, a submission at each level, comments, and forged forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import CannedReason, Comment, Demand, Level, Mailing, Review, ReviewState
from campaigns.review.commenting import add_comment
from campaigns.review.deciding import approve
from campaigns.review.services import submit, take_back
from groups.models import User
from groups.roles import Role
from tests.builders import Cast, a_person, a_workspace
from tests.campaigns.builders import a_mailing
from tests.campaigns.review.builders import IN_APPROVAL, IN_REVIEW, a_rule


@pytest.fixture
def reviewer(cast: Cast) -> User:
    """Gives somebody who reviews at the first level in the store."""
    a_workspace(brand=cast.brand)
    return a_person(role=Role.REVIEWER, group=cast.store, name="Rae Reviewer")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def a_review(cast: Cast, demand: Demand = Demand.ONE_LEVEL, **said: Any) -> Review:
    a_rule(cast.brand, demand)
    return submit(mailing=a_mailing(group=cast.store, author=cast.author), actor=cast.author, **said)


def standing(review: Review) -> tuple[str, str, int]:
    found = Review.objects.select_related("mailing").get(pk=review.pk)
    return found.state, found.mailing.state, found.decisions.count()


def address(name: str, of: Any) -> str:
    return reverse(f"campaigns:{name}", args=[of.pk])


def said_to(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_everybody_who_reviews_or_approves_sees_a_submission_and_nobody_else(cast: Cast, reviewer: User) -> None:
    review = a_review(cast, Demand.TWO_LEVELS)

    found = {
        user.name: as_(user).get(address("review-detail", review)).status_code for user in (*cast.everybody, reviewer)
    }

    assert {name for name, status in found.items() if status == 200} == {
        cast.approver.name,
        cast.manager.name,
        reviewer.name,
    }
    assert {status for status in found.values() if status != 200} == {404}


@pytest.mark.parametrize("view", ["review-approve", "review-ask-changes", "review-revoke"])
def test_nobody_without_the_right_decides_by_a_forged_post(cast: Cast, reviewer: User, view: str) -> None:
    review = a_review(cast)

    for user in cast.without(cast.approver, cast.manager):
        answer = as_(user).post(address(view, review), {"reason": "No", "digest": review.digest})
        assert answer.status_code == 404, user.name

    assert standing(review) == (ReviewState.OPEN, IN_APPROVAL, 0)


def test_a_reviewer_may_look_at_the_final_level_and_decides_nothing_there(cast: Cast, reviewer: User) -> None:
    review = a_review(cast)
    client = as_(reviewer)

    page = client.get(address("review-detail", review)).content.decode()
    client.post(address("review-approve", review), {"digest": review.digest})
    client.post(address("review-ask-changes", review), {"reason": "No"})
    revoking = client.post(address("review-revoke", review), {"reason": "No"})

    assert address("review-approve", review) not in page
    assert address("review-ask-changes", review) not in page
    assert revoking.status_code == 404
    assert standing(review) == (ReviewState.OPEN, IN_APPROVAL, 0)


def test_the_first_level_passes_a_mailing_on_by_its_page(cast: Cast, reviewer: User) -> None:
    review = a_review(cast, Demand.TWO_LEVELS, note="For Thursday", is_priority=True)
    client = as_(reviewer)

    page = client.get(address("review-detail", review)).content.decode()
    answer = client.post(address("review-approve", review), {"digest": review.digest}, follow=True)

    assert "Pass it on for approval" in page
    assert "Urgent" in page
    assert "Because of a rule of your brand for every mailing." in page
    assert said_to(answer) == ["Your yes to “News” counts. It waits for somebody else now."]
    assert standing(review) == (ReviewState.OPEN, IN_APPROVAL, 1)


def test_who_gave_the_first_yes_reads_that_somebody_else_must_give_the_last(cast: Cast, reviewer: User) -> None:
    review = a_review(cast, Demand.TWO_LEVELS)
    approve(review=review, actor=cast.manager)

    page = as_(cast.manager).get(address("review-detail", review)).content.decode()

    assert "You have reviewed it at the first level, so somebody else must approve it." in page
    assert address("review-approve", review) not in page


def test_the_author_reads_before_submitting_what_is_asked_for_and_why(cast: Cast, reviewer: User) -> None:
    a_rule(cast.brand, Demand.TWO_LEVELS, larger_than=2, approvals=2)
    mailing = a_mailing(group=cast.store, author=cast.author)

    page = as_(cast.author).get(address("mailing-edit", mailing)).content.decode()

    assert "Somebody reviews it first, then somebody else approves it." in page
    assert "2 people must approve it." in page
    assert "Because the audience has more than 2 people." in page


@pytest.mark.catalogue("M6")
def test_the_urgent_sign_of_the_form_is_kept(cast: Cast, reviewer: User) -> None:
    mailing = a_mailing(group=cast.store, author=cast.author)

    as_(cast.author).post(
        address("mailing-submit", mailing), {"revision": mailing.revision, "note": "Please", "is_priority": "on"}
    )

    review = Review.objects.get()
    assert (review.is_priority, review.note) == (True, "Please")


def test_ones_own_turn_comes_first_then_what_is_urgent(cast: Cast, reviewer: User) -> None:
    plain = submit(mailing=a_mailing(group=cast.store, author=cast.author), actor=cast.author)
    urgent = submit(mailing=a_mailing(group=cast.store, author=cast.author), actor=cast.author, is_priority=True)
    own = submit(mailing=a_mailing(group=cast.store, author=cast.manager), actor=cast.manager, is_priority=True)
    first_level = a_review(cast, Demand.TWO_LEVELS)

    for_manager = as_(cast.manager).get(reverse("campaigns:review-list")).context["rows"]
    for_approver = as_(cast.approver).get(reverse("campaigns:review-list")).context["rows"]
    for_reviewer = as_(reviewer).get(reverse("campaigns:review-list")).context["rows"]

    assert [(row.review, row.is_turn) for row in for_manager] == [
        (urgent, True),
        (plain, True),
        (first_level, True),
        (own, False),
    ]
    assert [(row.review, row.is_turn) for row in for_approver] == [
        (urgent, True),
        (own, True),
        (plain, True),
        (first_level, False),
    ]
    assert [row.review for row in for_reviewer if row.is_turn] == [first_level]


def test_the_list_is_narrowed_by_state_level_and_group(cast: Cast, reviewer: User) -> None:
    final = submit(mailing=a_mailing(group=cast.store, author=cast.author), actor=cast.author)
    elsewhere = submit(mailing=a_mailing(group=cast.next_store, author=cast.neighbour), actor=cast.neighbour)
    done = submit(mailing=a_mailing(group=cast.store, author=cast.author), actor=cast.author)
    approve(review=done, actor=cast.approver)
    first = a_review(cast, Demand.TWO_LEVELS)
    client = as_(cast.manager)

    def listed(query: str) -> set[Review]:
        page = client.get(reverse("campaigns:review-list") + query)
        return {row.review for row in page.context["rows"]}

    assert listed("") == {final, elsewhere, first}
    assert listed("?state=approved") == {done}
    assert listed("?level=first") == {first}
    assert listed(f"?group={cast.next_store.pk}") == {elsewhere}
    assert listed(f"?group={cast.far_store.pk}&level=nonsense&state=nonsense") == {final, elsewhere, first}


def test_people_without_the_right_find_an_empty_list_and_no_names_of_groups(cast: Cast, reviewer: User) -> None:
    review = a_review(cast)

    for user in (cast.author, cast.sender, cast.neighbour):
        page = as_(user).get(reverse("campaigns:review-list"))
        assert (page.context["rows"], list(page.context["groups"])) == ([], [])
        assert review.mailing.name not in page.content.decode()


def test_the_list_asks_no_more_of_the_database_for_more_submissions(
    cast: Cast, reviewer: User, django_assert_max_num_queries: Any
) -> None:
    a_rule(cast.brand, Demand.ONE_LEVEL, harmless=["line"], group=cast.region)
    client = as_(cast.manager)
    counts = []
    for _round in range(3):
        for group, author in ((cast.store, cast.author), (cast.next_store, cast.neighbour)):
            submit(mailing=a_mailing(group=group, author=author, people=1), actor=author)
        with django_assert_max_num_queries(100) as asked:
            page = client.get(reverse("campaigns:review-list"))
        counts.append(len(asked))

    assert [row.is_together for row in page.context["rows"]] == [True] * 6
    assert counts[1] == counts[2]


def test_the_page_of_a_submission_asks_no_more_for_more_comments(
    cast: Cast, reviewer: User, django_assert_max_num_queries: Any
) -> None:
    review = a_review(cast)
    client = as_(cast.approver)
    counts = []
    for _round in range(3):
        for number in range(3):
            comment = add_comment(mailing=review.mailing, actor=reviewer, text=f"@Lou Author {number}", field="intro")
            add_comment(mailing=review.mailing, actor=cast.author, text="@Ana Approver", reply_to=comment)
        with django_assert_max_num_queries(150) as asked:
            client.get(address("review-detail", review))
        counts.append(len(asked))

    assert counts[1] == counts[2]


@pytest.mark.catalogue("M6")
def test_a_frequent_reason_is_reason_enough_and_one_of_another_brand_is_not(cast: Cast, reviewer: User) -> None:
    ready = CannedReason.objects.create(brand=cast.brand, text="The price is wrong.")
    foreign = CannedReason.objects.create(brand=cast.other_brand, text="Foreign words.")
    review = a_review(cast)
    client = as_(cast.approver)

    forged = client.post(address("review-ask-changes", review), {"canned": str(foreign.pk)})
    empty = client.post(address("review-ask-changes", review), {"canned": "", "reason": " "})
    before = standing(review)
    client.post(address("review-ask-changes", review), {"canned": str(ready.pk), "reason": "It is 3.50."})

    assert (forged.status_code, empty.status_code) == (422, 422)
    assert "Foreign words." not in forged.content.decode()
    assert before == (ReviewState.OPEN, IN_APPROVAL, 0)
    review.refresh_from_db()
    assert (review.state, review.reason) == (ReviewState.CHANGES_ASKED, "The price is wrong.\nIt is 3.50.")


def test_an_approver_revokes_by_the_page_with_a_reason(cast: Cast, reviewer: User) -> None:
    review = a_review(cast)
    approve(review=review, actor=cast.approver)
    client = as_(cast.approver)

    page = client.get(address("review-detail", review)).content.decode()
    empty = client.post(address("review-revoke", review), {"reason": ""})
    answer = client.post(address("review-revoke", review), {"reason": "Wrong day"}, follow=True)

    assert address("review-revoke", review) in page
    assert empty.status_code == 422
    assert said_to(answer) == ["The approval of “News” is revoked. Nothing of it goes out."]
    assert Review.objects.get(pk=review.pk).state == ReviewState.VOID


def test_a_review_is_not_found_on_another_brands_host(cast: Cast, reviewer: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    review = a_review(cast)
    on_harbor = {"host": "harbor.testserver"}

    for user in (cast.approver, cast.outsider):
        client = as_(user)
        assert client.get(address("review-detail", review), headers=on_harbor).status_code == 404
        assert client.post(address("review-approve", review), headers=on_harbor).status_code == 404

    assert standing(review) == (ReviewState.OPEN, IN_APPROVAL, 0)


def test_comments_are_written_and_settled_by_plain_forms_on_each_page(cast: Cast, reviewer: User) -> None:
    review = a_review(cast, Demand.TWO_LEVELS)
    mailing = review.mailing

    as_(reviewer).post(
        address("mailing-comments", mailing),
        {"text": "Which roast?", "field": "headline", "mentions": [str(cast.author.pk)]},
    )
    comment = Comment.objects.get()
    as_(cast.author).post(address("mailing-comments", mailing), {"text": "Dark.", "reply_to": str(comment.pk)})
    pages = [
        as_(user).get(address(view, of)).content.decode()
        for user, view, of in (
            (reviewer, "review-detail", review),
            (cast.author, "mailing-detail", mailing),
            (cast.manager, "review-detail", review),
        )
    ]
    as_(cast.author).post(address("comment-resolve", comment))

    assert (comment.field, list(comment.mentions.all())) == ("headline", [cast.author])
    assert all("Which roast?" in page and "Dark." in page for page in pages)
    comment.refresh_from_db()
    assert comment.resolved_by == cast.author


def test_each_is_led_to_the_page_on_which_they_read_the_comments(cast: Cast, reviewer: User) -> None:
    mailing = a_mailing(group=cast.store, author=cast.author)
    draft_page = as_(cast.author).get(address("mailing-comments", mailing))["Location"]
    review = submit(mailing=mailing, actor=cast.author)

    led = {
        user.name: as_(user).get(address("mailing-comments", mailing)).headers.get("Location", "")
        for user in (cast.author, cast.approver, cast.neighbour)
    }

    assert draft_page == address("mailing-edit", mailing) + "#comments"
    assert led == {
        cast.author.name: address("mailing-detail", mailing) + "#comments",
        cast.approver.name: address("review-detail", review) + "#comments",
        cast.neighbour.name: "",
    }


def test_strangers_and_readers_write_and_settle_no_comment(cast: Cast, reviewer: User) -> None:
    mailing = a_mailing(group=cast.store, author=cast.author)
    comment = add_comment(mailing=mailing, actor=cast.author, text="Hm")
    reader = a_person(role=Role.READ_ONLY, group=cast.store)

    for user in (cast.neighbour, cast.outsider, reader):
        client = as_(user)
        assert client.post(address("mailing-comments", mailing), {"text": "Mine"}).status_code == 404
        assert client.post(address("comment-resolve", comment)).status_code == 404

    comment.refresh_from_db()
    assert (Comment.objects.count(), comment.resolved_at) == (1, None)


def test_forged_ids_in_a_comment_write_nothing_and_reveal_no_name(cast: Cast, reviewer: User) -> None:
    mailing = a_mailing(group=cast.store, author=cast.author)
    elsewhere = add_comment(
        mailing=a_mailing(group=cast.next_store, author=cast.neighbour), actor=cast.neighbour, text="Elsewhere"
    )
    beside = add_comment(mailing=a_mailing(group=cast.store), actor=cast.author, text="Beside")
    client, url = as_(cast.author), address("mailing-comments", mailing)

    answers = [
        client.post(url, {"text": "x", "mentions": [str(cast.neighbour.pk)]}),
        client.post(url, {"text": "x", "mentions": ["nonsense"]}),
        client.post(url, {"text": "x", "field": "no_such_field"}),
    ]
    missing = [client.post(url, {"text": "x", "reply_to": one}).status_code for one in (elsewhere.pk, beside.pk, "no")]

    assert [one.status_code for one in answers] == [422, 422, 422]
    for answer, sentence in zip(
        answers,
        (
            "You can only name people who see this mailing.",
            "“nonsense” is not a valid UUID.",
            "This email has no such field. Comment on the email as a whole.",
        ),
        strict=True,
    ):
        assert sentence in answer.text
    assert all(cast.neighbour.name not in one.content.decode() for one in answers)
    assert missing == [404, 404, 404]
    assert mailing.comments.count() == 0


def test_a_refused_comment_keeps_what_was_typed_on_each_page(cast: Cast, reviewer: User) -> None:
    review = a_review(cast, Demand.TWO_LEVELS)
    draft = a_mailing(group=cast.store, author=cast.author)
    comment = add_comment(mailing=review.mailing, actor=cast.author, text="Hm")
    typed = {"text": "Too long. " * 101, "field": "headline", "reply_to": str(comment.pk)}

    pages = [
        as_(reviewer).post(address("mailing-comments", review.mailing), typed),
        as_(cast.author).post(address("mailing-comments", review.mailing), typed),
        as_(cast.author).post(address("mailing-comments", draft), {**typed, "reply_to": ""}),
    ]

    for page, template in zip(
        pages, ("review/review_detail.html", "delivery/mailing_detail.html", "compose/composer.html"), strict=True
    ):
        assert page.status_code == 422
        assert template in [one.name for one in page.templates]
        assert ("Too long. " * 101).strip() in page.text
        assert "at most 1000 characters" in page.text
        assert '<option value="headline" selected>' in page.text
    assert f'name="reply_to" value="{comment.pk}"' in pages[0].text
    assert Comment.objects.count() == 1


def test_the_composer_counts_the_comments_of_a_step_and_lists_them(cast: Cast, reviewer: User) -> None:
    mailing = a_mailing(group=cast.store, author=cast.author)
    for text, field in (("One", "headline"), ("Two", "headline"), ("Three", "preheader"), ("Four", "")):
        add_comment(mailing=mailing, actor=reviewer, text=text, field=field)

    page = as_(cast.author).get(address("mailing-edit", mailing))

    counts = {step.key: step.comments for step in page.context["steps"] if step.comments}
    assert counts == {"headline": 2, "subject": 1}
    assert page.content.decode().count('href="#comments"') == 2
    assert "Four" in page.content.decode()


@pytest.mark.catalogue("M7")
def test_taking_back_at_the_first_level_by_the_page(cast: Cast, reviewer: User) -> None:
    review = a_review(cast, Demand.TWO_LEVELS)
    client = as_(cast.author)
    page = client.get(address("mailing-detail", review.mailing)).content.decode()

    for user in (cast.approver, reviewer, cast.neighbour, cast.outsider):
        assert as_(user).post(address("mailing-take-back", review.mailing)).status_code == 404
    before = standing(review)
    client.post(address("mailing-take-back", review.mailing))

    assert address("mailing-take-back", review.mailing) in page
    assert before == (ReviewState.OPEN, IN_REVIEW, 0)
    assert Mailing.objects.get(pk=review.mailing_id).state == "draft"
    assert Review.objects.get(pk=review.pk).level == Level.FIRST


def test_an_approval_that_nobody_can_complete_says_so(cast: Cast, reviewer: User) -> None:
    a_rule(cast.brand, Demand.ONE_LEVEL, approvals=3)
    review = submit(mailing=a_mailing(group=cast.store, author=cast.author), actor=cast.author)
    client = as_(cast.approver)

    short = client.get(address("review-detail", review)).content.decode()
    a_person(role=Role.APPROVER, group=cast.region)
    enough = client.get(address("review-detail", review)).content.decode()

    assert "Fewer people may say yes here than are needed." in short
    assert "0 of 3 people have approved it." in enough
    assert "Fewer people may say yes here than are needed." not in enough


def test_the_thread_does_not_say_that_the_approver_voided_what_the_author_took_back(cast: Cast, reviewer: User) -> None:
    later = timezone.now() + timedelta(days=3)
    review = submit(mailing=a_mailing(group=cast.store, author=cast.author, send_at=later), actor=cast.author)
    approve(review=review, actor=cast.approver)
    take_back(mailing=review.mailing, actor=cast.author)

    page = as_(cast.approver).get(address("review-detail", review)).content.decode()

    thread = page[page.index('id="thread-title"') :]
    thread = thread[: thread.index("</ol>")]
    assert thread.count(cast.approver.name) == 1
    assert "Void" in thread
