"""Filters of lists: `attribute eq value`, joined by `and`; everything else of RFC 7644, 3.4.2.2 is refused as such."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext as _

from groups.signin.scim.protocol import GROUP, USER, ScimError

MOST_CHARACTERS: Final = 1000
_TERM: Final = re.compile(
    r'\s*(?P<name>[A-Za-z][A-Za-z0-9_.:-]*)\s+eq\s+(?P<value>"(?:[^"\\]|\\.)*"|true|false)\s*(?P<more>and\s|$)',
    re.IGNORECASE,
)


def parse(text: str, known: Collection[str]) -> tuple[tuple[str, str | bool], ...]:
    """Gives the terms of a filter, names in small letters; an empty filter has none.

    Raises `ScimError` with `invalidFilter` for an attribute that is not `known`, an operator besides `eq`, `or`, `not`,
    brackets, and a value that is no text or truth.
    """
    if len(text) > MOST_CHARACTERS:
        raise _refused()
    terms: list[tuple[str, str | bool]] = []
    position, is_open = 0, bool(text.strip())
    while is_open:
        found = _TERM.match(text, position)
        if found is None:
            raise _refused()
        name = found["name"].lower()
        for schema in (USER, GROUP):
            name = name.removeprefix(f"{schema.lower()}:")
        if name not in known:
            raise _refused()
        terms.append((name, _value(found["value"])))
        position, is_open = found.end(), bool(found["more"].strip())
    return tuple(terms)


def _value(text: str) -> str | bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        value: str = json.loads(text)
        value.encode()
    except ValueError as error:
        raise _refused() from error
    if "\0" in value:
        raise _refused()
    return value


def _refused() -> ScimError:
    return ScimError(400, _("This filter is not supported. Use attribute eq value, joined by and."), "invalidFilter")
