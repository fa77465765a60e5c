"""What every input of the composer's page holds for a stored draft, by what merges as a whole: the next save's base.

Names are those of `campaigns.compose.inputs`. Two stand for what no input holds: `order` for the order of the parts,
and the name of a repeated part for the number of its entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from campaigns.brandlock import Compiled, FieldSpec, FieldType, parts_of_type
from campaigns.compose.asked import typed_text
from campaigns.compose.chooser import Chooser
from campaigns.compose.content import compiled_of
from campaigns.compose.forms import when_initial
from campaigns.compose.gallery import images_named_in
from campaigns.compose.inputs import CHOICE_PREFIX, ORDER, SECTION_PREFIX, order_of
from campaigns.compose.merging import Units
from campaigns.compose.sender import open_parts
from campaigns.compose.step import AUDIENCE, NAME, PERSON, SENDER, WHEN, own_key
from campaigns.models import Mailing

BASE = own_key("base")
MOST_BASE_CHARACTERS = 1_000_000


def units_of(mailing: Mailing, chooser: Chooser | None = None) -> dict[str, dict[str, str]]:
    """Gives the inputs of a draft as it is stored; `chooser` knows the pictures that its values show."""
    compiled = compiled_of(mailing.version)
    chooser = chooser or Chooser(mailing.group, images_named_in(compiled, mailing.values))
    reader = _Reader(compiled, chooser, mailing.group.language)
    return {
        own_key(NAME): {own_key(NAME): mailing.name},
        **{name: {name: text} for name, text in _sender(mailing)},
        own_key(PERSON): {own_key(PERSON): _id(mailing.on_behalf_of_id)},
        own_key(AUDIENCE): {own_key(AUDIENCE): _id(mailing.audience_id)},
        own_key(WHEN): _time(mailing),
        **dict(reader.read(None, "", mailing.values)),
        ORDER: {ORDER: ",".join(order_of(compiled, mailing.values))},
    }


def base_in(text: str) -> Units | None:
    """Reads what a form says that it was based on; None where it says nothing that can be read."""
    if not text or len(text) > MOST_BASE_CHARACTERS:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(inputs, dict) for inputs in found.values()):
        return None
    return {unit: {name: str(value) for name, value in inputs.items()} for unit, inputs in found.items()}


class _Reader:
    def __init__(self, compiled: Compiled, chooser: Chooser, language: str) -> None:
        self.compiled = compiled
        self.chooser = chooser
        self.language = language

    def read(self, repeat: str | None, path: str, values: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        """Yields the units of the mail, or of one entry."""
        for spec in self.compiled.fields:
            if spec.repeat == repeat and not spec.is_locked and not spec.is_settled:
                yield path + spec.name, self.inputs(spec, path + spec.name, values.get(spec.name))
        switches, choices = values.get("sections") or {}, values.get("choices") or {}
        for section in self.compiled.sections:
            if section.repeat != repeat:
                continue
            if section.is_repeated:
                yield from self.entries(section.name, values.get(section.name))
            if section.optional:
                name = f"{path}{SECTION_PREFIX}{section.name}"
                yield name, {name: "off" if switches.get(section.name, True) is False else "on"}
            if section.choice:
                name = f"{path}{CHOICE_PREFIX}{section.choice}"
                first = self.compiled.choices[section.choice][0]
                yield name, {name: str(choices.get(section.choice, first))}

    def entries(self, repeat: str, stored: Any) -> Iterator[tuple[str, dict[str, str]]]:
        items = [item for item in stored or [] if isinstance(item, Mapping)]
        yield repeat, {repeat: str(len(items))}
        for number, item in enumerate(items, start=1):
            yield from self.read(repeat, f"{repeat}.{number}.", item)

    def inputs(self, spec: FieldSpec, path: str, value: Any) -> dict[str, str]:
        parts = parts_of_type(spec.type)
        if not parts:
            return {path: typed_text(spec, str(value or ""), self.language)}
        held = value if isinstance(value, Mapping) else {}
        found = {part: str(held.get(part, "")) for part in parts}
        if spec.type is FieldType.IMAGE:
            found["image"] = self.chooser.id_of(found["image"])
        return {f"{path}.{part}": text for part, text in found.items()}


def _sender(mailing: Mailing) -> Iterator[tuple[str, str]]:
    for part in open_parts(mailing.version):
        yield f"{own_key(SENDER)}.{part}", str(mailing.envelope.get(part, ""))


def _time(mailing: Mailing) -> dict[str, str]:
    shown = when_initial(mailing)
    day, time, last_day = shown.get("day"), shown.get("time"), shown.get("last_day")
    return {
        own_key(WHEN): shown["when"],
        own_key("day"): day.isoformat() if day else "",
        own_key("time"): time.strftime("%H:%M") if time else "",
        own_key("occurrence"): shown.get("occurrence", ""),
        own_key("clock"): shown.get("clock", "group"),
        own_key("last_day"): last_day.isoformat() if last_day else "",
    }


def _id(found: object) -> str:
    return "" if found is None else str(found)
