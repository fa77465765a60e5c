"""A picture is cropped and turned without leaving the mailing; the old one stays (I2)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from campaigns.library.folders import create_folder
from campaigns.library.images import add_image
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Image, Mailing
from groups.models import Group
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene
from tests.campaigns.library.sources import a_picture_file

pytestmark = pytest.mark.catalogue("I2")
HALF = {"left": "0", "top": "0", "crop_width": "200", "crop_height": "200", "turn": "0"}


@pytest.fixture
def scene(db: None) -> Scene:
    return a_scene()


def a_picture(group: Group, *, folder_name: str = "", color: str = "#884422") -> Image:
    folder = folder_name and create_folder(group=group, name=folder_name, locals_may_upload=False, actor=None)
    data = a_picture_file(size=(400, 200), color=color)
    return add_image(group=group, data=data, file_name="bar.png", alt="Our bar", actor=None, folder=folder or None)


def a_draft_showing(scene: Scene, image: Image | None) -> Mailing:
    mailing = scene.draft()
    if image is not None:
        mailing.values = {**mailing.values, "photo": {"image": str(image.pk), "alt": "The bar at night"}}
        mailing.save()
    return mailing


def asked(scene: Scene, mailing: Mailing, form: dict[str, str] | None = None, place: str = "photo") -> HttpResponse:
    client = Client()
    client.force_login(scene.people["author"])
    address = reverse("campaigns:mailing-crop", args=[mailing.pk, place])
    answer = client.get(address) if form is None else client.post(address, form)
    mailing.refresh_from_db()
    return answer


def test_the_new_picture_stands_in_the_mailing_with_the_words_of_the_old_one_which_stays(scene: Scene) -> None:
    image = a_picture(scene.store)
    mailing = a_draft_showing(scene, image)

    page = asked(scene, mailing)
    answer = asked(scene, mailing, {**HALF, "was": str(image.pk)})

    made = Image.objects.get(made_from=image)
    assert f'name="was" value="{image.pk}"' in page.content.decode()
    assert answer["Location"] == reverse("campaigns:mailing-edit", args=[mailing.pk]) + "#step-photo"
    assert mailing.values["photo"] == {"image": str(made.pk), "alt": "The bar at night"}
    assert (made.width, made.height, made.group) == (200, 200, scene.store)
    assert Image.objects.filter(pk=image.pk, hidden_at=None, width=400).exists()


def test_a_picture_of_head_office_becomes_one_of_the_group(scene: Scene) -> None:
    image = a_picture(scene.root)
    mailing = a_draft_showing(scene, image)

    asked(scene, mailing, {"turn": "90", "was": str(image.pk)})

    made = Image.objects.get(made_from=image)
    assert (made.group, made.width, made.height) == (scene.store, 200, 400)
    assert mailing.values["photo"]["image"] == str(made.pk)


def test_where_the_template_asks_for_a_shape_the_new_picture_has_it(scene: Scene) -> None:
    publish(scene, SOURCE.replace('data-label="Photo"', 'data-label="Photo" data-ratio="1:1"'))
    image = a_picture(scene.store)
    mailing = a_draft_showing(scene, image)

    asked(scene, mailing, {**HALF, "crop_width": "300", "was": str(image.pk)})

    shown = Image.objects.get(pk=mailing.values["photo"]["image"])
    assert (shown.width, shown.height) == (200, 200)


def test_a_picture_that_somebody_changed_meanwhile_is_not_replaced(scene: Scene) -> None:
    old, new = a_picture(scene.store), a_picture(scene.store, color="#228844")
    mailing = a_draft_showing(scene, new)

    answer = asked(scene, mailing, {**HALF, "was": str(old.pk)})

    assert answer.status_code == 422
    assert mailing.values["photo"]["image"] == str(new.pk)
    assert not Image.objects.exclude(made_from=None).exists()


def test_a_place_for_pictures_of_head_office_takes_no_crop_of_them(scene: Scene) -> None:
    image = a_picture(scene.root, folder_name="Approved")
    publish(scene, SOURCE.replace('data-label="Photo"', 'data-label="Photo" data-folders="approved"'))
    mailing = a_draft_showing(scene, image)

    answer = asked(scene, mailing, {**HALF, "was": str(image.pk)})

    assert answer.status_code == 422
    assert "Only pictures that head office put into its folders may stand here" in answer.content.decode()
    assert not Image.objects.exclude(made_from=None).exists()


def test_without_a_picture_or_with_a_crop_that_does_not_fit_a_sentence_says_so(scene: Scene) -> None:
    image = a_picture(scene.store)
    empty, mailing = a_draft_showing(scene, None), a_draft_showing(scene, image)

    led_back = asked(scene, empty)
    refused = asked(scene, mailing, {**HALF, "left": "390", "was": str(image.pk)})

    assert led_back.status_code == 302
    assert refused.status_code == 422
    assert mailing.values["photo"]["image"] == str(image.pk)


@pytest.mark.parametrize("place", ["headline", "nowhere", "photo.image", "events.1.photo"])
def test_a_place_that_shows_no_picture_is_not_found(scene: Scene, place: str) -> None:
    assert asked(scene, a_draft_showing(scene, a_picture(scene.store)), place=place).status_code == 404


def test_whoever_may_not_edit_images_is_offered_nothing_and_finds_nothing(scene: Scene) -> None:
    image = a_picture(scene.store)
    mailing = a_draft_showing(scene, image)
    scene.store.brand.roles.get(key="local_author").grants.filter(permission="edit_images").delete()
    client = Client()
    client.force_login(scene.people["author"])

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk]))
    answer = asked(scene, mailing, {**HALF, "was": str(image.pk)})

    assert 'name="mailing-crop"' not in page.content.decode()
    assert answer.status_code == 404
    assert mailing.values["photo"]["image"] == str(image.pk)


def test_without_a_script_what_was_typed_is_saved_before_the_page_opens(scene: Scene) -> None:
    mailing = a_draft_showing(scene, a_picture(scene.store))
    client = Client()
    client.force_login(scene.people["author"])

    answer = client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": mailing.revision, "headline": "New beans", "mailing-crop": "photo"},
    )

    mailing.refresh_from_db()
    assert answer["Location"] == reverse("campaigns:mailing-crop", args=[mailing.pk, "photo"])
    assert mailing.values["headline"] == "New beans"


def publish(scene: Scene, source: str) -> None:
    """Lets the scene's mailings be made from another template."""
    scene.template = create_template(brand=scene.brand, name="Shaped", slug="shaped", actor=None)
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
