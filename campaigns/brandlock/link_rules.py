"""What is said of the links in a field's value: where they lead, and whether their words name the same place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from .context import RenderContext
from .fields import FieldSpec
from .findings import Finding, sentence
from .links import link_problem, names_host, shown_host
from .sanitise import plain_text
from .tokens import TOKEN

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_LINE_END = re.compile(r"<br>|</(?:p|li)>")
_MESSAGES = {
    "url_liquid": sentence(
        "The link of %(label)s holds a placeholder or Liquid; personal values never travel in links."
    ),
    "url_malformed": sentence(
        "The link of %(label)s is no address that can be opened. Write it like https://www.example.com/page."
    ),
    "url_scheme": sentence("The link of %(label)s begins with neither https:// nor mailto: nor tel:."),
    "url_domain": sentence("The link of %(label)s leads to a site that is not allowed here. Allowed: %(domains)s."),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a reader meets it: the address that it leads to, and its visible words, `[[name]]` as written."""

    url: str
    words: str


def links_in(html: str) -> tuple[Link, ...]:
    """Returns the links of sanitised rich text without styles, in order."""
    return tuple(
        Link(unescape(match.group(1)), unescape(plain_text(_LINE_END.sub(" ", match.group(2)))))
        for match in _LINK.finditer(html)
    )


def check_links(spec: FieldSpec, links: Iterable[Link], context: RenderContext) -> Iterator[Finding]:
    """Yields what is wrong with a field's links, each thing once.

    The field's own domains hold, else the brand's (`url_domain`). A link whose words name a host leads to that host or
    below it, and to no other (`link_text_differs`).
    """
    domains = spec.domains or context.link_domains
    seen: set[tuple[str, str]] = set()
    for link in links:
        code, message = link_problem(link.url, domains=domains), ""
        shown = leads_to = ""
        if code:
            message = _MESSAGES[code]
        elif shown := _differing_host(link, context):
            code, leads_to = "link_text_differs", urlsplit(link.url).hostname or urlsplit(link.url).path
            message = sentence(
                "The text of a link in %(label)s shows another address (%(text)s) than the link leads to (%(address)s)."
                " Write words, or the address that it leads to."
            )
        if code and (code, shown) not in seen:
            seen.add((code, shown))
            params = {"label": spec.label, "domains": ", ".join(domains), "text": shown, "address": leads_to}
            yield Finding(code, message, field=spec.name, params=params)


def _differing_host(link: Link, context: RenderContext) -> str:
    """Returns the host that the words name and the link does not lead to, else an empty text."""
    shown = shown_host(TOKEN.sub(lambda match: _filled(match.group(1), match.group(), context), link.words))
    parts = urlsplit(link.url)
    if parts.scheme == "mailto":
        hosts = [unquote(address).rpartition("@")[2] for address in parts.path.split(",")]
    else:
        hosts = [parts.hostname or ""]
    return "" if not shown or all(names_host(shown, host) for host in hosts) else shown


def _filled(name: str, token: str, context: RenderContext) -> str:
    tag = context.merge_tags.get(name)
    return context.portal_value(name) or (tag.sample if tag is not None else token)
