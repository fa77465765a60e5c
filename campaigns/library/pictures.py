"""Uploads to pictures of a mail (`groups.pictures`), refused in the way of this package."""

from __future__ import annotations

from campaigns.library.errors import ImageRefused
from groups import pictures
from groups.errors import PictureRefused
from groups.pictures import MAX_BYTES_IN, Picture

__all__ = ["MAX_BYTES_IN", "Picture", "picture_from"]


def picture_from(data: bytes) -> Picture:
    """Writes an upload anew (catalogue I6); raises `ImageRefused` for what cannot be used."""
    try:
        return pictures.picture_from(data)
    except PictureRefused as refused:
        raise ImageRefused(refused.sentence) from refused
