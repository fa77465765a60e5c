"""What is wrong in a source or in values: a code, an English sentence with parameters, and the place.

BrandLockError
├── SourceRefused   the template's text is wrong: its author mends it, line by line
└── ValuesRefused   the values do not have the shape of the template: the sender of the values mends them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from types import MappingProxyType

from .pieces import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `message` is a message id with %(name)s places that `params` fill.

    `line` and `column` count from 1 in the source as it was given and are 0 where a finding has no place in a source;
    `field` is the path of the field concerned (`headline`, or `events.2.title` in the second item), or empty. What does
    not block is a warning.
    """

    code: str
    message: str
    line: int = 0
    column: int = 0
    field: str = ""
    params: Mapping[str, str] = attribute(default_factory=lambda: MappingProxyType({}))
    blocks: bool = True

    @property
    def text(self) -> str:
        """The English sentence."""
        return self.message % dict(self.params)

    def as_json(self) -> dict[str, Json]:
        """Returns the finding as JSON, with its English sentence under `text`."""
        return {
            "code": self.code,
            "message": self.message,
            "params": dict(self.params),
            "line": self.line,
            "column": self.column,
            "field": self.field,
            "blocks": self.blocks,
            "text": self.text,
        }

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.text}" if self.line else self.text


def sentence(text: str) -> str:
    """Marks a text as a finding's message where it does not stand in one, so that translators get it."""
    return text


class BrandLockError(Exception):
    """Something that brand lock refuses, with all its findings in the order of the source."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class SourceRefused(BrandLockError):
    """A template's source that cannot be compiled."""


class ValuesRefused(BrandLockError):
    """Values that do not have the shape that the template asks for."""
