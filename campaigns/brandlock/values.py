"""Values of fields: their defaults and their shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from .compiled import Compiled
from .fields import FieldSpec, SectionSpec
from .findings import Finding, ValuesRefused, sentence
from .pieces import Json
from .scope import Values
from .types import TYPES, WrongShape

MOST_NAMES = 1_000
MOST_FINDINGS = 200
NAME_CHARACTERS = 200


def default_values(compiled: Compiled) -> dict[str, Json]:
    """Returns the values that a new mailing begins with; every optional section stands, of each choice the first."""
    return compiled.defaults(None)


def clean_values(compiled: Compiled, raw: Values) -> dict[str, Json]:
    """Returns values in the template's shape: every field is there, what `raw` leaves out takes its default.

    Lines lose line breaks and control characters; rich text is sanitised to the field's formats; no other value is
    read as HTML. Raises ValuesRefused for an unknown name, a locked field with another value, a repeated section with
    too few or too many items, and a value of another type, each as a finding, the first 200 of them.
    """
    cleaner = _Cleaner(compiled)
    values = cleaner.mapping(raw, None, "")
    if cleaner.findings:
        raise ValuesRefused(cleaner.findings)
    return values


class _Cleaner:
    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.findings: list[Finding] = []

    def note(self, finding: Finding) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)

    def mapping(self, raw: Values, repeat: str | None, path: str) -> dict[str, Json]:
        """Cleans the values of the mail, or of one item."""
        values = self.compiled.defaults(repeat)
        for name, value in islice(raw.items(), MOST_NAMES):
            spec, section = self.compiled.field(name), self.compiled.section(name)
            if spec is not None and spec.repeat == repeat:
                values[name] = self.field(spec, value, path + name)
            elif section is not None and section.is_repeated and section.repeat == repeat:
                values[name] = self.items(section, value, path + name)
            elif name == "sections":
                values[name] = {**_mapping(values.get(name)), **self.switches(value, repeat, path)}
            elif name == "choices" and repeat in self.compiled.choice_homes:
                values[name] = {**_mapping(values.get(name)), **self.choices(value, repeat, path)}
            elif name == "order" and self.compiled.movable(repeat):
                values[name] = self.order(value, repeat, path)
            else:
                self.note(_unknown(path + name))
        return values

    def field(self, spec: FieldSpec, value: Json, path: str) -> Json:
        kind = TYPES[spec.type]
        if kind.parts and isinstance(value, dict):
            foreign = (part for part in value if part not in kind.parts)
            for part in islice(foreign, MOST_FINDINGS):
                self.note(_unknown(f"{path}.{part}"))
            value = {part: value[part] for part in kind.parts if part in value}
        try:
            cleaned = kind.read(spec, value)
        except WrongShape as error:
            self.note(_wrong_type(path, str(error), label=self.label(spec, path)))
            return spec.default
        if spec.is_locked and cleaned != spec.default:
            message = sentence("%(label)s is locked. Only a brand manager can change it.")
            self.note(Finding("locked_value", message, field=path, params={"label": spec.label}))
            return spec.default
        return cleaned

    def label(self, spec: FieldSpec, path: str) -> str:
        parts = path.split(".")
        return spec.label if len(parts) == 1 else f"{spec.label} ({parts[1]})"

    def items(self, section: SectionSpec, value: Json, path: str) -> Json:
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note(_wrong_type(path, sentence("a list of items")))
            return []
        if not section.minimum <= len(value) <= section.maximum:
            message = sentence("%(label)s stands %(count)s times; %(minimum)s to %(maximum)s times are allowed.")
            params = {
                "label": section.label,
                "count": str(len(value)),
                "minimum": str(section.minimum),
                "maximum": str(section.maximum),
            }
            self.note(Finding("wrong_count", message, field=path, params=params))
            return []
        return [
            self.mapping(item, section.name, f"{path}.{number}.")
            for number, item in enumerate(value, start=1)
            if isinstance(item, dict)
        ]

    def switches(self, value: Json, repeat: str | None, path: str) -> dict[str, Json]:
        if not isinstance(value, dict):
            self.note(_wrong_type(f"{path}sections", sentence("an object of true and false")))
            return {}
        cleaned: dict[str, Json] = {}
        for name, is_on in islice(value.items(), MOST_NAMES):
            section = self.compiled.section(name)
            if section is None or not section.optional or section.repeat != repeat:
                self.note(_unknown(f"{path}sections.{name}"))
            elif not isinstance(is_on, bool):
                self.note(_wrong_type(f"{path}sections.{name}", sentence("true or false")))
            else:
                cleaned[name] = is_on
        return cleaned

    def choices(self, value: Json, repeat: str | None, path: str) -> dict[str, Json]:
        if not isinstance(value, dict):
            self.note(_wrong_type(f"{path}choices", sentence("an object of names")))
            return {}
        cleaned: dict[str, Json] = {}
        for name, chosen in islice(value.items(), MOST_NAMES):
            variants = self.compiled.choices.get(name, ())
            if not variants or self.compiled.sections_by_name[variants[0]].repeat != repeat:
                self.note(_unknown(f"{path}choices.{name}"))
            elif chosen not in variants:
                self.note(_wrong_type(f"{path}choices.{name}", sentence("one of the approved variants")))
            else:
                cleaned[name] = chosen
        return cleaned

    def order(self, value: Json, repeat: str | None, path: str) -> Json:
        movable = self.compiled.movable(repeat)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self.note(_wrong_type(f"{path}order", sentence("a list of names")))
            return []
        for name in islice((name for name in value if name not in movable), 1):
            self.note(_unknown(f"{path}order.{name}"))
        return list(dict.fromkeys(value))


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _unknown(name: str) -> Finding:
    shown = name[:NAME_CHARACTERS]
    return Finding("unknown_value", "The template has no %(name)s.", field=shown, params={"name": shown})


def _wrong_type(name: str, wanted: str, *, label: str = "") -> Finding:
    params = {"name": label or name, "wanted": wanted}
    return Finding("wrong_type", "%(name)s must be %(wanted)s.", field=name, params=params)


def named_values(compiled: Compiled, values: Mapping[str, Json]) -> Iterator[tuple[str, FieldSpec, Json]]:
    """Yields every field's value with its path: `headline`, or `events.1.title` for the first item of `events`."""
    for spec in compiled.fields:
        if spec.repeat is None:
            yield spec.name, spec, values.get(spec.name)
            continue
        items = values.get(spec.repeat)
        for number, item in enumerate(items if isinstance(items, list) else [], start=1):
            if isinstance(item, Mapping):
                yield f"{spec.repeat}.{number}.{spec.name}", spec, item.get(spec.name)
