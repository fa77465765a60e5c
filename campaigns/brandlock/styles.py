"""Reading style sheets as mail programs do: escapes resolved, comments gone; what they load and what they hide."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\r\f]?|(\r\n|[\n\r\f])|(.))", re.DOTALL)
_ADDRESS = re.compile(r"""\b(?:url|src)\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s][^)]*))""", re.IGNORECASE)
_IMAGE_SET = re.compile(r"image-set\(((?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_IMPORT = re.compile(r"@import\b", re.IGNORECASE)
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\b(?:url|src)\(", re.IGNORECASE)
_EVERYWHERE = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)", re.IGNORECASE)
_BRACE = re.compile(r"[{}]")
_PROPERTY = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_NOWHERE = re.compile(r"-\d{3,}")


def plain_css(text: str) -> str:
    """Returns a style sheet or a style without comments and with its escapes resolved (CSS Syntax 3, 4.3.7)."""
    return _ESCAPE.sub(_unescaped, _COMMENT.sub("", text))


def addresses_in(text: str) -> Iterator[str]:
    """Yields the addresses that a style sheet or a style loads."""
    css = plain_css(text)
    for match in _ADDRESS.finditer(css):
        yield (match[1] or match[2] or match[3] or "").strip()
    for match in _IMAGE_SET.finditer(css):
        yield from (address.strip() for address in _QUOTED.findall(match[1]))


def imports(text: str) -> bool:
    """Tells whether a style sheet loads another one."""
    return _IMPORT.search(plain_css(text)) is not None


def loads_font(text: str) -> bool:
    """Tells whether a style sheet loads a font."""
    return _FONT_FACE.search(plain_css(text)) is not None


def hiding_selectors(text: str) -> Iterator[str]:
    """Yields the selectors of the rules that hide what they select on every screen; rules of a width are left out."""
    for selectors, block in _rules(plain_css(text)):
        if hides(dict(_PROPERTY.findall(block.lower()))):
            yield from (selector.strip() for selector in selectors.split(",") if selector.strip())


def hides(properties: dict[str, str]) -> bool:
    """Tells whether properties, by name and in lower case, take something out of a reader's sight."""
    said = {name: value.replace("!important", "").strip() for name, value in properties.items()}
    return (
        said.get("display") == "none"
        or said.get("visibility") in {"hidden", "collapse"}
        or "mso-hide" in said
        or re.fullmatch(r"0?(?:\.0*)?", said.get("opacity", "1")) is not None
        or re.fullmatch(r"[01](?:\.\d+)?(?:px|pt|em|rem|%)?", said.get("font-size", "")) is not None
        or any(_NOWHERE.match(said.get(side, "")) for side in ("left", "top", "right", "text-indent", "margin-left"))
    )


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Yields the rules that hold on every screen, each as its selectors and its declarations."""
    depth = begin = 0
    head = ""
    for match in _BRACE.finditer(css):
        if match.group() == "{":
            if depth == 0:
                head, begin = css[begin : match.start()].rpartition(";")[2].strip(), match.end()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                block = css[begin : match.start()]
                if _EVERYWHERE.fullmatch(head):
                    yield from _rules(block)
                elif head and not head.startswith("@"):
                    yield head, block
                begin = match.end()


def _unescaped(match: re.Match[str]) -> str:
    code, line_end, letter = match.groups()
    if code is None:
        return "" if line_end else letter
    number = int(code, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
