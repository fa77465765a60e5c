"""What differs from the template, side by side, as an approver reads it (catalogue M4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.brandlock import RenderContext
from campaigns.compose.asked import filled, words_of
from campaigns.compose.content import context_for
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
    images: dict[str, Image] = {}
    for image in usable(mailing.group, Image).select_related("group"):
        images[str(image.pk)] = image
        if image.group.parent_id is None:  # as in `content.images_for`: only the brand's own group gives names
            images.setdefault(f"demo:{image.name}", image)
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
