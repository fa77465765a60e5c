"""Pictures of a brand: written anew, made as small as they are shown, and kept under the name of their content."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image

from groups.errors import PictureRefused
from groups.models import Brand
from groups.pictures import MAX_BYTES_IN, Picture, picture_from, written

ACCEPTED: Final = "image/png,image/jpeg,image/gif,image/webp"
# Shown 48 pixels high at most; screens of three pixels a point want more of them.
LOGO_BOX: Final = (720, 144)
ICON_SIDE: Final = 180
# The least that a browser's tab shows on a sharp screen.
ICON_LEAST: Final = 32


def logo_from(file: UploadedFile[bytes]) -> Picture:
    """Gives an upload as a logo; raises `PictureRefused`, for an SVG too, which can hold scripts."""
    image = _image(file)
    image.thumbnail(LOGO_BOX, Image.Resampling.LANCZOS)
    return written(image, is_drawing=True)


def icon_from(file: UploadedFile[bytes]) -> Picture:
    """Gives an upload as the icon of a browser's tab: a square, what is not square stands in the middle of one.

    Raises `PictureRefused`, also for what is smaller than a tab shows.
    """
    image = _image(file)
    if min(image.size) < ICON_LEAST:
        raise PictureRefused(_("This picture is too small. Take one that is at least 32 pixels wide and high."))
    image.thumbnail((ICON_SIDE, ICON_SIDE), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (max(image.size), max(image.size)), (0, 0, 0, 0))
    square.paste(image, ((square.width - image.width) // 2, (square.height - image.height) // 2))
    return written(square, is_drawing=True)


def sign_in_picture_from(file: UploadedFile[bytes]) -> Picture:
    """Gives an upload as the picture beside the form that people sign in by; raises `PictureRefused`."""
    return picture_from(_read(file))


def kept(brand: Brand, picture: Picture) -> str:
    """Stores a picture of a brand, and gives its name; the same picture again is the file that is there.

    Nothing is ever deleted: mails that went out go on showing the logo of their day.
    """
    name = f"brands/{brand.pk.hex}/{picture.sha256[:32]}.{picture.extension}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(picture.data))
    return name


def _image(file: UploadedFile[bytes]) -> Image.Image:
    image = Image.open(BytesIO(picture_from(_read(file)).data), formats=("PNG", "JPEG"))
    return image.convert("RGBA" if image.mode in ("RGBA", "P", "LA") else "RGB")


def _read(file: UploadedFile[bytes]) -> bytes:
    if file.size is None or file.size > MAX_BYTES_IN:
        raise PictureRefused(_("This file is larger than 10 MB. Make it smaller, then upload it again."))
    return bytes(file.read())
