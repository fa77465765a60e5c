"""What an upload is refused for."""

from __future__ import annotations

from campaigns.errors import Refusal


class AttachmentRefused(Refusal):
    """A file that cannot hang on a mailing; the sentence says why and what to do."""
