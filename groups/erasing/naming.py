"""Whether words name somebody who is erased: by their address or ID, or by the hash where the address is not kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused
from groups.erasing.hashing import address_digest, key_of
from groups.erasing.holders import Leftover
from groups.keeping.texts import addresses_in
from groups.models import Brand
from groups.models.contact import STAND_IN

REDACTED: Final = "(erased)"


@dataclass(frozen=True, slots=True)
class Naming:
    """What names somebody: `addresses` and the ID as they are, `digests` of addresses that the brand does not keep."""

    external_id: str
    addresses: tuple[str, ...]
    digests: frozenset[str]
    key: bytes

    @classmethod
    def of(cls, brand: Brand, leftover: Leftover) -> Naming:
        """Gives what names the person of an erasure."""
        key = key_of(brand)
        digests = {address_digest(key, one) for one in leftover.addresses if one.endswith(STAND_IN)}
        kept = tuple(one for one in leftover.addresses if not one.endswith(STAND_IN))
        return cls(leftover.external_id, kept, frozenset(digests), key)

    @property
    def words(self) -> tuple[str, ...]:
        """The words by which rows are found in which the person may stand."""
        return tuple(sorted({*self.addresses, self.external_id} - {""}))

    def is_named_by(self, cell: object) -> bool:
        """Tells whether a cell of a file names the person."""
        said = str(cell).lower()
        if any(re.search(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", said) for address in self.addresses):
            return True
        if self.digests and any(map(self._is_theirs, (*addresses_in(said), _as_address(str(cell))))):
            return True
        try:
            return cleaning.text(str(cell)) == self.external_id
        except CellRefused:
            return False

    def redacted(self, text: str) -> str:
        """Gives a text, such as what Braze wrote, without the addresses and the ID of the person."""
        theirs = {found for found in addresses_in(text) if self._is_theirs(found)} if self.digests else set()
        for word in sorted({*self.words, *theirs}, key=len, reverse=True):
            place = text.lower().find(word.lower())
            while place >= 0:
                text = text[:place] + REDACTED + text[place + len(word) :]
                place = text.lower().find(word.lower(), place + len(REDACTED))
        return text

    def _is_theirs(self, address: str) -> bool:
        return address_digest(self.key, address) in self.digests


def _as_address(cell: str) -> str:
    try:
        return cleaning.address(cell)
    except CellRefused:
        return ""
