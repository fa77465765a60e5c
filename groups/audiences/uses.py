"""Where audiences are used: other rooms say it here, so that this one knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from groups.models import Audience


@dataclass(frozen=True, slots=True)
class Use:
    """Something that goes to an audience: its name, when it does, in words, and its page."""

    name: str
    when: str
    path: str


Finder = Callable[[Audience], Sequence[Use]]

_finders: Final[list[Finder]] = []


def register(finder: Finder) -> None:
    """Makes known who can tell what goes to an audience."""
    if finder not in _finders:
        _finders.append(finder)


def uses_of(audience: Audience) -> Sequence[Use]:
    """Gives what is still to go to an audience."""
    return [use for finder in _finders for use in finder(audience)]
