"""Words that a brand restricts, found in what people wrote however they wrote it (catalogue M10)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from .compiled import Compiled
from .context import RenderContext
from .fields import MOST_CHARACTERS, FieldSpec, FieldType
from .patterns import WINDOW_CHARACTERS
from .pieces import Json
from .sanitise import plain_text
from .scope import Scope, Values, fields_that_stand
from .tokens import TOKEN
from .types import TYPES
from .types.choice import ChoiceType
from .types.rich import RichType
from .unseen import without_unseen

_LINE_END = re.compile(r"<br\s*/?>|</(?:p|li)>")
_SPACES = re.compile(r"\s+")
_SAME = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\u00b4`", "'") | dict.fromkeys("‐‑‒–—―−", "-"))
_FILLED = "\ufffc"
# Hangul, Kana, Han, Thai, Lao, Khmer and Burmese write endings and neighbours onto a word without a blank.
_JOINED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTER = f"[^\\W_{_JOINED}]"
_JOINED_BLANK = re.compile(f"(?<=[{_JOINED}]) (?=[{_JOINED}])")


@dataclass(frozen=True, slots=True)
class Restriction:
    """A word or a few, or a regular expression, that the brand restricts; `level` is the brand's own word."""

    text: str
    is_pattern: bool
    level: str
    reason: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A restriction that a text meets, with the words that met it; `field` is a path as in `Finding`, or empty."""

    restriction: Restriction
    words: str
    field: str = ""
    label: str = ""


def restricted_in_values(
    compiled: Compiled, values: Values, context: RenderContext, restrictions: Iterable[Restriction]
) -> Iterator[Hit]:
    """Yields what the words of authors meet, in the order of the email, each restriction once a field.

    Locked text, approved choices and what merge tags and the portal fill in are the brand's own and are not judged, but
    for the sender, whose words may be an author's.
    Words count as a reader sees them, over the edges of formats; paragraphs and lines end a word.
    """
    known = tuple(restrictions)
    for spec, scope in fields_that_stand(Scope(compiled, values, context)) if known else ():
        if spec.is_locked or isinstance(TYPES[spec.type], ChoiceType) or spec.type is FieldType.SNIPPET:
            continue
        is_item = scope.repeat is not None
        path = f"{scope.repeat}.{scope.number}.{spec.name}" if is_item else spec.name
        label = f"{spec.label} ({scope.number})" if is_item else spec.label
        for hit in restricted_in(_words(spec, scope.value(spec), context), known):
            yield Hit(hit.restriction, hit.words, path, label)


def restricted_in(text: str, restrictions: Iterable[Restriction]) -> Iterator[Hit]:
    """Yields what a plain text meets, each restriction once.

    A word is found as a whole word in any case and in any form of its letters, invisible characters left out. In
    scripts that write words together it is found inside longer ones too. Patterns are looked for in the first 20,000
    characters: longer texts are never sent (`fields.MOST_CHARACTERS`).
    """
    seen = as_seen(text)
    folded = as_compared(text)
    for restriction in restrictions:
        if restriction.is_pattern:
            found = _first_of(_pattern(restriction.text), seen[:MOST_CHARACTERS])
        else:
            match = _word(restriction.text).search(folded)
            found = match.group() if match else ""
        if found:
            yield Hit(restriction, found.strip())


def as_seen(text: str) -> str:
    """Returns a text as a reader sees it: compatible letters as one, nothing invisible, blanks as one."""
    seen = without_unseen(text.translate(_SAME))
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", seen)).strip()


def as_compared(text: str) -> str:
    """Returns a text in the form in which words are compared: as seen, and without case."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", as_seen(text).casefold())).strip()


def _words(spec: FieldSpec, value: Json, context: RenderContext) -> str:
    kind = TYPES[spec.type]
    if isinstance(kind, RichType):
        words = unescape(plain_text(_LINE_END.sub(" ", kind.html(spec, value))))
    else:
        words = kind.words(spec, value)
    return TOKEN.sub(lambda match: _stand_in(match.group(1), context), words)


def _stand_in(name: str, context: RenderContext) -> str:
    """Returns what stands for a token when words are looked for.

    The sender's words may be an author's. A merge tag is a sign that belongs to no word, or nothing where people may
    see nothing.
    """
    if name.startswith("sender."):
        return context.portal_value(name)
    tag = context.merge_tags.get(name)
    return "" if tag is not None and not tag.fallback else _FILLED


@lru_cache(maxsize=1024)
def _word(text: str) -> re.Pattern[str]:
    folded = as_compared(text)
    if not folded:
        return re.compile(r"(?!)")
    inner = " ?".join(re.escape(part) for part in _JOINED_BLANK.split(folded))
    before = f"(?<!{_LETTER})" if re.match(_LETTER, folded) else ""
    # won't is one word and does not hold "won"; winner's holds "winner".
    after = f"(?!{_LETTER}|'t(?!{_LETTER}))" if re.match(_LETTER, folded[-1]) else ""
    return re.compile(before + inner + after)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _first_of(pattern: re.Pattern[str], text: str) -> str:
    """Returns the first words that a pattern finds; it looks through windows that overlap by half."""
    half = WINDOW_CHARACTERS // 2
    for start in range(0, len(text), half):
        end = min(start + WINDOW_CHARACTERS, len(text))
        for match in pattern.finditer(text, start, end):
            if match.start() >= start + half and end < len(text):
                break  # it may go on behind the window; the next one sees it whole
            if match.group():
                return match.group()
    return ""
