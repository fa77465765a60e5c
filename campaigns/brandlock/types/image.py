"""A picture of the group, of a group above it or of the brand, with words for people who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.source import Element

from .base import Filling, ValueType, Written, WrongShape, found_in, one_line, part_of, words_of_length

if TYPE_CHECKING:
    from campaigns.brandlock.context import ImageRef, RenderContext

MAX_BYTES = 1024 * 1024
_RATIO_TOLERANCE = 0.02
LONG_ALT_CHARACTERS = 125


class ImageType(ValueType):
    """A value `{"image": ID, "alt": words}`; which images there are is the context's to say."""

    type = FieldType.IMAGE
    parts = ("image", "alt")
    marks = frozenset({"data-folders", "data-upload", "data-ratio", "data-size", "data-min-size", "data-max-size"})
    wanted = sentence("an object with image and alt")
    meaning = "A picture with its words for people who cannot see it."

    def fits(self, element: Element) -> bool:
        return element.tag in {"mj-image", "img"}

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        return Filling(Spot.URL, "url", "src"), Filling(Spot.ATTRIBUTE, "alt", "alt")

    def written(self, found: Written) -> Json:
        return {"image": found.default, "alt": one_line(found.element.get("alt"))}

    def read(self, spec: FieldSpec, value: Json) -> Json:
        return compound(self, value)

    def is_filled(self, spec: FieldSpec, value: Json) -> bool:
        return bool(part_of(value, "image"))

    def words(self, spec: FieldSpec, value: Json) -> str:
        return part_of(value, "alt")

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        if part == "alt":
            return part_of(value, "alt")
        image = context.images.get(part_of(value, "image"))
        return "" if image is None else image.url

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        if not part_of(value, "alt"):
            yield found_in(spec, "alt_missing", "%(label)s has no alternative text. Say what the image shows.")
        image = context.images.get(part_of(value, "image"))
        if image is None:
            yield found_in(spec, "unknown_image", "The image of %(label)s does not exist any more. Choose another.")
            return
        if (
            spec.folders
            and image.folder not in spec.folders
            and part_of(value, "image") != part_of(spec.default, "image")
        ):
            message = sentence("The image of %(label)s is not from a folder that is allowed here: %(folders)s.")
            yield found_in(spec, "image_folder", message, folders=", ".join(spec.folders))
        if image.size_bytes > MAX_BYTES:
            message = sentence("The image of %(label)s is larger than 1 MB. Choose a lighter one.")
            yield found_in(spec, "image_heavy", message, blocks=False)
        yield from _measures(spec, image)

    def longest(self, spec: FieldSpec) -> Json:
        image = part_of(spec.default, "image")
        return {"image": image, "alt": words_of_length(LONG_ALT_CHARACTERS)}


def compound(value_type: ValueType, value: Json) -> dict[str, Json]:
    """Returns a value of parts, each a line; raises WrongShape for another shape or an unknown part."""
    if (
        not isinstance(value, dict)
        or value.keys() - set(value_type.parts)
        or not all(isinstance(item, str) for item in value.values())
    ):
        raise WrongShape(value_type.wanted)
    return {part: part_of(value, part) for part in value_type.parts}


def pixels(size: str) -> tuple[int, int]:
    """Returns width and height of a size such as `1200x600`."""
    width, _, height = size.partition("x")
    return int(width), int(height)


def has_ratio(width: int, height: int, ratio: str) -> bool:
    """Tells whether a picture has a ratio such as `16:9`, give or take two parts in a hundred."""
    across, _, down = ratio.partition(":")
    wanted = int(across) / int(down)
    return abs(width / height - wanted) <= wanted * _RATIO_TOLERANCE


def _measures(spec: FieldSpec, image: ImageRef) -> Iterator[Finding]:
    found = (image.width, image.height)
    if spec.ratio and not has_ratio(*found, spec.ratio):
        message = sentence("The image of %(label)s is %(found)s pixels, which is not the shape %(wanted)s. Crop it.")
        yield _refused(spec, "image_ratio", message, found, spec.ratio)
    if spec.size and found != pixels(spec.size):
        message = sentence("The image of %(label)s is %(found)s pixels; it must be %(wanted)s.")
        yield _refused(spec, "image_size", message, found, _spoken(spec.size))
    if spec.min_size and _is_under(found, pixels(spec.min_size)):
        message = sentence("The image of %(label)s is %(found)s pixels; it needs at least %(wanted)s.")
        yield _refused(spec, "image_small", message, found, _spoken(spec.min_size))
    if spec.max_size and _is_under(pixels(spec.max_size), found):
        message = sentence("The image of %(label)s is %(found)s pixels; at most %(wanted)s are allowed.")
        yield _refused(spec, "image_large", message, found, _spoken(spec.max_size))


def _refused(spec: FieldSpec, code: str, message: str, found: tuple[int, int], wanted: str) -> Finding:
    return found_in(spec, code, message, found=f"{found[0]} × {found[1]}", wanted=wanted)


def _is_under(found: tuple[int, int], wanted: tuple[int, int]) -> bool:
    return found[0] < wanted[0] or found[1] < wanted[1]


def _spoken(size: str) -> str:
    return size.replace("x", " × ")
