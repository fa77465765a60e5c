"""One POST to an address that somebody typed in: pinned to a public address, nothing followed, little read."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from groups.errors import InputRefused
from groups.outgoing import AddressRefused, public_address

MOST_BYTES: Final = 2_000
SHOWN_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address said: its status, and how its words begin; without a status what went wrong."""

    status: int | None
    words: str

    @property
    def is_good(self) -> bool:
        """Whether the event was taken."""
        return self.status is not None and 200 <= self.status < 300


def check_url(url: str) -> None:
    """Raises `InputRefused` for anything but HTTPS to a named host; what the name leads to is asked at each call.

    A laptop allows plain HTTP and private networks (`WEBHOOKS_ALLOW_INSECURE_ADDRESSES`).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputRefused(_("This is no address.")) from error
    schemes = ("https", "http") if settings.WEBHOOKS_ALLOW_INSECURE_ADDRESSES else ("https",)
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise InputRefused(_("Give an address that begins with https://."))
    if parts.username or parts.password or parts.fragment or not url.isprintable() or " " in url:
        raise InputRefused(_("An address without a user name, a password and a # is needed."))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Sends a body to an address, and gives what it said; never raises for what happens on the way."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    pinned = host
    if not settings.WEBHOOKS_ALLOW_INSECURE_ADDRESSES:
        if parts.scheme != "https":
            return Answer(None, "The address does not begin with https://.")
        try:
            pinned = public_address(host, port)
        except AddressRefused as error:
            return Answer(None, str(error))
    shown = f"[{pinned}]" if ":" in pinned else pinned
    target = httpx.URL(url).copy_with(host=shown)
    seconds: float = settings.WEBHOOK_TIMEOUT_SECONDS
    try:
        with (
            httpx.Client(verify=_certificates(), trust_env=False, follow_redirects=False, timeout=seconds) as client,
            client.stream(
                "POST",
                target,
                content=body,
                headers={**headers, "Host": parts.netloc},
                extensions={"sni_hostname": host},
            ) as answer,
        ):
            return Answer(answer.status_code, _beginning_of(answer, time.monotonic() + seconds))
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:SHOWN_CHARACTERS])


def _beginning_of(answer: httpx.Response, until: float) -> str:
    """Reads the first words of an answer; whoever sends them one by one is not waited for."""
    found = b""
    for chunk in answer.iter_raw(MOST_BYTES):
        found += chunk
        if len(found) >= MOST_BYTES or time.monotonic() > until:
            break
    text = found[:MOST_BYTES].decode(errors="replace")
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")[:SHOWN_CHARACTERS]


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
