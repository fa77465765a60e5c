"""The sentences of findings in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext


def spoken(message: str, params: Mapping[str, str]) -> str:
    """Gives a finding's message with its places filled; the shape of a value (`wanted`) has words of its own."""
    filled = dict(params)
    if "wanted" in filled:
        filled["wanted"] = gettext(filled["wanted"])
    return (gettext(message) % filled).strip()
