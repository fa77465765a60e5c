"""How readable a brand's colours are, pair by pair, and what the portal makes of those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from groups.brands.colors import DARK_SURFACES, LIGHT_SURFACES, contrast, palette


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour of words on a ground, both `#rrggbb`; `ratio` is what WCAG 2.2 counts, 4.5 at least by construction.

    `wanted` is the brand's own colour where it could not be read there, with the ratio that it would have had;
    empty and 0 where it stands as it was entered.
    """

    label: str
    words: str
    ground: str
    ratio: float
    wanted: str = ""
    wanted_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class Scheme:
    """The pairs of the light or of the dark scheme."""

    label: str
    pairs: tuple[Pair, ...]


def schemes_of(accent: str, ink: str) -> tuple[Scheme, Scheme]:
    """Gives what pages show of a brand's two colours, each pair on the ground that is the worst for it."""
    return (
        Scheme(_("Light"), _pairs(accent, ink, is_dark=False)),
        Scheme(_("Dark"), _pairs(accent, ink, is_dark=True)),
    )


def _pairs(accent: str, ink: str, *, is_dark: bool) -> tuple[Pair, ...]:
    made = palette(accent, ink, is_dark=is_dark)
    surfaces = DARK_SURFACES if is_dark else LIGHT_SURFACES
    return (
        Pair(_("Words on buttons"), made.on_accent, made.accent, contrast(made.on_accent, made.accent)),
        _pair(_("Links"), made.accent_text, accent, (*surfaces, made.accent_soft)),
        _pair(_("Name of the brand"), made.ink, ink, surfaces),
    )


def _pair(label: str, words: str, wanted: str, grounds: Sequence[str]) -> Pair:
    ground = min(grounds, key=lambda ground: contrast(words, ground))
    pair = Pair(label, words, ground, contrast(words, ground))
    if words == wanted.lower():
        return pair
    worst = min(contrast(wanted, ground) for ground in grounds)
    return Pair(label, words, ground, pair.ratio, wanted.lower(), worst)
