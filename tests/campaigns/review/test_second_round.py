"""Approval by difference: on a second round, what has changed since the last look, and what was known already."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Mailing, Review
from campaigns.review.deciding import approve, ask_for_changes
from campaigns.review.services import submit
from groups.models import User
from groups.roles import Role
from tests.builders import a_membership
from tests.campaigns.compose.scene import Scene, a_scene

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M4")]


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def submitted(scene: Scene, mailing: Mailing, **values: Any) -> Review:
    mailing.refresh_from_db()
    Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, **values})
    mailing.refresh_from_db()
    return submit(mailing=mailing, actor=scene.people["author"])


def page_for(scene: Scene, part: str, review: Review) -> Any:
    client = Client()
    client.force_login(scene.people[part])
    return client.get(reverse("campaigns:review-detail", args=[review.pk]))


def shown(rows: Any) -> list[tuple[str, str, str, str]]:
    return [
        (
            row.change.field,
            row.change.before.words,
            row.change.seen.words if row.change.seen else "-",
            row.change.after.words,
        )
        for row in rows
    ]


def test_on_the_first_round_everything_is_against_the_template(scene: Scene) -> None:
    review = submitted(scene, scene.draft(), headline="Open until nine")

    page = page_for(scene, "approver", review)

    assert shown(page.context["rows"]) == [("headline", "Good morning", "-", "Open until nine")]
    assert page.context["known"] == []
    assert "Changed since" not in page.content.decode()


def test_on_the_second_round_a_decider_sees_what_changed_since_their_own_look(scene: Scene) -> None:
    mailing = scene.draft()
    first = submitted(scene, mailing, headline="Open until nine", price="3 for 2")
    ask_for_changes(review=first, actor=scene.people["approver"], reason="Until ten, please.")
    second = submitted(scene, mailing, headline="Open until ten")

    page = page_for(scene, "approver", second)

    assert shown(page.context["rows"]) == [("headline", "Good morning", "Open until nine", "Open until ten")]
    assert shown(page.context["known"]) == [("price", "2 for 1", "3 for 2", "3 for 2")]
    text = page.content.decode()
    assert "Changed since your last look" in text
    assert "1 other difference from the template, as it was" in text


def test_somebody_who_did_not_decide_sees_what_changed_since_the_last_round(scene: Scene) -> None:
    mailing = scene.draft()
    first = submitted(scene, mailing, headline="Open until nine")
    ask_for_changes(review=first, actor=scene.people["approver"], reason="Until ten, please.")
    second = submitted(scene, mailing, headline="Open until ten")

    page = page_for(scene, "manager", second)

    assert shown(page.context["rows"]) == [("headline", "Good morning", "Open until nine", "Open until ten")]
    assert "Changed since the last round" in page.content.decode()
    assert "your last look" not in page.content.decode()


def test_the_last_look_of_each_person_is_their_own(scene: Scene) -> None:
    mailing = scene.draft()
    ask_for_changes(
        review=submitted(scene, mailing, headline="One"), actor=scene.people["approver"], reason="Two, please."
    )
    ask_for_changes(
        review=submitted(scene, mailing, headline="Two"), actor=scene.people["manager"], reason="Three, please."
    )
    third = submitted(scene, mailing, headline="Three")

    seen = [shown(page_for(scene, part, third).context["rows"])[0][2] for part in ("approver", "manager")]

    assert seen == ["One", "Two"]


def test_what_was_set_back_to_the_templates_words_is_a_change_since_the_last_look(scene: Scene) -> None:
    mailing = scene.draft()
    first = submitted(scene, mailing, headline="Open until nine")
    ask_for_changes(review=first, actor=scene.people["approver"], reason="As it was, please.")
    second = submitted(scene, mailing, headline="Good morning")

    page = page_for(scene, "approver", second)

    assert shown(page.context["rows"]) == [("headline", "Good morning", "Open until nine", "Good morning")]


def test_changes_stand_in_the_order_of_the_email(scene: Scene) -> None:
    mailing = scene.draft()
    first = submitted(scene, mailing, price="3 for 2")
    ask_for_changes(review=first, actor=scene.people["approver"], reason="More.")
    second = submitted(scene, mailing, headline="New", subject="Newer", price="4 for 3")

    page = page_for(scene, "approver", second)

    assert [row.change.field for row in page.context["rows"]] == ["subject", "headline", "price"]


def test_the_reason_of_the_first_round_stays_in_the_thread(scene: Scene) -> None:
    mailing = scene.draft()
    first = submitted(scene, mailing, headline="One")
    ask_for_changes(review=first, actor=scene.people["approver"], reason="Say until when.")
    second = submitted(scene, mailing, headline="Two")
    approve(review=second, actor=scene.people["manager"])

    page = page_for(scene, "approver", second).content.decode()

    assert "Say until when." in page
    assert page.index("Say until when.") < page.rindex("Manager")


def test_a_reviewer_of_the_first_level_has_their_own_last_look(scene: Scene) -> None:
    reviewer = User.objects.create_user("reviewer@northwind.example", "a long pass phrase", name="Reviewer")
    a_membership(user=reviewer, group=scene.store, role=Role.REVIEWER)
    scene.people["reviewer"] = reviewer
    mailing = scene.draft()
    first = submitted(scene, mailing, headline="One")
    Review.objects.filter(pk=first.pk).update(level="first")
    Mailing.objects.filter(pk=mailing.pk).update(state="in_review")
    ask_for_changes(review=Review.objects.get(pk=first.pk), actor=reviewer, reason="Two, please.")
    second = submitted(scene, mailing, headline="Two")

    assert shown(page_for(scene, "reviewer", second).context["rows"]) == [("headline", "Good morning", "One", "Two")]
