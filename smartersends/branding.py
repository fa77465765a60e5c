"""Which brand a host name belongs to, and what every page shows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import translation

from groups.access import remember_rights
from groups.models import Brand, User
from groups.people.acting import SESSION_KEY, acted_member

OWN_PAGES = ("/accounts/", "/account/", "/cover/")
GetResponse = Callable[[HttpRequest], HttpResponse]


def brand_of_host(host: str) -> Brand | None:
    """Gives the brand of a host name, else the default one: `DEFAULT_BRAND`, or the only brand there is."""
    name = host.rsplit(":", 1)[0].lower()
    if found := Brand.objects.filter(host_name=name).first():
        return found
    if settings.DEFAULT_BRAND:
        return Brand.objects.filter(slug=settings.DEFAULT_BRAND).first()
    brands = list(Brand.objects.all()[:2])
    return brands[0] if len(brands) == 1 else None


class BrandMiddleware:
    """Puts the brand of the host name on the request; a host without a brand has no pages but health and sign-in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/health/"):
            return self.get_response(request)
        brand = brand_of_host(request.get_host())
        if brand is None:
            return HttpResponseNotFound(
                "No brand lives at this address. "
                "Ask the operator to give a brand this host name or to set DEFAULT_BRAND.",
                content_type="text/plain",
            )
        request.brand = brand  # type: ignore[attr-defined]
        return self.get_response(request)


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
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Gives every page its brand, the portal's languages, and the nonce under the name that Django 6 gives it."""
    return {
        "brand": getattr(request, "brand", None),
        "portal_languages": settings.LANGUAGES,
        "csp_nonce": getattr(request, "csp_nonce", None),
    }
