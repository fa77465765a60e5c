"""Braze's `${...}` references and own tags, rewritten into plain Liquid."""

from __future__ import annotations

import functools
import re

from braze_client.liquid.errors import LiquidRefused, LiquidSyntaxInvalid
from braze_client.liquid.names import REFERENCE_ROOTS, STANDARD_ATTRIBUTES, SUBSCRIPTION_URLS
from braze_client.liquid.tags import tags_in

_FOREIGN_TAGS = frozenset(
    {
        "connected_content",
        "catalog_items",
        "catalog_selection_items",
        "promotion",
        "message_extras",
        "include",
        "render",
    }
)

_TAG_NAME = re.compile(r"\{%-?\s*([a-z_]+)")

_ABORT = re.compile(r"\{%-?\s*abort_message\s*(?:\(\s*(?:'([^']*)'|\"([^\"]*)\")?\s*\))?\s*-?%\}")

_REFERENCE = re.compile(r"(?:([A-Za-z_]\w*)\.)?\$\{\s*([^{}\"]*?)\s*\}")


def to_plain_liquid(text: str, *, as_braze: bool) -> str:
    """Rewrites Braze's `${...}` references and own tags into plain Liquid, inside tags only."""
    parts: list[str] = []
    position = 0
    in_raw = False
    for tag in tags_in(text):
        parts.append(text[position : tag.start])
        position = tag.end
        name = _name_of(tag.source)
        in_raw = (in_raw or name == "raw") and name != "endraw"
        parts.append(tag.source if in_raw else _plain_tag(tag.source, name, as_braze=as_braze))
    parts.append(text[position:])
    return "".join(parts)


def _name_of(source: str) -> str:
    match = _TAG_NAME.match(source)
    return match.group(1) if match is not None else ""


def _plain_tag(source: str, name: str, *, as_braze: bool) -> str:
    if name in _FOREIGN_TAGS:
        if as_braze:
            return ""
        raise LiquidRefused(f"The Liquid tag {name} is not allowed.")
    if name == "abort_message":
        match = _ABORT.fullmatch(source)
        if match is None:
            raise LiquidSyntaxInvalid(f"Not a valid abort_message: {source}")
        reason = (match.group(1) or match.group(2) or "").replace('"', "'")
        return f'{{{{ "{reason}" | abort_message }}}}'
    plain = _REFERENCE.sub(functools.partial(_plain_reference, as_braze=as_braze), source)
    if source.startswith("{%"):
        plain = plain.replace("{{", "").replace("}}", "")
    return plain


def _plain_reference(match: re.Match[str], *, as_braze: bool) -> str:
    root, name = match.group(1), match.group(2)
    known = root in REFERENCE_ROOTS if root else name in STANDARD_ATTRIBUTES or name in SUBSCRIPTION_URLS
    if not known and not as_braze:
        raise LiquidRefused(f"Unknown name in Liquid: {match.group()}.")
    return f'{root or "braze"}["{name}"]'
