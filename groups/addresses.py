"""Addresses of the portal as people outside reach them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme

from groups.models import Brand

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def public_url(brand: Brand, path: str) -> str:
    """Gives an address that mails may carry: on the brand's own host name where it has one, else on `PUBLIC_URL`.

    Never taken from a request, whose host name anybody can choose.
    """
    address: str = settings.PUBLIC_URL
    parts = urlsplit(address)
    if not brand.host_name:
        return f"{address}{path}"
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{brand.host_name}{port}", path, "", ""))


def is_own_path(path: str) -> bool:
    """Tells whether a path leads to a page of the portal, whatever a browser may make of it, and never elsewhere."""
    return path.startswith("/") and path.isprintable() and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def is_loopback(address: str) -> bool:
    """Tells whether an address leads to this machine alone, as that of a local Braze does."""
    host = urlsplit(address).hostname or ""
    return host in LOOPBACK or host.endswith(".localhost")
