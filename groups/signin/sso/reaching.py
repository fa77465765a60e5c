"""Fetching from a brand's identity provider: HTTPS to public addresses, nothing followed, nothing awaited for long."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

TIMEOUT_SECONDS = 8
MOST_BYTES = 1024 * 1024


class AddressRefused(requests.RequestException):
    """An address that no identity provider of a brand may have."""


def check_address(address: str) -> None:
    """Raises `AddressRefused` for anything but HTTPS to a host in the public internet.

    An admin of a brand types the address in, and this machine goes there: it must not be led into its own network. A
    laptop allows everything (`SSO_ALLOW_INSECURE_PROVIDERS`).
    """
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise AddressRefused("No address of an identity provider.")
    if settings.SSO_ALLOW_INSECURE_PROVIDERS:
        return
    if parts.scheme != "https":
        raise AddressRefused("An identity provider is reached by HTTPS alone.")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise AddressRefused("The host name of the identity provider is not known.") from error
    if not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
        raise AddressRefused("The identity provider lies in a private network.")


class GuardedSession(requests.Session):
    """A session that checks each address, follows no redirect and reads a megabyte at most, for a few seconds."""

    def request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """Sends one request; raises `RequestException` for whatever goes wrong."""
        check_address(url)
        options.update(timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True)
        answer = super().request(method, url, *args, **options)
        text = b""
        for chunk in answer.iter_content(64 * 1024):
            text += chunk
            if len(text) > MOST_BYTES:
                answer.close()
                raise AddressRefused("The answer is longer than any honest one.")
        answer._content = text  # where requests itself puts what it has read
        return answer
