"""One line of words."""

from __future__ import annotations

from .base import ValueType


class LineType(ValueType):
    """A text in one line, in which merge tags and group fields may stand."""
