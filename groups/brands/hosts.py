"""Which brand a host name leads to, and which names a brand may have."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db.models import Q
from django.http.request import validate_host
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from groups.addresses import is_loopback
from groups.errors import InputRefused
from groups.models import Brand

_is_domain: Final = DomainNameValidator(accept_idna=False)


def brand_named(host: str) -> Brand | None:
    """Gives the brand whose host name this is, or was; None for one that is nobody's."""
    return Brand.objects.filter(Q(host_name=host) | Q(former_hosts__name=host)).first()


def portals_host() -> str:
    """Gives the host name of `PUBLIC_URL`, where brands without a name of their own live."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def is_portals_own(host: str) -> bool:
    """Tells whether a host name is that of `PUBLIC_URL`, or of this machine itself."""
    return host == portals_host() or is_loopback(f"http://{host}")


def is_let_in(host: str) -> bool:
    """Tells whether the operator lets the portal answer under a host name (`ALLOWED_HOSTS`)."""
    return validate_host(host, settings.ALLOWED_HOSTS)


def host_name_from(text: str) -> str:
    """Gives the host name that a person means, in small ASCII letters; a whole address of a page is understood, too.

    Raises `InputRefused` for what is no domain name.
    """
    words = text.strip().lower().rstrip(".")
    name = (urlsplit(words).hostname or "") if "://" in words else words.partition("/")[0]
    try:
        name = punycode(name)
        _is_domain(name)
    except (UnicodeError, ValidationError) as error:
        raise InputRefused(
            _("“%(text)s” is no domain name. Write it as “mail.example.com”, without a port.") % {"text": text[:80]}
        ) from error
    return name
