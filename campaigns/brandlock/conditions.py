"""Rules of `data-if`: when a section stands, over fields, group fields, the audience and the day.

::

    rule  = all *( "or" all )        all  = term *( "and" term )
    term  = [ "not" ] subject [ ( "=" / "!=" / "<" / "<=" / ">" / ">=" ) value ]
    value = a word without blanks, or words in single or double quotes

A subject is the name of a field, `group.NAME`, `brand.NAME`, `audience.name`, `audience.kind` or `mailing.day`. Alone
it asks whether there is something in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from .types.figures import as_number

AUDIENCE_NAMES = frozenset({"audience.name", "audience.kind"})
DAY = "mailing.day"
_PART = re.compile(r"""\s*(?:(?P<op><=|>=|!=|=|<|>)|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<word>[^\s=<>!"']+))""")
_SUBJECT = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
_CODE = re.compile(r"0[0-9]")
_MOST_TERMS = 20

C = TypeVar("C", str, Decimal)
Facts = Callable[[str], tuple[bool, str]]
"""Gives for a subject whether there is something in it, and its text."""


class BadCondition(ValueError):
    """A rule that cannot be read; the message is where, in the rule's own words."""


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison; without an operator it asks whether there is something."""

    subject: str
    operator: str = ""
    value: str = ""
    is_negated: bool = False

    def holds(self, facts: Facts) -> bool:
        """Tells whether the term is true."""
        is_filled, text = facts(self.subject)
        answer = _compare(text, self.operator, self.value) if self.operator else is_filled
        return answer is not self.is_negated


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, each of which holds when all of its terms do."""

    alternatives: tuple[tuple[Term, ...], ...]

    def holds(self, facts: Facts) -> bool:
        """Tells whether the rule is fulfilled."""
        return any(all(term.holds(facts) for term in terms) for terms in self.alternatives)

    def subjects(self) -> tuple[str, ...]:
        """Returns what the rule asks about, each once."""
        return tuple(dict.fromkeys(term.subject for terms in self.alternatives for term in terms))


@lru_cache(maxsize=512)
def parse(rule: str) -> Condition:
    """Reads a rule; raises BadCondition."""
    parts = list(_parts(rule))
    alternatives: list[list[Term]] = [[]]
    at = 0
    while True:
        term, at = _term(parts, at, rule)
        alternatives[-1].append(term)
        if at == len(parts):
            break
        match parts[at]:
            case ("word", "and"):
                pass
            case ("word", "or"):
                alternatives.append([])
            case (_, text):
                raise BadCondition(text)
        at += 1
    if sum(map(len, alternatives)) > _MOST_TERMS:
        raise BadCondition(rule)
    return Condition(tuple(tuple(terms) for terms in alternatives))


def _parts(rule: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(rule.rstrip())
    while at < end:
        match = _PART.match(rule, at)
        if match is None:
            raise BadCondition(rule[at:])
        kind = match.lastgroup or ""
        yield ("value" if kind in {"double", "single"} else kind), match.group(kind)
        at = match.end()


def _term(parts: list[tuple[str, str]], at: int, rule: str) -> tuple[Term, int]:
    is_negated = at < len(parts) and parts[at] == ("word", "not")
    at += is_negated
    if at >= len(parts):
        raise BadCondition(rule)
    kind, subject = parts[at]
    if kind != "word" or subject in {"and", "or", "not"} or _SUBJECT.fullmatch(subject) is None:
        raise BadCondition(subject)
    at += 1
    if at == len(parts) or parts[at][0] != "op":
        return Term(subject, is_negated=is_negated), at
    if at + 1 >= len(parts) or parts[at + 1][0] == "op":
        raise BadCondition(rule)
    return Term(subject, parts[at][1], parts[at + 1][1], is_negated), at + 2


def _compare(text: str, operator: str, value: str) -> bool:
    """Compares as numbers where both are, else as texts; ISO dates and times are in order as texts.

    What begins with a zero, as a postal code does, is no number.
    """
    one, other = (None if _CODE.match(side) else as_number(side) for side in (text, value))
    if operator in {"=", "!="}:
        are_numbers = one is not None and other is not None
        is_same = one == other if are_numbers else text.casefold() == value.casefold()
        return is_same is (operator == "=")
    order = _sign(one, other) if one is not None and other is not None else _sign(text, value)
    return text != "" and {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def _sign(one: C, other: C) -> int:
    return 0 if one == other else 1 if max(one, other) == one else -1
