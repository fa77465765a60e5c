"""A group has its own images and uses those of the groups above; nobody changes another group's."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.library.images import add_image
from campaigns.models import Image
from groups.models import Group, User
from tests.builders import Cast, root_group
from tests.campaigns.library.sources import a_picture_file


def an_image(group: Group, actor: User, color: str = "#884422", name: str = "") -> Image:
    return add_image(
        group=group, data=a_picture_file(color=color), file_name="bar.jpg", alt="The bar", actor=actor, name=name
    )


def upload(name: str = "summer bar.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_picture_file(color="#118833"), content_type="image/jpeg")


@pytest.mark.catalogue("I1", "I3")
def test_an_author_sees_own_and_inherited_images_and_no_others(cast: Cast, client: Client) -> None:
    own = an_image(cast.store, cast.author, "#111111")
    inherited = an_image(root_group(cast.brand), cast.manager, "#222222")
    an_image(cast.next_store, cast.neighbour, "#333333")
    client.force_login(cast.author)

    page = client.get(reverse("campaigns:image-list", kwargs={"group_id": cast.store.pk}))

    assert list(page.context["own"]) == [own]
    assert list(page.context["inherited"]) == [inherited]


def test_an_upload_becomes_an_image_of_the_group(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    page = client.post(
        reverse("campaigns:image-list", kwargs={"group_id": cast.store.pk}), {"file": upload(), "alt": "The bar"}
    )

    image = Image.objects.get()
    assert page.status_code == 302
    assert (image.group, image.name, image.alt, image.uploaded_by) == (cast.store, "summer bar", "The bar", cast.author)
    assert image.file.name == f"images/{image.sha256[:40]}.jpg"


def test_the_same_picture_again_gives_the_image_that_is_there(cast: Cast, client: Client) -> None:
    first = an_image(cast.store, cast.author)

    again = an_image(cast.store, cast.author)
    elsewhere = an_image(cast.next_store, cast.neighbour)

    assert again == first
    assert elsewhere != first
    assert elsewhere.file.name == first.file.name


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"alt": "The bar"}, "This field is required."),
        ({"file": "picture", "alt": " "}, "This field is required."),
        ({"file": "text", "alt": "The bar"}, "This file is no picture that mail programs show."),
    ],
    ids=["no file", "no words", "a text"],
)
def test_a_bad_upload_says_why_and_keeps_nothing(
    cast: Cast, client: Client, fields: dict[str, str], sentence: str
) -> None:
    files = {"picture": upload(), "text": SimpleUploadedFile("a.png", b"no picture", content_type="image/png")}
    client.force_login(cast.author)

    page = client.post(
        reverse("campaigns:image-list", kwargs={"group_id": cast.store.pk}),
        {name: files.get(value, value) for name, value in fields.items()},
    )

    assert page.status_code == 422
    assert sentence in page.text
    assert Image.objects.count() == 0


@pytest.mark.catalogue("I1")
@pytest.mark.parametrize("person", ["approver", "neighbour", "outsider"])
def test_others_neither_see_nor_add_nor_change_images(cast: Cast, client: Client, person: str) -> None:
    image = an_image(cast.store, cast.author)
    client.force_login(getattr(cast, person))
    gallery = reverse("campaigns:image-list", kwargs={"group_id": cast.store.pk})
    words = reverse("campaigns:image-edit", kwargs={"image_id": image.pk})

    answers = [
        client.get(gallery).status_code,
        client.post(gallery, {"file": upload(), "alt": "Forged"}).status_code,
        client.get(words).status_code,
        client.post(words, {"name": "Forged", "alt": "Forged"}).status_code,
    ]

    image.refresh_from_db()
    assert answers == [404, 404, 404, 404]
    assert Image.objects.count() == 1
    assert (image.name, image.alt) == ("bar", "The bar")


@pytest.mark.catalogue("I1")
def test_an_author_cannot_change_an_inherited_image(cast: Cast, client: Client) -> None:
    image = an_image(root_group(cast.brand), cast.manager)
    client.force_login(cast.author)

    page = client.post(reverse("campaigns:image-edit", kwargs={"image_id": image.pk}), {"name": "Mine", "alt": "Mine"})

    image.refresh_from_db()
    assert page.status_code == 404
    assert image.alt == "The bar"


def test_the_words_of_an_image_can_be_changed_by_its_group(cast: Cast, client: Client) -> None:
    image = an_image(cast.store, cast.author)
    client.force_login(cast.author)

    client.post(
        reverse("campaigns:image-edit", kwargs={"image_id": image.pk}), {"name": "Bar", "alt": "Our bar at dusk"}
    )

    image.refresh_from_db()
    assert (image.name, image.alt) == ("Bar", "Our bar at dusk")
