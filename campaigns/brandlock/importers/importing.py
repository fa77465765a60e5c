"""A foreign source, whatever its language, becomes one that a template can be made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaigns.brandlock.source import Kind

from .mailchimp import from_mailchimp, is_mailchimp
from .plain import propose
from .report import ImportReport


class Language(StrEnum):
    """The languages that an importer knows."""

    MJML = "mjml"
    MAILCHIMP = "mailchimp"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Imported:
    """A source as it was translated, the language that it was in, and what became of the things in it."""

    source: str
    language: Language
    report: ImportReport


def language_of(source: str, *, kind: str) -> Language:
    """Tells the language of a source; MJML with Mailchimp's tags in it is Mailchimp's."""
    if is_mailchimp(source):
        return Language.MAILCHIMP
    return Language.MJML if Kind(kind) is Kind.MJML else Language.HTML


def import_source(source: str, *, kind: str, merge_tags: frozenset[str]) -> Imported:
    """Translates a source, `kind` being `mjml` or `html`; one without a foreign language stays as it is.

    `merge_tags` are the brand's names for `[[name]]`. Nothing is raised.
    """
    language = language_of(source, kind=kind)
    if language is Language.MAILCHIMP:
        text, report = from_mailchimp(source, kind=kind, merge_tags=merge_tags)
        return Imported(text, language, report)
    return Imported(source, language, propose(source, kind=kind).report)
