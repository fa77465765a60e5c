"""Where somebody acts from: set once at the edge of the process, read by the audit trail's pen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from groups.models import Origin

PREFIX_LENGTHS: Final = {4: 24, 6: 48}
PLACE_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Whence:
    """An origin and its place: the network of a page or the API, the name of a command or task; empty if unknown."""

    origin: Origin | None = None
    place: str = ""

    @property
    def is_network(self) -> bool:
        """Tells whether the place is a network."""
        return self.origin in (Origin.PAGE, Origin.API)


_current: ContextVar[Whence] = ContextVar("whence", default=Whence())  # noqa: B039  # it is frozen


def current() -> Whence:
    """Gives where the running code acts from."""
    return _current.get()


def act_from(origin: Origin, place: str) -> Token[Whence]:
    """Says where the running code acts from, until it says something else; gives what takes that back."""
    return _current.set(Whence(origin, place[:PLACE_CHARACTERS]))


@contextmanager
def acting_from(origin: Origin, place: str) -> Iterator[None]:
    """Says where everything inside acts from."""
    token = act_from(origin, place)
    try:
        yield
    finally:
        _current.reset(token)


def client_network(peer: str, forwarded_for: str, trusted_proxies: int) -> str:
    """Gives the network of a client: /24 of an IPv4 address, /48 of an IPv6 one; empty where it cannot be told.

    `forwarded_for` is X-Forwarded-For, which anybody can make up: only as many of its last entries count as there are
    proxies of the portal's own, and the client is the first of those. Without the header it is `peer`, who connected.
    """
    if trusted_proxies and forwarded_for:
        hops = forwarded_for.split(",")
        return _network(hops[-trusted_proxies]) if len(hops) >= trusted_proxies else ""
    return _network(peer)


def _network(address: str) -> str:
    for text in _readings(address.strip()):
        try:
            found = ip_address(text)
        except ValueError:
            continue
        if isinstance(found, IPv6Address):
            # A zone names a card of the machine; an IPv4 address may come in the clothes of an IPv6 one.
            found = found.ipv4_mapped or IPv6Address(int(found))
        return str(ip_network((found, PREFIX_LENGTHS[found.version]), strict=False))
    return ""


def _readings(address: str) -> Sequence[str]:
    """Gives an address as it stands, out of brackets, and without a port; proxies write all three."""
    if address.startswith("["):
        return (address[1:].partition("]")[0],)
    return (address, address.rpartition(":")[0])
