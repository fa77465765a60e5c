"""The proof that a rendered mail is the brand's template, with people's values in its places and nowhere else."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from braze_client.liquid import tags_in

from .compiled import Compiled
from .context import RenderContext
from .findings import Finding, sentence
from .inert import unsubscribe_address
from .pieces import Json, Literal, Origin, Place, Spot, places
from .render import Rendered
from .scope import Scope, Values
from .tokens import TOKEN, UNSUBSCRIBE_URL, origin_of
from .types import TYPES

_DELIMITERS = ("{{", "}}", "{%", "%}", "${")
_MARKER = "zqplace"
_RICH_MARKER = "zqrichplace"
_RICH_TAG = re.compile(
    r"</?(?:a|b|strong|i|em|p|ul|ol|li|br)>"
    r"|<a (?:(?:href|style|target)=\"[^\"<>]*\" ?)+>|<(?:p|ul|ol) style=\"[^\"<>]*\">"
)
_MARKUP = re.compile(r"[<>\"]")
_RICH_MARKUP = re.compile(r"[<>]")
_Tree = tuple[str, tuple[tuple[str, str], ...], tuple["_Tree | str", ...]]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a mail holds to its template, why not, and the fingerprint of template and mail together (SHA-256)."""

    holds: bool
    findings: tuple[Finding, ...]
    fingerprint: str

    def as_json(self) -> dict[str, Json]:
        """Returns the proof as it is stored with a submission or a delivery."""
        findings: list[Json] = [finding.as_json() for finding in self.findings]
        return {"holds": self.holds, "findings": findings, "fingerprint": self.fingerprint}


def prove(compiled: Compiled, values: Values, context: RenderContext, rendered: Rendered) -> Proof:
    """Proves a mail that was rendered for Braze, without trusting the renderer.

    Four clauses: sections stand as often, and of each choice as many, as their declared rules allow; every literal of
    every section that stands is in the HTML, unchanged, in order, as often as the section stands, with nothing but
    inert values between; read as HTML5 the mail has the template's structure outside its places; the Liquid of HTML,
    text, subject and preheader is the template's own and the allowed merge tags, in order, and nothing more.
    """
    scope = Scope(compiled, values, context)
    here = tuple(piece for piece, _ in scope.flatten(compiled.pieces))
    findings = [
        *_sections(compiled, here),
        *_literals(here, rendered.html),
        *_structure(here, rendered.html),
        *_liquid(compiled, context, rendered, scope),
    ]
    parts = [compiled.digest, rendered.subject, rendered.preheader, rendered.html, rendered.text]
    fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return Proof(not findings, tuple(findings), fingerprint)


def _sections(compiled: Compiled, here: tuple[Literal | Place, ...]) -> Iterator[Finding]:
    """Counts how often each section stands, by the mark that a section leaves at its first element."""
    counts = Counter(piece.name for piece in here if isinstance(piece, Place) and piece.origin is Origin.SECTION)
    marked = {place.name for place in places(compiled.pieces) if place.origin is Origin.SECTION}
    for section in compiled.sections:
        if section.name not in marked or section.repeat is not None:
            continue
        is_bound = not (section.optional or section.condition or section.parent or section.choice)
        at_least, at_most = (section.minimum, section.maximum) if section.is_repeated else (1, 1)
        if not (at_least if is_bound else 0) <= counts[section.name] <= at_most:
            message = sentence("The section %(name)s stands %(count)s times, which its rule does not allow.")
            params = {"name": section.name, "count": str(counts[section.name])}
            yield Finding("section_count", message, params=params)
    for choice, variants in compiled.choices.items():
        if compiled.sections_by_name[variants[0]].repeat is None and sum(counts[name] for name in variants) > 1:
            message = sentence("More than one variant of %(name)s stands.")
            yield Finding("section_count", message, params={"name": choice})


def _literals(pieces: tuple[Literal | Place, ...], html: str) -> Iterator[Finding]:
    """Walks the mail along its literals; what lies between two of them must be harmless in its spot."""
    at = 0
    for before, literal in _steps(pieces):
        if literal is None:
            found = len(html)
        elif before:
            found = html.find(literal, at)
        else:
            found = at if html.startswith(literal, at) else -1
        if found < 0:
            params = {"text": _excerpt(literal or "")}
            yield Finding("literal_missing", "A locked part is missing or changed: %(text)s", params=params)
            return
        if not _is_harmless(html[at:found], before):
            message = sentence("Something stands between locked parts that no place allows: %(text)s")
            yield Finding("foreign_markup", message, params={"text": _excerpt(html[at:found])})
        at = found + len(literal or "")


def _steps(pieces: tuple[Literal | Place, ...]) -> Iterator[tuple[list[Place], str | None]]:
    """Yields each stretch of literal text with the places before it; at last the places at the end, with None."""
    before: list[Place] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, Literal):
            text += piece.text
        elif piece.spot is not Spot.MARK:
            if text:
                yield before, text
                before, text = [], ""
            before = [*before, piece]
    if text:
        yield before, text
        before = []
    yield before, None


def _is_harmless(text: str, places: list[Place]) -> bool:
    if not places:
        return not text
    is_rich = any(place.spot is Spot.RICH for place in places)
    if is_rich:
        text = _RICH_TAG.sub("", text)
    for tag in tags_in(text):
        text = text.replace(tag.source, "")
    return (_RICH_MARKUP if is_rich else _MARKUP).search(text) is None


def _excerpt(text: str) -> str:
    return " ".join(text.split())[:60]


def _structure(pieces: tuple[Literal | Place, ...], html: str) -> Iterator[Finding]:
    """Compares the mail and the template, both read as HTML5; a place stands in the template as a marker word."""
    template = "".join(
        piece.text if isinstance(piece, Literal) else ("" if piece.spot is Spot.MARK else _marker(piece))
        for piece in pieces
    )
    wanted, found = (LexborHTMLParser(text).root for text in (template, html))
    if wanted is None or found is None or (path := _difference(wanted, found)) is not None:
        path = "" if wanted is None or found is None else path
        yield Finding(
            "structure", "The structure differs from the template's at %(path)s.", params={"path": path or "html"}
        )


def _marker(place: Place) -> str:
    return _RICH_MARKER if place.spot is Spot.RICH else _MARKER


def _difference(wanted: LexborNode, found: LexborNode) -> str | None:
    """Returns where two trees differ, as a path of tags; None where they agree outside the places."""
    pairs: list[tuple[LexborNode, LexborNode, str]] = [(wanted, found, "")]
    while pairs:
        left, right, above = pairs.pop()
        path = f"{above}/{left.tag}"
        if left.tag != right.tag or not _same_attributes(left, right):
            return path
        left_texts, left_children = _content(left)
        if _RICH_MARKER in "".join(left_texts):
            continue
        right_texts, right_children = _content(right)
        if len(left_children) != len(right_children):
            return path
        if not all(_fits(*texts) for texts in zip(left_texts, right_texts, strict=True)):
            return path
        pairs += ((one, other, path) for one, other in zip(left_children, right_children, strict=True))
    return None


def _content(node: LexborNode) -> tuple[list[str], list[LexborNode]]:
    """Returns the texts before, between and after a node's elements, and those elements; comments are no content."""
    texts = [""]
    children: list[LexborNode] = []
    child = node.child
    while child is not None:
        if child.tag == "-text":
            texts[-1] += child.text_content or ""
        elif child.tag is not None and not child.tag.startswith("-"):
            children.append(child)
            texts.append("")
        child = child.next
    return texts, children


def _same_attributes(left: LexborNode, right: LexborNode) -> bool:
    wanted, found = left.attributes, right.attributes
    if list(wanted) != list(found):
        return False
    return all(_fits(value or "", found[name] or "") for name, value in wanted.items())


def _fits(wanted: str, found: str) -> bool:
    """Tells whether a text is the template's with anything in the place of each marker."""
    first, *rest = wanted.split(_MARKER)
    if not rest:
        return wanted == found
    if not found.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        at = found.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(found) - len(rest[-1]) >= at and found.endswith(rest[-1])


def _liquid(compiled: Compiled, context: RenderContext, rendered: Rendered, scope: Scope) -> Iterator[Finding]:
    outputs = (
        ("html", compiled.pieces, rendered.html),
        ("text", compiled.text, rendered.text),
        ("subject", compiled.subject, rendered.subject),
        ("preheader", compiled.preheader, rendered.preheader),
    )
    for name, pieces, output in outputs:
        here = tuple(scope.flatten(pieces))
        wanted = [tag for piece, where in here for tag in _tags(piece, where, context)]
        found = [tag.source for tag in tags_in(output)]
        if found != wanted:
            foreign = next((tag for tag in found if tag not in wanted), "")
            message = sentence("The Liquid in the %(output)s is not the template's: %(tag)s")
            yield Finding("liquid", message, params={"output": name, "tag": foreign or "a tag is missing"})
        outside = "\x00".join(_without_tags(piece.text) for piece, _ in here if isinstance(piece, Literal))
        left = _without_tags(output)
        if any(left.count(part) != outside.count(part) for part in _DELIMITERS):
            message = sentence("The %(output)s holds a Liquid delimiter that is not the template's.")
            yield Finding("liquid", message, params={"output": name})


def _without_tags(text: str) -> str:
    parts: list[str] = []
    at = 0
    for tag in tags_in(text):
        parts.append(text[at : tag.start])
        at = tag.end
    return "\x00".join((*parts, text[at:]))


def _tags(piece: Literal | Place, scope: Scope, context: RenderContext) -> Iterator[str]:
    """Yields the Liquid that a piece may bring, in order."""
    if isinstance(piece, Literal):
        yield from (tag.source for tag in tags_in(piece.text))
        return
    if piece.origin is Origin.PORTAL and piece.name == UNSUBSCRIBE_URL:
        yield from (tag.source for tag in tags_in(unsubscribe_address(context.unsubscribe_url, html=False)))
    if piece.spot in {Spot.MARK, Spot.TITLE} or piece.part == "url":
        return
    names = [piece.name]
    if piece.origin is Origin.FIELD:
        spec = scope.compiled.field(piece.name)
        if spec is None or not TYPES[spec.type].takes_tokens:
            return
        names = TOKEN.findall(TYPES[spec.type].shown(spec, scope.value(spec), piece.part, context))
    for name in names:
        if origin_of(name) is Origin.MERGE and name in context.merge_tags:
            yield context.merge_tags[name].liquid(html=piece.spot is not Spot.PLAIN)
