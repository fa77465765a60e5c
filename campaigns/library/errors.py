"""What the library refuses beside a source that does not compile (`brandlock.SourceRefused`)."""

from __future__ import annotations

from campaigns.errors import Refusal


class ImageRefused(Refusal):
    """A file that cannot become an image of a mail; the sentence says why and what to do."""
