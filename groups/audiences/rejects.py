"""Why a row of a file was not imported, in a person's words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RejectReason(models.TextChoices):
    """The reasons; their codes stand in reject files and stay."""

    MISSING_ID = "missing_id", _("The ID is missing")
    LONG_ID = "long_id", _("The ID is longer than 512 characters or 987 bytes")
    MISSING_EMAIL = "missing_email", _("The email address is missing")
    BAD_EMAIL = "bad_email", _("This is no email address")
    BAD_DATE = "bad_date", _("This is no date; write it as 2026-11-30")
    BAD_NUMBER = "bad_number", _("This is no number; write it as 1234.5")
    BAD_BOOLEAN = "bad_boolean", _("This is neither yes nor no")
    TOO_LONG = "too_long", _("The text is longer than 255 characters, which Braze would cut")
    CONTROL_CHARACTER = "control_character", _("The text holds a character that cannot be shown")
    TOO_MANY_CELLS = "too_many_cells", _("The row has more cells than the header")
    TOO_FEW_CELLS = "too_few_cells", _("The row has fewer cells than the header")
    KNOWN_ELSEWHERE = (
        "known_elsewhere",
        _("Another group of the brand knows this ID with another address; ask head office"),
    )
    MISSING_CONSENT = (
        "missing_consent",
        _("The row does not say where, when or to which words the person agreed"),
    )
    BAD_QUOTES = "bad_quotes", _("The quotation marks of the row make no sense")


class CellRefused(Exception):
    """One cell cannot be taken: its row is rejected for `reason`."""

    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
