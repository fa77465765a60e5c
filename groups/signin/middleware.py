"""Who is signed in may still have to do something first, or be signed in at another brand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from groups.models import User
from groups.signin.second_factor import owes_second_factor

# The brand on whose pages a session was begun.
BRAND_KEY: Final = "sign_in_brand"

# What somebody who owes a second factor can open: setting one up, and going away; what is public stays public.
OPEN_PAGES: Final = frozenset(
    {
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "brand-css",
        "media",
        "set-language",
        "groups:unsubscribe",
    }
)


class SignInMiddleware:
    """Leads people who owe a second factor to setting one up, and keeps a session to the brand that it began at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        brand = getattr(request, "brand", None)
        if brand is not None and request.session.get(BRAND_KEY, str(brand.pk)) != str(brand.pk):
            logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Turns a page away that has to wait; htmx is told to load the other page as a whole."""
        user, match = request.user, request.resolver_match
        brand = getattr(request, "brand", None)
        if not isinstance(user, User) or brand is None or match is None or match.view_name in OPEN_PAGES:
            return None
        # Whoever acts as somebody answers for themselves.
        if not owes_second_factor(user.acted_by or user, brand):
            return None
        address = reverse("mfa_index")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        messages.warning(request, _("Your role needs a second factor. Set one up now, then everything is open."))
        return HttpResponseRedirect(address)
