"""The Liquid that a brand can allow in its templates: tags that belong together are allowed together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.brandlock import DEFAULT_LIQUID_TAGS
from groups.models import Brand

NO_LIQUID = "none"
"""Stands alone in a brand's list that allows nothing: an empty list means the usual tags."""


@dataclass(frozen=True, slots=True)
class LiquidChoice:
    """Tags that are allowed together, under the name of the first one, with what they do."""

    tags: tuple[str, ...]
    meaning: str | Promise

    @property
    def name(self) -> str:
        """The name of the choice."""
        return self.tags[0]

    @property
    def is_usual(self) -> bool:
        """Whether a brand allows it without having said anything."""
        return self.name in DEFAULT_LIQUID_TAGS


CHOICES = (
    LiquidChoice(("if", "elsif", "else", "endif"), _("Show words to some people only")),
    LiquidChoice(("unless", "else", "endunless"), _("Show words to everybody but some people")),
    LiquidChoice(("case", "when", "else", "endcase"), _("Choose one of several texts")),
    LiquidChoice(("assign",), _("Keep a value under a name")),
    LiquidChoice(("abort_message",), _("Send nothing to this person")),
    LiquidChoice(("capture", "endcapture"), _("Keep a longer text under a name")),
    LiquidChoice(("for", "else", "break", "continue", "endfor"), _("Repeat words for each entry of a list")),
    LiquidChoice(("comment", "endcomment"), _("Notes that nobody gets")),
    LiquidChoice(("content_blocks",), _("Content blocks that are kept in Braze and can be changed there at any time")),
    LiquidChoice(("catalog_items",), _("Items of a catalogue that is kept in Braze")),
    LiquidChoice(("connected_content",), _("Ask another server for content while Braze sends, for each person")),
)


def allowed_tags(brand: Brand) -> frozenset[str]:
    """Gives the Liquid tags that the locked parts of a brand may use."""
    return frozenset(brand.liquid_tags) or DEFAULT_LIQUID_TAGS


def allowed_merge_tags(brand: Brand) -> frozenset[str]:
    """Gives the names of the merge tags that a brand allows."""
    return frozenset(brand.attributes.filter(is_merge_tag=True).values_list("name", flat=True))


def chosen_of(brand: Brand) -> list[str]:
    """Gives the names of the choices that a brand allows."""
    allowed = allowed_tags(brand)
    return [choice.name for choice in CHOICES if choice.name in allowed]


def tags_of(names: Iterable[str]) -> list[str]:
    """Gives what a brand that allows these choices keeps; never an empty list."""
    chosen = frozenset(names)
    return sorted({tag for choice in CHOICES if choice.name in chosen for tag in choice.tags}) or [NO_LIQUID]
