"""Choosing a picture among many: the newest few, more when asked, those of a name, and always the one that is shown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.compose.chooser import PICTURES_AT_ONCE
from campaigns.library.folders import create_folder
from campaigns.library.publishing import publish_version
from campaigns.models import Image, Mailing
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene
from tests.campaigns.costs import fill_gallery, objects_of

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def a_page(scene: Scene, mailing: Mailing, query: dict[str, str] | None = None, part: str = "author") -> Any:
    client = Client()
    client.force_login(scene.people[part])
    headers = HTMX if query and "field" in query else {}
    return client.get(reverse("campaigns:mailing-edit", args=[mailing.pk]), query, headers=headers)


def offered(page: Any) -> list[str]:
    """Gives the names of the pictures that a page offers, in order."""
    return re.findall(r'<span class="small truncate">([^<]*)</span>', page.content.decode())


def chosen(page: Any) -> list[str]:
    return re.findall(r'name="photo.image" value="([^"]*)" data-alt="[^"]*" checked', page.content.decode())


def a_draft_showing(scene: Scene, image: str) -> Mailing:
    mailing = scene.draft()
    mailing.values = {**mailing.values, "photo": {"image": image, "alt": "A cup"}}
    mailing.save()
    return mailing


def restrict_to(scene: Scene, folders: str) -> None:
    source = SOURCE.replace('data-field="photo"', f'data-field="photo" data-folders="{folders}"')
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()


def newest(number: int, *, of: int, name: str = "Picture") -> list[str]:
    return [f"{name} {position}" for position in range(of - 1, of - 1 - number, -1)]


def test_the_newest_pictures_are_offered_and_the_way_to_more(scene: Scene) -> None:
    fill_gallery(scene.root, 60)

    page = a_page(scene, scene.draft())

    assert offered(page) == newest(PICTURES_AT_ONCE, of=60)
    assert "?mailing-pictures.photo=2#step-photo" in page.content.decode()


def test_more_pictures_are_offered_without_a_script_on_the_page_with_their_step_open(scene: Scene) -> None:
    fill_gallery(scene.root, 60)

    second, third = (a_page(scene, scene.draft(), {"mailing-pictures.photo": times}) for times in ("2", "3"))

    assert offered(second) == newest(48, of=60)
    assert second.context["open_step"] == "photo"
    assert offered(third) == newest(60, of=60)
    assert "More pictures" not in third.content.decode()


def test_a_script_gets_the_pictures_of_one_field_alone(scene: Scene) -> None:
    fill_gallery(scene.root, 60)

    part = a_page(scene, scene.draft(), {"field": "photo", "mailing-pictures.photo": "2"})

    assert offered(part) == newest(48, of=60)
    assert next(template.name for template in part.templates if template.name) == "compose/_image_choices.html"
    assert "composer-form" not in part.content.decode()


def test_what_was_chosen_and_not_yet_saved_stays_chosen_among_more_pictures(scene: Scene) -> None:
    images = fill_gallery(scene.root, 60)
    mailing = a_draft_showing(scene, str(images[0].pk))

    part = a_page(scene, mailing, {"field": "photo", "photo.image": str(images[1].pk)})

    assert offered(part)[:2] == ["Picture 1", "Picture 59"]
    assert chosen(part) == [str(images[1].pk)]


def test_a_plain_address_chooses_nothing(scene: Scene) -> None:
    images = fill_gallery(scene.root, 3)
    mailing = a_draft_showing(scene, str(images[0].pk))

    page = a_page(scene, mailing, {"photo.image": str(images[1].pk)})

    assert chosen(page) == [str(images[0].pk)]


def test_the_picture_that_is_shown_is_offered_however_old_it_is(scene: Scene) -> None:
    oldest = fill_gallery(scene.root, 60)[0]

    by_id = a_page(scene, a_draft_showing(scene, str(oldest.pk)))
    by_name = a_page(scene, a_draft_showing(scene, "demo:Picture 0"))

    assert offered(by_id) == offered(by_name) == ["Picture 0", *newest(PICTURES_AT_ONCE, of=60)]
    assert chosen(by_id) == chosen(by_name) == [str(oldest.pk)]


def test_a_picture_of_a_store_is_not_the_one_that_the_brand_named(scene: Scene) -> None:
    (brands,) = fill_gallery(scene.root, 1, name="Hero")
    (own,) = fill_gallery(scene.store, 1, name="Hero")

    page = a_page(scene, a_draft_showing(scene, "demo:Hero 0"))

    assert chosen(page) == [str(brands.pk)]
    assert str(own.pk) in page.content.decode()


def test_a_hidden_picture_is_not_offered_though_it_is_shown(scene: Scene) -> None:
    hidden, _other = fill_gallery(scene.root, 2)
    Image.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())

    page = a_page(scene, a_draft_showing(scene, str(hidden.pk)))

    assert offered(page) == ["Picture 1"]
    assert chosen(page) == []


@pytest.mark.parametrize(
    ("find", "names"),
    [("cup", ["Cup 1", "Cup 0"]), ("CUP 1", ["Cup 1"]), ("nothing", []), ("\x00", newest(PICTURES_AT_ONCE, of=60))],
)
def test_pictures_are_found_by_a_part_of_their_name(scene: Scene, find: str, names: list[str]) -> None:
    fill_gallery(scene.root, 2, name="Cup")
    fill_gallery(scene.root, 60)
    mailing = scene.draft()

    page = a_page(scene, mailing, {"mailing-find.photo": find})
    part = a_page(scene, mailing, {"mailing-find.photo": find, "field": "photo"})

    assert offered(page) == offered(part) == names
    assert ("No picture has “nothing” in its name" in page.content.decode()) is (find == "nothing")


def test_what_was_found_does_not_drive_out_the_picture_that_is_shown(scene: Scene) -> None:
    images = fill_gallery(scene.root, 60)

    page = a_page(scene, a_draft_showing(scene, str(images[5].pk)), {"mailing-find.photo": "nothing"})

    assert (offered(page), chosen(page)) == (["Picture 5"], [str(images[5].pk)])
    assert "No picture has “nothing” in its name" in page.content.decode()


def test_only_pictures_of_the_folders_of_a_field_are_offered(scene: Scene) -> None:
    approved = create_folder(group=scene.root, name="Approved", locals_may_upload=False, actor=scene.people["manager"])
    inside = fill_gallery(scene.root, 30, name="Inside")
    Image.objects.filter(pk__in=[image.pk for image in inside]).update(folder=approved)
    outside = fill_gallery(scene.root, 30)
    restrict_to(scene, "approved")

    page = a_page(scene, a_draft_showing(scene, str(outside[0].pk)), {"mailing-pictures.photo": "2"})

    assert offered(page) == newest(30, of=30, name="Inside")


@pytest.mark.parametrize("times", ["0", "-1", "x", "9" * 6000, "²", "1.5"])
def test_what_is_no_number_of_pictures_is_the_usual_one(scene: Scene, times: str) -> None:
    fill_gallery(scene.root, 30)

    page = a_page(scene, scene.draft(), {"mailing-pictures.photo": times})

    assert len(offered(page)) == PICTURES_AT_ONCE


def test_pictures_of_others_are_never_offered(scene: Scene) -> None:
    (foreign,) = fill_gallery(scene.other_store, 1, name="Foreign")
    mailing = scene.draft()

    page = a_page(scene, mailing, {"mailing-find.photo": "Foreign"})
    part = a_page(scene, mailing, {"field": "photo", "photo.image": str(foreign.pk)})

    assert str(foreign.pk) not in page.content.decode()
    assert str(foreign.pk) not in part.content.decode()


@pytest.mark.parametrize("field", ["headline", "x", ""])
def test_a_field_without_pictures_has_no_such_part(scene: Scene, field: str) -> None:
    assert a_page(scene, scene.draft(), {"field": field}).status_code == 404


@pytest.mark.parametrize(("part", "status"), [("stranger", 404), ("reader", 302)])
def test_nobody_else_sees_the_pictures(scene: Scene, part: str, status: int) -> None:
    assert a_page(scene, scene.draft(), {"field": "photo"}, part=part).status_code == status


def test_what_is_looked_for_is_no_value_of_the_mail(scene: Scene) -> None:
    mailing = scene.draft()
    before = dict(mailing.values)
    client = Client()
    client.force_login(scene.people["author"])

    client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": str(mailing.revision), "mailing-find.photo": "cup"},
    )

    mailing.refresh_from_db()
    assert (mailing.values, mailing.revision) == (before, 0)


def test_the_page_is_as_small_over_a_full_gallery_and_fields_of_the_same_folders_share_their_pictures(
    scene: Scene,
) -> None:
    fields = "".join(f'<img data-field="more_{number}" data-type="image" data-label="More" alt="">' for number in "123")
    source = SOURCE.replace('<img data-field="photo"', f'{fields}<img data-field="photo"')
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    mailing = scene.draft()
    fill_gallery(scene.root, 25)
    some = a_page(scene, mailing)
    fill_gallery(scene.store, 200, name="Other one")

    with objects_of(Image) as read:
        many = a_page(scene, mailing)

    assert abs(len(many.content) - len(some.content)) < 0.1 * len(some.content)
    assert len(read) == PICTURES_AT_ONCE + 1
