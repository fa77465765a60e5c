"""What the library refuses beside a source that does not compile (`brandlock.SourceRefused`).

Refusal
├── ImageRefused   the file cannot be used: its uploader takes another one
├── NameTaken      the short name belongs to another shared part: its author takes another one
├── StaleDraft     somebody else saved the draft: its author reloads the page
└── StalePart      somebody else changed the shared part: its author reloads the page
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from campaigns.errors import Refusal


class ImageRefused(Refusal):
    """A file that cannot become an image of a mail; the sentence says why and what to do."""


class NameTaken(Refusal):
    """A shared part has this short name already; it stays as it is."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is a shared part called %(name)s already. Take another short name, or change that part.")
            % {"name": name}
        )


class StaleDraft(Refusal):
    """Somebody else saved the draft in the meantime; what was typed is not stored."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else saved this draft in the meantime. Copy what you typed, reload the page, and put it in.")
        )


class StalePart(Refusal):
    """Somebody else changed the shared part in the meantime; what was typed is not stored."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else changed this part in the meantime. Copy what you typed, reload the page, and put it in.")
        )
