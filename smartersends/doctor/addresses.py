"""Addresses: the public one, and whether each brand can be reached at its own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from groups.addresses import is_loopback
from groups.brands.hosts import is_let_in, portals_host
from groups.models import Brand
from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.settings.environment import PRODUCTION


def look_at_public_address() -> Iterator[Finding]:
    """Looks whether the address has a shape that the recipients of mails can reach; nobody is asked."""
    parts = urlsplit(settings.PUBLIC_URL)
    remedy = "Set PUBLIC_URL to the address that recipients reach, such as https://mail.example.com."
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield wrong(f"PUBLIC_URL is no address: {settings.PUBLIC_URL}", remedy)
        return
    if is_loopback(settings.PUBLIC_URL):
        sentence = "PUBLIC_URL is this machine itself: images and unsubscribe links of mails lead nowhere."
        yield wrong(sentence, remedy) if PRODUCTION else odd(sentence, remedy)
    elif parts.scheme == "http" or "." not in parts.hostname:
        yield wrong(f"PUBLIC_URL cannot be reached safely from outside: {settings.PUBLIC_URL}", remedy)
    elif parts.path or parts.query:
        yield wrong("PUBLIC_URL has a path; the portal lives at the root of its host.", remedy)
    else:
        yield fine(f"PUBLIC_URL is {settings.PUBLIC_URL}.")
    if not is_let_in(portals_host()):
        yield wrong(
            f"ALLOWED_HOSTS does not name {portals_host()}, the host of PUBLIC_URL: every page there is refused.",
            "Add it to ALLOWED_HOSTS.",
        )


def look_at_brands() -> Iterator[Finding]:
    """Looks whether each brand has an address under which the portal answers."""
    brands = list(Brand.objects.order_by("slug"))
    if not brands:
        yield odd("There is no brand yet.", "Make one: `python manage.py add_member` and the README say how.")
    for brand in brands:
        if brand.host_name and not is_let_in(brand.host_name):
            yield wrong(
                f"{brand.slug} lives at {brand.host_name}, which ALLOWED_HOSTS does not name.",
                "Add it to ALLOWED_HOSTS, and its https:// address to CSRF_TRUSTED_ORIGINS.",
            )
        elif brand.host_name:
            yield fine(f"{brand.slug} lives at {brand.host_name}.")
    homeless = [brand.slug for brand in brands if not brand.host_name]
    if settings.DEFAULT_BRAND and settings.DEFAULT_BRAND not in {brand.slug for brand in brands}:
        yield wrong(f"DEFAULT_BRAND names {settings.DEFAULT_BRAND}, which does not exist.", "Name a brand's slug.")
    elif len(brands) > 1 and not settings.DEFAULT_BRAND and homeless:
        yield wrong(
            f"Nobody can reach {', '.join(homeless)}: there are several brands, and it has no host name of its own.",
            "Set DEFAULT_BRAND, or give each brand a host name on its page.",
        )
    elif lost := [slug for slug in homeless if settings.DEFAULT_BRAND and slug != settings.DEFAULT_BRAND]:
        yield wrong(
            f"Nobody can reach {', '.join(lost)}: without a host name, only {settings.DEFAULT_BRAND} has a home.",
            "Give each brand a host name on its page.",
        )
