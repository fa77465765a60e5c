"""On a second round the page marks what changed beside the content: whom it goes to, when, from whom, with what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.attachments.services import attach, detach
from campaigns.library.publishing import publish_version
from campaigns.models import Mailing, Review, SourceKind, Template
from campaigns.review.deciding import ask_for_changes
from campaigns.review.services import submit
from groups.models import Group
from tests.builders import an_audience
from tests.campaigns.attachments.files import PDF, an_upload
from tests.campaigns.compose.scene import Scene, a_scene

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M4")]


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def sent_back(scene: Scene, mailing: Mailing) -> Review:
    """Lets the approver look at a mailing and send it back."""
    review = submit(mailing=mailing, actor=scene.people["author"])
    ask_for_changes(review=review, actor=scene.people["approver"], reason="Not yet.")
    mailing.refresh_from_db()
    return review


def page_of(scene: Scene, mailing: Mailing, part: str = "approver") -> Any:
    """Gives the page of the mailing's newest submission."""
    client = Client()
    client.force_login(scene.people[part])
    return client.get(reverse("campaigns:review-detail", args=[mailing.reviews.latest("submitted_at").pk]))


def moved(page: Any) -> list[tuple[str, str, str]]:
    """Gives what the page says has moved."""
    return [(one.key, one.seen, one.now) for one in page.context["moved"]]


def again(scene: Scene, mailing: Mailing) -> Any:
    """Submits a mailing once more and gives the approver's page."""
    mailing = Mailing.objects.get(pk=mailing.pk)
    submit(mailing=mailing, actor=scene.people["author"])
    return page_of(scene, mailing)


def test_on_the_first_round_nothing_is_marked(scene: Scene) -> None:
    mailing = scene.draft()
    submit(mailing=mailing, actor=scene.people["author"])

    page = page_of(scene, mailing)

    assert moved(page) == []
    assert "Changed since" not in page.text


def test_another_audience_is_marked_with_both_names_and_numbers(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    assert mailing.audience is not None
    before = f"{mailing.audience.name} · {mailing.audience.members.count()} people"
    Mailing.objects.filter(pk=mailing.pk).update(
        audience=an_audience(group=mailing.group, name="Everybody else", contacts=2)
    )

    page = again(scene, mailing)

    assert moved(page) == [("audience", before, "Everybody else · 2 people")]
    assert page.text.count("Changed since your last look") == 2
    assert "1 thing changed since your last look" in page.text


def test_more_people_in_the_same_audience_are_marked(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    audience = mailing.audience
    assert audience is not None
    count = audience.members.count()
    other = an_audience(group=mailing.group, name="More", contacts=1)
    other.members.update(audience=audience)

    page = again(scene, mailing)

    assert moved(page) == [("audience", f"{audience.name} · {count} people", f"{audience.name} · {count + 1} people")]


def test_another_time_and_another_last_day_are_marked(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    at = timezone.now() + timedelta(days=3)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=at, last_day=(at + timedelta(days=5)).date())

    page = again(scene, mailing)

    assert [(key, seen) for key, seen, _now in moved(page)] == [("time", "As soon as possible"), ("last_day", "")]
    assert all(now for _key, _seen, now in moved(page))


def test_another_sender_is_marked(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    group = Group.objects.get(pk=mailing.group_id)
    Group.objects.filter(pk=group.pk).update(sender_name="Somebody Else")

    page = again(scene, mailing)

    key, seen, now = moved(page)[0]
    assert (key, len(moved(page))) == ("sender", 1)
    assert seen.startswith(f"{group.name} <")
    assert now.startswith("Somebody Else <")


def test_another_person_is_marked(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    Mailing.objects.filter(pk=mailing.pk).update(on_behalf_of=scene.people["sender"])

    page = again(scene, mailing)

    assert moved(page) == [("person", "", scene.people["sender"].name)]


def test_files_that_came_went_or_hold_something_else_are_marked(scene: Scene) -> None:
    mailing = scene.draft()
    author = scene.people["author"]
    Template.objects.filter(pk=mailing.version.template_id).update(takes_attachments=True)
    mailing = Mailing.objects.get(pk=mailing.pk)
    first = attach(mailing=mailing, file=an_upload("menu.pdf", PDF), actor=author)
    sent_back(scene, mailing)
    detach(attachment=first, mailing=mailing, actor=author)
    attach(mailing=mailing, file=an_upload("menu.pdf", PDF + b"\n%%EOF\n"), actor=author)

    page = again(scene, mailing)

    assert moved(page) == [("attachments", "menu.pdf", "menu.pdf (other content)")]


def test_another_version_of_the_template_is_marked(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    template = mailing.version.template
    version = publish_version(
        template=template,
        source=mailing.version.source.replace("Unsubscribe", "Leave"),
        kind=SourceKind.HTML,
        actor=None,
        tested=False,
    )
    Mailing.objects.filter(pk=mailing.pk).update(version=version)

    page = again(scene, mailing)

    assert ("version", "1", "2") in moved(page)


def test_who_never_looked_sees_what_changed_since_the_last_round(scene: Scene) -> None:
    mailing = scene.draft()
    sent_back(scene, mailing)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=timezone.now() + timedelta(days=3))
    again(scene, mailing)

    page = page_of(scene, mailing, "manager")

    assert [key for key, _seen, _now in moved(page)] == ["time"]
    assert "Changed since the last round" in page.text


def test_a_round_of_before_marks_nothing_rather_than_guessing(scene: Scene) -> None:
    mailing = scene.draft()
    review = sent_back(scene, mailing)
    Review.objects.filter(pk=review.pk).update(beside=None)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=timezone.now() + timedelta(days=3))

    assert moved(again(scene, mailing)) == []
