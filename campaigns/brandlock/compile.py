"""Compiling a source once: marks resolved, MJML made HTML, and the HTML cut into pieces."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import mrml

from braze_client.liquid import tags_in

from .cut import cut, line_pieces, text_pieces
from .fields import FieldSpec, SectionSpec
from .findings import Finding, SourceRefused, sentence
from .lint import DEFAULT_LIQUID_TAGS, lint
from .marks import Edit, Marks, resolve
from .pieces import Json, Origin, Piece, Place, Spot, from_json, literals, places, to_json
from .plaintext import to_text
from .source import Document, Element, Kind, position, read, shield_liquid

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to be rendered; immutable, and stored as JSON with its published version.

    `fields` stand in the order of the email, subject and preheader first. `subject` and `preheader` are plain pieces,
    and so is `text`, the body as plain text.
    """

    kind: Kind
    pieces: tuple[Piece, ...]
    subject: tuple[Piece, ...]
    preheader: tuple[Piece, ...]
    text: tuple[Piece, ...]
    fields: tuple[FieldSpec, ...]
    sections: tuple[SectionSpec, ...]

    @property
    def group_fields(self) -> tuple[str, ...]:
        """The names that stand as `[[group.…]]`, in the order of their first use."""
        return self._names("group.")

    @property
    def brand_fields(self) -> tuple[str, ...]:
        """The names that stand as `[[brand.…]]`, in the order of their first use."""
        return self._names("brand.")

    @property
    def merge_tags(self) -> tuple[str, ...]:
        """The merge tags in locked parts, in the order of their first use."""
        return tuple(dict.fromkeys(place.name for place in self.places() if place.origin is Origin.MERGE))

    @property
    def html_source_bytes(self) -> int:
        """The size in bytes of all literal text, which every mail carries before anything is filled in."""
        return sum(len(text.encode()) for text in literals(self.pieces))

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that was compiled, in hexadecimal."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def places(self) -> tuple[Place, ...]:
        """Returns every place of subject, preheader and body."""
        return (*places(self.subject), *places(self.preheader), *places(self.pieces))

    def field(self, name: str) -> FieldSpec | None:
        """Returns the field of that name."""
        return next((spec for spec in self.fields if spec.name == name), None)

    def section(self, name: str) -> SectionSpec | None:
        """Returns the section of that name."""
        return next((spec for spec in self.sections if spec.name == name), None)

    def as_json(self) -> dict[str, Json]:
        """Returns the template as JSON."""
        return {
            "format": FORMAT,
            "kind": self.kind.value,
            "pieces": to_json(self.pieces),
            "subject": to_json(self.subject),
            "preheader": to_json(self.preheader),
            "text": to_json(self.text),
            "fields": [spec.as_json() for spec in self.fields],
            "sections": [spec.as_json() for spec in self.sections],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> Compiled:
        """Returns the template that `as_json` stored; raises ValueError for another format."""
        fields, sections = stored.get("fields"), stored.get("sections")
        if stored.get("format") != FORMAT or not isinstance(fields, list) or not isinstance(sections, list):
            raise ValueError("This is no compiled template of a format that is known here.")
        return cls(
            kind=Kind(str(stored["kind"])),
            pieces=from_json(stored["pieces"]),
            subject=from_json(stored["subject"]),
            preheader=from_json(stored["preheader"]),
            text=from_json(stored["text"]),
            fields=tuple(FieldSpec.from_json(spec) for spec in fields if isinstance(spec, dict)),
            sections=tuple(SectionSpec.from_json(spec) for spec in sections if isinstance(spec, dict)),
        )

    def _names(self, prefix: str) -> tuple[str, ...]:
        names = (place.name for place in self.places() if place.name.startswith(prefix))
        return tuple(dict.fromkeys(name.removeprefix(prefix) for name in names))


def compile_source(
    source: str,
    *,
    kind: str,
    liquid_tags: frozenset[str] = DEFAULT_LIQUID_TAGS,
    merge_tags: frozenset[str] | None = None,
) -> Compiled:
    """Compiles a template's source, `kind` being `mjml` or `html`.

    `liquid_tags` are the Liquid tags that locked parts may use. `merge_tags` are the brand's names for `[[name]]`;
    None takes any name for one. Raises SourceRefused with everything that is wrong, each with line and column.
    """
    language = Kind(kind)
    text = (
        source.replace("\r\n", "\n").removeprefix("\ufeff") if language is Kind.MJML else source.removeprefix("\ufeff")
    )
    document = read(text, language)
    nonce = _nonce(text)
    marks = resolve(document, language, nonce)
    findings = [*lint(document, language, liquid_tags, merge_tags), *marks.findings]
    if findings:
        raise SourceRefused(_in_order(findings))
    marked = _Marked(document, marks, nonce)
    html = marked.to_html() if language is Kind.MJML else marked.text
    result = cut(html, marks.sentinels, nonce)
    findings = [marked.finding_at(finding, html) for finding in result.findings]
    for place in dict.fromkeys(place.name for place in result.missing):
        element = marks.elements[f"field {place}"]
        line, column = position(text, element.start)
        findings.append(
            Finding("mark_not_here", "The field %(name)s has no place here.", line, column, place, {"name": place})
        )
    if findings:
        raise SourceRefused(_in_order(findings))
    return Compiled(
        kind=language,
        pieces=result.pieces,
        subject=_line(document, marks, "mj-title" if language is Kind.MJML else "title", "subject"),
        preheader=_line(document, marks, "mj-preview", "preheader"),
        text=text_pieces(to_text(html), marks.sentinels, nonce),
        fields=tuple(sorted(marks.fields, key=lambda spec: _HEAD_FIRST.get(spec.name, 2))),
        sections=tuple(marks.sections),
    )


_HEAD_FIRST = {"subject": 0, "preheader": 1}


def _nonce(text: str) -> str:
    """Returns letters that stand nowhere in the text, the same ones for the same text."""
    seed = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    while f"zq{seed[:8]}" in text:
        seed = hashlib.sha256(seed.encode()).hexdigest()
    return seed[:8]


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def _line(document: Document, marks: Marks, tag: str, field: str) -> tuple[Piece, ...]:
    if any(spec.name == field for spec in marks.fields):
        return (Place(field, Origin.FIELD, Spot.PLAIN),)
    element = document.root(tag)
    return () if element is None else line_pieces(document.content(element).strip())


class _Marked:
    """A source with sentinels in its places, which still knows where each of its characters came from."""

    def __init__(self, document: Document, marks: Marks, nonce: str) -> None:
        self.document = document
        self.nonce = nonce
        self.origins: list[tuple[int, int]] = []
        parts: list[str] = []
        at = length = 0
        for edit in sorted(marks.edits, key=_edit_order):
            kept = document.text[at : edit.start]
            self.origins += ((length, at), (length + len(kept), edit.start))
            parts += (kept, edit.text)
            length += len(kept) + len(edit.text)
            at = max(at, edit.end)
        self.origins.append((length, at))
        self.text = "".join((*parts, document.text[at:]))

    def original_offset(self, offset: int) -> int:
        """Returns where a character of the marked text stood in the source."""
        start, origin = max((pair for pair in self.origins if pair[0] <= offset), default=(0, 0))
        return min(origin + offset - start, len(self.document.text))

    def finding_at(self, finding: Finding, html: str) -> Finding:
        """Returns a finding of the cut with its place in the source."""
        if html is self.text:
            offset = self.original_offset(finding.column)
        else:
            token = re.search(rf"\[\[\s*{re.escape(finding.params['name'])}\s*\]\]", self.document.text)
            offset = token.start() if token is not None else 0
        line, column = position(self.document.text, offset)
        return Finding(finding.code, finding.message, line, column, finding.field, finding.params)

    def to_html(self) -> str:
        """Compiles MJML, in memory and without includes, Liquid shielded because its brackets are no markup."""
        liquid: list[str] = []
        parts: list[str] = []
        at = 0
        for tag in tags_in(self.text):
            parts += (self.text[at : tag.start], f"zq{self.nonce}l{len(liquid):04d}qz")
            liquid.append(tag.source)
            at = tag.end
        text = "".join((*parts, self.text[at:]))
        try:
            html = _to_html(text)
        except OSError as error:
            raise SourceRefused([self.unreadable(str(error))]) from error
        return re.sub(rf"zq{self.nonce}l([0-9]{{4}})qz", lambda match: liquid[int(match.group(1))], html)

    def unreadable(self, reason: str) -> Finding:
        """Returns what the MJML compiler said, at the first part of the body that does not compile alone."""
        body = self.document.root("mj-body")
        parts = [] if body is None else body.children
        bad = next((part for part in parts if not self.compiles_alone(part)), body)
        line, column = position(self.document.text, 0 if bad is None else bad.start)
        message = sentence("This part is no MJML that can be compiled: %(reason)s.")
        return Finding("unreadable", message, line, column, params={"reason": reason})

    def compiles_alone(self, part: Element) -> bool:
        alone = shield_liquid(self.document.text)[part.start : part.end]
        try:
            _to_html(f"<mjml><mj-body>{alone}</mj-body></mjml>")
        except OSError:
            return False
        return True


def _to_html(mjml: str) -> str:
    """Compiles MJML in memory: includes are not loaded and no font is fetched from elsewhere."""
    html: str = mrml.to_html(
        mjml,
        mrml.ParserOptions(include_loader=mrml.noop_loader()),
        mrml.RenderOptions(disable_comments=False, fonts={}),
    ).content
    return html


def _edit_order(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end
