"""The rows of one transaction, sorted into people, people who come several times, and rejects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from groups.audiences.imports.columns import Columns, Person, Reject
from groups.audiences.imports.staging import Packed, pack
from groups.audiences.imports.tables import BadRow, Row


@dataclass(slots=True)
class Chunk:
    """Some thousand rows.

    `single` are the people who stand in the chunk once, in the order of their IDs, so that imports that run at once
    take them in the same order; `sources` are their rows. `repeated` are the others with their
    rows, in the order of the file.
    """

    rows: int = 0
    single: list[Person] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    repeated: dict[str, list[tuple[Row, Person]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    set_aside: set[int] = field(default_factory=set)
    packed: Packed = field(default_factory=Packed)

    @property
    def single_rows(self) -> int:
        """How many people are laid into the table as they are."""
        return len(self.single) - len(self.set_aside)

    def set_apart(self, positions: Sequence[int]) -> None:
        """Counts people of these places among those who come several times: an earlier chunk had them."""
        for position in positions:
            self.set_aside.add(position)
            person = self.single[position]
            self.repeated[person.external_id] = [(self.sources[position], person)]


def chunks(rows: Iterable[Row | BadRow], columns: Columns, size: int) -> Iterator[Chunk]:
    """Yields the rows of a file in chunks, ready to be written."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield chunk_of(batch, columns)


def chunk_of(batch: list[Row | BadRow], columns: Columns) -> Chunk:
    """Sorts some rows."""
    chunk = Chunk(rows=len(batch))
    people: dict[str, tuple[Row, Person]] = {}
    read, repeated = columns.read, chunk.repeated
    for row in batch:
        found = read(row)
        if isinstance(found, Reject):
            chunk.rejects.append(found)
            continue
        assert isinstance(row, Row)
        external_id = found.external_id
        if external_id in repeated:
            repeated[external_id].append((row, found))
        elif external_id in people:
            repeated[external_id] = [people.pop(external_id), (row, found)]
        else:
            people[external_id] = (row, found)
    for external_id in sorted(people):
        row, person = people[external_id]
        chunk.single.append(person)
        chunk.sources.append(row)
    chunk.packed = pack(chunk.single)
    return chunk
