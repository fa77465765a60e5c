"""The generated parts of the pages in docs/ that show rows of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from campaigns.brandlock import DEFAULT_LIQUID_TAGS, duties
from campaigns.brandlock.duties import domains
from campaigns.brandlock.importers.merge_tags import PERSONAL_TAGS, PORTAL_TAGS
from campaigns.brandlock.marks import COMMON_MARKS, FIELD_MARKS, SECTION_MARKS
from campaigns.brandlock.tokens import MAILING_NAMES, SENDER_NAMES, UNSUBSCRIBE_URL
from campaigns.brandlock.types import TYPES
from groups.models import PERSON_FIELDS, Group
from groups.roles import PERMISSIONS, Permission, Role
from tests.catalogue.rows import PAGES
from tests.contract.claims import CATALOGUE, ROOT, claims
from tests.contract.page import replaced, shown_by

DOCS = ROOT / "docs"
TEMPLATES = "templates.md"
PEOPLE = "people.md"
BAR = r"\|"
BRAND_NAMES = {
    "name": "the brand's name",
    "website": "the brand's web site",
    "logo_url": "the address of the logo; a group's own look comes first",
    "accent_color": "the accent colour as `#rrggbb`; likewise",
    "ink_color": "the colour of words as `#rrggbb`; likewise",
    "font": "the fonts, as a style takes them; likewise",
}


def generated(name: str, text: str) -> str:
    """Returns a page of `PAGES` with its generated parts as the code and the tests make them now."""
    parts = {"rows": row_table(PAGES[name], claims(CATALOGUE)), **PARTS.get(name, dict)()}
    for part, content in parts.items():
        text = replaced(text, part, content)
    return text


def template_parts() -> dict[str, str]:
    """Returns what the page on templates shows of the code."""
    return {
        "types": type_table(),
        "field marks": mark_table(FIELD_MARKS),
        "section marks": mark_table(SECTION_MARKS),
        "tokens": token_table(),
        "liquid": _words(sorted(DEFAULT_LIQUID_TAGS)),
        "checks": check_table(),
        "mailchimp": mailchimp_table(),
    }


def people_parts() -> dict[str, str]:
    """Returns what the page on people shows of the code."""
    return {"rights": rights_table()}


def rights_table() -> str:
    """Returns what each shipped role may do."""
    lines = ["| right | " + " | ".join(str(role.label) for role in Role) + " |", "| --- |" + " --- |" * len(Role)]
    for permission in Permission:
        marks = " | ".join("x" if permission in PERMISSIONS[role] else "" for role in Role)
        lines.append(f"| {permission.label} | {marks} |")
    return "\n".join(lines)


def type_table() -> str:
    """Returns the field types with their values and the marks that they take beside those that all take."""
    lines = ["| type | what it is | value in JSON | marks of its own |", "| --- | --- | --- | --- |"]
    for kind, value_type in TYPES.items():
        parts = ", ".join(f'"{part}": …' for part in value_type.parts)
        value = f"`{{{parts}}}`" if parts else value_type.wanted
        marks = _words(mark for mark in FIELD_MARKS if mark in value_type.marks)
        lines.append(f"| `{kind.value}` | {value_type.meaning} | {value} | {marks} |")
    return "\n".join([*lines, "", f"Every type takes {_words(mark for mark in FIELD_MARKS if mark in COMMON_MARKS)}."])


def mark_table(marks: Mapping[str, str]) -> str:
    """Returns marks and what they say."""
    lines = ["| mark | what it says |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| `{mark}` | {meaning.replace('|', BAR)} |" for mark, meaning in marks.items())])


def token_table() -> str:
    """Returns the tokens that the portal fills in."""
    lines = ["| token | what stands there |", "| --- | --- |"]
    lines += [f"| `[[brand.{name}]]` | {meaning} |" for name, meaning in BRAND_NAMES.items()]
    names = (f"`[[group.{name}]]`" for name in Group().mail_fields())
    lines.append(f"| {', '.join(names)} | the group's own; `address` is the whole postal address in one line |")
    lines.append(f"| {', '.join(f'`[[sender.{name}]]`' for name in SENDER_NAMES)} | whom the mail comes from |")
    of_person = (f"`[[sender.{name}]]`" for name in PERSON_FIELDS)
    lines.append(
        f"| {', '.join(of_person)} | name and address of the person in whose name it goes; fields of people too |"
    )
    lines.append(
        f"| {', '.join(f'`[[mailing.{name}]]`' for name in MAILING_NAMES)} | the day it goes, in the group's language |"
    )
    lines.append(f"| `[[{UNSUBSCRIBE_URL}]]` | the address of the page where this person unsubscribes |")
    lines.append("| `[[first_name]]` and other names without a dot | a merge tag of the brand, filled in by Braze |")
    return "\n".join(lines)


def check_table() -> str:
    """Returns what is checked when a template is published, in the words of the checks themselves."""
    lines = ["| check | what is demanded |", "| --- | --- |"]
    for check in (*duties.CHECKS, domains.pictures, domains.links):
        room = check.__module__.rpartition(".")[2]
        sentence = " ".join((check.__doc__ or "").split())
        lines.append(f"| {room}: {check.__name__.replace('_', ' ')} | {sentence} |")
    return "\n".join(lines)


def mailchimp_table() -> str:
    """Returns what Mailchimp's merge tags become."""
    lines = ["| at Mailchimp | here |", "| --- | --- |"]
    lines += [f"| `*{BAR}{tag}{BAR}*` | `[[{name}]]` |" for tag, name in (*PORTAL_TAGS.items(), *PERSONAL_TAGS.items())]
    return "\n".join(lines)


def row_table(rows: Mapping[str, str], tests: Mapping[str, Sequence[str]]) -> str:
    """Returns the table row > tests."""
    lines = ["| row | what people can do | shown by |", "| --- | --- | --- |"]
    lines += [
        f"| {row} | {sentence} | {shown_by(tests.get(row, ())) or '**nothing yet**'} |"
        for row, sentence in rows.items()
    ]
    return "\n".join(lines)


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


PARTS: Final[dict[str, Callable[[], dict[str, str]]]] = {TEMPLATES: template_parts, PEOPLE: people_parts}
