"""Uploads are decoded and written anew; what cannot be a picture of a mail is refused with a sentence."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from campaigns.library import pictures
from campaigns.library.errors import ImageRefused
from campaigns.library.pictures import picture_from
from tests.campaigns.library.sources import a_picture_file


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def reopened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_a_wide_photo_comes_out_1600_pixels_wide_and_under_a_megabyte() -> None:
    photo = Image.effect_noise((2400, 1200), 90).convert("RGB")

    picture = picture_from(saved(photo, "JPEG", quality=95))

    assert (picture.width, picture.extension) == (reopened(picture.data).width, "jpg")
    assert picture.width <= 1600
    assert picture.width / picture.height == pytest.approx(2, abs=0.01)
    assert len(picture.data) <= 1024 * 1024


def test_metadata_stays_behind_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Spy camera"
    sideways = saved(Image.new("RGB", (60, 30), "red"), "JPEG", exif=exif, comment=b"secret place")

    picture = picture_from(sideways)

    assert (picture.width, picture.height) == (30, 60)
    assert b"Spy camera" not in picture.data
    assert b"secret place" not in picture.data
    assert not reopened(picture.data).getexif()


def test_transparency_is_kept() -> None:
    picture = picture_from(saved(Image.new("RGBA", (20, 20), (10, 20, 30, 0)), "PNG"))

    assert picture.extension == "png"
    assert reopened(picture.data).convert("RGBA").getpixel((3, 3)) == (10, 20, 30, 0)


def test_the_same_upload_gives_the_same_bytes() -> None:
    assert picture_from(a_picture_file()) == picture_from(a_picture_file())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture that mail programs"),
        (b"", "no picture that mail programs"),
        (b"GIF89a", "no picture that mail programs"),
        (saved(Image.new("RGB", (10, 10)), "BMP"), "no picture that mail programs"),
        (a_picture_file("PNG", (300, 300))[:200], "damaged"),
        (b"0" * (pictures.MAX_BYTES_IN + 1), "larger than 10 MB"),
        (
            saved(Image.new("RGB", (5, 5), "red"), "GIF", save_all=True, append_images=[Image.new("RGB", (5, 5))]),
            "Animated",
        ),
    ],
    ids=["svg", "empty", "only a head", "bmp", "cut off", "too heavy", "animated"],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        picture_from(data)

    assert sentence in refused.value.sentence


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    bomb = saved(Image.new("1", (20_000, 20_000)), "PNG")

    with pytest.raises(ImageRefused) as refused:
        picture_from(bomb)

    assert len(bomb) < 200_000
    assert "40 million pixels" in refused.value.sentence
