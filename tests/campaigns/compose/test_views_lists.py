"""The list of mailings, the wall of templates, starting, copying and deleting."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Mailing, MailingState
from groups.models import Brand
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene
from tests.campaigns.costs import cost_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def test_an_empty_list_teaches_the_first_step(scene: Scene) -> None:
    page = as_(scene, "author").get(reverse("campaigns:mailing-list", args=[scene.store.pk]))

    assert "No mailings yet" in page.content.decode()
    assert reverse("campaigns:template-wall", args=[scene.store.pk]) in page.content.decode()


@pytest.mark.parametrize(
    ("state", "names"),
    [("", ["Sent one", "Draft one"]), ("drafts", ["Draft one"]), ("sent", ["Sent one"]), ("scheduled", [])],
)
def test_the_list_is_filtered_by_state(scene: Scene, state: str, names: list[str]) -> None:
    for name, stands in (("Draft one", MailingState.DRAFT), ("Sent one", MailingState.SENT)):
        mailing = scene.draft()
        mailing.name, mailing.state = name, stands
        mailing.save()

    page = as_(scene, "author").get(reverse("campaigns:mailing-list", args=[scene.store.pk]), {"state": state})

    assert [row.mailing.name for row in page.context["rows"]] == names


def test_the_list_takes_as_many_queries_for_many_mailings_as_for_one(scene: Scene) -> None:
    client = as_(scene, "author")
    address = reverse("campaigns:mailing-list", args=[scene.store.pk])
    scene.draft()
    for_one = cost_of(lambda: client.get(address))

    for _number in range(11):
        scene.draft()

    assert len(cost_of(lambda: client.get(address))) == len(for_one)
    assert len(for_one) <= 20


@pytest.mark.parametrize("view", ["mailing-list", "template-wall"])
def test_a_stranger_finds_no_page_of_the_group(scene: Scene, view: str) -> None:
    answer = as_(scene, "stranger").get(reverse(f"campaigns:{view}", args=[scene.store.pk]))

    assert answer.status_code == 404


def test_using_a_template_starts_a_draft_and_opens_it(scene: Scene) -> None:
    answer = as_(scene, "author").post(reverse("campaigns:mailing-start", args=[scene.store.pk, scene.template.pk]))

    mailing = Mailing.objects.get()
    assert answer["Location"] == reverse("campaigns:mailing-edit", args=[mailing.pk])
    assert (mailing.group, mailing.author, mailing.state) == (
        scene.store,
        scene.people["author"],
        MailingState.DRAFT,
    )


def test_a_template_of_another_brand_does_not_exist_here(scene: Scene) -> None:
    harbor = Brand.objects.create(slug="harbor", name="Harbor", host_name="harbor.example")
    theirs = create_template(brand=harbor, name="Theirs", actor=None)
    publish_version(template=theirs, source=SOURCE, kind="html", actor=None, tested=True)

    started = as_(scene, "author").post(
        reverse("campaigns:mailing-start", args=[scene.store.pk, theirs.pk]), headers={"host": "localhost"}
    )

    assert started.status_code == 404
    assert Mailing.objects.count() == 0


def test_a_reader_starts_nothing(scene: Scene) -> None:
    answer = as_(scene, "reader").post(reverse("campaigns:mailing-start", args=[scene.store.pk, scene.template.pk]))

    assert answer.status_code == 404
    assert Mailing.objects.count() == 0


def test_a_copy_asks_for_audience_and_time_anew(scene: Scene) -> None:
    mailing = scene.draft()

    as_(scene, "author").post(reverse("campaigns:mailing-copy", args=[mailing.pk]))

    copy = Mailing.objects.exclude(pk=mailing.pk).get()
    assert (copy.name, copy.audience, copy.values) == ("Copy of Spring", None, mailing.values)


def test_only_a_draft_is_deleted(scene: Scene) -> None:
    draft, sent = scene.draft(), scene.draft()
    Mailing.objects.filter(pk=sent.pk).update(state=MailingState.SENT)
    client = as_(scene, "author")

    client.post(reverse("campaigns:mailing-delete", args=[draft.pk]))
    client.post(reverse("campaigns:mailing-delete", args=[sent.pk]))

    assert list(Mailing.objects.values_list("pk", flat=True)) == [sent.pk]
