"""What a draft held before: kept by stretches, shown with the difference, and brought back."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.compose.history import keeping
from campaigns.compose.services import choose_audience, rename, save_values
from campaigns.library.publishing import publish_version
from campaigns.library.pushing import push_version
from campaigns.models import Mailing, MailingState, Snapshot
from groups.models import Event
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M26")]


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def write(scene: Scene, mailing: Mailing, part: str = "author", **values: object) -> None:
    save_values(mailing=mailing, changes=values, revision=mailing.revision, actor=scene.people[part])


def kept(mailing: Mailing) -> list[tuple[str, str, list[str]]]:
    """Gives who wrote, how the headline stood after it, and what was changed, the newest first."""
    rows = mailing.snapshots.select_related("author")
    return [(row.author.name if row.author else "", row.values["headline"], row.changed) for row in rows]


def later(mailing: Mailing, **time: int) -> None:
    """Lets time pass since the newest stretch."""
    newest = mailing.snapshots.first()
    assert newest is not None
    Snapshot.objects.filter(pk=newest.pk).update(
        ended_at=newest.ended_at - timedelta(**time), begun_at=newest.begun_at - timedelta(**time)
    )


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def test_what_one_person_writes_in_one_go_is_one_version(scene: Scene) -> None:
    mailing = scene.draft()

    for words in ("C", "Ca", "Cake"):
        write(scene, mailing, headline=words)
    rename(mailing=mailing, name="May", revision=mailing.revision, actor=scene.people["author"])
    choose_audience(mailing=mailing, audience=None, actor=scene.people["author"])
    write(scene, mailing, "sender", headline="Tea", sections={"offer": False})
    later(mailing, minutes=11)
    write(scene, mailing, "sender", headline="Milk")

    assert kept(mailing) == [
        ("Sender", "Milk", ["headline"]),
        ("Sender", "Tea", ["headline", "sections.offer"]),
        ("Author", "Cake", ["headline", "mailing-name", "mailing-audience"]),
        ("Author", "Good morning", []),
    ]
    assert [row.revision for row in mailing.snapshots.all()] == [7, 6, 5, 0]


def test_a_stretch_ends_after_an_hour_and_the_oldest_versions_go(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing = scene.draft()
    monkeypatch.setattr(keeping, "MOST_KEPT", 3)
    write(scene, mailing, headline="0")
    Snapshot.objects.filter(mailing=mailing, revision=1).update(begun_at=timezone.now() - timedelta(minutes=61))

    for number in count(1):
        write(scene, mailing, headline=str(number))
        later(mailing, minutes=11)
        if number == 3:
            break

    assert [headline for _name, headline, _changed in kept(mailing)] == ["3", "2", "1"]


def test_an_earlier_version_is_compared_and_brought_back_and_the_present_stays_in_the_history(scene: Scene) -> None:
    mailing = scene.draft()
    write(scene, mailing, headline="Cake", cta={"text": "Come", "url": "https://northwind.example/"})
    write(scene, mailing, "sender", headline="Tea", cta={"text": "Drink", "url": "https://northwind.example/"})
    cake = mailing.snapshots.get(revision=1)
    client = as_(scene, "author")
    history = reverse("campaigns:mailing-history", args=[mailing.pk])

    page = client.get(history, {"version": cake.pk})
    answer = client.post(reverse("campaigns:mailing-restore", args=[mailing.pk, cake.pk]))

    assert [(one.label, one.then.words, one.now.words) for one in page.context["differences"]] == [
        ("Headline", "Cake", "Tea"),
        ("Cta", "Come", "Drink"),
    ]
    mailing.refresh_from_db()
    assert answer["Location"] == reverse("campaigns:mailing-edit", args=[mailing.pk])
    assert (mailing.values["headline"], mailing.revision, mailing.audience) == ("Cake", 3, scene.audience)
    assert [headline for _name, headline, _changed in kept(mailing)] == ["Cake", "Tea", "Cake", "Good morning"]
    event = Event.objects.get(action="mailing.restored")
    assert (event.actor, event.detail) == (scene.people["author"], {"from_revision": 1})
    assert "Brought back the version of" in client.get(history).content.decode()

    write(scene, mailing, headline="Pie")
    assert [headline for _name, headline, _changed in kept(mailing)][:2] == ["Pie", "Cake"]


def test_bringing_back_what_stands_there_is_refused_and_leaves_nothing(scene: Scene) -> None:
    mailing = scene.draft()
    write(scene, mailing, headline="Cake")
    present = mailing.snapshots.get(revision=1)

    answer = as_(scene, "author").post(reverse("campaigns:mailing-restore", args=[mailing.pk, present.pk]), follow=True)

    assert "The mailing stands like this already." in answer.content.decode()
    assert (mailing.snapshots.count(), Event.objects.filter(action="mailing.restored").count()) == (2, 0)


def test_a_version_of_before_a_new_template_comes_back_by_name(scene: Scene) -> None:
    mailing = scene.draft()
    write(scene, mailing, headline="Cake", price="3 for 2")
    without_price = SOURCE.replace('<p data-field="price" data-label="Price">2 for 1</p>', "<p>Ask us</p>")
    publish_version(template=scene.template, source=without_price, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    push_version(template=scene.template, mailings=[mailing], actor=scene.people["manager"])
    write(scene, mailing, headline="Tea")
    cake = mailing.snapshots.get(revision=1)

    as_(scene, "author").post(reverse("campaigns:mailing-restore", args=[mailing.pk, cake.pk]))

    mailing.refresh_from_db()
    assert mailing.values["headline"] == "Cake" and "price" not in mailing.values
    assert mailing.version_id == scene.template.current_id
    assert [name for name, _headline, _changed in kept(mailing)] == ["Author", "Author", "Manager", "Author", "Author"]


@pytest.mark.parametrize(("part", "status"), [("reader", 404), ("stranger", 404), ("approver", 404), ("sender", 200)])
def test_the_history_is_for_those_who_write(scene: Scene, part: str, status: int) -> None:
    mailing = scene.draft()
    write(scene, mailing, headline="Cake")
    beginning = mailing.snapshots.get(revision=0)
    client = as_(scene, part)

    page = client.get(reverse("campaigns:mailing-history", args=[mailing.pk]), {"version": beginning.pk})
    answer = client.post(reverse("campaigns:mailing-restore", args=[mailing.pk, beginning.pk]))

    mailing.refresh_from_db()
    assert (page.status_code, answer.status_code) == (status, 302 if status == 200 else 404)
    assert mailing.values["headline"] == ("Good morning" if status == 200 else "Cake")


def test_a_version_of_another_mailing_and_a_mailing_that_went_on_are_not_brought_back(scene: Scene) -> None:
    mailing, other = scene.draft(), scene.draft()
    write(scene, mailing, headline="Cake")
    write(scene, other, headline="Tea")
    client, beginning = as_(scene, "author"), mailing.snapshots.get(revision=0)

    foreign = client.post(reverse("campaigns:mailing-restore", args=[other.pk, beginning.pk]))
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.IN_APPROVAL)
    gone_on = client.post(reverse("campaigns:mailing-restore", args=[mailing.pk, beginning.pk]))

    mailing.refresh_from_db()
    other.refresh_from_db()
    assert (foreign.status_code, gone_on.status_code) == (404, 302)
    assert gone_on["Location"] == reverse("campaigns:mailing-detail", args=[mailing.pk])
    assert (mailing.values["headline"], other.values["headline"]) == ("Cake", "Tea")
    assert mailing.snapshots.count() == 2


def test_no_revision_is_kept_twice(scene: Scene) -> None:
    mailing = scene.draft()
    write(scene, mailing, headline="Cake")
    found = mailing.snapshots.get(revision=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Snapshot.objects.create(
            mailing=mailing, version=mailing.version, revision=1, begun_at=found.begun_at, ended_at=found.ended_at
        )
