"""What differs from the template, side by side, as an approver reads it (catalogue M4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.brandlock import RenderContext
from campaigns.compose.asked import filled, words_of
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.gallery import images_named_in, is_named, names_of
from campaigns.compose.queries import differences
from campaigns.models import Image, Mailing
from groups.access import usable


@dataclass(frozen=True, slots=True)
class Shown:
    """A value to be looked at: words, an address, a picture; all empty where there was nothing."""

    words: str = ""
    url: str = ""
    image: Image | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field, in the template's words and in the author's."""

    field: str
    label: str
    before: Shown
    after: Shown


def changes_of(mailing: Mailing) -> tuple[Change, ...]:
    """Gives what a mailing changes against its template, in the order of the email."""
    context = context_for(mailing)
    named = is_named(images_named_in(compiled_of(mailing.version), mailing.values))
    images: dict[str, Image] = {}
    for image in usable(mailing.group, Image).filter(named).select_related("group"):
        for name in names_of(image):
            images.setdefault(name, image)
    return tuple(
        Change(found.field, found.label, _shown(found.before, images, context), _shown(found.after, images, context))
        for found in differences(mailing)
    )


def _shown(value: Any, images: Mapping[str, Image], context: RenderContext) -> Shown:
    if not isinstance(value, Mapping):
        return Shown(words=filled(words_of(value), context))
    return Shown(
        words=filled(words_of(value), context),
        url=str(value.get("url", "")),
        image=images.get(str(value.get("image", ""))),
    )
