"""The way through a brand's identity provider and back, for people who are not signed in yet."""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from groups.models import SignOnKind
from groups.signin.sso import oidc, saml
from groups.signin.sso.adapter import provider_of, refusal_page, sign_on_of
from groups.signin.sso.identify import SignOnRefused

# The answer of a SAML provider is posted from its page, so that the browser leaves the session cookie out (SameSite).
# It waits here for the next request, which carries both cookies.
ANSWER_COOKIE = "saml-answer"
ANSWER_SECONDS = 120


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Sends a person to the identity provider of the brand."""
    sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
    provider = provider_of(request, sign_on)
    protocol = saml if sign_on.kind == SignOnKind.SAML else oidc
    try:
        answer: HttpResponse = protocol.begin(request, provider, get_next_redirect_url(request))
    except (RequestException, OAuth2Error, KeyError, ValueError):
        sentence = _("Your company's sign-in does not answer. Try again later, or tell an admin.")
        return refusal_page(request, SignOnRefused(sentence))
    return answer


@never_cache
@require_GET
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Takes what an OpenID Connect provider gave a person to bring back."""
    sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
    if sign_on.kind != SignOnKind.OIDC:
        raise Http404
    try:
        login = oidc.finish(request, provider_of(request, sign_on))
    except SignOnRefused as refusal:
        return refusal_page(request, refusal)
    answer: HttpResponse = complete_social_login(request, login)
    return answer


@csrf_exempt
@never_cache
@require_POST
def saml_answer(request: HttpRequest) -> HttpResponse:
    """Takes a SAML provider's answer; one that cannot be trusted leaves nothing behind."""
    sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
    if sign_on.kind != SignOnKind.SAML:
        raise Http404
    encoded = request.POST.get("SAMLResponse", "")
    try:
        saml.check(request, provider_of(request, sign_on), encoded)
    except SignOnRefused as refusal:
        return refusal_page(request, refusal)
    waiting = SessionStore()
    waiting.set_expiry(ANSWER_SECONDS)
    waiting["answer"] = encoded
    waiting.create()
    address = reverse("groups:sso-saml-finish")
    response = redirect(address)
    response.set_cookie(
        ANSWER_COOKIE,
        waiting.session_key or "",
        max_age=ANSWER_SECONDS,
        path=address,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_GET
def saml_finish(request: HttpRequest) -> HttpResponse:
    """Lets the person in whom the waiting answer names, if this browser asked for it."""
    sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
    if sign_on.kind != SignOnKind.SAML:
        raise Http404
    waiting = SessionStore(request.COOKIES.get(ANSWER_COOKIE))
    encoded = waiting.get("answer", "")
    waiting.delete()
    try:
        login = saml.finish(request, provider_of(request, sign_on), sign_on.brand, encoded)
    except SignOnRefused as refusal:
        return refusal_page(request, refusal)
    answer: HttpResponse = complete_social_login(request, login)
    answer.delete_cookie(ANSWER_COOKIE, path=reverse("groups:sso-saml-finish"))
    return answer


@require_GET
def saml_metadata(request: HttpRequest) -> HttpResponse:
    """Gives the portal's SAML metadata."""
    if not saml.IS_AVAILABLE:
        raise Http404
    return HttpResponse(saml.metadata(request), content_type="application/samlmetadata+xml")
