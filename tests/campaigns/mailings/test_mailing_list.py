"""The list of a group's mailings: narrowed, searched, kept in folders, and one thing done to several (catalogue M1)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from campaigns.mailings import services
from campaigns.models import Mailing, MailingFolder, MailingState
from groups.models import Event
from tests.campaigns.compose.scene import Scene, a_scene
from tests.campaigns.costs import cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M1")]


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def address(scene: Scene, name: str = "mailing-list") -> str:
    return reverse(f"campaigns:{name}", args=[scene.store.pk])


def a_mailing(scene: Scene, name: str, **facts: object) -> Mailing:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(name=name, **facts)
    mailing.refresh_from_db()
    return mailing


def a_folder(scene: Scene, name: str = "Christmas") -> MailingFolder:
    return services.add_folder(group=scene.store, name=name, actor=scene.people["author"])


def names(page: HttpResponse) -> set[str]:
    return {row.mailing.name for row in page.context["rows"]}  # type: ignore[attr-defined]  # set by the test client


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"Spring", "Roast", "Sent"}),
        ({"state": "sent"}, {"Sent"}),
        ({"words": "roa"}, {"Roast"}),
        ({"words": "sp ring"}, {"Spring"}),
        ({"words": "spring roast"}, set()),
        ({"since": "2026-03-02", "until": "2026-03-02"}, {"Sent"}),
        ({"since": "2026-03-03", "until": "2026-03-09"}, set()),
        (
            {"since": "no day", "until": "2026-99-99", "author": "x", "template": "5", "folder": "\0"},
            {"Spring", "Roast", "Sent"},
        ),
        ({"author": str(uuid.UUID(int=5))}, set()),
        ({"template": str(uuid.UUID(int=5))}, set()),
        ({"folder": str(uuid.UUID(int=5))}, set()),
    ],
)
def test_the_list_is_narrowed_by_what_the_address_asks_for(
    scene: Scene, asked: dict[str, str], found: set[str]
) -> None:
    a_mailing(scene, "Spring")
    a_mailing(scene, "Roast")
    # 23:30 of 2 March in the store's zone is 3 March in UTC.
    a_mailing(scene, "Sent", state=MailingState.SENT, send_at=datetime(2026, 3, 3, 7, 30, tzinfo=UTC))
    type(scene.store).objects.filter(pk=scene.store.pk).update(time_zone="America/Los_Angeles")

    page = as_(scene, "author").get(address(scene), asked)

    assert names(page) == found


def test_the_list_is_narrowed_to_a_folder_an_author_and_a_template(scene: Scene) -> None:
    folder = a_folder(scene)
    inside = a_mailing(scene, "Inside", folder=folder)
    a_mailing(scene, "Of another", author=scene.people["manager"])
    client = as_(scene, "author")

    in_folder = client.get(address(scene), {"folder": str(folder.pk)})
    in_none = client.get(address(scene), {"folder": "none"})
    of_author = client.get(address(scene), {"author": str(scene.people["manager"].pk)})
    of_template = client.get(address(scene), {"template": str(inside.version.template_id)})

    assert names(in_folder) == {"Inside"}
    assert names(in_none) == {"Of another"}
    assert names(of_author) == {"Of another"}
    assert names(of_template) == {"Inside", "Of another"}
    assert "Christmas" in in_folder.content.decode()


def test_what_was_asked_for_stays_when_the_state_is_chosen(scene: Scene) -> None:
    a_mailing(scene, "Spring")

    page = as_(scene, "author").get(address(scene), {"words": "spr", "state": "drafts"}).content.decode()

    assert 'href="?state=sent&amp;words=spr"' in page
    assert 'value="spr"' in page


def test_ticked_mailings_go_into_a_folder_and_out_of_it_again(scene: Scene) -> None:
    folder = a_folder(scene)
    mailings = [a_mailing(scene, name) for name in ("One", "Two", "Three")]
    revision = mailings[0].revision
    client = as_(scene, "author")
    ticked = [str(mailing.pk) for mailing in mailings[:2]]

    answer = client.post(
        address(scene, "mailings-move"), {"mailing": ticked, "folder": str(folder.pk), "query": "state=drafts&x=y"}
    )
    inside = set(Mailing.objects.filter(folder=folder).values_list("name", flat=True))
    client.post(address(scene, "mailings-move"), {"mailing": ticked[:1], "folder": "none"})

    assert answer.headers["Location"] == f"{address(scene)}?state=drafts"
    assert inside == {"One", "Two"}
    assert set(Mailing.objects.filter(folder=folder).values_list("name", flat=True)) == {"Two"}
    assert Mailing.objects.get(pk=mailings[0].pk).revision == revision
    assert Event.objects.filter(action="mailing.moved_to_folder").count() == 2


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"folder": "none"}, "Tick the mailings that you want to move."),
        ({}, "Choose a folder, then move the mailings."),
    ],
)
def test_a_move_without_mailings_or_folder_says_what_is_missing(
    scene: Scene, form: dict[str, str], sentence: str
) -> None:
    answer = as_(scene, "author").post(address(scene, "mailings-move"), form, follow=True)

    assert sentence in answer.content.decode()
    assert not Event.objects.filter(action="mailing.moved_to_folder").exists()


def test_a_mailing_or_a_folder_of_another_group_is_refused_and_nothing_moves(scene: Scene) -> None:
    folder = a_folder(scene)
    foreign_folder = services.add_folder(group=scene.other_store, name="Theirs", actor=scene.people["stranger"])
    mine, theirs = a_mailing(scene, "Mine"), a_mailing(scene, "Theirs", group=scene.other_store)
    client = as_(scene, "author")

    with_theirs = client.post(
        address(scene, "mailings-move"), {"mailing": [str(mine.pk), str(theirs.pk)], "folder": str(folder.pk)}
    )
    into_theirs = client.post(
        address(scene, "mailings-move"), {"mailing": [str(mine.pk)], "folder": str(foreign_folder.pk)}
    )
    deleted = client.post(address(scene, "mailings-delete"), {"mailing": [str(mine.pk), str(theirs.pk)]})
    renamed = client.post(reverse("campaigns:mailing-folder-rename", args=[foreign_folder.pk]), {"name": "Mine now"})
    no_id = client.post(address(scene, "mailings-move"), {"mailing": "x", "folder": str(folder.pk)})

    answers = (with_theirs, into_theirs, deleted, renamed, no_id)
    assert [answer.status_code for answer in answers] == [404] * 5
    assert Mailing.objects.filter(folder=None).count() == 2
    assert MailingFolder.objects.get(pk=foreign_folder.pk).name == "Theirs"


def test_ticked_drafts_are_deleted_and_what_was_sent_stays_and_is_named(scene: Scene) -> None:
    draft = a_mailing(scene, "Draft")
    sent = a_mailing(scene, "Sent", state=MailingState.SENT)

    answer = as_(scene, "author").post(
        address(scene, "mailings-delete"), {"mailing": [str(draft.pk), str(sent.pk)]}, follow=True
    )

    page = answer.content.decode()
    assert list(Mailing.objects.values_list("name", flat=True)) == ["Sent"]
    assert "1 draft is deleted." in page
    assert "These stay: “Sent”." in page


def test_whoever_only_reads_sees_neither_ticks_nor_folders(scene: Scene) -> None:
    folder, mailing = a_folder(scene), a_mailing(scene, "Spring")
    client = as_(scene, "reader")

    page = client.get(address(scene)).content.decode()
    moved = client.post(address(scene, "mailings-move"), {"mailing": str(mailing.pk), "folder": str(folder.pk)})

    assert 'name="mailing"' not in page
    assert address(scene, "mailing-folder-list") not in page
    assert moved.status_code == 404
    assert Mailing.objects.get(pk=mailing.pk).folder is None


def test_a_folder_is_renamed_and_removed_and_its_mailings_stay(scene: Scene) -> None:
    folder = a_folder(scene)
    a_mailing(scene, "Spring", folder=folder)
    client = as_(scene, "author")

    client.post(reverse("campaigns:mailing-folder-rename", args=[folder.pk]), {"name": "Winter"})
    renamed = MailingFolder.objects.get(pk=folder.pk).name
    answer = client.post(reverse("campaigns:mailing-folder-remove", args=[folder.pk]), follow=True)

    assert renamed == "Winter"
    assert "Winter is removed. 1 mailing of it lies in no folder now." in answer.content.decode()
    assert Mailing.objects.get().folder is None


def test_a_name_that_is_taken_or_empty_stays_in_its_form_with_the_reason(scene: Scene) -> None:
    a_folder(scene, "Christmas")
    other = a_folder(scene, "Winter")
    client = as_(scene, "author")

    added = client.post(address(scene, "mailing-folder-list"), {"name": "Christmas"})
    renamed = client.post(reverse("campaigns:mailing-folder-rename", args=[other.pk]), {"name": "Christmas"})
    empty = client.post(reverse("campaigns:mailing-folder-rename", args=[other.pk]), {"name": " "})

    assert [answer.status_code for answer in (added, renamed, empty)] == [422] * 3
    assert "There is a folder called Christmas already." in added.content.decode()
    assert "There is a folder called Christmas already." in renamed.content.decode()
    assert set(MailingFolder.objects.values_list("name", flat=True)) == {"Christmas", "Winter"}


def test_the_hundred_and_first_folder_is_refused(scene: Scene) -> None:
    MailingFolder.objects.bulk_create(MailingFolder(group=scene.store, name=f"Folder {n}") for n in range(100))

    answer = as_(scene, "author").post(address(scene, "mailing-folder-list"), {"name": "One more"})

    assert answer.status_code == 422
    assert "A group has at most 100 folders." in answer.content.decode()


def test_the_list_with_folders_takes_as_many_queries_for_many_as_for_one(scene: Scene) -> None:
    client = as_(scene, "author")
    a_mailing(scene, "First", folder=a_folder(scene, "First"))
    for_one = cost_of(lambda: client.get(address(scene)))

    for number in range(11):
        a_mailing(scene, f"Mailing {number}", folder=a_folder(scene, f"Folder {number}"))

    assert len(cost_of(lambda: client.get(address(scene)))) == len(for_one)
