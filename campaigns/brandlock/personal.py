"""One person's values for an email that Braze holds: they travel with the recipient, beside the mailing's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import inert
from .compiled import Compiled
from .findings import Finding, SourceRefused, sentence
from .trigger import PLAIN_SUFFIX, property_names

PersonalValue = str | int | float | bool

# What depends on the group, its sender or the mailing travels by names that begin like this, sections do too.
_TAKEN_PREFIXES = ("group_", "sender_", "mailing_", "section_")


def personal_properties(values: Mapping[str, PersonalValue]) -> dict[str, PersonalValue]:
    """Returns a person's values as trigger properties, by the names of the brand's attributes.

    A text travels as `name`, escaped for HTML, and as `name_text`, plain; no Liquid of it is read in either. A number
    and a yes or no travel as they are, by both names, so that Liquid can compare them.
    """
    properties: dict[str, PersonalValue] = {}
    for name, value in values.items():
        properties[name] = inert.in_text(value) if isinstance(value, str) else value
        properties[name + PLAIN_SUFFIX] = inert.in_plain(value) if isinstance(value, str) else value
    return properties


def refuse_personal_clashes(compiled: Compiled, names: Iterable[str]) -> None:
    """Raises SourceRefused where a personal value would travel by a name that something else of the email has."""
    taken = set(property_names(compiled))
    findings: list[Finding] = []
    for name in sorted(names):
        wanted = {name, name + PLAIN_SUFFIX}
        if taken & wanted or name.startswith(_TAKEN_PREFIXES):
            message = sentence("The personal value %(name)s would travel by a name that this email uses already.")
            findings.append(Finding("personal_clash", message, params={"name": name}))
        taken |= wanted
    if findings:
        raise SourceRefused(findings)
