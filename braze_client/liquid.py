"""Liquid as Braze speaks it: merge tags written, people's text made inert, tags found, and messages rendered.

The pure half (`merge_tag`, `neutralise`, `contains_liquid`, `tags_in`) needs the standard library alone; `render` and
`verify` import python-liquid on first use. Nothing here fetches anything: connected content is never followed.

    LiquidError
    ├── LiquidRefused       the text uses something that this portal never sends: mend the text
    ├── LiquidSyntaxInvalid the text is no valid Liquid: Braze would not send it
    └── MessageAborted      the text decided not to go to this person; `reason` says why
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from braze_client.errors import BrazeError

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

STANDARD_ATTRIBUTES = frozenset(
    {
        "first_name",
        "last_name",
        "email_address",
        "city",
        "country",
        "date_of_birth",
        "gender",
        "language",
        "last_used_app_date",
        "most_recent_locale",
        "phone_number",
        "time_zone",
        "user_id",
        "braze_id",
        "random_bucket_number",
    }
)
"""Names that `{{${name}}}` knows (contract section 17); they differ from the field names of users.track."""

SUBSCRIPTION_URLS = frozenset(
    {
        "set_user_to_unsubscribed_url",
        "unsubscribe_url",
        "set_user_to_subscribed_url",
        "set_user_to_opted_in_url",
        "set_user_to_one_click_list_unsubscribe",
    }
)
REFERENCE_ROOTS = frozenset({"custom_attribute", "api_trigger_properties", "campaign", "subscribed_state"})

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
_ZERO_WIDTH_SPACE = "\u200b"
_BRACE = re.compile(f"{_ZERO_WIDTH_SPACE}?([{{}}]){_ZERO_WIDTH_SPACE}?")
_DELIMITER = re.compile(r"\{\{|\}\}|\{%|%\}|\$\{")
_OPENER = re.compile(r"\{\{|\{%")
# Possessive, so that hostile text is read in one pass. `${...}` is stepped over whole: its brace may touch `}}`.
_OUTPUT = re.compile(r"\{\{(?:\$\{[^{}]*\}|(?!\}\}).)*+\}\}", re.DOTALL)
_TAG = re.compile(r"\{%(?:\$\{[^{}]*\}|(?!%\}).)*+%\}", re.DOTALL)
_TAG_NAME = re.compile(r"\{%-?\s*([a-z_]+)")
_ABORT = re.compile(r"\{%-?\s*abort_message\s*(?:\(\s*(?:'([^']*)'|\"([^\"]*)\")?\s*\))?\s*-?%\}")
_REFERENCE = re.compile(r"(?:([A-Za-z_]\w*)\.)?\$\{\s*([^{}\"]*?)\s*\}")
_ATTRIBUTE_NAME = re.compile(r"[^\s{}$|%'\"\\<>][^{}$|%'\"\\<>\x00-\x1f\x7f]{0,254}")
_DEFAULT_TEXT = re.compile(r"[^{}'\"\\|<>\x00-\x1f\x7f]{0,255}")


class LiquidError(BrazeError):
    """A text that cannot be rendered for a person."""


class LiquidRefused(LiquidError):
    """A tag, attribute or default that this portal never sends (B-LIQ-2, B-LIQ-5)."""


class LiquidSyntaxInvalid(LiquidError):
    """A text that no Liquid engine accepts."""


class MessageAborted(LiquidError):
    """The text cancelled its own sending with `abort_message`; `reason` may be empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason or "aborted without a reason")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LiquidTag:
    """One tag of a text: `text[start:end] == source`."""

    start: int
    end: int
    source: str


def contains_liquid(text: str) -> bool:
    """Tells whether any of `{{`, `}}`, `{%`, `%}`, `${` stands in the text (B-LIQ-1)."""
    return _DELIMITER.search(text) is not None


def neutralise(text: str) -> str:
    """Returns the text with every brace set apart by zero-width spaces, so that no delimiter can form (B-LIQ-1).

    All five delimiters hold a brace, so the result stays inert between any other neutralised texts; a leading `%` and
    a trailing `$` are guarded as well, so that a lone brace of a template beside it cannot open a tag. Idempotent.
    """
    inert = _BRACE.sub(rf"{_ZERO_WIDTH_SPACE}\1{_ZERO_WIDTH_SPACE}", text)
    if inert.startswith("%"):
        inert = _ZERO_WIDTH_SPACE + inert
    if inert.endswith("$"):
        inert += _ZERO_WIDTH_SPACE
    return inert


def tags_in(text: str) -> tuple[LiquidTag, ...]:
    """Returns the Liquid tags of the text in order; an opener without its closer runs to the end of the text."""
    found: list[LiquidTag] = []
    position = 0
    while (opener := _OPENER.search(text, position)) is not None:
        pattern = _OUTPUT if opener.group() == "{{" else _TAG
        whole = pattern.match(text, opener.start())
        position = whole.end() if whole is not None else len(text)
        found.append(LiquidTag(start=opener.start(), end=position, source=text[opener.start() : position]))
    return tuple(found)


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


def render(template_text: str, profile_context: Mapping[str, object], *, as_braze: bool = False) -> str:
    """Returns the text as one person would get it.

    `profile_context` holds standard attributes and subscription URLs by their Liquid names, and mappings under
    `custom_attribute`, `api_trigger_properties`, `campaign`, `subscribed_state`; what is missing is empty. Raises
    `MessageAborted`, `LiquidSyntaxInvalid`, and `LiquidRefused` for tags and names outside contract section 17;
    `as_braze` accepts those and leaves them empty instead (B-LIQ-5). Connected content is never fetched.
    """
    if not contains_liquid(template_text):
        return template_text
    from liquid.exceptions import LiquidError as EngineError

    roots = {name: _Lookup(_mapping(profile_context.get(name))) for name in REFERENCE_ROOTS}
    try:
        return _compiled(template_text, as_braze).render(braze=_Lookup(profile_context), **roots)
    except EngineError as error:
        raise LiquidSyntaxInvalid(_first_line(error)) from error


def verify(template_text: str, *, as_braze: bool = False) -> None:
    """Raises what `render` would raise for anybody: `LiquidRefused` or `LiquidSyntaxInvalid`."""
    if contains_liquid(template_text):
        _compiled(template_text, as_braze)


class _Lookup(dict[str, object]):
    """A mapping in which every name exists: Braze renders what a profile lacks as nothing."""

    def __missing__(self, key: str) -> None:
        return None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


@functools.lru_cache(maxsize=256)
def _compiled(template_text: str, as_braze: bool) -> BoundTemplate:
    from liquid.exceptions import LiquidError as EngineError

    source = _to_plain_liquid(template_text, as_braze=as_braze)
    try:
        template = _environment().from_string(source)
        unknown = set(template.global_variables()) - REFERENCE_ROOTS - {"braze"}
    except EngineError as error:
        raise LiquidSyntaxInvalid(_first_line(error)) from error
    if unknown and not as_braze:
        raise LiquidRefused(f"Unknown name in Liquid: {', '.join(sorted(unknown))}.")
    return template


def _to_plain_liquid(text: str, *, as_braze: bool) -> str:
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


@functools.cache
def _environment() -> Environment:
    from liquid import Environment

    class BoundedEnvironment(Environment):
        loop_iteration_limit = 10_000
        output_stream_limit = 8_000_000

    environment = BoundedEnvironment()
    environment.filters.update(_FILTERS)
    return environment


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _abort(reason: object) -> str:
    raise MessageAborted(str(reason))


def _digest(algorithm: str) -> Callable[[object], str]:
    return lambda value: hashlib.new(algorithm, str(value or "").encode()).hexdigest()


def _url_param_escape(value: object) -> str:
    return quote(str(value if value is not None else ""), safe="")


def _json_escape(value: object) -> str:
    return json.dumps(str(value if value is not None else ""), ensure_ascii=False)[1:-1]


def _property_accessor(value: object, name: object) -> object:
    return value.get(str(name)) if isinstance(value, Mapping) else None


def _number_with_delimiter(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value if value is not None else "")


# Filters that Braze has and python-liquid lacks.
_FILTERS: dict[str, Callable[..., object]] = {
    "abort_message": _abort,
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "url_param_escape": _url_param_escape,
    "json_escape": _json_escape,
    "property_accessor": _property_accessor,
    "number_with_delimiter": _number_with_delimiter,
}
