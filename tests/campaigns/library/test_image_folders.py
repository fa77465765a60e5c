"""An image stays in its folder when its words are changed, also where the folder takes no more pictures."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.library.folders import change_folder, create_folder
from campaigns.library.images import add_image, offered_images
from campaigns.models import Image, ImageFolder
from groups.models import Group
from tests.builders import Cast, root_group
from tests.campaigns.library.sources import a_picture_file

pytestmark = pytest.mark.catalogue("I4")
WORDS = {"name": "Bar", "alt": "Our bar at dusk", "focus_x": "50", "focus_y": "50"}


def a_folder(cast: Cast, group: Group, *, is_filled_below: bool = False) -> ImageFolder:
    return create_folder(group=group, name="Old", locals_may_upload=is_filled_below, actor=cast.manager)


def an_image(cast: Cast, folder: ImageFolder) -> Image:
    return add_image(
        group=cast.store, data=a_picture_file(), file_name="bar.jpg", alt="The bar", actor=cast.author, folder=folder
    )


def saved_as_shown(client: Client, image: Image) -> None:
    """Saves an image's words as a browser does: with every field of the form that the page shows."""
    url = reverse("campaigns:image-edit", args=[image.pk])
    form = client.get(url).context["form"]
    folder = {"folder": str(form["folder"].value() or "")} if "folder" in form.fields else {}
    offered = {str(value) for value, _label in form.fields["folder"].choices} if folder else set()
    assert set(folder.values()) <= offered

    answer = client.post(url, WORDS | folder)

    image.refresh_from_db()
    assert (answer.status_code, image.alt) == (302, "Our bar at dusk")


def test_words_are_changed_and_a_closed_folder_keeps_its_pictures(cast: Cast, client: Client) -> None:
    folder = a_folder(cast, cast.store)
    image = an_image(cast, folder)
    change_folder(folder=folder, is_active=False, locals_may_upload=False, actor=cast.author)
    client.force_login(cast.author)

    saved_as_shown(client, image)

    assert image.folder == folder
    assert list(offered_images(cast.store)) == []


def test_words_are_changed_in_a_folder_that_the_brand_fills_alone_since(cast: Cast, client: Client) -> None:
    folder = a_folder(cast, root_group(cast.brand), is_filled_below=True)
    image = an_image(cast, folder)
    change_folder(folder=folder, is_active=True, locals_may_upload=False, actor=cast.manager)
    create_folder(group=cast.store, name="Ours", locals_may_upload=False, actor=cast.author)
    client.force_login(cast.author)

    saved_as_shown(client, image)

    assert image.folder == folder


def test_an_image_can_be_taken_out_of_a_closed_folder_and_not_be_put_back(cast: Cast, client: Client) -> None:
    folder = a_folder(cast, cast.store)
    image = an_image(cast, folder)
    change_folder(folder=folder, is_active=False, locals_may_upload=False, actor=cast.author)
    client.force_login(cast.author)
    url = reverse("campaigns:image-edit", args=[image.pk])

    client.post(url, WORDS | {"folder": ""})
    image.refresh_from_db()
    taken_out = image.folder
    client.post(url, WORDS | {"folder": str(folder.pk)})

    image.refresh_from_db()
    assert (taken_out, image.folder) == (None, None)
