"""allauth's questions about identity providers, answered for the brand of the page."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import Provider
from django.http import Http404, HttpRequest
from django.shortcuts import render

from groups.models import Brand, SignOnKind, SignOnState, SingleSignOn
from groups.signin.sso.identify import SignOnRefused, keep_claims, provider_id, resolve
from groups.signin.sso.oidc import StrictProvider
from groups.signin.sso.reaching import GuardedSession
from groups.signin.sso.saml import SamlProvider

PROVIDERS: dict[str, type[Provider]] = {SignOnKind.OIDC: StrictProvider, SignOnKind.SAML: SamlProvider}


def sign_on_of(brand: Brand) -> SingleSignOn:
    """Gives a brand's single sign-on; raises `Http404` while it is off."""
    found = SingleSignOn.objects.filter(brand=brand).exclude(state=SignOnState.OFF).select_related("brand").first()
    if found is None:
        raise Http404
    return found


def provider_of(request: HttpRequest, sign_on: SingleSignOn) -> Provider:
    """Gives allauth's provider of a brand's single sign-on, built from the row alone."""
    app = SocialApp(
        provider="saml" if sign_on.kind == SignOnKind.SAML else "openid_connect",
        provider_id=provider_id(sign_on),
        name=sign_on.brand.name[:40],
        client_id=sign_on.client_id,
        secret=sign_on.client_secret,
        settings={
            "issuer": sign_on.issuer,
            "server_url": sign_on.issuer.rstrip("/"),
            "sign_on_url": sign_on.sign_on_url,
            "certificate": sign_on.certificate,
        },
    )
    return PROVIDERS[sign_on.kind](request, app=app)


class SignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Knows one provider, that of the brand, and lets nobody in whom `identify.resolve` does not name."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        """Gives the provider of the brand; raises `Http404` for any other."""
        sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
        if provider != provider_id(sign_on):
            raise Http404
        return provider_of(request, sign_on)

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Gives no app that allauth would offer by itself."""
        return []

    def get_requests_session(self) -> GuardedSession:
        """Gives the session for everything that allauth fetches."""
        return GuardedSession()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Puts the account of the person on the login, or ends it with a page that says why."""
        sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
        identity = sociallogin.identity
        try:
            account = resolve(sign_on=sign_on, identity=identity)
        except SignOnRefused as refusal:
            if sign_on.tester_id is not None and request.user.pk == sign_on.tester_id:
                keep_claims(sign_on=sign_on, identity=identity, is_let_in=False)
            raise ImmediateHttpResponse(refusal_page(request, refusal)) from refusal
        keep_claims(sign_on=sign_on, identity=identity, is_let_in=True)
        sociallogin.account, sociallogin.user = account, account.user


def refusal_page(request: HttpRequest, refusal: SignOnRefused) -> Any:
    """Says why nobody was let in."""
    return render(request, "signin/sso_refused.html", {"sentence": refusal.sentence}, status=403)
