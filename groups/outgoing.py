"""Where the portal may connect to on somebody's word: public addresses alone, found once and kept to."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# A network of the reader's own may stand behind it: addresses of IPv4 in the clothes of IPv6 (RFC 6052).
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """A host that the portal does not connect to, or whose name nobody knows; the text says which, for a log."""


def public_address(host: str, port: int) -> str:
    """Gives the address of a host to connect to; all that its name leads to must lie in the public internet.

    Whoever connects must connect to exactly this one: a name that is asked for twice may answer otherwise the second
    time. Raises `AddressRefused`.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("The host name is not known.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressRefused("The host lies in a private network.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Tells whether an IP address lies in the public internet, whatever clothes it comes in."""
    found: _Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast
