"""What another tool would have filled in, and the portal and Braze would send as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.importers.merge_tags import MERGE_TAG
from campaigns.brandlock.source import position

from .page import Page


def merge_tags(page: Page) -> Iterator[Finding]:
    """No merge tag of Mailchimp is left: people would read it as it is written."""
    seen: set[str] = set()
    for match in MERGE_TAG.finditer(page.source):
        tag = match.group()
        if tag in seen:
            continue
        seen.add(tag)
        message = sentence(
            "%(tag)s is Mailchimp's, so people would read it as it stands. Write [[...]], or take it out."
        )
        line, column = position(page.source, match.start())
        yield Finding("foreign_tag", message, line, column, params={"tag": tag})
