"""Which addresses may stand in a link or an image."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from braze_client.liquid import contains_liquid

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_ALLOWED = re.compile(r"""[^\s"'<>\\^`{}|\[\]\x00-\x20\x7f-\xa0]+""")
_HOST = re.compile(r"[^\s/@:?#%]+\.[^\s/@:?#%.]+|localhost|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)


def link_problem(url: str, *, domains: Iterable[str] = (), schemes: Iterable[str] = LINK_SCHEMES) -> str:
    """Returns why an address cannot be linked to, as a finding's code, or an empty text.

    The codes: `url_malformed`, `url_scheme`, `url_liquid`, `url_domain` (a domain covers its subdomains).
    """
    if contains_liquid(url) or "[[" in url or "]]" in url:
        return "url_liquid"
    if _ALLOWED.fullmatch(url) is None:
        return "url_malformed"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "url_malformed"
    if parts.scheme not in schemes:
        return "url_scheme"
    if parts.scheme not in {"http", "https"}:
        return "" if parts.path and not parts.netloc else "url_malformed"
    if "@" in parts.netloc or _HOST.fullmatch(host) is None:
        return "url_malformed"
    allowed = tuple(domain.lower() for domain in domains)
    if allowed and not any(host == domain or host.endswith(f".{domain}") for domain in allowed):
        return "url_domain"
    return ""


def link_or_empty(url: str) -> str:
    """Returns the address where it may be linked to, else an empty text."""
    return "" if link_problem(url) else url
