"""The way through a brand's identity provider and back, for people who are not signed in yet."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from groups.models import SignOnKind, SingleSignOn
from groups.signin.sso import oidc, saml
from groups.signin.sso.adapter import openid_provider, sign_on_of
from groups.signin.sso.identify import Identity, SignOnRefused, keep_claims, resolve

# The answer of a SAML provider is posted from its page, so that the browser leaves the session cookie out (SameSite).
# It waits here for the next request, which carries both cookies.
ANSWER_COOKIE = "saml-answer"
ANSWER_SECONDS = 120


@never_cache
@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Sends a person to the identity provider of the brand."""
    sign_on = sign_on_of(request.brand)  # type: ignore[attr-defined]
    next_url = get_next_redirect_url(request)
    try:
        if sign_on.kind == SignOnKind.SAML:
            return saml.begin(request, sign_on, next_url)
        return oidc.begin(request, openid_provider(request, sign_on), next_url)
    except (RequestException, OAuth2Error, KeyError, ValueError):
        sentence = _("Your company's sign-in does not answer. Try again later, or tell an admin.")
        return _refuse(request, SignOnRefused(sentence))


@never_cache
@require_GET
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Takes what an OpenID Connect provider gave a person to bring back."""
    sign_on = sign_on_of(request.brand, SignOnKind.OIDC)  # type: ignore[attr-defined]
    try:
        identity, next_url = oidc.finish(request, openid_provider(request, sign_on))
        return _let_in(request, sign_on, identity, next_url)
    except SignOnRefused as refusal:
        return _refuse(request, refusal)


@csrf_exempt
@never_cache
@require_POST
def saml_answer(request: HttpRequest) -> HttpResponse:
    """Takes a SAML provider's answer; one that cannot be trusted leaves nothing behind."""
    sign_on = sign_on_of(request.brand, SignOnKind.SAML)  # type: ignore[attr-defined]
    encoded = request.POST.get("SAMLResponse", "")
    try:
        saml.check(request, sign_on, encoded)
    except SignOnRefused as refusal:
        return _refuse(request, refusal)
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
    sign_on = sign_on_of(request.brand, SignOnKind.SAML)  # type: ignore[attr-defined]
    waiting = SessionStore(request.COOKIES.get(ANSWER_COOKIE))
    encoded = waiting.get("answer", "")
    waiting.delete()
    try:
        identity, next_url = saml.finish(request, sign_on, encoded)
        answer = _let_in(request, sign_on, identity, next_url)
    except SignOnRefused as refusal:
        answer = _refuse(request, refusal)
    answer.delete_cookie(ANSWER_COOKIE, path=reverse("groups:sso-saml-finish"))
    return answer


@require_GET
def saml_metadata(request: HttpRequest) -> HttpResponse:
    """Gives the portal's SAML metadata."""
    if not saml.IS_AVAILABLE:
        raise Http404
    return HttpResponse(saml.metadata(request), content_type="application/samlmetadata+xml")


def _let_in(request: HttpRequest, sign_on: SingleSignOn, identity: Identity, next_url: str | None) -> HttpResponse:
    """Signs the person in whom an identity belongs to, or asks for their second factor first."""
    is_tester = sign_on.tester_id is not None and request.user.pk == sign_on.tester_id
    try:
        account = resolve(sign_on=sign_on, identity=identity)
    except SignOnRefused:
        if is_tester:
            keep_claims(sign_on=sign_on, identity=identity, is_let_in=False)
        raise
    keep_claims(sign_on=sign_on, identity=identity, is_let_in=True)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    record_authentication(request, account.user, "socialaccount", provider=account.provider, uid=account.uid)
    answer: HttpResponse = perform_login(request, account.user, email_verification="none", redirect_url=next_url)
    return answer


def _refuse(request: HttpRequest, refusal: SignOnRefused) -> HttpResponse:
    return render(request, "signin/sso_refused.html", {"sentence": refusal.sentence}, status=403)
