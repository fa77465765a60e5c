"""The cells of a row as a person: what reads each column is chosen once a file, and repeated cells are read once.

The words of a column are few: towns, names, days. Each column keeps what it made of the last few thousand of them, and
attributes are kept as the JSON that they become, so that a row is little more than joining what is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from groups.audiences import cleaning
from groups.audiences.imports import matching
from groups.audiences.imports.tables import BadRow, Row
from groups.audiences.rejects import CellRefused, RejectReason
from groups.keeping.addresses import UNTOLD, stand_ins_of
from groups.models import Attribute, Brand, ContactImport

REMEMBERED_CELLS: Final = 16_384
CONSENT_TEXT_CHARACTERS: Final = 500

Read = Callable[[str], str]


class Person(NamedTuple):
    """What a row says of somebody; `attributes` is JSON, `consent_on` a day in ISO 8601 or nothing."""

    external_id: str
    email: str
    attributes: str
    consent_source: str
    consent_on: str
    consent_text: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not imported, and why; `detail` names the column."""

    line: int
    reason: RejectReason
    detail: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """Where and when people agreed, and the words that they agreed to; for rows that do not say it themselves."""

    source: str = ""
    on: str = ""
    text: str = ""


class Remembered(dict[str, str]):
    """What a column made of its cells; forgets everything when that has become much. Raises `CellRefused`."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> str:
        found = self._read(cell)
        if len(self) >= REMEMBERED_CELLS:
            self.clear()
        self[cell] = found
        return found


class Columns:
    """Reads the rows of one file as people of a brand.

    `mapping` gives targets by position, `kinds` those of the brand's attributes by name. Where `needs_consent` a row
    without source, day or words of consent, its own or those of the file, is rejected. `stand_in` exchanges addresses,
    where the brand keeps none.
    """

    def __init__(
        self,
        *,
        brand_id: UUID,
        mapping: Mapping[int, str],
        headers: Sequence[str],
        kinds: Mapping[str, str],
        consent: Consent,
        needs_consent: bool = False,
        stand_in: Read | None = None,
    ) -> None:
        self._brand_id = brand_id
        self._mapping = dict(mapping)
        self._headers = tuple(headers)
        self._consent = consent
        self._needs_consent = needs_consent
        self._stand_in = stand_in
        places = {target: position for position, target in mapping.items()}
        self._email = places[matching.EMAIL]
        self._external_id = places.get(matching.EXTERNAL_ID)
        self._reads: dict[int, Read] = {
            position: _read_for(target, kinds.get(target, "")) for position, target in mapping.items()
        }
        # Addresses and IDs hardly ever come twice, so they are not remembered.
        self._read_email = self._reads[self._email]
        self._read_id = cleaning.external_id
        own = {self._email, self._external_id}
        remembered = {position: Remembered(read) for position, read in self._reads.items() if position not in own}
        consents = {places.get(name) for name in matching.CONSENTS}
        self._attributes = [(position, found) for position, found in remembered.items() if position not in consents]
        self._source, self._on, self._text = (
            _at(places.get(target), remembered, default)
            for target, default in zip(matching.CONSENTS, (consent.source, consent.on, consent.text), strict=True)
        )

    @classmethod
    def of(cls, contact_import: ContactImport) -> Columns:
        """Gives what reads the rows of an import."""
        brand: Brand = contact_import.audience.group.brand
        return cls(
            brand_id=brand.pk,
            mapping={int(position): target for position, target in contact_import.mapping.items()},
            headers=contact_import.headers,
            kinds=dict(Attribute.objects.filter(brand=brand).values_list("name", "kind")),
            consent=Consent(
                contact_import.consent_source,
                contact_import.consent_on.isoformat() if contact_import.consent_on else "",
                contact_import.consent_text,
            ),
            needs_consent=contact_import.stated_at is not None,
            stand_in=None if brand.keeps_contacts else stand_ins_of(brand),
        )

    @property
    def email_header(self) -> str:
        """The name of the column of addresses."""
        return self._headers[self._email]

    def read(self, row: Row | BadRow) -> Person | Reject:
        """Reads one row; of several cells that cannot be taken the first rejects it."""
        if isinstance(row, BadRow):
            return Reject(row.line, row.reason, "", row.cells)
        cells = row.cells
        try:
            email = self._read_email(cells[self._email])
            if self._external_id is None:
                external_id = str(uuid5(self._brand_id, email))
            else:
                external_id = self._read_id(cells[self._external_id])
            fragments = [remembered[cells[position]] for position, remembered in self._attributes]
            if self._stand_in is not None:
                fragments.append(_fragment(UNTOLD, email))
                email = self._stand_in(email)
            person = Person(
                external_id,
                email,
                "{" + ",".join(filter(None, fragments)) + "}",
                self._source(cells),
                self._on(cells),
                self._text(cells),
            )
        except CellRefused:
            return self._first_refusal(row)
        if self._needs_consent and not (person.consent_source and person.consent_on and person.consent_text):
            return Reject(row.line, RejectReason.MISSING_CONSENT, self._empty_consent(person), cells)
        return person

    def _first_refusal(self, row: Row) -> Reject:
        for position in self._mapping:
            try:
                self._reads[position](row.cells[position])
            except CellRefused as refusal:
                return Reject(row.line, refusal.reason, self._headers[position], row.cells)
        raise AssertionError("A row is refused for a cell of its own.")

    def _empty_consent(self, person: Person) -> str:
        """Names the column whose empty cell rejects a row."""
        given = (person.consent_source, person.consent_on, person.consent_text)
        missing = {target for target, value in zip(matching.CONSENTS, given, strict=True) if not value}
        return next((self._headers[place] for place, target in self._mapping.items() if target in missing), "")


def _at(position: int | None, remembered: Mapping[int, Remembered], default: str) -> Callable[[Sequence[str]], str]:
    """Gives what takes a text of consent out of a row, or what stands in for it."""
    if position is None:
        return lambda _cells: default
    found = remembered[position]
    return lambda cells: found[cells[position]] or default


def _read_for(target: str, kind: str) -> Read:
    match target:
        case matching.EMAIL:
            return cleaning.address
        case matching.EXTERNAL_ID:
            return cleaning.external_id
        case matching.CONSENT_SOURCE:
            return lambda cell: cleaning.short_text(cell, cleaning.SHORT_CHARACTERS)
        case matching.CONSENT_ON:
            return lambda cell: cleaning.day(cell).isoformat() if cell.strip() else ""
        case matching.CONSENT_TEXT:
            return lambda cell: cleaning.short_text(cell, CONSENT_TEXT_CHARACTERS)
    return lambda cell: _fragment(target, cleaning.value(cell, kind))


def _fragment(name: str, value: cleaning.Value | None) -> str:
    """Gives an attribute as a piece of a JSON object; nothing for an empty cell, which keeps what is known."""
    return "" if value is None else f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}"
