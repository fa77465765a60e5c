"""What stands for an address where a brand keeps none: its keyed hash, written as an address that no mail can go to.

Addresses are exchanged for their stand-ins where they come in, so that whatever compares addresses (two people with the
same one, whoever must not be mailed, somebody who has moved) compares stand-ins and need not know of it. The address
itself waits among the contact's attributes until Braze has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from groups.erasing.hashing import address_digest, key_of
from groups.models import Brand, Contact
from groups.models.contact import STAND_IN


class Addressed(Protocol):
    """A contact, or as much of one as has its address."""

    @property
    def email(self) -> str:
        """The address, or what stands for it."""

    @property
    def attributes(self) -> Mapping[str, object]:
        """What is here of the person."""


UNTOLD: Final = "@"
"""Where an address waits in `Contact.attributes`; no attribute of a brand can be called so."""


def is_stand_in(address: str) -> bool:
    """Tells whether a text stands for an address that is not kept."""
    return address.endswith(STAND_IN)


def stand_ins_of(brand: Brand) -> Callable[[str], str]:
    """Gives what exchanges addresses for stand-ins; a stand-in stays as it is. Costs one query, and a hash each."""
    key = key_of(brand)

    def stand_in(address: str) -> str:
        return address if is_stand_in(address) else address_digest(key, address) + STAND_IN

    return stand_in


def storing_of(brand: Brand) -> Callable[[str], str]:
    """Gives what turns addresses into what the brand's contacts have: themselves, or their stand-ins.

    Whoever writes what it gives has asked `groups.keeping.standing.hold` with the same brand in the same transaction.
    """
    return str if brand.keeps_contacts else stand_ins_of(brand)


def stored_address(brand: Brand, address: str) -> str:
    """Gives an address as the brand's contacts have it."""
    return storing_of(brand)(address)


def set_address(contact: Contact, address: str) -> None:
    """Gives a contact an address; where the brand keeps none, only until Braze has it."""
    contact.email = stored_address(contact.brand, address)
    if contact.email != address:
        contact.attributes = {**contact.attributes, UNTOLD: address}


def held_address(contact: Addressed) -> str:
    """Gives the address of a contact as far as it is here; empty where Braze alone has it."""
    return str(contact.attributes.get(UNTOLD, "")) if is_stand_in(contact.email) else contact.email
