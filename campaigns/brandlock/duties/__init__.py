"""What a template owes before it is published, so that every mail of it is accessible and legal by construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from campaigns.brandlock.compiled import Compiled
from campaigns.brandlock.findings import Finding

from . import contrast, law, pictures, structure
from .page import Page

CHECKS: tuple[Callable[[Page], Iterator[Finding]], ...] = (
    structure.language,
    structure.tables,
    structure.headings,
    pictures.images,
    pictures.links,
    contrast.contrast,
    law.way_out,
    law.size,
    law.fonts,
    law.head,
)


def publish_findings(source: str, compiled: Compiled) -> tuple[Finding, ...]:
    """Returns what a compiled source still owes, in the order of the source; what blocks keeps it from being published.

    `source` is the text that was compiled. The cost is linear in its length.
    """
    page = Page(source.removeprefix("\ufeff"), compiled)
    findings = [finding for check in CHECKS for finding in check(page)]
    return tuple(sorted(findings, key=lambda finding: (not finding.blocks, finding.line, finding.column)))
