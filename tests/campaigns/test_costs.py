"""What a page and a render cost does not grow with the templates, the drafts, the shared parts or the gallery."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.brandlock import RenderContext, Target, compile_snippet
from campaigns.compose import content, services
from campaigns.compose.content import context_for, images_for, proof_of, render_mailing
from campaigns.library.offering import is_offered, offered_templates
from campaigns.library.publishing import publish_version
from campaigns.library.snippets import snippets_of
from campaigns.models import (
    Image,
    Mailing,
    RestrictedWord,
    RuleLevel,
    Snippet,
    SnippetVersion,
    Template,
    TemplateVersion,
)
from campaigns.preflight import check
from groups.models import Group
from groups.roles import Role
from tests.builders import a_membership
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene
from tests.campaigns.costs import cost_of, fill_gallery, fill_wall, objects_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def visit(scene: Scene, part: str, view: str, id: uuid.UUID | None = None) -> Callable[[], object]:
    """Gives what visits a page as somebody who is signed in."""
    client = Client()
    client.force_login(scene.people[part])
    address = reverse(f"campaigns:{view}", args=[id] if id else [])

    def get() -> object:
        page = client.get(address)
        assert page.status_code == 200
        return page

    return get


@pytest.mark.parametrize(
    ("part", "view"), [("author", "template-wall"), ("manager", "look-edit"), ("manager", "template-list")]
)
def test_a_page_of_templates_takes_as_many_queries_for_many_as_for_two(scene: Scene, part: str, view: str) -> None:
    fill_wall(scene.template, 1)
    page = visit(scene, part, view, None if view == "template-list" else scene.store.pk)
    for_two = cost_of(page)

    fill_wall_again(scene, 12)

    assert len(cost_of(page)) == len(for_two)


def fill_wall_again(scene: Scene, number: int) -> None:
    Template.objects.exclude(pk=scene.template.pk).delete()
    fill_wall(scene.template, number)


def test_the_wall_is_read_in_one_query_that_leaves_the_sources_where_they_are(scene: Scene) -> None:
    fill_wall(scene.template, 12)
    author = scene.people["author"]

    cost = cost_of(lambda: [(found.name, found.current_id) for found in offered_templates(scene.store, author)])

    (query,) = cost.queries
    assert '"source"' not in query
    assert '"compiled"' not in query
    assert len(offered_templates(scene.store, author)) == 13


def test_one_template_is_judged_alone(scene: Scene) -> None:
    fill_wall(scene.template, 12)

    with objects_of(Template) as read:
        cost = cost_of(lambda: is_offered(scene.template, scene.store, scene.people["author"]))

    assert (len(cost), read) == (1, [])


def test_starting_a_mailing_takes_as_many_queries_among_many_templates_as_among_two(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "A_DOUBLE_CLICK", timedelta(0))
    client = Client()
    client.force_login(scene.people["author"])
    address = reverse("campaigns:mailing-start", args=[scene.store.pk, scene.template.pk])
    fill_wall(scene.template, 1)
    among_two = cost_of(lambda: client.post(address))

    fill_wall_again(scene, 12)

    assert len(cost_of(lambda: client.post(address))) == len(among_two)
    assert Mailing.objects.count() == 4


def test_a_role_held_on_several_levels_offers_a_template_once(scene: Scene) -> None:
    author = scene.people["author"]
    a_membership(user=author, group=scene.root, role=Role.LOCAL_AUTHOR)
    fill_wall(scene.template, 1)

    assert [found.name for found in offered_templates(scene.store, author)] == ["Monthly news", "More 00"]


def test_the_push_page_takes_as_many_queries_for_many_drafts_as_for_one(scene: Scene) -> None:
    scene.draft()
    newer = SOURCE.replace("Good morning", "Good evening")
    page = visit(scene, "manager", "template-push", scene.template.pk)

    def behind() -> Mailing:
        draft = scene.draft()
        Mailing.objects.filter(pk=draft.pk).update(version=oldest, values={**draft.values, "headline": "Mine"})
        return draft

    oldest = TemplateVersion.objects.get(template=scene.template)
    publish_version(template=scene.template, source=newer, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    behind()
    for_one = cost_of(page)
    for _number in range(11):
        behind()

    assert len(cost_of(page)) == len(for_one)


@pytest.mark.parametrize("view", ["mailing-edit", "mailing-preview"])
def test_a_mailing_costs_as_much_over_a_full_gallery_as_over_a_small_one(scene: Scene, view: str) -> None:
    (shown,) = fill_gallery(scene.root, 1, name="shown")
    mailing = a_draft_showing(scene, str(shown.pk))
    page = visit(scene, "author", view, mailing.pk)
    over_one = cost_of(page)
    fill_gallery(scene.root, 60)
    fill_gallery(scene.store, 60)

    with objects_of(Image) as read:
        over_many = cost_of(page)

    assert len(over_many) == len(over_one)
    assert len(read) <= 2 * 30


def a_draft_showing(scene: Scene, image: str) -> Mailing:
    mailing = scene.draft()
    mailing.values = {**mailing.values, "photo": {"image": image, "alt": "A cup"}}
    mailing.save()
    return mailing


@pytest.mark.parametrize(
    "work", [check, proof_of, lambda mailing: render_mailing(mailing, Target.BRAZE)], ids=["check", "proof", "render"]
)
def test_a_render_reads_the_images_that_it_shows_and_no_other(scene: Scene, work: Callable[[Mailing], object]) -> None:
    fill_gallery(scene.root, 20)
    (shown,) = fill_gallery(scene.store, 1, name="shown")
    mailing = a_draft_showing(scene, str(shown.pk))

    with objects_of(Image) as read:
        work(mailing)

    assert {image.pk for image in read} == {shown.pk}


def test_all_images_of_a_mail_are_read_in_one_query(scene: Scene) -> None:
    brands, own = fill_gallery(scene.root, 4), fill_gallery(scene.store, 4, name="own")
    names = [f"demo:{brands[0].name}", *(str(image.pk) for image in (*brands[1:], *own))]

    def read() -> set[str]:
        images = images_for(scene.store, names)
        return {images[name].url.rpartition("/")[2] for name in names}

    assert len(cost_of(read)) == 1
    assert read() == {image.file.name.rpartition("/")[2] for image in (*brands, *own)}


@pytest.mark.parametrize("name", ["", "x", "demo:", "demo:\x00", "demo:own 0", "00000000-0000-0000-0000-000000000000"])
def test_what_names_no_image_finds_none(scene: Scene, name: str) -> None:
    (own,) = fill_gallery(scene.store, 1, name="own")
    images = images_for(scene.store, [name, str(own.pk)])

    assert (images.get(name), name in images) == (None, False)
    assert images[str(own.pk)].width == 400
    assert str(own.pk).upper() not in images


def test_a_context_keeps_the_images_that_it_has_read(scene: Scene) -> None:
    (own,) = fill_gallery(scene.store, 1)
    context = context_for(a_draft_showing(scene, str(own.pk)))
    before = context.images[str(own.pk)]

    Image.objects.filter(pk=own.pk).update(width=1)

    assert context.images[str(own.pk)] == before


@pytest.mark.parametrize("is_saving", [False, True])
def test_a_request_of_the_composer_builds_its_context_once(
    scene: Scene, is_saving: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    RestrictedWord.objects.create(brand=scene.brand, text="free", level=RuleLevel.APPROVE)
    mailing = scene.draft(author="sender")
    client = Client()
    client.force_login(scene.people["sender"])
    built: list[Group] = []
    original = content.context_for_group

    def counted(group: Group, **options: object) -> RenderContext:
        built.append(group)
        return original(group, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(content, "context_for_group", counted)

    if is_saving:
        client.post(
            reverse("campaigns:mailing-save", args=[mailing.pk]),
            {"headline": "Free coffee", "mailing-revision": mailing.revision},
            headers={"accept": "application/json"},
        )
    else:
        client.get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    assert built == [scene.store]


def test_shared_parts_are_read_in_their_newest_version_alone(scene: Scene) -> None:
    for name in ("legal", "hours"):
        part = Snippet.objects.create(brand=scene.brand, name=name, label=name.title())
        for number in range(1, 5):
            source = f"<i>Number {number} of {name}</i>"
            compiled = compile_snippet(name, part.label, source)
            SnippetVersion.objects.create(snippet=part, number=number, source=source, compiled=compiled.as_json())

    with objects_of(SnippetVersion) as read:
        (query,) = cost_of(lambda: snippets_of(scene.brand)).queries

    assert '"source"' not in query
    assert read == []
    found = snippets_of(scene.brand)
    assert [(name, "Number 4" in str(part.pieces)) for name, part in found.items()] == [
        ("hours", True),
        ("legal", True),
    ]
