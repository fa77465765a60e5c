"""Which addresses may stand in a link or an image, and which host the words of a link name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from braze_client.liquid import contains_liquid

from .unseen import without_unseen

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_ALLOWED = re.compile(r"""[^\s"'<>\\^`{}|\[\]\x00-\x20\x7f-\xa0]+""")
_HOST = re.compile(r"[^\s/@:?#%]+\.[^\s/@:?#%.]+|localhost|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)
# In words a host ends in a country or a kind of site; with figures alone before that it is a date ("24.Dec").
_HOST_IN_WORDS = re.compile(
    r"(?<![\w.-])(?:(?:[\w-]+\.)+(?:xn--[a-z0-9-]+|[a-z]{2,63})|\d{1,3}(?:\.\d{1,3}){3})(?![\w-])"
)
_DATE = re.compile(r"[\d.]+\.[a-z]+")
# No site ends in these: a word that does names a file.
_FILE_ENDINGS = frozenset(
    {"csv", "docx", "gif", "htm", "html", "ics", "jpeg", "jpg", "pdf", "png", "pptx", "txt", "vcf", "webp", "xlsx"}
)
_WORD_PARTS = re.compile(r"[/?#\\\s]+")


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


def shown_host(words: str) -> str:
    """Returns the first host that a reader finds in words, in lower case, or an empty text.

    An address counts with or without a scheme, and so does an email address; names of files and dates do not. What
    nobody sees, as a soft hyphen or a joiner of no width, hides nothing.
    """
    text = without_unseen(unicodedata.normalize("NFKC", without_unseen(words))).lower()
    for part in _WORD_PARTS.split(text):
        for match in _HOST_IN_WORDS.finditer(part.rpartition("@")[2]):
            host = match.group()
            is_date = _DATE.fullmatch(host) is not None and "://" not in text
            if not is_date and host.rpartition(".")[2] not in _FILE_ENDINGS:
                return host
    return ""


def names_host(shown: str, host: str) -> bool:
    """Tells whether a host in words is the host of a link, or one above it; `www.` makes no difference."""
    wanted, found = (_ascii(name).removeprefix("www.") for name in (shown, host))
    return found == wanted or found.endswith(f".{wanted}")


def _ascii(host: str) -> str:
    """Returns a host as it stands in the domain name system (RFC 3490), in lower case."""
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        return host.lower()
