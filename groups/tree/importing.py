"""Growing a brand's tree of groups from a file, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.db import transaction

from groups import audit
from groups.models import Brand, Group, GroupKind, GroupPath, User
from groups.people.admins import lock_people
from groups.tree.field_columns import own_columns, store_own
from groups.tree.placing import Tree
from groups.tree.rows import Finding, GroupRow, read
from groups.tree.rules import PERSONAL
from groups.tree.services import add_group
from groups.variations.warnings import variation_warnings

ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class GroupImportReport:
    """What a file of groups changed, or would change in a dry run; with errors nothing was changed."""

    regions_added: int
    added: int
    updated: int
    unchanged: int
    errors: tuple[Finding, ...]
    warnings: tuple[str, ...]


def import_groups(*, brand: Brand, file: BinaryIO, actor: User | None, dry_run: bool = False) -> GroupImportReport:
    """Adds and updates the groups of a CSV file, by code, and the regions that are missing; all of it or nothing.

    A row names the group above it by its code (`parent`), of the brand or of the file, or its region by name: that
    stands below the brand's own group. A column that is called as the key of one of the brand's own fields says what
    the group says of it. Running a file twice changes nothing the second time. A dry run reports the
    same and changes nothing. Raises `FileUnreadable` where the file as a whole is no such table. The caller has checked
    that the actor manages the brand's groups.
    """
    found = list(read(file, own_columns(brand)))
    errors = [item for item in found if isinstance(item, Finding)]
    rows = [item for item in found if isinstance(item, GroupRow)]
    regions = added = updated = 0
    changed: dict[Group, dict[str, str]] = {}
    warnings: tuple[str, ...] = ()
    with transaction.atomic():
        lock_people(brand)
        root = _root(brand, actor)
        groups = {group.code: group for group in Group.objects.filter(brand=brand)}
        tree = Tree(groups, rows, root)
        errors += tree.findings(rows)
        if not errors:
            by_code = {row.code: row for row in rows}
            changed = _changed(rows, groups)
            made = _add(brand, tree, by_code, groups, actor)
            regions = sum(1 for group in made if group.code not in by_code)
            added = len(made) - regions
            _update(changed, actor)
            own_changed = store_own(rows, groups, actor) - {group.pk for group in made}
            updated = len({group.pk for group in changed} | own_changed)
            warnings = variation_warnings(brand)
        if dry_run or errors:
            transaction.set_rollback(True)
    return GroupImportReport(
        regions_added=regions,
        added=added,
        updated=updated,
        unchanged=0 if errors else len(rows) - added - updated,
        errors=tuple(sorted(errors, key=lambda finding: finding.line)),
        warnings=warnings,
    )


def _root(brand: Brand, actor: User | None) -> Group:
    root = Group.objects.filter(brand=brand, parent=None).first()
    return root or add_group(
        brand=brand, parent=None, code=brand.slug, name=brand.name, kind=GroupKind.BRAND, actor=actor
    )


def _changed(rows: Sequence[GroupRow], groups: Mapping[str, Group]) -> dict[Group, dict[str, str]]:
    """Writes what the rows say into the groups that there are, and gives those that differ as they were."""
    changed: dict[Group, dict[str, str]] = {}
    for row in rows:
        group = groups.get(row.code)
        names = [] if group is None else [name for name, value in row.fields.items() if getattr(group, name) != value]
        if group is not None and names:
            changed[group] = {name: str(getattr(group, name)) for name in names}
            for name in names:
                setattr(group, name, row.fields[name])
    return changed


def _update(changed: Mapping[Group, Mapping[str, str]], actor: User | None) -> None:
    names = sorted({name for fields in changed.values() for name in fields})
    if names:
        Group.objects.bulk_update(changed, names, batch_size=ROWS_AT_ONCE)
    for group, before in changed.items():
        after = {name: str(getattr(group, name)) for name in before}
        audit.record(
            "group.updated", actor=actor, target=group, group=group, before=before, after=after, not_kept=PERSONAL
        )


def _add(
    brand: Brand, tree: Tree, rows: Mapping[str, GroupRow], groups: dict[str, Group], actor: User | None
) -> list[Group]:
    """Adds the new groups of a tree with their lines of the closure table, and gives them."""
    made = []
    for place in tree.new():
        fields = rows[place.code].fields if place.code in rows else {"name": place.name}
        group = Group(brand=brand, parent=groups[place.above], code=place.code, kind=place.kind, **fields)
        groups[place.code] = group
        made.append(group)
    Group.objects.bulk_create(made, batch_size=ROWS_AT_ONCE)
    GroupPath.objects.bulk_create(
        (
            GroupPath(ancestor=groups[code], descendant=group, depth=depth)
            for group in made
            for depth, code in enumerate(tree.line(group.code))
        ),
        batch_size=ROWS_AT_ONCE,
    )
    for group in made:
        audit.record("group.added", actor=actor, target=group, group=group, code=group.code)
    return made
