"""Lists of domains: as people type them, one a line, and as brand lock goes by them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.brandlock.duties import Allowed
from campaigns.brandlock.rules import DOMAIN
from campaigns.errors import Refusal
from groups.addresses import public_url
from groups.models import Brand

MOST_DOMAINS = 100
_BETWEEN = re.compile(r"[\s,;]+")


def read_domains(text: str) -> tuple[str, ...]:
    """Gives the domains of a text, each once, in lower case and in the order of the text; raises `Refusal`."""
    found = tuple(dict.fromkeys(word.lower().rstrip(".") for word in _BETWEEN.split(text) if word))
    for domain in found:
        if len(domain) > 253 or DOMAIN.fullmatch(domain) is None:
            raise Refusal(_refusal(domain))
    if len(found) > MOST_DOMAINS:
        raise Refusal(_("A list has at most %(most)d domains. Name the main domain: it covers all below it.") % _MOST)
    return found


def allowed_domains(brand: Brand) -> Allowed:
    """Gives where the brand's templates may take pictures from and lead to; the portal's own hosts are among them."""
    own = (public_url(brand, "/"), settings.PUBLIC_URL, settings.MEDIA_URL)
    hosts = dict.fromkeys(host for address in own if (host := urlsplit(address).hostname))
    return Allowed(tuple(brand.image_domains), tuple(brand.link_domains), tuple(hosts))


_MOST = {"most": MOST_DOMAINS}


def _refusal(written: str) -> str:
    try:
        host = urlsplit(written if "//" in written else f"//{written}").hostname or ""
    except ValueError:
        host = ""
    better = host.removeprefix("*.").removeprefix("www.")
    if better != written and DOMAIN.fullmatch(better):
        return _("“%(written)s” is more than a domain. Write only %(domain)s.") % {
            "written": written[:80],
            "domain": better,
        }
    return _("“%(written)s” is no domain name. Write it like example.com, one a line.") % {"written": written[:80]}
