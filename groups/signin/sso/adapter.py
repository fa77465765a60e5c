"""allauth's questions about identity providers, answered for the brand of the page."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import Http404, HttpRequest

from groups.models import Brand, SignOnKind, SignOnState, SingleSignOn
from groups.signin.sso.identify import provider_id
from groups.signin.sso.oidc import StrictProvider
from groups.signin.sso.reaching import GuardedSession
from groups.signin.sso.saml import IS_AVAILABLE


def sign_on_of(brand: Brand, kind: SignOnKind | None = None) -> SingleSignOn:
    """Gives a brand's single sign-on, of a kind where one is named; raises `Http404` while it is off or cannot run."""
    found = SingleSignOn.objects.filter(brand=brand).exclude(state=SignOnState.OFF).select_related("brand").first()
    if found is None or kind not in (None, found.kind) or (found.kind == SignOnKind.SAML and not IS_AVAILABLE):
        raise Http404
    return found


def openid_provider(request: HttpRequest, sign_on: SingleSignOn) -> StrictProvider:
    """Gives allauth's provider of a brand's single sign-on, built from the row alone."""
    app = SocialApp(
        provider="openid_connect",
        provider_id=provider_id(sign_on),
        name=sign_on.brand.name[:40],
        client_id=sign_on.client_id,
        secret=sign_on.client_secret,
        settings={"issuer": sign_on.issuer, "server_url": sign_on.issuer.rstrip("/")},
    )
    return StrictProvider(request, app=app)


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Knows one provider, that of the brand of the page."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> StrictProvider:
        """Gives the provider of the brand; raises `Http404` for any other."""
        sign_on = sign_on_of(request.brand, SignOnKind.OIDC)  # type: ignore[attr-defined]
        if provider != provider_id(sign_on):
            raise Http404
        return openid_provider(request, sign_on)

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Gives no app that allauth would offer by itself."""
        return []

    def get_requests_session(self) -> GuardedSession:
        """Gives the session for everything that allauth fetches."""
        return GuardedSession()
