"""Shared parts: HTML that the brand writes once for many templates, compiled apart from them (catalogue T19)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .context import Snippet
from .cut import cut, text_pieces
from .findings import Finding, SourceRefused, sentence
from .lint import DEFAULT_LIQUID_TAGS, lint_part
from .marks import ALL_MARKS
from .plaintext import to_text
from .source import Document, Kind, position, read

MAX_SNIPPET_CHARACTERS = 50_000
_NOT_IN_A_PART = frozenset({"html", "head", "body", "title", "style", "meta", "link"})


def compile_snippet(
    name: str,
    label: str,
    source: str,
    *,
    liquid_tags: frozenset[str] = DEFAULT_LIQUID_TAGS,
    merge_tags: frozenset[str] | None = None,
) -> Snippet:
    """Compiles a shared part, at most 50,000 characters of balanced HTML in which tokens and Liquid may stand.

    It holds no field and no section: nobody but the brand writes in it. Raises SourceRefused with everything that is
    wrong, each with line and column.
    """
    if len(source) > MAX_SNIPPET_CHARACTERS:
        message = sentence("The source has %(count)s characters; at most %(most)s are allowed.")
        params = {"count": str(len(source)), "most": str(MAX_SNIPPET_CHARACTERS)}
        raise SourceRefused([Finding("too_large", message, 1, 1, params=params)])
    text = source.replace("\r\n", "\n")
    document = read(text, Kind.MJML)  # its markup is strict: every element is closed, every attribute quoted
    findings = [*lint_part(document, liquid_tags, merge_tags), *_foreign(document)]
    nonce = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    result = cut(text, {}, nonce, is_part=True)
    for finding in result.findings:
        line, column = position(text, finding.column)
        findings.append(Finding(finding.code, finding.message, line, column, params=finding.params))
    if findings:
        raise SourceRefused(sorted(findings, key=lambda finding: (finding.line, finding.column)))
    return Snippet(name, label, result.pieces, text_pieces(to_text(text).strip("\n"), {}, nonce))


def _foreign(document: Document) -> Iterator[Finding]:
    for element in document.elements:
        line, column = position(document.text, element.start)
        if element.tag in _NOT_IN_A_PART:
            message = sentence("<%(tag)s> cannot stand in a shared part.")
            yield Finding("forbidden_tag", message, line, column, params={"tag": element.tag})
        for attribute in element.attributes:
            if attribute.name in ALL_MARKS:
                message = sentence("A shared part holds no field and no section: %(mark)s.")
                yield Finding("mark_not_here", message, line, column, params={"mark": attribute.name})
