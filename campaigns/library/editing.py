"""A picture turned, cropped and resized; the picture that it is made from stays as it is (catalogue I2)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image

from campaigns.library.errors import ImageRefused
from groups.pictures import Picture, written

TURNS = {
    0: None,
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
SMALLEST_SIDE = 20


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of a picture: first turned clockwise by `turn` degrees, then cropped, then made `width` wide.

    `crop` is left, top, width and height in pixels of the turned picture, None for all of it; `width` None keeps it.
    """

    turn: int = 0
    crop: tuple[int, int, int, int] | None = None
    width: int | None = None


def edited(data: bytes, edit: Edit) -> Picture:
    """Gives a kept picture after an edit; raises `ImageRefused` for a crop outside it or smaller than 20 pixels."""
    with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
        is_drawing = image.format == "PNG"
        image.load()
        turn = TURNS.get(edit.turn)
        turned = image if turn is None else image.transpose(turn)
    if edit.crop is not None:
        left, top, width, height = edit.crop
        is_inside = min(left, top) >= 0 and left + width <= turned.width and top + height <= turned.height
        if not is_inside or min(width, height) < SMALLEST_SIDE:
            raise ImageRefused(
                _("The crop must lie inside the picture, which is %(width)s × %(height)s, and be 20 pixels or more.")
                % {"width": turned.width, "height": turned.height}
            )
        turned = turned.crop((left, top, left + width, top + height))
    if edit.width is not None and edit.width < turned.width:
        height = max(1, round(turned.height * edit.width / turned.width))
        turned = turned.resize((max(SMALLEST_SIDE, edit.width), height), Image.Resampling.LANCZOS)
    turned.info = {}
    return written(turned, is_drawing=is_drawing)


def crop_to_ratio(width: int, height: int, ratio: str, focus: tuple[int, int]) -> tuple[int, int, int, int]:
    """Gives the largest crop of a ratio such as `16:9`, its middle as near to the focus (in percent) as fits (I6)."""
    across, _colon, down = ratio.partition(":")
    wanted = int(across) / int(down)
    crop_width, crop_height = (
        (width, round(width / wanted)) if width / height < wanted else (round(height * wanted), height)
    )
    crop_width, crop_height = max(1, min(crop_width, width)), max(1, min(crop_height, height))
    left = min(max(0, round(width * focus[0] / 100 - crop_width / 2)), width - crop_width)
    top = min(max(0, round(height * focus[1] / 100 - crop_height / 2)), height - crop_height)
    return left, top, crop_width, crop_height
