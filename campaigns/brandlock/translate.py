"""From a source with its places marked to finished HTML: MJML is compiled, style sheets are inlined where asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

import css_inline
import mrml

from braze_client.liquid import tags_in

from .findings import Finding, SourceRefused, sentence
from .resolve import Edit
from .source import Document, Element, Kind, RunKind, position, read, shield_liquid

MOST_STYLED_CHARACTERS = 100_000_000
_HTML_STYLES = frozenset({"style"})
_MJML_STYLES = frozenset({"mj-attributes", "mj-style"})


class Marked:
    """A source with sentinels in its places, which still knows where each of its characters came from."""

    def __init__(self, document: Document, edits: Sequence[Edit], nonce: str) -> None:
        self.document = document
        self.nonce = nonce
        self.origins: list[tuple[int, int]] = []
        parts: list[str] = []
        at = length = 0
        for edit in sorted(edits, key=_edit_order):
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
            name = re.escape(finding.params.get("name", ""))
            token = re.search(rf"\[\[\s*{name}\s*\]\]", self.document.text)
            offset = token.start() if token is not None else 0
        line, column = position(self.document.text, offset)
        return Finding(finding.code, finding.message, line, column, finding.field, finding.params)

    def html(self, kind: Kind, *, inlines_css: bool) -> str:
        """Returns the finished HTML, sentinels still in their places."""
        if kind is Kind.MJML:
            return self.to_html()
        return self.inlined() if inlines_css else self.text

    def to_html(self) -> str:
        """Compiles MJML, in memory and without includes, Liquid shielded because its brackets are no markup."""
        self.refuse_growth(_MJML_STYLES)
        text, liquid = self.shielded(is_comment=False)
        try:
            html = _to_html(text)
        except OSError as error:
            raise SourceRefused([self.unreadable(str(error))]) from error
        return self.unshielded(html, liquid)

    def inlined(self) -> str:
        """Writes the style sheets of an HTML source into its elements; nothing is fetched from elsewhere.

        Liquid between elements stands as a comment meanwhile: as text, HTML's rules would move it out of tables.
        """
        self.refuse_growth(_HTML_STYLES)
        text, liquid = self.shielded(is_comment=True)
        inliner = css_inline.CSSInliner(
            load_remote_stylesheets=False, keep_style_tags=True, keep_link_tags=True, keep_at_rules=True
        )
        try:
            html = inliner.inline(text)
        except (css_inline.InlineError, ValueError) as error:
            message = sentence("The style sheets cannot be written into the elements: %(reason)s.")
            raise SourceRefused([Finding("unreadable", message, 1, 1, params={"reason": str(error)})]) from error
        return self.unshielded(html, liquid)

    def refuse_growth(self, tags: frozenset[str]) -> None:
        """Refuses styles that would be written into so many elements that the mail could not be held in memory."""
        elements = self.document.elements
        styles = [
            element
            for element in elements
            if element.tag in tags and (element.tag != "mj-style" or element.attribute("inline") is not None)
        ]
        characters = sum(element.close_start - element.start for element in styles)
        if characters * len(elements) > MOST_STYLED_CHARACTERS:
            line, column = position(self.document.text, styles[0].start)
            message = sentence("These styles are too many to be written into %(count)s elements.")
            raise SourceRefused([Finding("too_large", message, line, column, params={"count": str(len(elements))})])

    def shielded(self, *, is_comment: bool) -> tuple[str, list[str]]:
        """Returns the text with a word, or between elements a comment, in place of each Liquid tag, and those tags."""
        liquid: list[str] = []
        parts: list[str] = []
        at = 0
        document = read(self.text, Kind.HTML) if is_comment else None
        for tag in tags_in(self.text):
            word = f"zq{self.nonce}l{len(liquid):04d}qz"
            run = None if document is None else document.run_at(tag.start)
            is_between = run is not None and run.kind is RunKind.TEXT
            parts += (self.text[at : tag.start], f"<!--{word}-->" if is_between else word)
            liquid.append(tag.source)
            at = tag.end
        return "".join((*parts, self.text[at:])), liquid

    def unshielded(self, html: str, liquid: list[str]) -> str:
        """Returns HTML with the Liquid tags back in their places."""
        word = rf"zq{self.nonce}l([0-9]{{4,}})qz"
        return re.sub(rf"<!--{word}-->|{word}", lambda match: liquid[int(match.group(1) or match.group(2))], html)

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
