"""Colour arithmetic: whatever colours a brand sets, text on them and text in them stays readable (WCAG 2.2, AA)."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TEXT_CONTRAST = 4.5
WHITE = "#ffffff"
BLACK = "#000000"

# The surfaces that accent-coloured text may stand on, as `static/css/tokens.css` names them.
LIGHT_SURFACES = ("#ffffff", "#f7f7f5", "#f0f0ed")
DARK_SURFACES = ("#1b1c1e", "#131415", "#232528")
LIGHT_TEXT = "#1d1c1a"
DARK_TEXT = "#ecebe8"

_STEPS = 200


@dataclass(frozen=True, slots=True)
class Palette:
    """A brand's colours for one scheme, each `#rrggbb`.

    `accent` fills buttons and carries `on_accent`; `accent_strong` is the same under the pointer; `accent_text` is
    readable on every surface and on `accent_soft`; `ink` is for the brand's name.
    """

    accent: str
    accent_strong: str
    on_accent: str
    accent_text: str
    accent_soft: str
    ink: str


def luminance(color: str) -> float:
    """Gives the relative luminance of `#rrggbb`, 0 for black to 1 for white (WCAG 2.2, "relative luminance")."""
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(color))
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Gives the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, surfaces: Sequence[str], minimum: float = TEXT_CONTRAST) -> str:
    """Gives the nearest shade of a colour that has a contrast on every surface: darker on light ones, else lighter.

    Hue and saturation are kept as far as the shade allows. The surfaces must be all light or all dark; then black or
    white, the last resort, reaches at least 4.58.
    """
    goes_darker = luminance(surfaces[0]) > 0.179  # where black and white contrast alike
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(color))
    end = 0.0 if goes_darker else 1.0
    for step in range(_STEPS + 1):
        shade = _hex(colorsys.hls_to_rgb(hue, lightness + (end - lightness) * step / _STEPS, saturation))
        if all(contrast(shade, surface) >= minimum for surface in surfaces):
            return shade
    return BLACK if goes_darker else WHITE


def text_on(color: str) -> str:
    """Gives white where it is readable on a colour, else black: one of the two always reaches 4.5."""
    return WHITE if contrast(color, WHITE) >= TEXT_CONTRAST else BLACK


def mixed(color: str, other: str, share: float) -> str:
    """Gives a mixture: `share` of the first colour, 0 to 1, the rest of the other."""
    return _hex(one * share + two * (1 - share) for one, two in zip(_parts(color), _parts(other), strict=True))


def palette(accent: str, ink: str, *, is_dark: bool) -> Palette:
    """Gives the colours of a brand for the light or the dark scheme."""
    surfaces, text = (DARK_SURFACES, DARK_TEXT) if is_dark else (LIGHT_SURFACES, LIGHT_TEXT)
    on_accent = text_on(accent)
    # Under the pointer the fill moves away from its text, so that it never becomes less readable.
    strong = mixed(accent, BLACK if on_accent == WHITE else WHITE, 0.82)
    soft = mixed(accent, surfaces[0], 0.16 if is_dark else 0.1)
    return Palette(
        accent=accent.lower(),
        accent_strong=strong,
        on_accent=on_accent,
        accent_text=readable(accent, (*surfaces, soft)),
        accent_soft=soft,
        ink=text if is_dark else readable(ink, surfaces, 7.0),
    )


def _parts(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
