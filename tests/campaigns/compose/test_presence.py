"""Who has a draft open, and how what others save comes to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.compose import presence
from campaigns.compose.services import save_values
from campaigns.models import Mailing, MailingState
from tests.campaigns.compose.scene import Scene, a_scene

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M26")]


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def beat(
    scene: Scene, part: str, mailing: Mailing, *, tab: str = "", revision: int | None = None, **more: str
) -> dict[str, Any]:
    client = Client()
    client.force_login(scene.people[part])
    known = mailing.revision if revision is None else revision
    answer = client.post(
        reverse("campaigns:mailing-here", args=[mailing.pk]), {"tab": tab or part, "revision": known, **more}
    )
    return answer.json() if answer.status_code == 200 else {"status": answer.status_code}


def test_names_of_others_are_shown_until_they_leave_or_fade(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing, now = scene.draft(), [1000.0]
    monkeypatch.setattr("campaigns.compose.presence.time.time", lambda: now[0])

    alone = beat(scene, "author", mailing)["here"].strip()
    beat(scene, "sender", mailing)
    client = Client()
    client.force_login(scene.people["manager"])
    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()
    both = beat(scene, "author", mailing)["here"]
    left = beat(scene, "sender", mailing, leaving="1")
    now[0] += presence.FADES_AFTER_SECONDS + 1
    faded = beat(scene, "author", mailing)["here"].strip()

    assert (alone, faded, left) == ("", "", {"status": 204})
    assert "Also here: Author, Sender" in page
    assert "Also here: Manager, Sender" in both


def test_ones_own_second_page_is_told(scene: Scene) -> None:
    mailing = scene.draft()
    beat(scene, "author", mailing, tab="one")

    assert "on another page too" in beat(scene, "author", mailing, tab="two")["here"]


def test_what_others_saved_comes_with_the_beat_and_nothing_while_nobody_saves(scene: Scene) -> None:
    mailing = scene.draft()
    quiet = beat(scene, "author", mailing)
    save_values(mailing=mailing, changes={"headline": "Theirs"}, revision=0, actor=scene.people["sender"])

    told = beat(scene, "author", mailing, revision=0)["changed"]

    assert quiet.keys() == {"here"}
    assert (told["revision"], told["units"]["headline"]) == (1, {"headline": "Theirs"})
    assert told["steps"]["headline"]["summary"] == "Theirs"


def test_a_mailing_that_went_on_says_so(scene: Scene) -> None:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.IN_APPROVAL)

    assert beat(scene, "author", mailing)["ended"] == "This mailing is no draft any more: In approval."


@pytest.mark.parametrize("part", ["reader", "stranger"])
def test_whoever_may_not_write_is_not_there_and_hears_nothing(scene: Scene, part: str) -> None:
    mailing = scene.draft()

    assert beat(scene, part, mailing, revision=7) == {"status": 404}
    assert beat(scene, "author", mailing)["here"].strip() == ""
