"""Mailchimp's merge tags (`*|FNAME|*`): what they say here, and where they cannot stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from campaigns.brandlock.cut import URL_ATTRIBUTES
from campaigns.brandlock.findings import sentence
from campaigns.brandlock.source import Attribute, Element, Run, RunKind
from campaigns.brandlock.types.base import STRUCTURE_TAGS

MERGE_TAG = re.compile(r"\*\|([^\s|*][^|*\n]{0,199})\|\*")
PORTAL_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "UNSUB": "unsubscribe_url",
        "LIST:ADDRESS": "group.address",
        "LIST:ADDRESSLINE": "group.address",
        "HTML:LIST_ADDRESS_HTML": "group.address",
        "LIST:COMPANY": "brand.name",
        "LIST:PHONE": "group.phone",
        "LIST:EMAIL": "group.email",
    }
)
PERSONAL_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "FNAME": "first_name",
        "LNAME": "last_name",
        "MERGE1": "first_name",
        "MERGE2": "last_name",
    }
)
ONLY_AT_MAILCHIMP = re.compile(
    r"(?:HTML:)?REWARDS|MC:TRANSLATE|MC:TOC(?:_TEXT)?|TRANSLATE:.*|(?:FACEBOOK|TWITTER|INSTAGRAM|SOCIAL|SHARE|GOOGLE):.*",
    re.IGNORECASE,
)
OPENING = re.compile(r"(?:IF|IFNOT|INTERESTED):.*", re.IGNORECASE)
BETWEEN = re.compile(r"(?:ELSE|ELSEIF)(?::.*)?", re.IGNORECASE)
CLOSING = re.compile(r"END:(?:IF|INTERESTED)", re.IGNORECASE)
ALWAYS_HERE = frozenset({"IFNOT:ARCHIVE_PAGE", "IF:MC_PREVIEW_TEXT", "IF:REWARDS"})
"""The conditions that hold in every mail of this portal, or stand around what is dropped."""

_NO_ADDRESS = sentence("A person's address is not put into mails here. Take %(tag)s out.")
NO_EQUAL: Mapping[str, str] = MappingProxyType(
    {
        "ARCHIVE": sentence("No mail has a web version here. Take %(tag)s out, with the link that leads there."),
        "UPDATE_PROFILE": sentence("There is no page of preferences here. Lead the link of %(tag)s elsewhere."),
        "EMAIL": _NO_ADDRESS,
        "MERGE0": _NO_ADDRESS,
        "MC:SUBJECT": sentence("Only the title can be %(tag)s, alone in it. Write words here."),
        "MC_PREVIEW_TEXT": sentence("Only an element of its own can hold %(tag)s. Mark it as the field preheader."),
    }
)
ANY_OTHER = sentence("%(tag)s has no equal here. Write other words in its place, or take it out.")
CONDITION = sentence("The condition %(tag)s has no equal here. Make the part a section with data-if, or write Liquid.")
_DATE_LETTERS: Mapping[str, str] = MappingProxyType(
    {"d": "%d", "j": "%-d", "m": "%m", "n": "%-m", "Y": "%Y", "y": "%y", "F": "%B", "M": "%b", "l": "%A", "D": "%a"}
)
_DATE_FORMAT = re.compile(r"[djmnYyFMlD ,./-]+")
_UNSCRIPTED = frozenset({"srcset", "srcdoc", "class", "id"})


def liquid_of(name: str) -> str:
    """Returns the Liquid that says the same day or year, or nothing."""
    room, _, form = name.partition(":")
    if name.upper() == "CURRENT_YEAR":
        form = "Y"
    elif room.upper() != "DATE" or _DATE_FORMAT.fullmatch(form) is None:
        return ""
    written = "".join(_DATE_LETTERS.get(letter, letter) for letter in form)
    return f"{{{{ 'now' | date: '{written}' }}}}"


def attribute_at(element: Element | None, start: int, end: int) -> Attribute | None:
    """Returns the attribute whose value holds a stretch."""
    attributes = () if element is None else element.attributes
    return next((one for one in attributes if one.value_start <= start and end <= one.value_end), None)


def why_no_token(run: Run, start: int, end: int, name: str) -> str:
    """Returns why `[[name]]` cannot stand in a place of the source, or nothing where it can."""
    element = run.element
    if run.kind is RunKind.RAW:
        return sentence("%(tag)s stands in a style or script, where nothing is filled in. Take it out.")
    if run.kind is RunKind.COMMENT:
        is_portal = name in set(PORTAL_TAGS.values())
        return "" if is_portal else sentence("%(tag)s stands in a comment, where nothing personal is filled in.")
    if run.kind is RunKind.TEXT:
        is_outside = element is None or element.tag in STRUCTURE_TAGS - {"body"}
        return sentence("%(tag)s stands between the parts of a table or outside the body.") if is_outside else ""
    attribute = attribute_at(element, start, end)
    if attribute is None:
        return sentence("%(tag)s stands inside a tag, but not in an attribute's value. Take it out.")
    return _why_not_in_attribute(attribute, start, end, name)


def _why_not_in_attribute(attribute: Attribute, start: int, end: int, name: str) -> str:
    is_whole = (attribute.value_start, attribute.value_end) == (start, end)
    if attribute.name == "style" or attribute.name in _UNSCRIPTED or attribute.name.startswith("on"):
        return sentence("%(tag)s cannot be filled in in this attribute. Take it out.")
    if attribute.name in URL_ATTRIBUTES:
        if name not in set(PORTAL_TAGS.values()):
            return sentence("%(tag)s stands in an address: personal values never travel in links. Take it out.")
        if not is_whole and (name == "unsubscribe_url" or attribute.value_start == start):
            return sentence("%(tag)s must be the whole address. Take the rest of the address out.")
    elif name == "unsubscribe_url":
        return sentence("%(tag)s is an address. Put it into the href of a link.")
    if attribute.quote != '"' and not is_whole:
        return sentence("%(tag)s needs double quotes around the attribute's value. Write them.")
    return ""
