"""Uploaded bytes to a picture that is safe to serve and light enough to mail: decoded, cleaned, written anew."""

from __future__ import annotations

import hashlib
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from groups.errors import PictureRefused

MAX_BYTES_IN = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
# What is held in memory at a time: a decoded pixel takes four bytes, and some steps hold the picture twice.
MAX_DECODED_PIXELS = 16_000_000
MAX_WIDTH = 1600
MAX_HEIGHT = 6000
MAX_BYTES_OUT = 1024 * 1024

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# A drawing stays a PNG while that is light; a photograph that came as PNG becomes a JPEG.
_DRAWING_BYTES = 400 * 1024
_QUALITIES = (86, 78, 68, 58)
_SHRINK = 0.8
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# All that Pillow answers to a file that lies about itself, in its metadata as in its pixels.
_DAMAGES = (OSError, SyntaxError, ValueError, struct.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be kept; `extension` is `jpg` or `png`, `sha256` is that of `data`, in hexadecimal."""

    data: bytes
    extension: str
    width: int
    height: int
    sha256: str


def picture_from(data: bytes) -> Picture:
    """Writes an upload anew, at most 1600 pixels wide and 1 MB, upright, in sRGB, without metadata (catalogue I6).

    Raises `PictureRefused` for more than 10 MB, for more than 40 megapixels in a JPEG and 16 in anything else, for
    anything but a still PNG, JPEG, GIF or WebP, and for a file that is broken, in its metadata as well.
    """
    if len(data) > MAX_BYTES_IN:
        raise PictureRefused(_("This file is larger than 10 MB. Make it smaller, then upload it again."))
    try:
        image = _decoded(data)
        return written(_fitted(image), is_drawing=image.format in ("PNG", "GIF"))
    except _DAMAGES as error:
        raise PictureRefused(_("This picture is damaged. Save it again as PNG or JPEG and upload that.")) from error


def _decoded(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # A decompression bomb is only warned of up to twice Pillow's own limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # metadata that is cut short: the picture may be whole
            image = Image.open(BytesIO(data), formats=_FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise PictureRefused(
                    _("This picture has more than 40 million pixels. Make it smaller, then try again.")
                )
            if getattr(image, "is_animated", False):
                raise PictureRefused(_("Animated pictures cannot be used. Save one frame of it as PNG or JPEG."))
            # A JPEG of many megapixels is decoded at half, a quarter or an eighth, where that is still wide enough.
            image.draft(image.mode, _needed_size(image))
            if image.width * image.height > MAX_DECODED_PIXELS:
                raise PictureRefused(
                    _("This picture has more than 16 million pixels. Make it smaller, then try again.")
                )
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(
            _("This picture has more than 40 million pixels. Make it smaller, then try again.")
        ) from error
    except UnidentifiedImageError as error:
        raise PictureRefused(
            _("This file is no picture that mail programs show. Save it as PNG or JPEG and upload that.")
        ) from error
    return image


def _needed_size(image: Image.Image) -> tuple[int, int]:
    """Gives the width and height that are enough, whichever side of the picture turns out to be the upper one."""
    width, height = image.size
    shrink = min(max(width / MAX_WIDTH, height / MAX_HEIGHT), max(height / MAX_WIDTH, width / MAX_HEIGHT))
    return max(1, int(width / shrink)), max(1, int(height / shrink))


def _fitted(image: Image.Image) -> Image.Image:
    # Pillow's own function writes all of the metadata anew, and fails over a camera's odd values that nobody needs.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        turn = _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    if turn is not None:
        image = image.transpose(turn)
    image = _in_srgb(image)
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    if has_alpha and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.thumbnail((MAX_WIDTH, MAX_HEIGHT), Image.Resampling.LANCZOS)
    image.info = {}  # comments, profiles and positions stay behind
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile says nothing about the colours
    return converted or image


def written(image: Image.Image, *, is_drawing: bool) -> Picture:
    """Gives a picture as a file of at most 1 MB: drawings as PNG while that is light, photographs as JPEG."""
    while True:
        if image.mode == "RGBA":
            data, extension = _light_png(image), "png"
        elif is_drawing and len(data := _encoded(image, "PNG", optimize=True)) <= _DRAWING_BYTES:
            extension = "png"
        else:
            data, extension = _light_jpeg(image), "jpg"
        if len(data) <= MAX_BYTES_OUT:
            return Picture(data, extension, image.width, image.height, hashlib.sha256(data).hexdigest())
        smaller = (max(1, round(image.width * _SHRINK)), max(1, round(image.height * _SHRINK)))
        image = image.resize(smaller, Image.Resampling.LANCZOS)


def _light_png(image: Image.Image) -> bytes:
    data = _encoded(image, "PNG", optimize=True)
    if len(data) <= MAX_BYTES_OUT:
        return data
    return _encoded(image.quantize(256, method=Image.Quantize.FASTOCTREE), "PNG", optimize=True)


def _light_jpeg(image: Image.Image) -> bytes:
    data = b""
    for quality in _QUALITIES:
        data = _encoded(image, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(data) <= MAX_BYTES_OUT:
            break
    return data


def _encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
