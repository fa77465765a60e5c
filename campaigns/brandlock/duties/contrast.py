"""Words that can be read on their background (WCAG 2.2, 1.4.3), judged by inline styles and attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import ImageColor

from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.source import Element

from .page import Page

ENOUGH = 4.5
ENOUGH_LARGE = 3.0
_LARGE_PIXELS, _LARGE_BOLD_PIXELS = 24.0, 18.66
_PIXELS = re.compile(r"([0-9.]+)\s*(px|pt)")
_BOLD = frozenset({"bold", "bolder", "600", "700", "800", "900"})
_BOLD_TAGS = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
_BACKGROUNDS = ("background", "background-color", "background-image")
_SHORTHAND_COLOR = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]+\b")
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.DOTALL)
_COLOR_RULE = re.compile(r"(?:^|[;{\s])(?:color|background(?:-color)?|font(?:-size)?)\s*:", re.IGNORECASE)

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Look:
    """How words look; None is a colour that cannot be judged, such as a picture behind them.

    `is_on_paper` tells that nothing around them sets a background, so that white is meant.
    """

    color: Rgb | None = (0, 0, 0)
    back: Rgb | None = (255, 255, 255)
    pixels: float = 16.0
    is_bold: bool = False
    is_set: bool = False
    is_on_paper: bool = True


def contrast(page: Page) -> Iterator[Finding]:
    """Words of the brand differ enough from what lies behind them; each pair of colours is named once."""
    looks: dict[int, _Look] = {}
    seen: set[tuple[Rgb, Rgb]] = set()
    has_rules = _COLOR_RULE.search(_MEDIA.sub("", page.style_sheets)) is not None
    for element, words in page.texts():
        look = _look(page, element, looks, has_rules=has_rules)
        if look.color is None or look.back is None or not look.is_set or page.is_hidden(element):
            continue
        found = ratio(look.color, look.back)
        is_large = look.pixels >= (_LARGE_BOLD_PIXELS if look.is_bold else _LARGE_PIXELS)
        wanted = ENOUGH_LARGE if is_large else ENOUGH
        if found < wanted and (look.color, look.back) not in seen:
            seen.add((look.color, look.back))
            message = sentence(
                "“%(words)s” can hardly be read: %(color)s on %(back)s has a contrast of %(found)s to 1, and %(wanted)s"
                " is needed. Make one of them darker or lighter."
            )
            if page.is_part and look.is_on_paper:
                message = sentence(
                    "“%(words)s” can hardly be read where the mail is white: %(color)s on %(back)s has a contrast of"
                    " %(found)s to 1, and %(wanted)s is needed. Set a background in this part, or take another colour."
                )
            yield page.note(
                element,
                "contrast",
                message,
                words=words[:40],
                color=_hex(look.color),
                back=_hex(look.back),
                found=f"{found:.1f}",
                wanted=f"{wanted:g}",
            )


def ratio(one: Rgb, other: Rgb) -> float:
    """Returns the contrast of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Rgb) -> float:
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _look(page: Page, element: Element, known: dict[int, _Look], *, has_rules: bool) -> _Look:
    """Returns how an element's words look, from its own style and from the elements around it."""
    chain = [element]
    while chain[-1].parent is not None and chain[-1].parent.start not in known:
        chain.append(chain[-1].parent)
    above = known[chain[-1].parent.start] if chain[-1].parent is not None else _Look()
    for one in reversed(chain):
        above = known[one.start] = _own(page, one, above, has_rules=has_rules)
    return above


def _own(page: Page, element: Element, above: _Look, *, has_rules: bool) -> _Look:
    styles = page.styles(element)
    color, back, is_set = above.color, above.back, above.is_set
    # A class may be coloured by a style sheet, and a link by the mail program: neither is known here.
    if (has_rules and (element.attribute("class") or element.tag == "body")) or element.tag == "a":
        color = None
    if has_rules and (element.attribute("class") or element.tag == "body"):
        back = None
    if written := styles.get("color", element.get("color") if element.tag == "font" else ""):
        color, is_set = _rgb(written), True
    if written := element.get("bgcolor"):
        back, is_set = _rgb(written), True
    if written := styles.get("background", ""):
        back, is_set = _shorthand(written), True
    if written := styles.get("background-color", ""):
        found = _rgb(written)
        back, is_set = (above.back if written == "transparent" else found), True
    if "background-image" in styles or element.attribute("background") is not None:
        back = None
    match = _PIXELS.search(styles.get("font-size", ""))
    pixels = above.pixels if match is None else float(match.group(1)) * (1.333 if match.group(2) == "pt" else 1)
    weight = styles.get("font-weight", "")
    is_bold = weight in _BOLD if weight else above.is_bold or element.tag in _BOLD_TAGS
    return _Look(color, back, pixels, is_bold, is_set, above.is_on_paper and not _has_background(element, styles))


def _has_background(element: Element, styles: dict[str, str]) -> bool:
    written = (*(styles.get(name, "") for name in _BACKGROUNDS), element.get("bgcolor"), element.get("background"))
    return any(value not in {"", "none", "transparent"} for value in written)


def _shorthand(value: str) -> Rgb | None:
    if "url(" in value or "gradient" in value:
        return None
    colors = [color for word in _SHORTHAND_COLOR.findall(value) if (color := _rgb(word)) is not None]
    return colors[0] if colors else None


def _rgb(value: str) -> Rgb | None:
    """Returns an opaque colour; None for anything else."""
    text = value.replace("!important", "").strip()
    if re.fullmatch(r"[0-9a-fA-F]{6}", text):
        text = f"#{text}"
    try:
        found = ImageColor.getrgb(text)
    except ValueError:
        return None
    return None if len(found) > 3 and found[3] < 255 else found[:3]


def _hex(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
