"""Where the brand's own pictures lie and its own links lead: on the domains that the brand allows (catalogue M11)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.source import Element, RunKind
from campaigns.brandlock.styles import addresses_in
from campaigns.brandlock.tokens import TOKEN

from .page import SOMEWHERE, Page

_COMMENT_ADDRESS = re.compile(r"""\b(?:src|background)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""", re.IGNORECASE)
_PICTURE_ATTRIBUTES = ("src", "background", "poster")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The brand's domains, each with all below it; an empty list allows all. `own_hosts` are always allowed."""

    image_domains: tuple[str, ...] = ()
    link_domains: tuple[str, ...] = ()
    own_hosts: tuple[str, ...] = ()


def pictures(page: Page, allowed: Allowed) -> Iterator[Finding]:
    """Every picture of the brand lies on a domain that it allows."""
    if not allowed.image_domains:
        return
    seen: set[str] = set()
    for element, address in _pictures(page):
        host = _host(address)
        if host and address not in seen and not _covered(host, (*allowed.image_domains, *allowed.own_hosts)):
            seen.add(address)
            message = sentence(
                "This picture lies on %(host)s, which your brand does not allow. Allowed: %(domains)s. Put it into the "
                "portal's images, or ask for the domain to be added to the rules."
            )
            domains = ", ".join(allowed.image_domains)
            yield page.note(element, "image_domain", message, near=address, host=host, domains=domains)


def links(page: Page, allowed: Allowed) -> Iterator[Finding]:
    """Links of the brand usually lead to its own domains; elsewhere may be meant, and is told."""
    if not allowed.link_domains:
        return
    seen = set(_addresses_of_fields(page))
    for link in page.elements:
        address = link.get("href").strip() if link.tag in {"a", "area"} and not page.is_field(link) else ""
        host = _host(address) if address.lower().startswith(("http:", "https:", "//")) else ""
        if host and address not in seen and not _covered(host, (*allowed.link_domains, *allowed.own_hosts)):
            seen.add(address)
            message = sentence("This link leads to %(host)s, which is not among your brand's domains: %(domains)s.")
            domains = ", ".join(allowed.link_domains)
            yield page.note(link, "link_domain", message, blocks=False, near=address, host=host, domains=domains)


def _pictures(page: Page) -> Iterator[tuple[Element | None, str]]:
    """Yields the addresses of everything that is loaded to be seen, with the element that names it."""
    fields = _addresses_of_fields(page)
    for element in page.elements:
        if page.is_field(element):
            continue
        found = [element.get(name).strip() for name in _PICTURE_ATTRIBUTES]
        found += [part.split()[0] for part in element.get("srcset").split(",") if part.strip()]
        found += addresses_in(element.get("style"))
        yield from ((element, address) for address in found if address and address not in fields)
    for run in page.document.runs:
        text = page.html[run.start : run.end]
        if run.kind is RunKind.COMMENT:
            found = [unescape("".join(match)) for match in _COMMENT_ADDRESS.findall(text)] + [*addresses_in(text)]
            yield from ((run.element, address) for address in found if address not in fields)
        elif run.kind is RunKind.RAW:
            yield from ((run.element, address) for address in addresses_in(text))


def _addresses_of_fields(page: Page) -> frozenset[str]:
    """Returns the addresses that stand in a compiled page for what authors and the portal fill in."""
    if page.is_source:
        return frozenset()
    return frozenset({SOMEWHERE, *(f"{SOMEWHERE}{spec.name}" for spec in page.compiled.fields)})


def _host(address: str) -> str:
    """Returns the host of an address; empty where it has none, or begins with what the portal fills in."""
    if TOKEN.match(address):
        return ""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return address


def _covered(host: str, domains: Collection[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
