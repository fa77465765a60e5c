"""Personal values written as Liquid, and read back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from braze_client.liquid.errors import LiquidRefused
from braze_client.liquid.names import STANDARD_ATTRIBUTES
from braze_client.liquid.tags import LiquidTag, tags_in

_ATTRIBUTE_NAME = re.compile(r"[^\s{}$|%'\"\\<>][^{}$|%'\"\\<>\x00-\x1f\x7f]{0,254}")

_DEFAULT_TEXT = re.compile(r"[^{}'\"\\|<>\x00-\x1f\x7f]{0,255}")


def merge_tag(attribute: str, default: str, *, html: bool = True) -> str:
    """Returns the merge tag of a profile attribute, with a text for people who lack it (B-LIQ-2, B-LIQ-3).

    Standard attributes (`STANDARD_ATTRIBUTES`) are written bare, any other name as custom attribute. `html=False`
    leaves the escape filter out, for subject and plain text. Raises `LiquidRefused` where the name or the default
    holds a quote, brace, pipe, backslash, angle bracket or control character, or is longer than 255 characters.
    """
    if _ATTRIBUTE_NAME.fullmatch(attribute) is None or attribute != attribute.strip():
        raise LiquidRefused(f"{attribute!r} cannot be the name of an attribute in a merge tag.")
    if _DEFAULT_TEXT.fullmatch(default) is None:
        raise LiquidRefused(f"The default {default!r} may not hold quotes, braces, pipes, brackets or line breaks.")
    reference = f"${{{attribute}}}" if attribute in STANDARD_ATTRIBUTES else f"custom_attribute.${{{attribute}}}"
    return f"{{{{{reference} | default: '{default}'{' | escape' if html else ''}}}}}"


_MERGE_TAG = re.compile(
    r"\{\{(?P<custom>custom_attribute\.)?\$\{(?P<attribute>[^{}]*)\}"
    r" \| default: '(?P<default>[^']*)'(?P<html> \| escape)?\}\}"
)


@dataclass(frozen=True, slots=True)
class MergeTag:
    """A merge tag as a value: the attribute, the text for people who lack it, whether it escapes for HTML."""

    attribute: str
    default: str
    is_html: bool = True

    def __post_init__(self) -> None:
        self.as_liquid()

    def as_liquid(self) -> str:
        """Returns the tag as Braze reads it. Raises `LiquidRefused` as `merge_tag` does."""
        return merge_tag(self.attribute, self.default, html=self.is_html)


def parts_of(text: str) -> tuple[str | MergeTag | LiquidTag, ...]:
    """Returns a text in its parts: plain words, merge tags as this package writes them, and any other Liquid."""
    parts: list[str | MergeTag | LiquidTag] = []
    at = 0
    for tag in tags_in(text):
        if text[at : tag.start]:
            parts.append(text[at : tag.start])
        parts.append(_as_merge_tag(tag) or tag)
        at = tag.end
    if text[at:]:
        parts.append(text[at:])
    return tuple(parts)


def _as_merge_tag(tag: LiquidTag) -> MergeTag | None:
    match = _MERGE_TAG.fullmatch(tag.source)
    if match is None or (match["custom"] is None) != (match["attribute"] in STANDARD_ATTRIBUTES):
        return None
    try:
        return MergeTag(match["attribute"], match["default"], match["html"] is not None)
    except LiquidRefused:
        return None
