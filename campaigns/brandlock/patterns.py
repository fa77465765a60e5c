"""How long a regular expression could take: in how many ways it may try to fit in one place of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

WINDOW_CHARACTERS = 300
"""How many letters a repetition without a limit runs over at most: no pattern is tried on a longer text at once."""

MOST_WAYS = 100_000
"""In how many ways a pattern may try to fit in one place, at the very most."""

MOST_WAYS_IN_A_SEARCH = 3_000
"""In how many ways a pattern may try to fit that is looked for at every letter; each takes some nanoseconds."""

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


def ways_of(pattern: str, *, most: int = MOST_WAYS) -> int:
    """Returns an upper bound for the ways in which a pattern can fit in one place of a text, `most` and one for more.

    What cannot be read counts as more. Ways multiply along a sequence and add up over branches; a repetition of n to m
    times multiplies its part's ways up to m times. Searching takes at most this many steps for each letter of the
    pattern and of a window.
    """
    groups = [_Group()]
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            return most + 1
        at = match.end()
        here = groups[-1]
        if match["open"]:
            if pattern.startswith("?", at) and match["open"] == "(":
                return most + 1
            groups.append(_Group())
        elif match["close"]:
            if len(groups) == 1:
                return most + 1
            inner = groups.pop()
            groups[-1].before, groups[-1].last = groups[-1].before * groups[-1].last, inner.ways
        elif match["bar"]:
            here.branches, here.before, here.last = here.ways, 1, 1
        elif match["times"]:
            here.last = _repeated(here.last, match["times"], most)
        else:
            here.before, here.last = here.before * here.last, 1
        if max(group.ways for group in groups) > most:
            return most + 1
    return groups[-1].ways if len(groups) == 1 else most + 1


def _repeated(ways: int, times: str, most_ways: int) -> int:
    least, most = {"*": (0, WINDOW_CHARACTERS), "+": (1, WINDOW_CHARACTERS), "?": (0, 1)}.get(times) or _bounds(times)
    if ways > 1 and most > most_ways.bit_length():
        return most_ways + 1
    return (most - least + 1) * int(ways**most)


def _bounds(times: str) -> tuple[int, int]:
    low, comma, high = times.strip("{}").partition(",")
    least = min(int(low or 0), WINDOW_CHARACTERS)
    most = int(high) if high else (WINDOW_CHARACTERS if comma else least)
    return least, max(least, min(most, WINDOW_CHARACTERS))
