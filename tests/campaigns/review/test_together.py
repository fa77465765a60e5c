"""Several approved by one press: only what is harmless, each by its own digest, one refusal stopping no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Demand, Mailing, MailingState, Review, ReviewState
from campaigns.review.deciding import approve
from campaigns.review.services import submit
from groups.models import Brand, Group
from groups.roles import Role
from tests.builders import a_group, a_person
from tests.campaigns.builders import a_mailing
from tests.campaigns.compose.scene import Scene, a_scene
from tests.campaigns.review.builders import a_rule

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M5")]


@pytest.fixture
def scene() -> Scene:
    """Gives a brand in which changed prices are harmless; a line is one kind, a text another."""
    scene = a_scene()
    a_rule(scene.brand, Demand.ONE_LEVEL, harmless=["line"])
    return scene


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def a_review(scene: Scene, **values: Any) -> Review:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, **values})
    mailing.refresh_from_db()
    return submit(mailing=mailing, actor=scene.people["author"])


def press(client: Client, *reviews: Review, digests: dict[str, str] | None = None) -> list[str]:
    """Ticks reviews and gives what the page says afterwards."""
    told = {f"digest-{one.pk}": one.digest for one in reviews} | (digests or {})
    answer = client.post(
        reverse("campaigns:review-approve-together"), {"review": [str(one.pk) for one in reviews], **told}, follow=True
    )
    return [str(message) for message in answer.context["messages"]]


def states(*reviews: Review) -> list[str]:
    return [Review.objects.get(pk=one.pk).state for one in reviews]


def test_only_what_differs_in_harmless_fields_can_be_ticked(scene: Scene) -> None:
    harmless, harmful = a_review(scene, price="3 for 2"), a_review(scene, story={"html": "<p>Other</p>"})

    page = as_(scene, "approver").get(reverse("campaigns:review-list"))

    assert {row.review.pk: row.is_together for row in page.context["rows"]} == {harmless.pk: True, harmful.pk: False}
    assert f'name="digest-{harmless.pk}"' in page.content.decode()
    assert f'name="digest-{harmful.pk}"' not in page.content.decode()


def test_one_press_approves_each_that_was_ticked(scene: Scene) -> None:
    first, second, third = (a_review(scene, price=price) for price in ("2 for 1", "3 for 2", "4 for 3"))

    told = press(as_(scene, "approver"), first, second)

    assert told == ["2 mailings have your yes."]
    assert states(first, second, third) == [ReviewState.APPROVED, ReviewState.APPROVED, ReviewState.OPEN]
    assert {one.decisions.get().digest for one in (first, second)} == {first.digest, second.digest}


def test_what_was_listed_is_what_is_approved(scene: Scene) -> None:
    stale, right, unnamed = (a_review(scene, price=price) for price in ("2 for 1", "3 for 2", "4 for 3"))

    told = press(
        as_(scene, "approver"),
        stale,
        right,
        unnamed,
        digests={f"digest-{stale.pk}": right.digest, f"digest-{unnamed.pk}": ""},
    )

    assert states(stale, right, unnamed) == [ReviewState.OPEN, ReviewState.APPROVED, ReviewState.OPEN]
    assert told[0] == "1 mailing has your yes."
    assert len(told) == 3


def test_a_group_that_changed_since_the_list_was_shown_is_refused_alone(scene: Scene) -> None:
    review = a_review(scene, price="3 for 2")
    Group.objects.filter(pk=scene.store.pk).update(street="Another street 1")

    told = press(as_(scene, "approver"), review)

    assert states(review) == [ReviewState.OPEN]
    assert "has changed since" in told[0]


def test_what_must_be_looked_at_by_itself_is_refused_one_by_one(scene: Scene) -> None:
    harmful, harmless = a_review(scene, story={"html": "<p>Other</p>"}), a_review(scene, price="3 for 2")

    told = press(as_(scene, "approver"), harmful, harmless)

    assert states(harmful, harmless) == [ReviewState.OPEN, ReviewState.APPROVED]
    assert told == ["1 mailing has your yes.", "Spring: Open this one and look at it by itself."]


def test_what_a_check_has_something_to_say_about_is_not_ticked_nor_approved(scene: Scene) -> None:
    review = a_review(scene, price="3 for 2", subject="NEWS FROM US ALL")

    page = as_(scene, "approver").get(reverse("campaigns:review-list"))
    press(as_(scene, "approver"), review)

    assert review.has_findings is True
    assert [row.is_together for row in page.context["rows"]] == [False]
    assert states(review) == [ReviewState.OPEN]


def test_forged_ids_are_refused_and_name_nothing(scene: Scene) -> None:
    elsewhere = a_mailing(group=a_group(), author=a_person(role=Role.LOCAL_AUTHOR, group=a_group()))
    foreign = Review.objects.create(
        mailing=elsewhere,
        digest="0" * 64,
        window_from=elsewhere.created_at,
        window_until=elsewhere.created_at,
        submitted_by=elsewhere.author,
    )
    Brand.objects.filter(pk=scene.brand.pk).update(host_name="testserver")
    right = a_review(scene, price="3 for 2")
    client = as_(scene, "approver")

    answer = client.post(
        reverse("campaigns:review-approve-together"),
        {
            "review": [str(foreign.pk), "nonsense", str(right.pk)],
            f"digest-{foreign.pk}": foreign.digest,
            f"digest-{right.pk}": right.digest,
        },
        follow=True,
    )

    told = [str(message) for message in answer.context["messages"]]
    assert told == ["1 mailing has your yes.", "There is no such submission.", "There is no such submission."]
    assert states(foreign, right) == [ReviewState.OPEN, ReviewState.APPROVED]


def test_ones_own_work_and_what_was_decided_is_refused(scene: Scene) -> None:
    mailing = scene.draft(author="manager")
    own = submit(mailing=mailing, actor=scene.people["manager"])
    decided = a_review(scene, price="3 for 2")
    approve(review=decided, actor=scene.people["approver"])

    told = press(as_(scene, "manager"), own, decided)

    assert states(own, decided) == [ReviewState.OPEN, ReviewState.APPROVED]
    assert len(told) == 2
    assert Mailing.objects.get(pk=mailing.pk).state == MailingState.IN_APPROVAL


@pytest.mark.parametrize("part", ["author", "sender", "reader", "stranger"])
def test_people_without_the_right_approve_nothing(scene: Scene, part: str) -> None:
    review = a_review(scene, price="3 for 2")

    told = press(as_(scene, part), review)

    assert (states(review), told) == ([ReviewState.OPEN], ["There is no such submission."])


def test_without_a_rule_that_names_harmless_kinds_nothing_can_be_ticked(scene: Scene) -> None:
    review = a_review(scene, price="3 for 2")
    scene.brand.review_rules.all().delete()

    page = as_(scene, "approver").get(reverse("campaigns:review-list"))
    press(as_(scene, "approver"), review)

    assert page.context["can_approve_together"] is False
    assert states(review) == [ReviewState.OPEN]


def test_nothing_ticked_approves_nothing(scene: Scene) -> None:
    review = a_review(scene, price="3 for 2")

    told = press(as_(scene, "approver"))

    assert (states(review), told) == ([ReviewState.OPEN], ["Nothing was ticked, so nothing was approved."])


def test_more_than_a_hundred_at_once_are_refused_as_a_whole(scene: Scene) -> None:
    review = a_review(scene, price="3 for 2")
    ids = [str(review.pk), *(f"x-{number}" for number in range(100))]

    answer = as_(scene, "approver").post(
        reverse("campaigns:review-approve-together"), {"review": ids, f"digest-{review.pk}": review.digest}, follow=True
    )

    assert [str(one) for one in answer.context["messages"]] == ["Approve at most 100 mailings at once."]
    assert states(review) == [ReviewState.OPEN]
