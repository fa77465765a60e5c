"""Growing a brand's tree of groups, one by one and from a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, TypedDict, Unpack, cast

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import Brand, Group, GroupKind, GroupPath, User
from groups.people.roles import ship_roles
from groups.tree.rows import Finding, GroupRow, read

LEVELS: Final = 5
VARIATIONS: Final = 8
# People stand behind these; the audit trail tells that they were changed, not what they were.
PERSONAL: Final = frozenset({"phone", "email", "manager", "sender_name", "sender_address", "reply_to"})


class GroupFields(TypedDict, total=False):
    """The fields of a group besides its place in the tree and its name."""

    street: str
    postal_code: str
    city: str
    country: str
    phone: str
    email: str
    manager: str
    language: str
    time_zone: str
    sender_name: str
    sender_address: str
    reply_to: str
    variation_id: str
    review_policy: str


class _Named(GroupFields):
    name: str


@dataclass(frozen=True, slots=True)
class GroupImportReport:
    """What a file of groups changed, or would change in a dry run; with errors nothing was changed."""

    regions_added: int
    added: int
    updated: int
    unchanged: int
    errors: tuple[Finding, ...]
    warnings: tuple[str, ...]


@transaction.atomic
def add_group(
    *,
    brand: Brand,
    parent: Group | None,
    code: str,
    name: str,
    kind: GroupKind,
    actor: User | None,
    **fields: Unpack[GroupFields],
) -> Group:
    """Adds a group below `parent` (None: the brand's own) and its lines of the closure table.

    Raises `InputRefused` for a code that is taken, a second root, a parent of another brand, and a sixth level.
    """
    if parent is not None and parent.brand_id != brand.pk:
        raise InputRefused(_("The group above belongs to another brand."))
    if parent is None and Group.objects.filter(brand=brand, parent=None).exists():
        raise InputRefused(_("The brand has its own group already. Say which group the new one stands below."))
    if Group.objects.filter(brand=brand, code=code).exists():
        raise InputRefused(_("The code %(code)s is taken by another group of the brand.") % {"code": code})
    above = GroupPath.objects.filter(descendant=parent).order_by("depth") if parent else GroupPath.objects.none()
    if above.count() >= LEVELS:
        raise InputRefused(_("The tree takes %(levels)s levels. Put the group further up.") % {"levels": LEVELS})
    group = Group.objects.create(brand=brand, parent=parent, code=code, name=name, kind=kind, **fields)
    GroupPath.objects.bulk_create(
        [
            GroupPath(ancestor=group, descendant=group, depth=0),
            *(GroupPath(ancestor_id=path.ancestor_id, descendant=group, depth=path.depth + 1) for path in above),
        ]
    )
    if parent is None:
        ship_roles(brand)
    audit.record("group.added", actor=actor, target=group, group=group, code=code)
    return group


def import_groups(*, brand: Brand, file: BinaryIO, actor: User | None, dry_run: bool = False) -> GroupImportReport:
    """Adds and updates the stores of a CSV file, by code, and the regions that are missing; all of it or nothing.

    A region stands below the brand's own group; its code is its name in small letters with hyphens. Running a file
    twice changes nothing the second time. A dry run reports the same and changes nothing. Raises `FileUnreadable`
    where the file as a whole is no such table.
    """
    found = list(read(file))
    errors = [item for item in found if isinstance(item, Finding)]
    rows = [item for item in found if isinstance(item, GroupRow)]
    counts: Counter[str] = Counter()
    warnings: tuple[str, ...] = ()
    with transaction.atomic():
        groups = {group.code: group for group in Group.objects.filter(brand=brand).select_for_update(of=("self",))}
        errors += _misplaced(rows, groups)
        if not errors:
            root = _root(brand, actor)
            for row in rows:
                region_code = _region_code(row.region)
                if region_code not in groups:
                    groups[region_code] = add_group(
                        brand=brand,
                        parent=root,
                        code=region_code,
                        name=row.region,
                        kind=GroupKind.REGION,
                        actor=actor,
                    )
                    counts["region"] += 1
                counts[_take(groups[region_code], row, groups.get(row.code), actor)] += 1
            warnings = variation_warnings(brand)
        if dry_run or errors:
            transaction.set_rollback(True)
    return GroupImportReport(
        regions_added=counts["region"],
        added=counts["added"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        errors=tuple(sorted(errors, key=lambda finding: finding.line)),
        warnings=warnings,
    )


def variation_warnings(brand: Brand) -> tuple[str, ...]:
    """Gives warnings on the brand's message variation IDs: more than 8 of them, or one that several groups share."""
    used: dict[str, list[str]] = {}
    for code, variation_id in (
        Group.objects.filter(brand=brand).exclude(variation_id="").order_by("code").values_list("code", "variation_id")
    ):
        used.setdefault(variation_id, []).append(code)
    warnings = [
        _("The groups %(codes)s share one message variation ID, so Braze reports them as one.")
        % {"codes": ", ".join(codes)}
        for codes in used.values()
        if len(codes) > 1
    ]
    if len(used) > VARIATIONS:
        warnings.append(
            _(
                "The groups use %(count)s message variations. Braze documents %(limit)s for a campaign; check that the "
                "API campaign takes them all."
            )
            % {"count": len(used), "limit": VARIATIONS}
        )
    return tuple(warnings)


def _root(brand: Brand, actor: User | None) -> Group:
    root = Group.objects.filter(brand=brand, parent=None).first()
    return root or add_group(
        brand=brand, parent=None, code=brand.slug, name=brand.name, kind=GroupKind.BRAND, actor=actor
    )


def _region_code(name: str) -> str:
    return (slugify(name) or name)[:40]


def _misplaced(rows: Sequence[GroupRow], groups: Mapping[str, Group]) -> list[Finding]:
    """Gives the rows whose code belongs to something that is no store, or whose region's does to something else."""
    findings = []
    for row in rows:
        region = groups.get(_region_code(row.region))
        if row.code in groups and groups[row.code].kind != GroupKind.STORE:
            findings.append(Finding(row.line, _("The code %(code)s belongs to a region.") % {"code": row.code}))
        elif region is not None and region.kind != GroupKind.REGION:
            findings.append(
                Finding(row.line, _("%(name)s is the code of a group that is no region.") % {"name": row.region})
            )
        elif row.code in groups and (region is None or groups[row.code].parent_id != region.pk):
            findings.append(
                Finding(
                    row.line,
                    _("%(code)s stands in another region. Moving a group is done by hand, because rights move with it.")
                    % {"code": row.code},
                )
            )
    return findings


def _take(region: Group, row: GroupRow, group: Group | None, actor: User | None) -> str:
    """Adds or updates one store and tells which."""
    if group is None:
        add_group(
            brand=region.brand,
            parent=region,
            code=row.code,
            kind=GroupKind.STORE,
            actor=actor,
            **cast("_Named", dict(row.fields)),
        )
        return "added"
    changed = [name for name, value in row.fields.items() if getattr(group, name) != value]
    if not changed:
        return "unchanged"
    before = {name: getattr(group, name) for name in changed}
    after = {name: row.fields[name] for name in changed}
    for name, value in after.items():
        setattr(group, name, value)
    group.save(update_fields=changed)
    audit.record(
        "group.updated",
        actor=actor,
        target=group,
        group=group,
        before=before,
        after=after,
        not_kept=PERSONAL,
        fields=", ".join(changed),
    )
    return "updated"
