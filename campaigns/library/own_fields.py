"""The fields that a template names: what every group and person has, and what its brand defines (G5, G6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from django.utils.translation import gettext_noop

from campaigns.brandlock import Compiled, Finding
from campaigns.brandlock.tokens import SENDER_NAMES
from groups.models import MAIL_FIELDS, PERSON_FIELDS, Brand

_IN_RULES: Final = re.compile(r"\b(group|sender)\.([a-z][a-z0-9_]*)")


def unknown_fields(brand: Brand, compiled: Compiled) -> Iterator[Finding]:
    """Yields what keeps a template from being published: names of fields that no group or person can have."""
    ruled = [found for section in compiled.sections for found in _IN_RULES.findall(section.condition)]
    of_groups = dict.fromkeys((*compiled.group_fields, *(name for room, name in ruled if room == "group")))
    of_people = dict.fromkeys((*compiled.sender_fields, *(name for room, name in ruled if room == "sender")))
    own = of_groups.keys() - set(MAIL_FIELDS)
    known = set(brand.group_fields.filter(key__in=own).values_list("key", flat=True)) if own else set()
    yield from _unknown(
        of_groups,
        own - known,
        "unknown_group_field",
        gettext_noop("Groups have no field %(name)s. Add it under Groups > Fields, or write another name."),
    )
    own = of_people.keys() - {*PERSON_FIELDS, *SENDER_NAMES}
    known = set(brand.user_fields.filter(key__in=own).values_list("key", flat=True)) if own else set()
    yield from _unknown(
        of_people,
        own - known,
        "unknown_sender_field",
        gettext_noop("People have no field %(name)s. Add it under People > Fields, or write another name."),
    )


def _unknown(named: Collection[str], unknown: Collection[str], code: str, message: str) -> Iterator[Finding]:
    for name in named:
        if name in unknown:
            yield Finding(code, message, params={"name": name})
