"""The group fields that a template names: those that every group has, and those that its brand defines (G5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_noop

from campaigns.brandlock import Compiled, Finding
from groups.models import MAIL_FIELDS, Brand

_IN_RULES: Final = re.compile(r"\bgroup\.([a-z][a-z0-9_]*)")


def unknown_group_fields(brand: Brand, compiled: Compiled) -> Iterator[Finding]:
    """Yields what keeps a template from being published: names of group fields that no group of the brand can have."""
    named = dict.fromkeys(compiled.group_fields)
    named |= dict.fromkeys(name for section in compiled.sections for name in _IN_RULES.findall(section.condition))
    own = named.keys() - set(MAIL_FIELDS)
    known = set(brand.group_fields.filter(key__in=own).values_list("key", flat=True)) if own else set()
    for name in named:
        if name in own - known:
            yield Finding(
                "unknown_group_field",
                gettext_noop("Groups have no field %(name)s. Add it under Groups > Fields, or write another name."),
                params={"name": name},
            )
