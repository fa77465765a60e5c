"""What somebody typed of a person becomes values, by the rules that files have; what cannot be taken is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused, RejectReason
from groups.errors import InputRefused
from groups.models import Attribute

T = TypeVar("T")

EMAIL: Final = "email"
EXTERNAL_ID: Final = "external_id"
CONSENT_SOURCE: Final = "consent_source"
CONSENT_ON: Final = "consent_on"
CONSENT_TEXT: Final = "consent_text"
CONSENT_CHARACTERS: Final = 500


class FieldsRefused(InputRefused):
    """Something that was typed cannot be taken; `wrong` has a sentence by the name of each field."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(" ".join(wrong.values()), tuple(wrong.values()))
        self.wrong = dict(wrong)


@dataclass(frozen=True, slots=True)
class Consent:
    """Where, when and to which words somebody agreed to get mail."""

    source: str = ""
    given_on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of a person; an attribute that was left empty is None, an address that stays is empty."""

    email: str
    attributes: Mapping[str, cleaning.Value | None]
    consent: Consent
    external_id: str = ""


def typed(
    texts: Mapping[str, str], attributes: Iterable[Attribute], *, with_id: bool, may_keep_address: bool = False
) -> Typed:
    """Reads texts by field; a field that is missing counts as empty. Raises `FieldsRefused` with all that is wrong.

    `with_id` asks for an external ID too, which may be empty; with `may_keep_address` the address may be as well.
    Braze's own attributes are held to what Braze takes: a zone that it knows, a language of two letters.
    """
    wrong: dict[str, str] = {}

    def read(name: str, take: Callable[[str], T], otherwise: T) -> T:
        try:
            return take(texts.get(name, ""))
        except CellRefused as refused:
            wrong[name] = str(RejectReason(refused.reason).label)
            return otherwise

    stays = may_keep_address and not texts.get(EMAIL, "").strip()
    email = "" if stays else read(EMAIL, cleaning.address, "")
    has_id = with_id and texts.get(EXTERNAL_ID, "").strip()
    external_id = read(EXTERNAL_ID, cleaning.external_id, "") if has_id else ""
    values: dict[str, cleaning.Value | None] = {}
    for attribute in attributes:
        name, kind = attribute.name, attribute.kind
        values[name] = read(name, lambda cell, kind=kind: cleaning.value(cell, kind), None)  # type: ignore[misc]
        sentence = None if name in wrong else _not_for_braze(attribute, values[name])
        if sentence is not None:
            wrong[name] = str(sentence)
    consent = Consent(
        source=read(CONSENT_SOURCE, lambda cell: cleaning.short_text(cell, cleaning.SHORT_CHARACTERS), ""),
        given_on=read(CONSENT_ON, lambda cell: cleaning.day(cell) if cell.strip() else None, None),
        text=read(CONSENT_TEXT, lambda cell: cleaning.short_text(cell, CONSENT_CHARACTERS), ""),
    )
    if wrong:
        raise FieldsRefused(wrong)
    return Typed(email=email, attributes=values, consent=consent, external_id=external_id)


def _not_for_braze(attribute: Attribute, value: cleaning.Value | None) -> Promise | None:
    """Says what is wrong with a value that Braze would drop without a word (contract, section 5.4)."""
    if value is None or attribute.is_custom:
        return None
    said = str(value)
    match attribute.braze_name:
        case "time_zone" if said not in _zones():
            return _("Braze knows no such time zone; write it as Europe/Berlin")
        case "language" | "country" if not (len(said) == 2 and said.isascii() and said.isalpha()):
            return _("Braze takes two letters here, such as de or DE")
        case "gender" if said not in {"M", "F", "O", "N", "P"}:
            return _("Braze takes one of M, F, O, N and P here")
    return None


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
