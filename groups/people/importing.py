"""People from a CSV file: who is in the brand gets the role at once, others an invitation; all or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from groups.audiences import cleaning
from groups.audiences.imports import reading
from groups.audiences.imports.tables import BadRow, Limits
from groups.audiences.rejects import CellRefused, RejectReason
from groups.errors import FileUnreadable, GroupsError
from groups.models import Brand, BrandRole, Group, User
from groups.people.invitations import invite
from groups.people.queries import people_of
from groups.people.services import demand_may_give, give_role
from groups.tree.rows import Finding
from groups.tree.rules import is_address

REQUIRED: Final = ("email", "role", "groups")
COLUMNS: Final = (*REQUIRED, "name")
FILE_BYTES: Final = 5 * 1024 * 1024
CELL_CHARACTERS: Final = 2000
MOST_ROWS: Final = 5_000
SHOWN_FINDINGS: Final = 200


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A row of the file that can be taken: one person with one role in one or more groups."""

    line: int
    email: str
    name: str
    role: BrandRole
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class PeopleImportReport:
    """What a file of people changed, or would change in a dry run; with errors nothing was changed.

    Counted in roles: a person with a role in three groups counts three times. `errors` are at most `SHOWN_FINDINGS`.
    """

    rows: int
    invited: int
    added: int
    changed: int
    unchanged: int
    errors: tuple[Finding, ...]
    error_count: int


def import_people(*, brand: Brand, file: BinaryIO, actor: User, dry_run: bool = False) -> PeopleImportReport:
    """Gives roles to the people of a CSV file with the columns email, role, groups and, if wanted, name.

    `role` is a role's key or name, `groups` are codes between blanks, commas or semicolons. Whoever belongs to the
    brand gets the role at once, in place of the one they hold in that group; everybody else is invited by mail. A dry
    run reports the same and changes nothing. Raises `FileUnreadable` where the file as a whole is no such table or
    has more than `MOST_ROWS` rows.
    """
    found = list(_read(file, brand))
    errors = [item for item in found if isinstance(item, Finding)]
    rows = [item for item in found if isinstance(item, PersonRow)]
    counts: Counter[str] = Counter()
    with transaction.atomic():
        errors += _not_to_give(rows, actor)
        if not errors:
            known = _known(brand, rows)
            for row in rows:
                try:
                    for group in row.groups:
                        counts[_take(row, group, known.get(row.email), actor)] += 1
                except GroupsError as error:
                    errors.append(Finding(row.line, error.sentence))
                    break
        if dry_run or errors:
            transaction.set_rollback(True)
    errors.sort(key=lambda finding: finding.line)
    return PeopleImportReport(
        rows=len(found),
        invited=counts["invited"],
        added=counts["added"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        errors=tuple(errors[:SHOWN_FINDINGS]),
        error_count=len(errors),
    )


def _take(row: PersonRow, group: Group, user: User | None, actor: User) -> str:
    """Gives one role in one group, or offers it, and tells which."""
    if user is None:
        invite(group=group, email=row.email, name=row.name, role=row.role, actor=actor)
        return "invited"
    own = (membership for membership in user.memberships.all() if membership.delegated_from_id is None)
    held = {membership.group_id: membership for membership in own}
    before = held.get(group.pk)
    if before is not None and before.role_id == row.role.pk and before.until is None:
        return "unchanged"
    give_role(user=user, group=group, role=row.role, actor=actor)
    return "added" if before is None else "changed"


def _known(brand: Brand, rows: Iterable[PersonRow]) -> Mapping[str, User]:
    """Gives the people of the brand who are named, by address; what they hold is read with them."""
    named = people_of(brand).filter(email__in={row.email for row in rows}, is_active=True)
    return {user.email: user for user in named.prefetch_related("memberships")}


def _not_to_give(rows: Iterable[PersonRow], actor: User) -> list[Finding]:
    """Gives the rows with a role that the actor may not give there; asked once for each role in each group."""
    answers: dict[tuple[object, object], str] = {}
    findings = []
    for row in rows:
        for group in row.groups:
            key = (group.pk, row.role.pk)
            if key not in answers:
                answers[key] = _refusal(actor, group, row.role)
            if answers[key]:
                findings.append(Finding(row.line, answers[key]))
                break
    return findings


def _refusal(actor: User, group: Group, role: BrandRole) -> str:
    try:
        demand_may_give(actor, group, role, to=None)
    except GroupsError as error:
        return error.sentence
    return ""


def _read(file: BinaryIO, brand: Brand) -> Iterator[PersonRow | Finding]:
    limits = Limits(FILE_BYTES, CELL_CHARACTERS)
    table = reading.detect(file, limits)
    headers = ["_".join(header.lower().split()) for header in table.headers]
    if missing := [name for name in REQUIRED if name not in headers]:
        raise FileUnreadable(
            _("The file lacks the columns %(missing)s. It needs %(required)s and may have name.")
            % {"missing": ", ".join(missing), "required": ", ".join(REQUIRED)}
        )
    roles = {name.casefold(): role for role in brand.roles.all() for name in (role.key, role.label)}
    groups = {group.code: group for group in Group.objects.filter(brand=brand).select_related("brand")}
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(reading.rows(file, table, limits), start=1):
        if number > MOST_ROWS:
            raise FileUnreadable(
                _("A file takes at most %(most)s people. Split it, and import the parts one after the other.")
                % {"most": MOST_ROWS}
            )
        if isinstance(row, BadRow):
            yield Finding(row.line, str(row.reason.label) + ".")
        else:
            yield _row(row.line, dict(zip(headers, row.cells, strict=True)), roles, groups, seen)


def _row(
    line: int,
    cells: Mapping[str, str],
    roles: Mapping[str, BrandRole],
    groups: Mapping[str, Group],
    seen: dict[tuple[str, str], int],
) -> PersonRow | Finding:
    try:
        texts = {name: cleaning.text(cells.get(name, "")) for name in COLUMNS}
    except CellRefused:
        return Finding(line, str(RejectReason.CONTROL_CHARACTER.label) + ".")
    email = texts["email"].lower()
    role = roles.get(texts["role"].casefold())
    codes = dict.fromkeys(code for code in re.split(r"[\s,;]+", texts["groups"]) if code)
    unknown = [code for code in codes if code not in groups]
    repeated = [code for code in codes if (email, code) in seen]
    if not is_address(email):
        return Finding(line, _("“%(email)s” is no email address.") % {"email": texts["email"]})
    if role is None:
        known = ", ".join(sorted({one.label for one in roles.values()}))
        return Finding(
            line, _("There is no role “%(role)s”. There are: %(known)s.") % {"role": texts["role"], "known": known}
        )
    if not codes:
        return Finding(line, _("The column groups is empty. Write the codes of the groups."))
    if unknown:
        return Finding(line, _("There is no group with the code %(codes)s.") % {"codes": ", ".join(unknown)})
    if repeated:
        return Finding(
            line,
            _("%(email)s has a role in %(code)s in line %(before)s already.")
            % {"email": email, "code": repeated[0], "before": seen[email, repeated[0]]},
        )
    seen.update({(email, code): line for code in codes})
    return PersonRow(line, email, texts["name"][:120], role, tuple(groups[code] for code in codes))
