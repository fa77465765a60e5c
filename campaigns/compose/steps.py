"""The numbered steps of the composer: one question each, in the order of the email."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, FieldSpec, FieldType, RenderContext, SectionSpec, default_values
from campaigns.brandlock.tokens import TOKEN
from campaigns.models import Image, Mailing
from campaigns.preflight.findings import CheckFinding

ENVELOPE = ("subject", "preheader")
SUMMARY_CHARACTERS = 60
TOKEN_FIELDS = (FieldType.LINE, FieldType.TEXT)
# Widgets say how a step is asked; the template has one block for each.
NAME, WORDS, SECTION, AUDIENCE, CHECK, WHEN, SEND = "name", "fields", "section", "audience", "check", "when", "send"
# A field's step has the field's name, so the portal's own steps and inputs carry a dash, which no field has.
PREFIX = "mailing"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Asked:
    """One field with its value taken apart, so that a page can show it; a locked one shows its text only.

    `formats` are the names of the rich formats it takes; `choices` the images that it may show.
    """

    name: str
    type: str
    label: str
    help: str = ""
    text: str = ""
    html: str = ""
    url: str = ""
    image: str = ""
    alt: str = ""
    is_required: bool = False
    is_locked: bool = False
    takes_merge_tags: bool = False
    maximum: int | None = None
    formats: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    choices: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `mark` is `done`, `missing` or `untouched`, `notes` say what is missing, `summary` what stands there.

    `section` names the optional section that the step belongs to; it is hidden while that section is left out.
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

    @property
    def section_name(self) -> str:
        """The section that a section step switches."""
        return self.key.removeprefix("section-")

    @property
    def word(self) -> str:
        """The mark in words."""
        if self.kind == SEND and self.mark == "untouched":
            return _("Ready")
        return {"done": _("Done"), "missing": _("To do"), "untouched": _("Template text")}[self.mark]


def words_of(value: Any) -> str:
    """Gives what a reader would see of a field's value, on one line."""
    if isinstance(value, Mapping):
        value = value.get("html") or value.get("text") or value.get("alt") or ""
    return " ".join(unescape(_TAG.sub(" ", str(value or ""))).split())


def filled(text: str, context: RenderContext) -> str:
    """Gives a text with the group's own values in place of `[[group.name]]`, and merge tags by their label."""

    def value(match: re.Match[str]) -> str:
        tag = context.merge_tags.get(match.group(1))
        return f"‹{tag.label}›" if tag is not None else context.portal_value(match.group(1)) or match.group()

    return TOKEN.sub(value, text)


def shortened(text: str) -> str:
    """Cuts a text for the line under a step's title."""
    return text if len(text) <= SUMMARY_CHARACTERS else text[: SUMMARY_CHARACTERS - 1].rstrip() + "…"


def field_steps(
    *,
    mailing: Mailing,
    compiled: Compiled,
    values: Mapping[str, Any],
    findings: Sequence[CheckFinding],
    images: Sequence[Image],
    envelope: Mapping[str, str],
    context: RenderContext,
) -> tuple[Step, ...]:
    """Gives the steps that ask for content; `envelope` holds subject and preheader as they stand, for locked ones."""
    return tuple(_Builder(mailing, compiled, values, findings, images, envelope, context).steps())


def own_key(kind: str) -> str:
    """Gives the key of one of the portal's own steps."""
    return f"{PREFIX}-{kind}"


def step_of(found: CheckFinding) -> str:
    """Gives the key of the step at which a finding is mended; a field may well be named `when` or `audience`."""
    if found.code.startswith(("audience_", "segment_")):
        return own_key(AUDIENCE)
    if found.code.startswith("time_"):
        return own_key(WHEN)
    return "subject" if found.step in ENVELOPE else found.step


def notes_for(key: str, findings: Sequence[CheckFinding], *, blocks: bool) -> tuple[str, ...]:
    """Gives the sentences of the findings of a step."""
    return tuple(found.sentence for found in findings if step_of(found) == key and found.blocks is blocks)


@dataclass(frozen=True, slots=True)
class _Builder:
    mailing: Mailing
    compiled: Compiled
    values: Mapping[str, Any]
    findings: Sequence[CheckFinding]
    images: Sequence[Image]
    envelope: Mapping[str, str]
    context: RenderContext

    def steps(self) -> Iterator[Step]:
        yield Step(
            key=own_key(NAME),
            kind=NAME,
            title=_("Internal name"),
            help=_("Only your team sees it. It helps you to find this mailing again."),
            mark="done" if self.mailing.name else "missing",
            summary=shortened(self.mailing.name),
        )
        yield self.envelope_step()
        opened: set[str] = set()
        for spec in self.compiled.fields:
            if spec.name in ENVELOPE:
                continue
            for section in self.sections_around(spec):
                if section.name not in opened:
                    opened.add(section.name)
                    yield self.section_step(section)
            yield self.field_step(spec)
        for section in self.compiled.sections:
            if section.optional and section.name not in opened:
                yield self.section_step(section)

    def sections_around(self, spec: FieldSpec) -> list[SectionSpec]:
        """Gives the optional sections around a field, outermost first."""
        found: list[SectionSpec] = []
        section = self.compiled.section(spec.section) if spec.section else None
        while section is not None:
            if section.optional:
                found.insert(0, section)
            section = self.compiled.section(section.parent) if section.parent else None
        return found

    def is_on(self, section: str) -> bool:
        return self.values.get("sections", {}).get(section, True) is not False

    def envelope_step(self) -> Step:
        asked = tuple(self.envelope_field(name) for name in ENVELOPE)
        notes = notes_for("subject", self.findings, blocks=True)
        subject = next(one for one in asked if one.name == "subject")
        return Step(
            key="subject",
            kind=WORDS,
            title=_("Subject line"),
            help=_("What people see in their inbox before they open the email."),
            asked=asked,
            mark="missing" if notes else "done" if self.is_changed(*ENVELOPE) else "untouched",
            summary=shortened(filled(subject.text, self.context)),
            notes=notes,
            warnings=notes_for("subject", self.findings, blocks=False),
        )

    def envelope_field(self, name: str) -> Asked:
        spec = self.compiled.field(name)
        label = _("Subject") if name == "subject" else _("Preview text, shown after the subject")
        if spec is None:
            return Asked(name=name, type="line", label=label, text=self.envelope.get(name, ""), is_locked=True)
        asked = self.asked(spec)
        return asked if name != spec.label.lower() else _relabelled(asked, label)

    def section_step(self, section: SectionSpec) -> Step:
        is_on = self.is_on(section.name)
        above = section.parent or ""
        return Step(
            key=f"section-{section.name}",
            kind=SECTION,
            title=section.label,
            help=_("You can leave this part out of the email."),
            mark="done",
            summary=_("Shown in the email") if is_on else _("Left out"),
            section=above,
            is_hidden=bool(above) and not self.is_on(above),
            is_on=is_on,
        )

    def field_step(self, spec: FieldSpec) -> Step:
        around = [section.name for section in self.sections_around(spec)]
        notes = notes_for(spec.name, self.findings, blocks=True)
        return Step(
            key=spec.name,
            kind=WORDS,
            title=spec.label,
            help=spec.help,
            asked=(self.asked(spec),),
            mark="missing" if notes else "done" if self.is_changed(spec.name) else "untouched",
            summary=shortened(filled(words_of(self.values.get(spec.name)), self.context)),
            notes=notes,
            warnings=notes_for(spec.name, self.findings, blocks=False),
            section=" ".join(around),
            is_hidden=not all(self.is_on(name) for name in around),
        )

    def is_changed(self, *names: str) -> bool:
        usual = default_values(self.compiled)
        return any(name in usual and self.values.get(name) != usual[name] for name in names)

    def asked(self, spec: FieldSpec) -> Asked:
        value = self.values.get(spec.name)
        parts = value if isinstance(value, Mapping) else {"text": value or ""}
        return Asked(
            name=spec.name,
            type=spec.type.value,
            label=spec.label,
            help=spec.help,
            text=str(parts.get("text", "")),
            html=str(parts.get("html", "")),
            url=str(parts.get("url", "")),
            image=self.image_id(str(parts.get("image", ""))),
            alt=str(parts.get("alt", "")),
            is_required=spec.required,
            takes_merge_tags=spec.type in TOKEN_FIELDS,
            maximum=spec.maximum,
            formats=tuple(item.value for item in spec.formats),
            domains=spec.domains,
            choices=tuple(self.images) if spec.type is FieldType.IMAGE else (),
        )

    def image_id(self, value: str) -> str:
        """Gives the id of the image that a value names by its id, or as a default by its name."""
        name = value.rpartition(":")[2]
        return next((str(image.pk) for image in self.images if value == str(image.pk) or name == image.name), value)


def _relabelled(asked: Asked, label: str) -> Asked:
    return Asked(
        **{name: getattr(asked, name) for name in Asked.__dataclass_fields__ if name != "label"},
        label=label,
    )
