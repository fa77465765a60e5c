"""Pictures are cropped, turned, hidden and sorted into folders, and what shows them never breaks (I2, I4, I5, I6)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from campaigns.compose.content import images_for
from campaigns.library.editing import Edit, crop_to_ratio
from campaigns.library.errors import ImageRefused
from campaigns.library.folders import change_folder, create_folder
from campaigns.library.images import add_image, edit_image, fitted_to, hide_image, offered_images
from campaigns.models import Image, ImageFolder
from groups.models import Group, User
from tests.builders import Cast, root_group
from tests.campaigns.library.sources import a_picture_file


def two_colours(size: tuple[int, int] = (200, 100)) -> bytes:
    """Gives a picture whose left half is red and whose right half is blue."""
    out = BytesIO()
    picture = Picture.new("RGB", size, "#ff0000")
    picture.paste("#0000ff", (size[0] // 2, 0, size[0], size[1]))
    picture.save(out, "PNG")
    return out.getvalue()


def an_image(group: Group, actor: User, data: bytes | None = None, folder: ImageFolder | None = None) -> Image:
    return add_image(
        group=group, data=data or two_colours(), file_name="bar.png", alt="The bar", actor=actor, folder=folder
    )


def served(image: Image) -> HttpResponseBase:
    """Gives the answer to somebody who is not signed in, read to its end."""
    answer = Client().get(f"/media/{image.file.name}")
    # At its end the client closes the answer; closing it again would close the test's own connection to PostgreSQL.
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # Django's client gives the response
    return answer


def pixel(image: Image, at: tuple[int, int]) -> object:
    with default_storage.open(str(image.file.name)) as file:
        return Picture.open(BytesIO(file.read())).convert("RGB").getpixel(at)


@pytest.mark.catalogue("I2")
def test_a_crop_is_a_picture_of_its_own_and_the_old_one_stays(cast: Cast) -> None:
    image = an_image(cast.store, cast.author)
    before = (image.sha256, image.file.name, image.width)

    made = edit_image(image=image, edit=Edit(crop=(100, 0, 100, 100)), group=cast.store, actor=cast.author)

    image.refresh_from_db()
    assert (image.sha256, image.file.name, image.width) == before
    assert (made.made_from, made.width, made.height, made.alt) == (image, 100, 100, "The bar")
    assert pixel(made, (5, 5)) == (0, 0, 255)


@pytest.mark.catalogue("I2")
def test_a_picture_is_turned_to_the_right_before_it_is_cropped(cast: Cast) -> None:
    image = an_image(cast.store, cast.author)

    made = edit_image(image=image, edit=Edit(turn=90, crop=(0, 0, 100, 100)), group=cast.store, actor=cast.author)

    assert (made.width, made.height) == (100, 100)
    assert pixel(made, (5, 5)) == (255, 0, 0)


@pytest.mark.catalogue("I2")
def test_a_picture_is_made_smaller_and_never_larger(cast: Cast) -> None:
    image = an_image(cast.store, cast.author)

    smaller = edit_image(image=image, edit=Edit(width=50), group=cast.store, actor=cast.author)
    larger = edit_image(image=image, edit=Edit(width=5000), group=cast.store, actor=cast.author)

    assert (smaller.width, smaller.height) == (50, 25)
    assert larger == image


@pytest.mark.parametrize("crop", [(150, 0, 100, 50), (-1, 0, 50, 50), (0, 0, 5, 5), (0, 90, 50, 50)])
def test_a_crop_outside_the_picture_is_refused(cast: Cast, crop: tuple[int, int, int, int]) -> None:
    image = an_image(cast.store, cast.author)

    with pytest.raises(ImageRefused):
        edit_image(image=image, edit=Edit(crop=crop), group=cast.store, actor=cast.author)

    assert Image.objects.count() == 1


@pytest.mark.catalogue("I6")
@pytest.mark.parametrize(
    ("ratio", "focus", "crop"),
    [
        ("1:1", (50, 50), (50, 0, 100, 100)),
        ("1:1", (0, 50), (0, 0, 100, 100)),
        ("1:1", (100, 50), (100, 0, 100, 100)),
        ("4:1", (50, 100), (0, 50, 200, 50)),
        ("2:1", (10, 10), (0, 0, 200, 100)),
    ],
)
def test_a_crop_keeps_the_main_point_in_its_middle(
    ratio: str, focus: tuple[int, int], crop: tuple[int, int, int, int]
) -> None:
    assert crop_to_ratio(200, 100, ratio, focus) == crop


def test_a_picture_of_the_right_shape_is_not_cropped(cast: Cast) -> None:
    image = an_image(cast.store, cast.author)

    assert fitted_to(image=image, ratio="2:1", group=image.group, actor=cast.author) == image
    assert fitted_to(image=image, ratio="1:1", group=image.group, actor=cast.author).made_from == image


@pytest.mark.catalogue("I5")
def test_a_hidden_picture_is_not_offered_and_mails_keep_it(cast: Cast, client: Client) -> None:
    image = an_image(cast.store, cast.author)
    client.force_login(cast.author)

    client.post(reverse("campaigns:image-hide", args=[image.pk]), {"action": "hide"})

    assert list(offered_images(cast.store)) == []
    assert str(image.pk) in images_for(cast.store)
    assert served(image)["Content-Type"] == "image/png"
    assert list(client.get(reverse("campaigns:image-list", args=[cast.store.pk]) + "?hidden=1").context["own"]) == [
        image
    ]

    client.post(reverse("campaigns:image-hide", args=[image.pk]), {"action": "show"})
    assert list(offered_images(cast.store)) == [image]


def test_uploading_a_hidden_picture_again_shows_it_again(cast: Cast) -> None:
    image = an_image(cast.store, cast.author)
    hide_image(image=image, actor=cast.author)

    assert an_image(cast.store, cast.author) == image
    assert list(offered_images(cast.store)) == [image]


@pytest.mark.catalogue("I5")
def test_a_picture_is_served_to_anybody_for_long_and_tells_nothing(cast: Cast) -> None:
    image = an_image(cast.store, cast.author)

    answer = served(image)

    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert cast.store.code.lower() not in str(image.file.name).lower()
    assert Client().get("/media/images/").status_code == 404
    assert Client().get("/media/images/../imports/x").status_code == 404


def test_a_crop_of_an_inherited_picture_belongs_to_the_group_that_made_it(cast: Cast, client: Client) -> None:
    image = an_image(root_group(cast.brand), cast.manager)
    client.force_login(cast.author)

    page = client.post(
        reverse("campaigns:image-crop", args=[cast.store.pk, image.pk]),
        {"turn": "0", "left": "0", "top": "0", "crop_width": "50", "crop_height": "50"},
    )

    assert page.status_code == 302
    assert Image.objects.get(made_from=image).group == cast.store


def test_half_a_crop_is_asked_for_whole(cast: Cast, client: Client) -> None:
    image = an_image(cast.store, cast.author)
    client.force_login(cast.author)

    page = client.post(reverse("campaigns:image-crop", args=[cast.store.pk, image.pk]), {"turn": "0", "left": "5"})

    assert page.status_code == 422
    assert Image.objects.count() == 1


@pytest.mark.catalogue("I4")
def test_a_folder_of_the_brand_is_offered_below_and_filled_only_where_it_says_so(cast: Cast) -> None:
    root = root_group(cast.brand)
    open_folder = create_folder(group=root, name="Autumn menu", locals_may_upload=True, actor=cast.manager)
    kept_folder = create_folder(group=root, name="Logos", locals_may_upload=False, actor=cast.manager)

    image = an_image(cast.store, cast.author, folder=open_folder)
    with pytest.raises(ImageRefused):
        an_image(cast.store, cast.author, a_picture_file(), folder=kept_folder)

    assert (image.group, image.folder) == (cast.store, open_folder)
    assert images_for(cast.store)[str(image.pk)].folder == "autumn-menu"
    assert Image.objects.count() == 1


@pytest.mark.catalogue("T10")
def test_a_folder_below_does_not_pass_for_the_brands_folder_of_the_same_name(cast: Cast) -> None:
    squatted = create_folder(group=cast.store, name="Approved", locals_may_upload=False, actor=cast.author)
    own = an_image(cast.store, cast.author, folder=squatted)
    assert images_for(cast.store)[str(own.pk)].folder == ""

    approved = create_folder(group=root_group(cast.brand), name="Approved", locals_may_upload=False, actor=cast.manager)
    shared = an_image(root_group(cast.brand), cast.manager, a_picture_file(), folder=approved)

    images = images_for(cast.store)
    assert (approved.slug, images[str(own.pk)].folder, images[str(shared.pk)].folder) == ("approved", "", "approved")


@pytest.mark.catalogue("I4")
def test_a_folder_keeps_the_letters_of_its_language_in_its_short_name(cast: Cast) -> None:
    folder = create_folder(group=cast.store, name="여름 메뉴", locals_may_upload=False, actor=cast.author)

    assert folder.slug == "여름-메뉴"


def test_pictures_of_a_closed_folder_are_not_offered(cast: Cast) -> None:
    folder = create_folder(group=cast.store, name="Old", locals_may_upload=False, actor=cast.author)
    image = an_image(cast.store, cast.author, folder=folder)

    change_folder(folder=folder, is_active=False, locals_may_upload=False, actor=cast.author)

    assert list(offered_images(cast.store)) == []
    assert str(image.pk) in images_for(cast.store)


@pytest.mark.catalogue("I2", "I4", "I5")
@pytest.mark.parametrize("person", ["neighbour", "outsider"])
def test_others_neither_crop_nor_hide_nor_sort(cast: Cast, client: Client, person: str) -> None:
    image = an_image(cast.store, cast.author)
    folder = create_folder(group=cast.store, name="Ours", locals_may_upload=False, actor=cast.author)
    client.force_login(getattr(cast, person))

    answers = [
        client.post(reverse("campaigns:image-hide", args=[image.pk]), {"action": "hide"}),
        client.post(reverse("campaigns:image-crop", args=[cast.store.pk, image.pk]), {"turn": "90"}),
        client.get(reverse("campaigns:image-folders", args=[cast.store.pk])),
        client.post(reverse("campaigns:image-folder-change", args=[folder.pk]), {}),
    ]

    image.refresh_from_db()
    folder.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404] * 4
    assert (image.hidden_at, folder.is_active, Image.objects.count()) == (None, True, 1)


@pytest.mark.catalogue("I4")
def test_a_foreign_folder_is_no_choice(cast: Cast, client: Client) -> None:
    folder = create_folder(group=cast.next_store, name="Theirs", locals_may_upload=True, actor=cast.neighbour)
    image = an_image(cast.store, cast.author)
    client.force_login(cast.author)

    client.post(
        reverse("campaigns:image-edit", args=[image.pk]), {"name": "Bar", "alt": "Bar", "folder": str(folder.pk)}
    )

    image.refresh_from_db()
    assert image.folder is None


def a_zip_behind(picture: bytes) -> bytes:
    out = BytesIO(picture)
    out.seek(0, 2)
    with ZipFile(out, "a") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [a_picture_file() + b"<script>alert(1)</script>", a_zip_behind(a_picture_file())],
    ids=["script", "zip"],
)
def test_what_hangs_on_to_a_picture_is_left_behind(cast: Cast, data: bytes) -> None:
    image = an_image(cast.store, cast.author, data)

    kept = Path(default_storage.path(str(image.file.name))).read_bytes()

    assert b"script" not in kept
    assert b"evil" not in kept


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"data:image/png;base64,iVBORw0KGgo=",
        b"GIF89a/*<script>alert(1)</script>*/",
        b"%PDF-1.4 image",
        b"",
    ],
    ids=["svg", "data", "gif", "pdf", "empty"],
)
def test_what_only_pretends_to_be_a_picture_is_refused(cast: Cast, data: bytes) -> None:
    with pytest.raises(ImageRefused):
        add_image(group=cast.store, data=data, file_name="x.png", alt="x", actor=cast.author)

    assert Image.objects.count() == 0
