"""What the facts of a group must be, whichever way they come in: the sentence for each that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from groups.errors import InputRefused
from groups.models import Group, GroupKind

CODE_SHAPE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
COUNTRY_SHAPE: Final = re.compile(r"[A-Z]{2}")
ADDRESSES: Final = ("email", "sender_address", "reply_to")
LENGTHS: Final = {field.name: field.max_length for field in Group._meta.fields}
# People stand behind these; the audit trail tells that they were changed, not what they were.
PERSONAL: Final = frozenset({"phone", "email", "manager", "sender_name", "sender_address", "reply_to"})
# Braze reads Liquid in sender addresses; none of its signs belongs into an address.
_SIGNS_OF_LIQUID: Final = frozenset("{}%$")


def problems(facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields what is wrong in facts of a group, as the name of the fact and a sentence; what is not there is right."""
    if "code" in facts and not CODE_SHAPE.fullmatch(facts["code"]):
        yield (
            "code",
            _("The code %(code)s takes letters, digits, dots and hyphens, at most 40.") % {"code": facts["code"]},
        )
    zone, language, country = (facts.get(name, "") for name in ("time_zone", "language", "country"))
    if zone and zone not in available_timezones():
        yield "time_zone", _("There is no time zone %(zone)s; write it as Europe/Berlin.") % {"zone": zone}
    if language and language not in dict(settings.LANGUAGES):
        yield (
            "language",
            _("The portal does not speak the language %(language)s; it speaks %(known)s.")
            % {
                "language": language,
                "known": ", ".join(code for code, _name in settings.LANGUAGES),
            },
        )
    if country and not COUNTRY_SHAPE.fullmatch(country):
        yield "country", _("The country %(country)s is no code of two capital letters.") % {"country": country}
    for name in ADDRESSES:
        if (text := facts.get(name, "")) and not is_address(text):
            yield name, _("%(email)s is no email address.") % {"email": text}
    if any(letter.isspace() for letter in facts.get("variation_id", "")):
        yield "variation_id", _("The message variation ID holds a blank.")


def too_long(facts: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yields the facts that are longer than their column, each with how many characters that takes."""
    for name, text in facts.items():
        limit = LENGTHS[name]
        if limit is not None and len(text) > limit:
            yield name, limit


def kind_problem(kind: str, parent: Group) -> str:
    """Says what is wrong with a group of a kind below another one; empty where nothing is."""
    if kind == GroupKind.BRAND:
        return _("A brand has one head office, which stands on top of the tree.")
    if kind == GroupKind.REGION and parent.kind == GroupKind.STORE:
        return _("%(parent)s is a store. A region stands below head office or below another region.") % {
            "parent": parent.name
        }
    return ""


def demand_open(group: Group) -> None:
    """Raises `InputRefused` for a group that is closed."""
    if group.closed_at is not None:
        raise InputRefused(_("%(group)s is closed. Nothing can be added to it any more.") % {"group": group.name})


def is_address(text: str) -> bool:
    """Tells whether a text is an email address without any sign of Liquid."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return not _SIGNS_OF_LIQUID & set(text)
