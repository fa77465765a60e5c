"""Importers: templates of another language, or of none, become sources in the language of brand lock."""

from __future__ import annotations

from .confirming import Choice, Confirmed, confirm
from .importing import Imported, Language, import_source, language_of
from .mailchimp import from_mailchimp
from .plain import Proposal, Survey, propose
from .report import ImportReport, Outcome, ReportEntry

__all__ = [
    "Choice",
    "Confirmed",
    "ImportReport",
    "Imported",
    "Language",
    "Outcome",
    "Proposal",
    "ReportEntry",
    "Survey",
    "confirm",
    "from_mailchimp",
    "import_source",
    "language_of",
    "propose",
]
