"""Merge tags of Mailchimp in a source: each is translated, dropped, or left where it stands for a person."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from braze_client.liquid import tags_in
from campaigns.brandlock.fields import FieldType
from campaigns.brandlock.findings import sentence
from campaigns.brandlock.source import Document, Element, Run, RunKind
from campaigns.brandlock.types import TYPES

from .merge_tags import (
    ALWAYS_HERE,
    ANY_OTHER,
    BETWEEN,
    CLOSING,
    CONDITION,
    MERGE_TAG,
    NO_EQUAL,
    ONLY_AT_MAILCHIMP,
    OPENING,
    PERSONAL_TAGS,
    PORTAL_TAGS,
    attribute_at,
    liquid_of,
    why_no_token,
)
from .report import Outcome
from .rewrite import Rewrite


@dataclass(frozen=True, slots=True)
class Tag:
    """One merge tag: its name without the signs, its own place, and the stretch to take out when it is dropped."""

    name: str
    start: int
    end: int
    run: Run
    cut_start: int
    cut_end: int

    @property
    def source(self) -> str:
        """The tag as it is written."""
        return f"*|{self.name}|*"

    @property
    def is_comment(self) -> bool:
        """Tells whether the tag is all that a comment holds."""
        return self.run.kind is RunKind.COMMENT and self.cut_start != self.start


@dataclass(slots=True)
class _Condition:
    tags: list[Tag] = field(default_factory=list)
    is_closed: bool = False

    @property
    def can_go(self) -> bool:
        is_pair = self.is_closed and len(self.tags) == 2
        return is_pair and self.tags[0].name.upper() in ALWAYS_HERE and all(tag.run.kind in _CUT for tag in self.tags)


_CUT = {RunKind.TEXT, RunKind.COMMENT}


class TagTranslator:
    """Translates the merge tags of a document whose editable regions were translated before.

    `fields` are the starts of the elements that are fields, `merge_tags` the brand's names.
    """

    def __init__(
        self, document: Document, rewrite: Rewrite, fields: dict[int, str], merge_tags: frozenset[str], room: int
    ) -> None:
        self.document = document
        self.rewrite = rewrite
        self.fields = fields
        self.merge_tags = merge_tags
        self.room = room
        self.title = next((element for element in document.elements if element.tag in _TITLES), None)
        self.has_preheader = any(element.get("data-field") == "preheader" for element in document.elements)

    def run(self) -> None:
        """Writes an edit and a note for each tag."""
        tags = self.tags()
        conditions = _conditions(tags)
        for tag in tags:
            condition = conditions.get(tag.start)
            if condition is None:
                self.translate(tag)
            elif condition.can_go:
                message = sentence("%(tag)s is taken out: this condition means something only at Mailchimp.")
                self.drop(tag, message)
            else:
                self.person(tag, CONDITION)

    def tags(self) -> list[Tag]:
        """Returns the tags of the source that somebody sees; those in a comment are seen where they are all of it."""
        liquid = tags_in(self.document.text)
        starts = [one.start for one in liquid]
        found: list[Tag] = []
        for match in MERGE_TAG.finditer(self.document.text):
            start, end = match.span()
            index = bisect_right(starts, start) - 1
            run = self.document.run_at(start)
            if run is None or (index >= 0 and start < liquid[index].end):
                continue
            cut_start, cut_end = start, end
            if run.kind is RunKind.COMMENT:
                said = self.document.text[run.start + 4 : run.end - 3].strip()
                if said == match.group():
                    cut_start, cut_end = run.start, run.end
                elif not said.startswith("[if"):
                    continue
            attribute = None if run.kind is not RunKind.TAG else attribute_at(run.element, start, end)
            if attribute is not None and attribute.name.startswith("mc:"):
                continue
            found.append(Tag(match.group(1), start, end, run, cut_start, cut_end))
        return found

    def translate(self, tag: Tag) -> None:
        name = tag.name.upper()
        element = tag.run.element
        if tag.is_comment:
            self.person(tag, ANY_OTHER)
        elif name == "MC:SUBJECT" and self.is_alone(tag) and element is self.title and element is not None:
            self.become_field(tag, element, "subject")
        elif name == "MC_PREVIEW_TEXT" and self.can_be_preheader(tag) and element is not None:
            self.become_field(tag, element, "preheader")
        elif name in PORTAL_TAGS:
            self.put(tag, PORTAL_TAGS[name])
        elif name in PERSONAL_TAGS or name.lower() in self.merge_tags:
            self.put_personal(tag, PERSONAL_TAGS.get(name, name.lower()))
        elif liquid := liquid_of(tag.name):
            self.put_liquid(tag, liquid)
        elif ONLY_AT_MAILCHIMP.fullmatch(tag.name) and tag.run.kind is RunKind.TEXT:
            self.drop(tag, sentence("%(tag)s is taken out: it means something only at Mailchimp."))
        else:
            self.person(tag, NO_EQUAL.get(name, ANY_OTHER))

    def put_personal(self, tag: Tag, name: str) -> None:
        if name in self.merge_tags:
            self.put(tag, name)
            return
        message = sentence("The brand has no merge tag %(name)s. Add it, or write other words in the place of %(tag)s.")
        self.person(tag, message, name=name)

    def put(self, tag: Tag, name: str) -> None:
        reason = why_no_token(tag.run, tag.start, tag.end, name)
        if reason:
            self.person(tag, reason)
            return
        attribute = None if tag.run.kind is not RunKind.TAG else attribute_at(tag.run.element, tag.start, tag.end)
        if attribute is not None and attribute.quote != '"':
            self.rewrite.fill(attribute, f"[[{name}]]")
        else:
            self.rewrite.edit(tag.start, tag.end, f"[[{name}]]")
        message = sentence("%(tag)s became %(token)s.")
        self.rewrite.note(Outcome.TRANSLATED, tag.start, message, tag=tag.source, token=f"[[{name}]]")

    def put_liquid(self, tag: Tag, liquid: str) -> None:
        if tag.run.kind is not RunKind.TEXT:
            self.person(tag, ANY_OTHER)
        elif self.is_in_field(tag):
            message = sentence(
                "%(tag)s stands in a field, which holds no Liquid. Move it out, or write the date itself."
            )
            self.person(tag, message)
        else:
            self.rewrite.edit(tag.start, tag.end, liquid)
            message = sentence("%(tag)s became %(token)s.")
            self.rewrite.note(Outcome.TRANSLATED, tag.start, message, tag=tag.source, token=liquid)

    def become_field(self, tag: Tag, element: Element, name: str) -> None:
        self.rewrite.edit(tag.start, tag.end, "")
        self.rewrite.mark(element, {"data-field": name, "data-type": FieldType.LINE.value})
        self.fields[element.start] = name
        self.room -= 1
        self.has_preheader = self.has_preheader or name == "preheader"
        message = sentence("%(tag)s became the field %(name)s, which is empty: every mailing writes its own.")
        self.rewrite.note(Outcome.TRANSLATED, tag.start, message, tag=tag.source, name=name)

    def can_be_preheader(self, tag: Tag) -> bool:
        element = tag.run.element
        return (
            element is not None
            and not self.has_preheader
            and self.is_alone(tag)
            and element.tag not in _TITLES
            and TYPES[FieldType.LINE].fits(element)
        )

    def is_alone(self, tag: Tag) -> bool:
        """Tells whether a tag is all that its element holds, and the element is no field and can become one."""
        element = tag.run.element
        if element is None or tag.run.kind is not RunKind.TEXT or not element.closed or self.room <= 0:
            return False
        is_marked = any(one.name.startswith(("mc:", "data-")) for one in element.attributes)
        if is_marked or self.is_in_field(tag):
            return False
        return self.document.content(element).strip() == tag.source

    def is_in_field(self, tag: Tag) -> bool:
        element = tag.run.element
        return element is not None and any(one.start in self.fields for one in (element, *element.ancestors()))

    def drop(self, tag: Tag, message: str) -> None:
        self.rewrite.edit(tag.cut_start, tag.cut_end, "")
        self.rewrite.note(Outcome.DROPPED, tag.start, message, tag=tag.source)

    def person(self, tag: Tag, message: str, **params: str) -> None:
        self.rewrite.note(Outcome.PERSON, tag.start, message, tag=tag.source, **params)


_TITLES = frozenset({"title", "mj-title"})


def _conditions(tags: list[Tag]) -> dict[int, _Condition]:
    """Returns the condition that each opening, middle and closing tag belongs to, by the start of the tag."""
    found: dict[int, _Condition] = {}
    still_open: list[_Condition] = []
    for tag in tags:
        is_opening = OPENING.fullmatch(tag.name) is not None
        is_closing = CLOSING.fullmatch(tag.name) is not None
        if not (is_opening or is_closing or BETWEEN.fullmatch(tag.name)):
            continue
        if is_opening:
            still_open.append(_Condition())
        condition = still_open[-1] if still_open else _Condition()
        condition.tags.append(tag)
        found[tag.start] = condition
        if is_closing and still_open:
            still_open.pop().is_closed = True
    return found
