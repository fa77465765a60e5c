"""Names for fields and sections: valid, and each of them once in a template."""

from __future__ import annotations

import re
import unicodedata

from campaigns.brandlock.resolve import RESERVED_NAMES
from campaigns.brandlock.source import Document

LONGEST_NAME = 60
_NAMING = ("data-field", "data-section", "data-repeat", "data-choose")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


class Names:
    """The names that a template has already; a name that is given is taken from then on."""

    def __init__(self, document: Document) -> None:
        self.taken = {*RESERVED_NAMES, "subject", "preheader"}
        for element in document.elements:
            self.taken.update(element.get(mark) for mark in _NAMING if element.attribute(mark) is not None)

    def take(self, wanted: str, otherwise: str) -> str:
        """Returns a free name that is like the wanted one, or like the other where nothing of it can be a name."""
        name = as_name(wanted) or otherwise
        number = 1
        free = name
        while free in self.taken:
            number += 1
            ending = f"_{number}"
            free = name[: LONGEST_NAME - len(ending)] + ending
        self.taken.add(free)
        return free


def as_name(text: str) -> str:
    """Returns a text as a name, or nothing where no letter of it can stand in one."""
    plain = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode().lower()
    return _NOT_A_LETTER.sub("_", plain).lstrip("_0123456789")[:LONGEST_NAME].rstrip("_")
