"""Marks changed in a form and written back into the source: the start tag of one element, and no other byte."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from braze_client.liquid import contains_liquid

from .marks import ALL_MARKS
from .source import Attribute, Element, Kind, read

_NAMING = ("data-field", "data-repeat", "data-section")


class NoSuchMark(LookupError):
    """No element, or more than one, carries the name."""


def settings_of(source: str, kind: str, name: str) -> dict[str, str]:
    """Returns the marks of the field or section of that name, a mark without a value as an empty text.

    Raises NoSuchMark.
    """
    element = _named(source, kind, name)
    return {attribute.name: attribute.value for attribute in element.attributes if attribute.name in ALL_MARKS}


def with_settings(source: str, kind: str, name: str, settings: Mapping[str, str | None]) -> str:
    """Returns the source with marks of one element written differently; everything outside its start tag stays.

    A value of None takes the mark away. A mark that stands is changed in its place, a new one comes after the last
    mark. Raises NoSuchMark, and ValueError for something that is no mark and for Liquid in a value.
    """
    element = _named(source, kind, name)
    unknown = settings.keys() - ALL_MARKS
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} is no mark.")
    if any(value is not None and contains_liquid(value) for value in settings.values()):
        raise ValueError("A mark holds no Liquid.")
    edits: list[tuple[int, int, str]] = []
    for mark, value in settings.items():
        found = element.attribute(mark)
        if found is None:
            if value is not None:
                edits.append((_last_mark(element).end, _last_mark(element).end, f" {mark}{_value(value)}"))
        elif value is None:
            edits.append((found.start, found.end, ""))
        elif value != found.value:
            begin = found.start + len(source[found.start : found.end]) - len(source[found.start : found.end].lstrip())
            edits.append((begin, found.end, f"{mark}{_value(value)}"))
    parts: list[str] = []
    at = 0
    for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
        parts += (source[at:start], text)
        at = max(at, end)
    return "".join((*parts, source[at:]))


def _named(source: str, kind: str, name: str) -> Element:
    found = [
        element
        for element in read(source, Kind(kind)).elements
        if any(element.get(mark) == name for mark in _NAMING if element.attribute(mark) is not None)
    ]
    if len(found) != 1:
        raise NoSuchMark(name)
    return found[0]


def _last_mark(element: Element) -> Attribute:
    return max((one for one in element.attributes if one.name in ALL_MARKS), key=lambda one: one.end)


def _value(value: str) -> str:
    return f'="{escape(value)}"'
