"""The numbered steps of the composer: one question each, in the order of the email."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.brandlock import Compiled, FieldSpec, RenderContext, SectionSpec, default_values
from campaigns.compose.asked import Asked, asked_of, filled, shortened, shown_words
from campaigns.compose.chooser import Chooser
from campaigns.compose.inputs import order_of
from campaigns.compose.person_step import person_steps
from campaigns.compose.sender import open_parts, sender_of
from campaigns.compose.step import (
    CHOICE,
    ENVELOPE,
    ITEMS,
    NAME,
    SECTION,
    SENDER,
    WORDS,
    Item,
    Step,
    Switch,
    Variant,
    notes_for,
    own_key,
)
from campaigns.models import Mailing
from campaigns.preflight.findings import CheckFinding


def field_steps(
    *,
    mailing: Mailing,
    compiled: Compiled,
    values: Mapping[str, Any],
    findings: Sequence[CheckFinding],
    chooser: Chooser,
    envelope: Mapping[str, str],
    context: RenderContext,
) -> tuple[Step, ...]:
    """Gives the steps that ask for content; `envelope` holds subject and preheader as they stand, for locked ones."""
    return tuple(_Builder(mailing, compiled, values, findings, chooser, envelope, context).steps())


@dataclass(frozen=True, slots=True)
class _Builder:
    mailing: Mailing
    compiled: Compiled
    values: Mapping[str, Any]
    findings: Sequence[CheckFinding]
    chooser: Chooser
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
        if parts := open_parts(self.mailing.version):
            yield self.sender_step(parts)
        yield from person_steps(self.mailing, self.compiled, self.values, self.findings, self.context)
        yield self.envelope_step()
        opened: set[str] = set()
        for spec in self.compiled.fields:
            if spec.name in ENVELOPE:
                continue
            yield from self.opened_by(spec, opened)
            if spec.repeat is None and not spec.is_settled:
                yield self.field_step(spec)
        for section in self.compiled.sections:
            if section.repeat is None and section.name not in opened:
                yield from self.steps_of(section, opened)

    def opened_by(self, spec: FieldSpec, opened: set[str]) -> Iterator[Step]:
        """Gives the steps of the sections around a field that no earlier field had, outermost first."""
        for section in self.sections_around(spec):
            if section.name not in opened and section.repeat is None:
                yield from self.steps_of(section, opened)

    def steps_of(self, section: SectionSpec, opened: set[str]) -> Iterator[Step]:
        opened.add(section.name)
        if section.choice and section.choice not in opened:
            opened.add(section.choice)
            yield self.choice_step(section)
        if section.optional or section.is_movable:
            yield self.section_step(section)
        if section.is_repeated:
            yield self.items_step(section)

    def sections_around(self, spec: FieldSpec) -> list[SectionSpec]:
        """Gives the sections around a field, outermost first."""
        return self.chain(spec.section)

    def chain(self, name: str | None) -> list[SectionSpec]:
        found: list[SectionSpec] = []
        section = self.compiled.section(name) if name else None
        while section is not None:
            found.insert(0, section)
            section = self.compiled.section(section.parent) if section.parent else None
        return found

    def is_on(self, section: SectionSpec) -> bool:
        if section.choice:
            return self.chosen(section.choice) == section.name
        return not section.optional or self.values.get("sections", {}).get(section.name, True) is not False

    def chosen(self, choice: str) -> str:
        variants = self.compiled.choices[choice]
        chosen = self.values.get("choices", {}).get(choice)
        return chosen if chosen in variants else variants[0]

    def belonging(self, sections: Sequence[SectionSpec]) -> dict[str, Any]:
        """Gives what a step says of the sections that it belongs to."""
        return {
            "section": " ".join(one.name for one in sections if one.optional or one.choice),
            "is_hidden": not all(self.is_on(one) for one in sections),
        }

    def sender_step(self, parts: Sequence[str]) -> Step:
        """Gives the step that asks for what the template leaves open of the sender."""
        key = own_key(SENDER)
        labels = {
            "name": _("Name of the sender"),
            "address": _("Address of the sender"),
            "reply_to": _("Address for replies"),
        }
        sender = sender_of(self.mailing)
        asked = tuple(
            Asked(
                name=f"{key}.{part}",
                type="line",
                label=labels[part],
                text=str(self.mailing.envelope.get(part, "")),
                good=sender[part],
            )
            for part in parts
        )
        notes = notes_for(key, self.findings, blocks=True)
        return Step(
            key=key,
            kind=WORDS,
            title=_("Sender"),
            help=_("Who the email comes from. What you leave empty is filled in for your group."),
            asked=asked,
            mark="missing" if notes else "done" if self.mailing.envelope else "untouched",
            summary=shortened(sender["name"]),
            notes=notes,
            warnings=notes_for(key, self.findings, blocks=False),
        )

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
        asked = self.asked(spec, self.values.get(name), name)
        return asked if name != spec.label.lower() else replace(asked, label=label)

    def section_step(self, section: SectionSpec) -> Step:
        is_on = self.is_on(section)
        row = [
            name
            for name in order_of(self.compiled, self.values)
            if self.compiled.sections_by_name[name].row == section.row
        ]
        place = row.index(section.name) if section.name in row else 0
        return Step(
            key=f"section-{section.name}",
            kind=SECTION,
            title=section.label,
            help=section.help or (_("You can leave this part out of the email.") if section.optional else ""),
            mark="done",
            summary=_("Shown in the email") if is_on else _("Left out"),
            is_on=is_on,
            is_optional=section.optional,
            can_go_up=bool(row) and place > 0,
            can_go_down=bool(row) and place + 1 < len(row),
            reason=section.reason,
            **self.belonging(self.chain(section.parent)),
        )

    def choice_step(self, section: SectionSpec) -> Step:
        names = self.compiled.choices[section.choice]
        chosen = self.chosen(section.choice)
        variants = tuple(Variant(name, self.compiled.sections_by_name[name].label, name == chosen) for name in names)
        return Step(
            key=f"choice-{section.choice}",
            kind=CHOICE,
            title=section.choice.replace("_", " ").capitalize(),
            help=section.help or _("Choose one of the approved variants of this part."),
            mark="done" if chosen != names[0] else "untouched",
            summary=self.compiled.sections_by_name[chosen].label,
            variants=variants,
            **self.belonging(self.chain(section.parent)),
        )

    def items_step(self, section: SectionSpec) -> Step:
        stored = [item for item in self.values.get(section.name) or [] if isinstance(item, Mapping)]
        notes = notes_for(section.name, self.findings, blocks=True)
        inside = [spec for spec in self.compiled.fields if spec.repeat == section.name and not spec.is_settled]
        items = tuple(
            Item(
                number=number,
                asked=tuple(
                    self.asked(spec, item.get(spec.name), f"{section.name}.{number}.{spec.name}") for spec in inside
                ),
                switches=self.switches(section.name, number, item),
                is_first=number == 1,
                is_last=number == len(stored),
            )
            for number, item in enumerate(stored, start=1)
        )
        return Step(
            key=section.name,
            kind=ITEMS,
            title=section.label,
            help=section.help
            or _("This part stands once for each entry: %(minimum)s to %(maximum)s of them.")
            % {"minimum": section.minimum, "maximum": section.maximum},
            mark="missing" if notes else "done" if self.is_changed(section.name) else "untouched",
            summary=ngettext("%(count)s entry", "%(count)s entries", len(items)) % {"count": len(items)},
            notes=notes,
            warnings=notes_for(section.name, self.findings, blocks=False),
            items=items,
            can_add=len(items) < section.maximum,
            can_remove=len(items) > section.minimum,
            **self.belonging([*self.chain(section.parent), section]),
        )

    def switches(self, repeat: str, number: int, item: Mapping[str, Any]) -> tuple[Switch, ...]:
        chosen = item.get("sections") or {}
        return tuple(
            Switch(f"{repeat}.{number}.sections.{section.name}", section.label, chosen.get(section.name) is not False)
            for section in self.compiled.sections
            if section.repeat == repeat and section.optional
        )

    def field_step(self, spec: FieldSpec) -> Step:
        notes = notes_for(spec.name, self.findings, blocks=True)
        value = spec.default if spec.is_locked else self.values.get(spec.name)
        return Step(
            key=spec.name,
            kind=WORDS,
            title=spec.label,
            help=spec.help,
            asked=(self.asked(spec, value, spec.name),),
            mark="missing" if notes else "done" if self.is_changed(spec.name) else "untouched",
            summary=shortened(shown_words(spec, value, self.context)),
            notes=notes,
            warnings=notes_for(spec.name, self.findings, blocks=False),
            **self.belonging(self.sections_around(spec)),
        )

    def is_changed(self, *names: str) -> bool:
        usual = default_values(self.compiled)
        return any(name in usual and self.values.get(name) != usual[name] for name in names)

    def asked(self, spec: FieldSpec, value: Any, path: str) -> Asked:
        reasons = [section.reason for section in self.chain(spec.section) if section.reason]
        reason = reasons[-1] if reasons else ""
        return asked_of(spec, value, path, context=self.context, chooser=self.chooser, reason=reason)
