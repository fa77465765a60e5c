"""The generated parts of docs/templates.md, docs/delivery.md, docs/review.md, docs/people.md and docs/imports.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from campaigns.brandlock import DEFAULT_LIQUID_TAGS, duties
from campaigns.brandlock.duties import domains
from campaigns.brandlock.importers.merge_tags import PERSONAL_TAGS, PORTAL_TAGS
from campaigns.brandlock.marks import COMMON_MARKS, FIELD_MARKS, SECTION_MARKS
from campaigns.brandlock.tokens import MAILING_NAMES, SENDER_NAMES, UNSUBSCRIBE_URL
from campaigns.brandlock.types import TYPES
from groups.models import Group
from groups.roles import PERMISSIONS, Permission, Role
from tests.catalogue.rows import AUDIENCE_ROWS, DELIVERY_ROWS, PEOPLE_ROWS, REVIEW_ROWS, TEMPLATE_ROWS
from tests.contract.claims import CATALOGUE, ROOT, claims
from tests.contract.page import replaced, shown_by

PAGE = ROOT / "docs" / "templates.md"
DELIVERY_PAGE = ROOT / "docs" / "delivery.md"
REVIEW_PAGE = ROOT / "docs" / "review.md"
IMPORTS_PAGE = ROOT / "docs" / "imports.md"
PEOPLE_PAGE = ROOT / "docs" / "people.md"
BAR = r"\|"
BRAND_NAMES = {
    "name": "the brand's name",
    "website": "the brand's web site",
    "logo_url": "the address of the logo; a group's own look comes first",
    "accent_color": "the accent colour as `#rrggbb`; likewise",
    "ink_color": "the colour of words as `#rrggbb`; likewise",
    "font": "the fonts, as a style takes them; likewise",
}


def generated(text: str) -> str:
    """Returns the page with its generated parts as the code makes them now."""
    parts = {
        "types": type_table(),
        "field marks": mark_table(FIELD_MARKS),
        "section marks": mark_table(SECTION_MARKS),
        "tokens": token_table(),
        "liquid": _words(sorted(DEFAULT_LIQUID_TAGS)),
        "checks": check_table(),
        "mailchimp": mailchimp_table(),
        "rows": row_table(TEMPLATE_ROWS, claims(CATALOGUE)),
    }
    for name, content in parts.items():
        text = replaced(text, name, content)
    return text


def generated_delivery(text: str) -> str:
    """Returns the page on deliveries with its table of rows as the tests make it now."""
    return replaced(text, "rows", row_table(DELIVERY_ROWS, claims(CATALOGUE)))


def generated_review(text: str) -> str:
    """Returns the page on approval with its table of rows as the tests make it now."""
    return replaced(text, "rows", row_table(REVIEW_ROWS, claims(CATALOGUE)))


def generated_people(text: str) -> str:
    """Returns the page on people with its table of rows as the tests make it now, and the table of rights."""
    return replaced(replaced(text, "rows", row_table(PEOPLE_ROWS, claims(CATALOGUE))), "rights", rights_table())


def generated_imports(text: str) -> str:
    """Returns the page on imports with its table of rows as the tests make it now."""
    return replaced(text, "rows", row_table(AUDIENCE_ROWS, claims(CATALOGUE)))


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
