"""Where the groups of a file go in the tree, and what keeps them from standing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.text import slugify
from django.utils.translation import gettext as _

from groups.models import Group, GroupKind
from groups.tree.rows import Finding, GroupRow
from groups.tree.services import LEVELS

CODE_CHARACTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A group that there is, or that the file brings: its parent's code, empty for the brand's own, and its kind."""

    code: str
    above: str
    kind: GroupKind
    name: str
    is_closed: bool = False
    is_new: bool = False


class Tree:
    """The tree as it would be with the rows of a file; `places` are by code."""

    def __init__(self, groups: Mapping[str, Group], rows: Sequence[GroupRow], root: Group) -> None:
        codes = {group.pk: code for code, group in groups.items()}
        self.places: dict[str, Place] = {
            code: Place(
                code,
                codes[group.parent_id] if group.parent_id else "",
                GroupKind(group.kind),
                group.name,
                is_closed=group.closed_at is not None,
            )
            for code, group in groups.items()
        }
        named = {above(row) for row in rows}
        for row in rows:
            kind = GroupKind.REGION if row.code in named else GroupKind.STORE
            self.places.setdefault(row.code, Place(row.code, above(row), kind, row.fields["name"], is_new=True))
        for row in rows:
            if not row.parent:
                region = Place(above(row), root.code, GroupKind.REGION, row.region, is_new=True)
                self.places.setdefault(region.code, region)

    def new(self) -> list[Place]:
        """Gives the groups that are to be added, each after the one above it."""
        added = [place for place in self.places.values() if place.is_new]
        return sorted(added, key=lambda place: len(self.line(place.code)))

    def line(self, code: str) -> list[str]:
        """Gives the codes from a group up to the brand's own; of a circle, each once and the first again."""
        line: list[str] = []
        while code in self.places and code not in line:
            line.append(code)
            code = self.places[code].above
        return [*line, code] if code else line

    def findings(self, rows: Sequence[GroupRow]) -> list[Finding]:
        """Gives what is wrong with the place of a row, one finding a row at most."""
        found = ((row.line, next(self._problems(row), "")) for row in rows)
        return [Finding(line, sentence) for line, sentence in found if sentence]

    def _problems(self, row: GroupRow) -> Iterator[str]:
        yield from self._by_parent(row) if row.parent else self._by_region(row)
        line = self.line(row.code)
        if len(set(line)) != len(line):
            yield _("The groups above %(code)s run in a circle: %(line)s.") % {
                "code": row.code,
                "line": " < ".join(line),
            }
        elif len(line) > LEVELS:
            yield _("The tree takes %(levels)s levels. Put the group further up.") % {"levels": LEVELS}
        upper = self.places.get(above(row))
        if upper is not None and upper.is_closed and self.places[row.code].is_new:
            yield _("%(group)s is closed. Nothing can be added to it any more.") % {"group": upper.name}

    def _by_parent(self, row: GroupRow) -> Iterator[str]:
        place, upper = self.places[row.code], self.places.get(row.parent)
        if upper is None:
            yield _("There is no group %(code)s, neither in the brand nor in this file.") % {"code": row.parent}
        elif place.above != row.parent:
            yield _(
                "%(code)s stands below another group. Moving a group is done by hand, because rights move with it."
            ) % {"code": row.code}
        elif place.is_new and place.kind == GroupKind.REGION and upper.kind == GroupKind.STORE:
            yield _("%(parent)s is a store. A region stands below head office or below another region.") % {
                "parent": upper.name
            }

    def _by_region(self, row: GroupRow) -> Iterator[str]:
        place, region = self.places[row.code], self.places[above(row)]
        if place.kind != GroupKind.STORE:
            yield _("The code %(code)s belongs to a region.") % {"code": row.code}
        elif region.kind != GroupKind.REGION:
            yield _("%(name)s is the code of a group that is no region.") % {"name": row.region}
        elif place.above != region.code:
            yield _(
                "%(code)s stands in another region. Moving a group is done by hand, because rights move with it."
            ) % {"code": row.code}


def above(row: GroupRow) -> str:
    """Gives the code of the group above; that of a region is its name in small letters with hyphens."""
    return row.parent or (slugify(row.region) or row.region)[:CODE_CHARACTERS]
