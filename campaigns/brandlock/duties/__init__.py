"""What a template owes before it is published, so that every mail of it is accessible and legal by construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from campaigns.brandlock.compiled import Compiled
from campaigns.brandlock.context import Snippet
from campaigns.brandlock.findings import Finding
from campaigns.brandlock.source import MOST_FINDINGS, Kind

from . import contrast, domains, law, leftovers, pictures, structure
from .domains import Allowed
from .page import Page

__all__ = ["Allowed", "part_findings", "publish_findings"]

ANYWHERE = Allowed()
CHECKS: tuple[Callable[[Page], Iterator[Finding]], ...] = (
    structure.language,
    structure.tables,
    structure.headings,
    structure.empty_headings,
    pictures.images,
    pictures.links,
    contrast.contrast,
    leftovers.merge_tags,
    law.way_out,
    law.size,
    law.fonts,
    law.head,
)
PART_CHECKS: tuple[Callable[[Page], Iterator[Finding]], ...] = (
    structure.tables,
    structure.empty_headings,
    pictures.images,
    pictures.links,
    contrast.contrast,
    leftovers.merge_tags,
)
"""What a shared part owes by itself; the others ask for something of the whole mail that it stands in."""


def publish_findings(source: str, compiled: Compiled, allowed: Allowed = ANYWHERE) -> tuple[Finding, ...]:
    """Returns what a compiled source still owes, in the order of the source; what blocks keeps it from being published.

    At most 200 findings, those that block first. `source` is the text that was compiled, `allowed` where pictures may
    lie and links may lead. The cost is linear in the length of the source.
    """
    page = Page(source.removeprefix("\ufeff"), compiled)
    findings = [finding for check in CHECKS for finding in check(page)]
    return _in_order([*findings, *domains.pictures(page, allowed), *domains.links(page, allowed)])


def part_findings(source: str, snippet: Snippet, allowed: Allowed) -> tuple[Finding, ...]:
    """Returns what a shared part owes, as `publish_findings` does; what only a whole mail owes is not asked of it.

    Words are held against white where the part sets no background: it stands in many mails, whose backgrounds are not
    known here.
    """
    part = Compiled(Kind.HTML, snippet.pieces, (), (), (), (), ())
    page = Page(source, part, is_part=True)
    findings = [finding for check in PART_CHECKS for finding in check(page)]
    return _in_order([*findings, *domains.pictures(page, allowed), *domains.links(page, allowed)])


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    ordered = sorted(findings, key=lambda finding: (not finding.blocks, finding.line, finding.column))
    return tuple(ordered[:MOST_FINDINGS])
