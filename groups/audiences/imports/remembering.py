"""What people of a group took a header for the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groups.audiences.imports.matching import fold
from groups.models import Group, HeaderChoice

HEADER_CHARACTERS = 200


def remembered_by(group: Group) -> dict[str, str]:
    """Gives the target of each header that somebody of the group has chosen for, by its folded form."""
    return dict(HeaderChoice.objects.filter(group=group).values_list("header", "target"))


def remember(group: Group, headers: Sequence[str], mapping: Mapping[int, str]) -> None:
    """Keeps what the headers of a file were taken for; an empty target for those that were left out."""
    chosen: dict[str, str] = {}
    for position, header in enumerate(headers):
        if folded := fold(header)[:HEADER_CHARACTERS]:
            chosen.setdefault(folded, mapping.get(position, ""))
    HeaderChoice.objects.bulk_create(
        [HeaderChoice(group=group, header=header, target=target) for header, target in sorted(chosen.items())],
        update_conflicts=True,
        unique_fields=["group", "header"],
        update_fields=["target"],
    )
