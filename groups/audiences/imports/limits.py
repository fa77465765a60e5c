"""When an import is large (catalogue A14): by its rows, or by how often it grows a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction

from groups import audit
from groups.models import ContactImport, Group, GroupPath, ImportLimit, ImportMode, User

# A list of a few people may well grow a hundredfold.
SMALL_LIST: Final = 100
DROP_PERCENT: Final = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """More rows than `rows`, or a list that becomes more than `growth` times as long, are large."""

    rows: int
    growth: int


def limits_of(group: Group) -> Limits:
    """Gives the limits that hold in a group: of the nearest group that has some, else those of the portal."""
    paths = GroupPath.objects.filter(descendant=group, ancestor__import_limit__isnull=False)
    nearest = paths.select_related("ancestor__import_limit").order_by("depth").first()
    if nearest is None:
        return Limits(settings.IMPORT_LARGE_ROWS, settings.IMPORT_LARGE_GROWTH)
    limit: ImportLimit = nearest.ancestor.import_limit
    return Limits(limit.most_rows, limit.most_growth)


def is_large(contact_import: ContactImport) -> bool:
    """Tells whether the rows of a file are many, or many for its list."""
    return is_long(contact_import) or grows_much(contact_import)


def is_long(contact_import: ContactImport) -> bool:
    """Tells whether a file has more rows than the group is used to."""
    return contact_import.rows_total > limits_of(contact_import.audience.group).rows


def grows_much(contact_import: ContactImport) -> bool:
    """Tells whether a list would become many times as long; of a trial its own count is asked."""
    size = contact_import.audience.size
    if size < SMALL_LIST:
        return False
    joining = contact_import.rows_joining if contact_import.rows_done else contact_import.rows_total
    growth = limits_of(contact_import.audience.group).growth
    after = joining + (size - contact_import.rows_leaving)
    return after > growth * size


def drops_much(contact_import: ContactImport) -> bool:
    """Tells whether a replacement takes more than half of the people off its list."""
    if contact_import.mode != ImportMode.REPLACE:
        return False
    size = contact_import.audience.size
    after = size - contact_import.rows_leaving + contact_import.rows_joining
    return after * 100 < size * (100 - DROP_PERCENT)


def set_limit(*, group: Group, rows: int, growth: int, actor: User) -> None:
    """Says from where on an import is large in a group and those below it."""
    before = limits_of(group)
    with transaction.atomic():
        ImportLimit.objects.update_or_create(group=group, defaults={"most_rows": rows, "most_growth": growth})
        audit.record(
            "import.limit_changed",
            actor=actor,
            target=group,
            group=group,
            before={"rows": before.rows, "growth": before.growth},
            after={"rows": rows, "growth": growth},
        )


def clear_limit(*, group: Group, actor: User) -> None:
    """Lets the limits of the next group above hold again."""
    before = limits_of(group)
    with transaction.atomic():
        removed, _rows = ImportLimit.objects.filter(group=group).delete()
        if removed:
            after = limits_of(group)
            audit.record(
                "import.limit_changed",
                actor=actor,
                target=group,
                group=group,
                before={"rows": before.rows, "growth": before.growth},
                after={"rows": after.rows, "growth": after.growth},
            )
