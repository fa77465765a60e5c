"""Uploads are decoded and written anew; what cannot be a picture of a mail is refused with a sentence."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from groups import pictures
from groups.errors import PictureRefused
from groups.pictures import picture_from
from tests.campaigns.library.sources import a_picture_file


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def reopened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.catalogue("I6")
def test_a_wide_photo_comes_out_1600_pixels_wide_and_under_a_megabyte() -> None:
    photo = Image.effect_noise((2400, 1200), 90).convert("RGB")

    picture = picture_from(saved(photo, "JPEG", quality=95))

    assert (picture.width, picture.extension) == (reopened(picture.data).width, "jpg")
    assert picture.width <= 1600
    assert picture.width / picture.height == pytest.approx(2, abs=0.01)
    assert len(picture.data) <= 1024 * 1024


@pytest.mark.catalogue("I6")
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
    with pytest.raises(PictureRefused) as refused:
        picture_from(data)

    assert sentence in refused.value.sentence


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    bomb = saved(Image.new("1", (20_000, 20_000)), "PNG")

    with pytest.raises(PictureRefused) as refused:
        picture_from(bomb)

    assert len(bomb) < 200_000
    assert "40 million pixels" in refused.value.sentence


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_what_must_be_decoded_whole_has_at_most_16_million_pixels(kind: str) -> None:
    wide = saved(Image.new("L", (16_001, 1000)), kind)

    with pytest.raises(PictureRefused) as refused:
        picture_from(wide)

    assert "16 million pixels" in refused.value.sentence


@pytest.mark.parametrize("size", [(7000, 5000), (16_001, 1000), (1600, 16_000)])
def test_a_jpeg_may_have_more_because_it_is_decoded_smaller(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    fitted = pictures._fitted  # the one place that sees what was decoded

    def watched(image: Image.Image) -> Image.Image:
        decoded.append(image.width * image.height)
        return fitted(image)

    monkeypatch.setattr(pictures, "_fitted", watched)

    picture = picture_from(saved(Image.new("L", size), "JPEG"))

    assert decoded[0] <= pictures.MAX_DECODED_PIXELS
    assert picture.width == 1600 or picture.height == 6000


UNREADABLE = {"an unknown head": b"Exif\0\0garbagegarbage", "cut off": b"Exif\0\0II*\0"}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_metadata_that_cannot_be_read_is_refused_with_a_sentence(kind: str, name: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        picture_from(saved(Image.new("RGB", (20, 10)), kind, exif=UNREADABLE[name]))

    assert "damaged" in refused.value.sentence


@pytest.mark.parametrize("error", [OSError, SyntaxError, ValueError, struct.error])
@pytest.mark.parametrize("step", ["_decoded", "_fitted", "written"])
def test_whatever_pillow_stumbles_over_is_refused_with_a_sentence(
    step: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(image: object, **options: object) -> None:
        raise error("odd bytes")

    monkeypatch.setattr(pictures, step, stumble)

    with pytest.raises(PictureRefused) as refused:
        picture_from(a_picture_file())

    assert "damaged" in refused.value.sentence


def test_odd_metadata_beside_the_orientation_does_not_matter() -> None:
    resolution_of_bytes = struct.pack(
        ">2sHIHHHI4sHHI4sI", b"MM", 42, 8, 2, 0x0112, 3, 1, b"\0\6\0\0", 0x011A, 1, 1, b"x", 0
    )

    picture = picture_from(saved(Image.new("RGB", (20, 10)), "JPEG", exif=b"Exif\0\0" + resolution_of_bytes))

    assert (picture.width, picture.height) == (10, 20)


@given(st.binary(max_size=60), st.sampled_from([b"", b"MM\0*\0\0\0\x08", b"II*\0\x08\0\0\0"]))
@settings(max_examples=60)
def test_no_metadata_brings_an_upload_down(tail: bytes, head: bytes) -> None:
    data = saved(Image.new("RGB", (20, 10)), "JPEG", exif=b"Exif\0\0" + head + tail)

    try:
        picture = picture_from(data)
    except PictureRefused:
        return

    assert sorted((picture.width, picture.height)) == [10, 20]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_set_upright(orientation: int) -> None:
    lying = Image.new("RGB", (40, 20), "white")
    lying.paste("black", (0, 0, 20, 10))
    exif = Image.Exif()
    exif[0x0112] = orientation

    picture = reopened(picture_from(saved(lying, "PNG", exif=exif)).data).convert("L")

    expected = ImageOps.exif_transpose(reopened(saved(lying, "PNG", exif=exif))).convert("L")
    assert picture.size == expected.size
    assert picture.tobytes() == expected.tobytes()
