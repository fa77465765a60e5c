"""What a check finds: how bad it is, in a sentence, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Fine; odd, which works and should be looked at; wrong, which does not work or loses something."""

    FINE = "fine"
    ODD = "odd"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a deployment, and another one that says what to do where it is not fine."""

    level: Level
    sentence: str
    remedy: str = ""


def fine(sentence: str) -> Finding:
    """Gives a finding that asks for nothing."""
    return Finding(Level.FINE, sentence)


def odd(sentence: str, remedy: str) -> Finding:
    """Gives a finding that somebody should look at."""
    return Finding(Level.ODD, sentence, remedy)


def wrong(sentence: str, remedy: str) -> Finding:
    """Gives a finding that must be mended."""
    return Finding(Level.WRONG, sentence, remedy)


Look = Callable[[], Iterable[Finding]]
