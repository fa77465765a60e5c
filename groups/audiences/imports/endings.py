"""Who else wants to know that an import has ended: other rooms say it here, so that this one knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from groups.models import ContactImport

Listener = Callable[[ContactImport], None]

_listeners: Final[list[Listener]] = []


def register(listener: Listener) -> None:
    """Makes known who is told, in the transaction in which an import ends."""
    if listener not in _listeners:
        _listeners.append(listener)


def ended(contact_import: ContactImport) -> None:
    """Tells that an import is done or has failed."""
    for listener in _listeners:
        listener(contact_import)
