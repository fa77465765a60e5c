"""Column headers onto what the portal knows: the same word, another word for it, or one that is nearly the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from groups.models import Attribute

EXTERNAL_ID: Final = "external_id"
EMAIL: Final = "email"
CONSENT_SOURCE: Final = "consent_source"
CONSENT_ON: Final = "consent_on"
CONSENT_TEXT: Final = "consent_text"
CONSENTS: Final = (CONSENT_SOURCE, CONSENT_ON, CONSENT_TEXT)
OWN_TARGETS: Final = (EXTERNAL_ID, EMAIL, *CONSENTS)
NEARLY: Final = 0.86

SYNONYMS: Final[Mapping[str, str]] = {
    EXTERNAL_ID: "external id,customer id,customer number,customer no,user id,member id,member number,contact id,id,"
    "kundennummer,kunden id,mitgliedsnummer,numéro client,id client,número de cliente,id cliente,고객 id,고객 번호,"
    "회원 번호",
    EMAIL: "email,e mail,mail,email address,e mail address,mail address,e mail adresse,adresse e mail,courriel,"
    "adresse mail,correo,correo electrónico,email 주소,이메일,이메일 주소,전자우편",
    CONSENT_SOURCE: "consent source,opt in source,source of consent,einwilligung quelle,source du consentement,"
    "origen del consentimiento,동의 출처",
    CONSENT_ON: "consent on,consent date,opt in date,date of consent,einwilligung am,date du consentement,"
    "fecha de consentimiento,동의 날짜",
    CONSENT_TEXT: "consent text,consent wording,opt in text,words of consent,einwilligungstext,texte du consentement,"
    "texto del consentimiento,동의 문구",
    "first_name": "given name,forename,vorname,prénom,nombre,이름",
    "last_name": "surname,family name,nachname,familienname,nom,nom de famille,apellido,apellidos,성",
    "city": "home city,town,ort,stadt,wohnort,ville,ciudad,도시",
    "language": "lang,sprache,langue,idioma,언어",
    "time_zone": "timezone,zeitzone,fuseau horaire,zona horaria,시간대",
    "birthday": "date of birth,birth date,dob,geburtstag,geburtsdatum,date de naissance,anniversaire,"
    "fecha de nacimiento,cumpleaños,생일",
}


@dataclass(frozen=True, slots=True)
class Match:
    """The targets of a file's columns by position, and the headers that are left out."""

    mapping: Mapping[int, str]
    left_out: tuple[str, ...]


def targets(attributes: Iterable[Attribute]) -> tuple[str, ...]:
    """Gives what a column may become: the portal's own five and the brand's attributes, each once."""
    return (*OWN_TARGETS, *(item.name for item in attributes if item.name not in OWN_TARGETS))


def match(
    headers: Sequence[str], attributes: Sequence[Attribute], remembered: Mapping[str, str] | None = None
) -> Match:
    """Matches headers by exact word first, then by synonym, then by likeness; a target is given once only.

    What people last took a header for stands before all of that: `remembered` gives the target by folded header, an
    empty one for a column that they left out.
    """
    remembered = remembered or {}
    words = _words(attributes)
    folded = [fold(header) for header in headers]
    mapping: dict[int, str] = {}
    for position, header in enumerate(folded):
        target = remembered.get(header, "")
        if target in words and target not in mapping.values():
            mapping[position] = target
    for rule in (_same, _other_word, _alike):
        for position, header in enumerate(folded):
            if header and position not in mapping and remembered.get(header) != "":
                found = rule(header, {name: words[name] for name in words if name not in mapping.values()})
                if found is not None:
                    mapping[position] = found
    left_out = tuple(header for position, header in enumerate(headers) if position not in mapping)
    return Match(dict(sorted(mapping.items())), left_out)


def fold(header: str) -> str:
    """Gives a header in small letters with single blanks for everything that is neither letter nor digit."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _words(attributes: Sequence[Attribute]) -> dict[str, tuple[str, ...]]:
    """Gives each target its words; the first is its own name."""
    own: dict[str, tuple[str, ...]] = {name: (name,) for name in OWN_TARGETS}
    own |= {item.name: (item.name, item.label, item.braze_name) for item in attributes if item.name not in own}
    return {
        name: tuple(dict.fromkeys(fold(word) for word in (*words, *SYNONYMS.get(name, "").split(",")) if word))
        for name, words in own.items()
    }


def _same(header: str, words: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((name for name, known in words.items() if header == known[0]), None)


def _other_word(header: str, words: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((name for name, known in words.items() if header in known), None)


def _alike(header: str, words: Mapping[str, tuple[str, ...]]) -> str | None:
    """Finds a typing error; short words are alike too easily, so they are passed over."""
    if len(header) < 5:
        return None
    likeness = {
        name: max(SequenceMatcher(None, header, word).ratio() for word in known if len(word) >= 5)
        for name, known in words.items()
        if any(len(word) >= 5 for word in known)
    }
    best = max(likeness, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= NEARLY else None
