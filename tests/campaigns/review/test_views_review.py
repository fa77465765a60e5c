"""The pages of approval: who sees what, and what each answer does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Mailing, MailingState, Review, ReviewState
from campaigns.review.services import submit
from tests.campaigns.compose.scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def a_review(scene: Scene, *, author: str = "author") -> Review:
    mailing = scene.draft(author=author)
    Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, "headline": "Open until nine"})
    mailing.refresh_from_db()
    return submit(mailing=mailing, actor=scene.people[author], note="For our regulars")


def test_submitting_takes_what_the_page_showed(scene: Scene) -> None:
    mailing = scene.draft()

    answer = as_(scene, "author").post(
        reverse("campaigns:mailing-submit", args=[mailing.pk]), {"revision": mailing.revision, "note": "Please"}
    )

    assert answer["Location"] == reverse("campaigns:mailing-detail", args=[mailing.pk])
    mailing.refresh_from_db()
    assert mailing.state == MailingState.IN_APPROVAL
    assert mailing.reviews.get().note == "Please"


def test_submitting_an_older_page_submits_nothing(scene: Scene) -> None:
    mailing = scene.draft()

    as_(scene, "author").post(reverse("campaigns:mailing-submit", args=[mailing.pk]), {"revision": 7})

    mailing.refresh_from_db()
    assert (mailing.state, mailing.reviews.count()) == (MailingState.DRAFT, 0)


def test_the_approver_sees_only_what_differs_from_the_template(scene: Scene) -> None:
    review = a_review(scene)

    page = as_(scene, "approver").get(reverse("campaigns:review-detail", args=[review.pk]))

    changes = [(change.label, change.before.words, change.after.words) for change in page.context["changes"]]
    assert changes == [("Headline", "Good morning", "Open until nine")]
    assert page.context["count"].reached == 3
    assert "For our regulars" in page.content.decode()


def test_the_list_holds_what_waits_for_this_person(scene: Scene) -> None:
    review = a_review(scene)

    page = as_(scene, "approver").get(reverse("campaigns:review-list"))
    empty = as_(scene, "reader").get(reverse("campaigns:review-list"))

    assert [(row.review, row.is_turn) for row in page.context["rows"]] == [(review, True)]
    assert empty.context["rows"] == []


def test_approving_schedules_the_mailing(scene: Scene) -> None:
    review = a_review(scene)

    answer = as_(scene, "approver").post(reverse("campaigns:review-approve", args=[review.pk]))

    assert answer["Location"] == reverse("campaigns:mailing-detail", args=[review.mailing_id])
    assert Mailing.objects.get(pk=review.mailing_id).state == MailingState.SCHEDULED


def test_asking_for_changes_needs_a_reason(scene: Scene) -> None:
    review = a_review(scene)

    page = as_(scene, "approver").post(reverse("campaigns:review-ask-changes", args=[review.pk]), {"reason": " "})

    assert page.status_code == 422
    assert "Write what should change" in page.content.decode()
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_the_author_reads_in_the_composer_what_should_change(scene: Scene) -> None:
    review = a_review(scene)

    as_(scene, "approver").post(reverse("campaigns:review-ask-changes", args=[review.pk]), {"reason": "Wrong price"})
    page = as_(scene, "author").get(reverse("campaigns:mailing-edit", args=[review.mailing_id]))

    assert "Approver asks for changes" in page.content.decode()
    assert "Wrong price" in page.content.decode()


def test_nobody_approves_their_own_mailing(scene: Scene) -> None:
    review = a_review(scene, author="manager")

    page = as_(scene, "manager").get(reverse("campaigns:review-detail", args=[review.pk]))
    as_(scene, "manager").post(reverse("campaigns:review-approve", args=[review.pk]))

    assert reverse("campaigns:review-approve", args=[review.pk]) not in page.content.decode()
    review.refresh_from_db()
    assert (review.state, review.mailing.state) == (ReviewState.OPEN, MailingState.IN_APPROVAL)


@pytest.mark.parametrize("part", ["author", "sender", "reader", "stranger"])
@pytest.mark.parametrize("view", ["review-approve", "review-ask-changes"])
def test_people_without_the_right_find_no_review(scene: Scene, part: str, view: str) -> None:
    review = a_review(scene)

    answer = as_(scene, part).post(reverse(f"campaigns:{view}", args=[review.pk]), {"reason": "No"})

    assert answer.status_code == 404
    review.refresh_from_db()
    assert review.state == ReviewState.OPEN


def test_the_author_takes_a_submission_back(scene: Scene) -> None:
    review = a_review(scene)

    answer = as_(scene, "author").post(reverse("campaigns:mailing-take-back", args=[review.mailing_id]))

    assert answer["Location"] == reverse("campaigns:mailing-edit", args=[review.mailing_id])
    review.refresh_from_db()
    assert (review.state, review.mailing.state) == (ReviewState.TAKEN_BACK, MailingState.DRAFT)
