"""A source that is rewritten by edits at byte offsets, with notes that keep their place while it changes."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from html import escape

from campaigns.brandlock.resolve import Edit
from campaigns.brandlock.source import Attribute, Element

from .report import ImportReport, Outcome, ReportEntry, report_of


@dataclass(frozen=True, slots=True)
class _Note:
    outcome: Outcome
    offset: int
    message: str
    params: dict[str, str]


class Lines:
    """The lines of a text, for many look-ups of line and column."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Returns line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


class Rewrite:
    """Edits and notes collected on one source; edits do not overlap, and no byte outside them changes."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.edits: list[Edit] = []
        self.notes: list[_Note] = []

    def edit(self, start: int, end: int, text: str) -> None:
        """Puts a text in the place of a stretch."""
        self.edits.append(Edit(start, end, text))

    def note(self, outcome: Outcome, offset: int, message: str, **params: str) -> None:
        """Notes what became of the thing at an offset."""
        self.notes.append(_Note(outcome, offset, message, params))

    def mark(self, element: Element, marks: dict[str, str]) -> None:
        """Writes marks behind the name of an element's tag."""
        at = element.start + 1 + len(element.tag)
        self.edit(at, at, written_marks(marks))

    def fill(self, attribute: Attribute, value: str) -> None:
        """Writes an attribute's whole value, in double quotes."""
        if attribute.quote == '"':
            self.edit(attribute.value_start, attribute.value_end, escape(value))
        else:
            self.edit(attribute.start, attribute.end, f' {attribute.name}="{escape(value)}"')

    def result(self) -> tuple[str, ImportReport]:
        """Returns the rewritten source and the report, whose places are those of the rewritten source."""
        edits = sorted(self.edits, key=lambda edit: (edit.start, edit.end))
        parts: list[str] = []
        origins, targets = [0], [0]
        at = length = 0
        for edit in edits:
            parts += (self.source[at : edit.start], edit.text)
            length += edit.start - at
            if edit.end > edit.start:
                origins.append(edit.start)
                targets.append(length)
            length += len(edit.text)
            at = edit.end
            origins.append(at)
            targets.append(length)
        text = "".join((*parts, self.source[at:]))
        lines = Lines(text)
        entries = []
        for note in self.notes:
            index = bisect_right(origins, note.offset) - 1
            limit = targets[index + 1] if index + 1 < len(targets) else len(text)
            line, column = lines.position(min(targets[index] + note.offset - origins[index], limit))
            entries.append(ReportEntry(note.outcome, note.message, line, column, note.params))
        return text, report_of(entries)


def written_marks(marks: dict[str, str]) -> str:
    """Returns marks as they stand in a start tag, each with a blank before it; one without a value stands alone."""
    return "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in marks.items())
