"""Whether a regular expression that somebody typed can be searched for in every mail without taking long."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.brandlock.restricted import WINDOW_CHARACTERS
from campaigns.brandlock.rules import PATTERN_CHARACTERS, could_run_long

MOST_WAYS = 100_000
"""In how many ways a pattern may try to fit in one place; each takes a microsecond or so, only at the very worst."""

_TOKEN = re.compile(
    r"(?P<open>\((?:\?(?::|=|!|<=|<!))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<times>[*+?]|\{[0-9]*,?[0-9]*\})(?:\?(?!\?))?"
    r"|(?P<one>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\()|*+?{])",
    re.DOTALL,
)


@dataclass(slots=True)
class _Group:
    """The ways through what was read of a group: of the branches before, of the branch so far, of its last part."""

    branches: int = 0
    before: int = 1
    last: int = 1

    @property
    def ways(self) -> int:
        return self.branches + self.before * self.last


def problem_of(pattern: str) -> str:
    """Gives why a pattern cannot be taken, as a sentence, or an empty text."""
    if len(pattern) > PATTERN_CHARACTERS:
        return _("A pattern has at most %(most)d characters.") % {"most": PATTERN_CHARACTERS}
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return _("This pattern cannot be read: %(reason)s.") % {"reason": error}
    if could_run_long(pattern) or ways_of(pattern) > MOST_WAYS:
        return _(
            "This pattern could take very long. Use fewer repetitions, give each a limit as in [0-9]{8,12}, and put "
            "none around another one."
        )
    if compiled.search("") is not None:
        return _("This pattern fits every text, an empty one as well. Say what must be there.")
    return ""


def ways_of(pattern: str) -> int:
    """Gives an upper bound for the ways in which a pattern can fit in one place of a text; what cannot be read is over
    `MOST_WAYS`.

    Ways multiply along a sequence and add up over branches; a repetition of n to m times multiplies its part's ways up
    to m times. Searching takes at most this many steps for each letter of the pattern and of a window.
    """
    groups = [_Group()]
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            return MOST_WAYS + 1
        at = match.end()
        here = groups[-1]
        if match["open"]:
            if pattern.startswith("?", at) and match["open"] == "(":
                return MOST_WAYS + 1
            groups.append(_Group())
        elif match["close"]:
            if len(groups) == 1:
                return MOST_WAYS + 1
            inner = groups.pop()
            groups[-1].before, groups[-1].last = groups[-1].before * groups[-1].last, inner.ways
        elif match["bar"]:
            here.branches, here.before, here.last = here.ways, 1, 1
        elif match["times"]:
            here.last = _repeated(here.last, match["times"])
        else:
            here.before, here.last = here.before * here.last, 1
        if max(group.ways for group in groups) > MOST_WAYS:
            return MOST_WAYS + 1
    return groups[-1].ways if len(groups) == 1 else MOST_WAYS + 1


def _repeated(ways: int, times: str) -> int:
    least, most = {"*": (0, WINDOW_CHARACTERS), "+": (1, WINDOW_CHARACTERS), "?": (0, 1)}.get(times) or _bounds(times)
    if ways > 1 and most > MOST_WAYS.bit_length():
        return MOST_WAYS + 1
    return (most - least + 1) * int(ways**most)


def _bounds(times: str) -> tuple[int, int]:
    low, comma, high = times.strip("{}").partition(",")
    least = min(int(low or 0), WINDOW_CHARACTERS)
    most = int(high) if high else (WINDOW_CHARACTERS if comma else least)
    return least, max(least, min(most, WINDOW_CHARACTERS))
