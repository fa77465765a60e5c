"""What an import did: one entry for each thing that was translated, was dropped, or needs a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from campaigns.brandlock.pieces import Json

MOST_ENTRIES = 200


class Outcome(StrEnum):
    """What became of something in a foreign source."""

    TRANSLATED = "translated"
    DROPPED = "dropped"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One thing of a foreign source; `message` is a message id with %(name)s places that `params` fill.

    `line` and `column` count from 1 in the source that the import gave, so that they can be found in the editor.
    """

    outcome: Outcome
    message: str
    line: int
    column: int
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def text(self) -> str:
        """The English sentence."""
        return self.message % dict(self.params)

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.text}"

    def as_json(self) -> dict[str, Json]:
        """Returns the entry as JSON."""
        return {
            "outcome": self.outcome.value,
            "message": self.message,
            "line": self.line,
            "column": self.column,
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> ReportEntry:
        """Returns the entry that `as_json` stored."""
        params, line, column = stored["params"], stored["line"], stored["column"]
        assert isinstance(params, dict) and isinstance(line, int) and isinstance(column, int)
        words = {str(name): str(value) for name, value in params.items()}
        return cls(Outcome(str(stored["outcome"])), str(stored["message"]), line, column, words)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The entries of an import in the order of the source, the first 200 of each outcome; `left_off` counts others."""

    entries: tuple[ReportEntry, ...] = ()
    left_off: int = 0

    def of(self, outcome: Outcome) -> tuple[ReportEntry, ...]:
        """Returns the entries of one outcome."""
        return tuple(entry for entry in self.entries if entry.outcome is outcome)


def report_of(entries: Iterable[ReportEntry]) -> ImportReport:
    """Returns a report of entries, put in order and capped."""
    kept: list[ReportEntry] = []
    counts = dict.fromkeys(Outcome, 0)
    for entry in sorted(entries, key=lambda entry: (entry.line, entry.column)):
        counts[entry.outcome] += 1
        if counts[entry.outcome] <= MOST_ENTRIES:
            kept.append(entry)
    return ImportReport(tuple(kept), sum(counts.values()) - len(kept))
