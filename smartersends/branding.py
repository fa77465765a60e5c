"""Which brand a host name belongs to, in which language its pages speak, and what every page shows of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from groups.access import remember_rights
from groups.brands.hosts import brand_named, is_portals_own
from groups.models import Brand, User
from groups.people.acting import SESSION_KEY, acted_member

OWN_PAGES = ("/accounts/", "/account/", "/cover/")
GetResponse = Callable[[HttpRequest], HttpResponse]


def brand_of_host(host: str) -> Brand | None:
    """Gives the brand of a host name, else the default one: `DEFAULT_BRAND`, or the only brand there is.

    `DEFAULT_BRAND` lives at the portal's own address alone: a name that an operator has let in for another brand, which
    has not taken it yet, shows nobody's pages.
    """
    name = host.rsplit(":", 1)[0].lower()
    if found := brand_named(name):
        return found
    if settings.DEFAULT_BRAND:
        return Brand.objects.filter(slug=settings.DEFAULT_BRAND).first() if is_portals_own(name) else None
    brands = list(Brand.objects.all()[:2])
    return brands[0] if len(brands) == 1 else None


class BrandMiddleware:
    """Puts the brand of the host name on the request; a host without a brand has no pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        brand = brand_of_host(request.get_host())
        if brand is None:
            return HttpResponseNotFound(
                "No brand lives at this address. "
                "Ask the operator to give a brand this host name or to set DEFAULT_BRAND.",
                content_type="text/plain",
            )
        request.brand = brand  # type: ignore[attr-defined]
        return self.get_response(request)


class LanguageMiddleware(LocaleMiddleware):
    """Speaks the language that was chosen in this browser, else the browser's, else the brand's.

    Only what the brand offers counts; of a person who is signed in, their own choice goes over it.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Chooses the language of the answer."""
        brand: Brand | None = getattr(request, "brand", None)
        offered = dict(settings.LANGUAGES if brand is None else brand.offered_languages)
        spoken = settings.LANGUAGE_CODE if brand is None else brand.language
        translation.activate(next((code for code in _wished(request) if code in offered), spoken))
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE


def _wished(request: HttpRequest) -> Iterator[str]:
    """Gives the languages that a request asks for, as the portal knows them, the dearest first."""
    asked = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    asked += [code for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    for code in asked:
        with contextlib.suppress(LookupError):
            yield translation.get_supported_language_variant(code)


class PersonMiddleware:
    """Knows who asks: their language goes over the browser's, their rights end at the brand of the host name.

    What they see is theirs alone, so that no cache may keep it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        brand: Brand | None = getattr(request, "brand", None)
        user.on_pages_of = brand
        # One's own account stays one's own: nobody signs in, or changes a password, as somebody else.
        if brand is not None and SESSION_KEY in request.session and not request.path.startswith(OWN_PAGES):
            user = acted_member(session=request.session, admin=user, brand=brand) or user
            request.user = user
        if request.method in ("GET", "HEAD"):
            remember_rights(user)
        if user.language and (brand is None or user.language in dict(brand.offered_languages)):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Gives every page its brand, the portal's languages, and the nonce under the name that Django 6 gives it."""
    brand: Brand | None = getattr(request, "brand", None)
    return {
        "brand": brand,
        "portal_languages": settings.LANGUAGES if brand is None else brand.offered_languages,
        "csp_nonce": getattr(request, "csp_nonce", None),
    }
