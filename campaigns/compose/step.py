"""One numbered step of the composer: what it asks, how it stands, and which findings belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.compose.asked import Asked
from campaigns.preflight.findings import CheckFinding

ENVELOPE = ("subject", "preheader")
# Widgets say how a step is asked; the template has one block for each.
NAME, WORDS, SECTION, CHOICE, ITEMS = "name", "fields", "section", "choice", "items"
SENDER, PERSON, ATTACHMENTS, AUDIENCE = "sender", "person", "attachments", "audience"
CHECK, WHEN, SEND = "check", "when", "send"
# A field's step has the field's name, so the portal's own steps and inputs carry a dash, which no field has.
PREFIX = "mailing"
# Findings that another time would mend, beside those that say so by the beginning of their code.
_OF_THE_TIME = frozenset({"template_expired", "local_time_too_near"})


@dataclass(frozen=True, slots=True)
class Variant:
    """One approved variant of a choice."""

    name: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """A part of an item that can be left out; `name` is the name of its input."""

    name: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a repeated section."""

    number: int
    asked: tuple[Asked, ...]
    switches: tuple[Switch, ...] = ()
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `mark` is `done`, `missing` or `untouched`, `notes` say what is missing, `summary` what stands there.

    `section` names the sections that the step belongs to; it is hidden while one of them is left out or not chosen.
    `items` are the items of a repeated section, `variants` those of a choice, `move` the way a section can be moved;
    `comments` counts the open ones on it.
    """

    key: str
    kind: str
    title: str
    help: str = ""
    asked: tuple[Asked, ...] = ()
    mark: str = "untouched"
    summary: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    section: str = ""
    is_hidden: bool = False
    is_on: bool = True
    is_optional: bool = True
    items: tuple[Item, ...] = ()
    can_add: bool = False
    can_remove: bool = False
    variants: tuple[Variant, ...] = ()
    can_go_up: bool = False
    can_go_down: bool = False
    reason: str = ""
    comments: int = 0

    @property
    def section_name(self) -> str:
        """The section that a section step switches."""
        return self.key.removeprefix("section-")

    @property
    def choice_name(self) -> str:
        """The choice that a choice step asks for."""
        return self.key.removeprefix("choice-")

    @property
    def word(self) -> str:
        """The mark in words."""
        if self.kind in (SEND, ATTACHMENTS) and self.mark == "untouched":
            return _("Ready") if self.kind == SEND else _("Optional")
        return {"done": _("Done"), "missing": _("To do"), "untouched": _("Template text")}[self.mark]


def own_key(kind: str) -> str:
    """Gives the key of one of the portal's own steps."""
    return f"{PREFIX}-{kind}"


def step_of(found: CheckFinding) -> str:
    """Gives the key of the step at which a finding is mended; a field may well be named `when` or `audience`."""
    if found.code.startswith(("audience_", "segment_")):
        return own_key(AUDIENCE)
    if found.code.startswith("sender_field_") and not found.step:
        return own_key(PERSON)
    if found.code.startswith("attachment_"):
        return own_key(ATTACHMENTS)
    if found.code.startswith("time_") or found.code in _OF_THE_TIME:
        return own_key(WHEN)
    if found.code.startswith("test_"):
        return own_key(CHECK)
    name = found.step.partition(".")[0]
    return "subject" if name in ENVELOPE else name


def notes_for(key: str, findings: Sequence[CheckFinding], *, blocks: bool) -> tuple[str, ...]:
    """Gives the sentences of the findings of a step."""
    return tuple(found.sentence for found in findings if step_of(found) == key and found.blocks is blocks)
