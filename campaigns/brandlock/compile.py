"""Compiling a source once: marks resolved, MJML made HTML, and the HTML cut into pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from .compiled import Compiled
from .context import Snippet
from .cut import cut, line_pieces, text_pieces
from .fields import FieldType
from .findings import Finding, SourceRefused, sentence
from .lint import DEFAULT_LIQUID_TAGS, lint
from .pieces import Literal, Origin, Piece, Place, Section, Spot, literals
from .plaintext import to_text
from .resolve import Marks, resolve
from .source import MOST_FINDINGS, Document, Kind, position, read
from .translate import Marked

MAX_SOURCE_CHARACTERS = 500_000
MAX_MAIL_CHARACTERS = 2_000_000
PLACE_CHARACTERS = 50
MOST_PARAMETER_CHARACTERS = 200


def compile_source(
    source: str,
    *,
    kind: str,
    liquid_tags: frozenset[str] = DEFAULT_LIQUID_TAGS,
    merge_tags: frozenset[str] | None = None,
    snippets: Mapping[str, Snippet] | None = None,
    inlines_css: bool = False,
) -> Compiled:
    """Compiles a template's source, `kind` being `mjml` or `html`; a source has at most 500,000 characters.

    `liquid_tags` are the Liquid tags that locked parts may use. `merge_tags` are the brand's names for `[[name]]`, and
    `snippets` its shared parts; None takes any name for one. With `inlines_css` the style sheets of an HTML source are
    written into the elements before it is cut, so that the inlined text is what is approved. Raises SourceRefused with
    everything that is wrong, each with line and column, the first 200 of them.
    """
    if len(source) > MAX_SOURCE_CHARACTERS:
        message = sentence("The source has %(count)s characters; at most %(most)s are allowed.")
        params = {"count": str(len(source)), "most": str(MAX_SOURCE_CHARACTERS)}
        raise SourceRefused([Finding("too_large", message, 1, 1, params=params)])
    language = Kind(kind)
    text = (
        source.replace("\r\n", "\n").removeprefix("\ufeff") if language is Kind.MJML else source.removeprefix("\ufeff")
    )
    document = read(text, language)
    if document.is_cut_short:
        raise SourceRefused(_in_order(document.findings))
    nonce = _nonce(text)
    marks = resolve(document, language, nonce)
    findings = [*islice(lint(document, language, liquid_tags, merge_tags), MOST_FINDINGS), *marks.findings]
    findings += _unknown_snippets(document, marks, snippets)
    if findings:
        raise SourceRefused(_in_order(findings))
    marked = Marked(document, marks.edits, nonce)
    html = marked.html(language, inlines_css=inlines_css)
    _refuse_too_large(len(html))
    result = cut(html, marks.sentinels, nonce)
    findings = [marked.finding_at(finding, html) for finding in result.findings[:MOST_FINDINGS]]
    for name in dict.fromkeys(place.name for place in result.missing):
        line, column = position(text, marks.elements[name].start)
        findings.append(
            Finding("mark_not_here", "The field %(name)s has no place here.", line, column, name, {"name": name})
        )
    if findings:
        raise SourceRefused(_in_order(findings))
    times = {spec.name: spec.maximum for spec in marks.sections}
    _refuse_too_large(_characters(result.pieces, times, _longest_parts(marks, snippets or {})))
    return Compiled(
        kind=language,
        pieces=result.pieces,
        subject=_line(document, marks, "mj-title" if language is Kind.MJML else "title", "subject"),
        preheader=_line(document, marks, "mj-preview", "preheader"),
        text=text_pieces(to_text(html), marks.sentinels, nonce),
        fields=tuple(sorted(marks.fields, key=lambda spec: _HEAD_FIRST.get(spec.name, 2))),
        sections=tuple(marks.sections),
        pinned=_pinned(marks, snippets or {}),
    )


_HEAD_FIRST = {"subject": 0, "preheader": 1}


def _nonce(text: str) -> str:
    """Returns letters that stand nowhere in the text, the same ones for the same text."""
    seed = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    while f"zq{seed[:8]}" in text:
        seed = hashlib.sha256(seed.encode()).hexdigest()
    return seed[:8]


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the first findings of a source; what they quote of it is cut short."""
    first = sorted(findings, key=lambda finding: (finding.line, finding.column))[:MOST_FINDINGS]
    return [replace(found, params={name: _cut_short(text) for name, text in found.params.items()}) for found in first]


def _cut_short(text: str) -> str:
    return text if len(text) <= MOST_PARAMETER_CHARACTERS else f"{text[:MOST_PARAMETER_CHARACTERS]}…"


def _refuse_too_large(characters: int) -> None:
    if characters > MAX_MAIL_CHARACTERS:
        message = sentence("The email could get %(count)s characters; at most %(most)s are allowed.")
        params = {"count": str(characters), "most": str(MAX_MAIL_CHARACTERS)}
        raise SourceRefused([Finding("too_large", message, 1, 1, params=params)])


def _characters(pieces: tuple[Piece, ...], times: Mapping[str, int], parts: Mapping[str, int]) -> int:
    """Returns how long the mail gets when every section stands as often as it may.

    A shared part counts as the longest that may stand there (`parts`, by field), any other place as a few words.
    """
    characters = 0
    for piece in pieces:
        if isinstance(piece, Literal):
            characters += len(piece.text)
        elif isinstance(piece, Section):
            characters += times[piece.name] * _characters(piece.pieces, times, parts)
        elif piece.spot is not Spot.MARK:
            characters += parts.get(piece.name, PLACE_CHARACTERS)
    return characters


def _longest_parts(marks: Marks, snippets: Mapping[str, Snippet]) -> dict[str, int]:
    """Returns for each field of a shared part how long its longest option is."""
    lengths = {name: sum(map(len, literals(snippet.pieces))) for name, snippet in snippets.items()}
    return {
        spec.name: max((lengths.get(option.value, 0) for option in spec.options), default=0)
        for spec in marks.fields
        if spec.type is FieldType.SNIPPET
    }


def _line(document: Document, marks: Marks, tag: str, field: str) -> tuple[Piece, ...]:
    if any(spec.name == field for spec in marks.fields):
        return (Place(field, Origin.FIELD, Spot.PLAIN),)
    element = document.root(tag)
    return () if element is None else line_pieces(document.content(element).strip())


def _unknown_snippets(document: Document, marks: Marks, snippets: Mapping[str, Snippet] | None) -> Iterable[Finding]:
    """Yields a finding for every shared part that a field names and that the brand does not have."""
    if snippets is None:
        return
    for spec in marks.fields:
        for option in spec.options if spec.type is FieldType.SNIPPET else ():
            if option.value not in snippets:
                line, column = position(document.text, marks.elements[spec.name].start)
                message = sentence("There is no shared part called %(name)s.")
                yield Finding("unknown_snippet", message, line, column, spec.name, {"name": option.value})


def _pinned(marks: Marks, snippets: Mapping[str, Snippet]) -> tuple[Snippet, ...]:
    names = (option.value for spec in marks.fields if spec.is_pinned for option in spec.options)
    return tuple(snippets[name] for name in dict.fromkeys(names) if name in snippets)
