"""OpenID Connect on top of allauth's provider, with no ID token taken on trust (OpenID Connect Core 3.1.3.7).

allauth makes the request, keeps state and PKCE, and exchanges the code. The signature, the algorithm, issuer, audience,
age and nonce are checked here for every token, also for one that came straight from the token endpoint.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import jwt
import requests
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from groups.signin.sso.identify import Identity, SignOnRefused, untrusted
from groups.signin.sso.reaching import GuardedSession

# Asymmetric alone: with `none` anybody signs, with HS256 whoever knows the client secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS: Final = 60
NEEDED: Final = ["iss", "sub", "aud", "exp", "iat", "nonce"]


class StrictAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth carries no types
    """Talks to the identity provider; its published settings must carry the very issuer that the admin typed in."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's published settings; raises `OAuth2Error` where they speak for another issuer."""
        if not hasattr(self, "_openid_config"):
            provider = self.get_provider()
            with GuardedSession() as session:
                answer = session.get(provider.server_url)
            answer.raise_for_status()
            config = answer.json()
            if not isinstance(config, dict) or config.get("issuer") != provider.app.settings["issuer"]:
                raise OAuth2Error("The settings speak for another issuer.")
            self._openid_config: dict[str, Any] = config
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Gives the address that the provider sends people back to."""
        return request.build_absolute_uri(reverse("groups:sso-oidc-callback"))

    def identity_of(self, id_token: str) -> Identity:
        """Reads an ID token; raises `PyJWTError`, `RequestException`, `OAuth2Error` or a plain error of its shape."""
        app = self.get_provider().app
        header = jwt.get_unverified_header(id_token)
        if header.get("alg") not in ALGORITHMS:
            raise OAuth2Error("The token is signed by no algorithm that is allowed.")
        claims = jwt.decode(
            id_token,
            key=self._key(header).key,
            algorithms=[header["alg"]],
            audience=app.client_id,
            issuer=app.settings["issuer"],
            leeway=LEEWAY_SECONDS,
            options={"require": NEEDED},
        )
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token was made for another client.")
        return Identity(
            issuer=claims["iss"],
            subject=str(claims["sub"]),
            email=str(claims.get("email") or ""),
            is_email_verified=claims.get("email_verified") is True,
            name=str(claims.get("name") or ""),
            nonce=str(claims["nonce"]),
            claims={name: str(value) for name, value in claims.items() if name != "nonce"},
        )

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        with GuardedSession() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if key.public_key_use in (None, "sig")]
        named = [key for key in keys if key.key_id == header.get("kid")]
        if "kid" not in header and len(keys) == 1:
            named = keys
        if len(named) != 1:
            raise OAuth2Error("The token is signed by no key of the provider.")
        return named[0]


class StrictProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth carries no types
    """allauth's provider with our adapter; accounts are none of its business, `identify.resolve` names them."""

    oauth2_adapter_class = StrictAdapter
    pkce_enabled_default = True

    def get_callback_url(self) -> str:
        """Gives the path that the provider sends people back to."""
        return reverse("groups:sso-oidc-callback")


def begin(request: HttpRequest, provider: StrictProvider, next_url: str | None) -> HttpResponse:
    """Sends a person to the provider, with a state and a nonce that hold once, and PKCE."""
    nonce = secrets.token_urlsafe(24)
    answer: HttpResponse = provider.redirect(
        request, process="login", next_url=next_url, auth_params={"nonce": nonce}, nonce=nonce
    )
    return answer


def finish(request: HttpRequest, provider: StrictProvider) -> tuple[Identity, str | None]:
    """Gives who came back, and the page where they wanted to go; raises `SignOnRefused` for any doubt."""
    state = statekit.unstash_state(request, provider_id=provider.sub_id, state_id=request.GET.get("state", ""))
    if state is None:
        raise SignOnRefused(_("This sign-in was used already, or it took too long. Start again."))
    if "code" not in request.GET:
        raise SignOnRefused(_("Your company's sign-in did not let you in. Try again, or ask its help desk."))
    adapter = provider.get_oauth2_adapter(request)
    try:
        client = adapter.get_client(request, provider.app)
        tokens = adapter.get_access_token_data(request, provider.app, client, state.get("pkce_code_verifier"))
        identity = adapter.identity_of(tokens["id_token"])
    except (requests.RequestException, OAuth2Error, jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise untrusted() from error
    if not secrets.compare_digest(identity.nonce, state["nonce"]):
        raise untrusted()
    return identity, state.get("next")
