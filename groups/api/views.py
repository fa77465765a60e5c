"""The page of a person's own API tokens."""

from __future__ import annotations

import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.api.forms import TokenForm
from groups.api.queries import lines_of
from groups.api.tokens import create_token, givable_scopes, may_use_tokens, revoke_token
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import ApiToken


@sensitive_variables()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: PortalRequest) -> HttpResponse:
    """Shows a person's tokens in this brand; makes one and shows its text this once."""
    user, brand = request.user, request.brand
    if not may_use_tokens(user, brand):
        raise Http404
    if request.method == "POST":
        answer: HttpResponse = _made(request)
        return answer
    return _page(request, TokenForm(givable=givable_scopes(user, brand)))


@login_required
@require_POST
def token_revoke(request: PortalRequest, token_id: uuid.UUID) -> HttpResponse:
    """Ends a token of one's own; whoever may use tokens no more may still do that."""
    token = access.get_own(request.user, ApiToken, token_id)
    revoke_token(token=token, actor=request.user)
    messages.success(request, _("The token is revoked. Nothing can be done by it any more."))
    return redirect("groups:account") if not may_use_tokens(request.user, request.brand) else redirect("groups:tokens")


@reauthentication_required  # type: ignore[untyped-decorator]  # a session that was left open makes no token
@sensitive_variables()
def _made(request: PortalRequest) -> HttpResponse:
    givable = givable_scopes(request.user, request.brand)
    form, text = TokenForm(request.POST, givable=givable), ""
    if form.is_valid():
        try:
            _token, text = create_token(
                brand=request.brand,
                user=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=form.days,
            )
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            form = TokenForm(givable=givable)
    return _page(request, form, text)


@sensitive_variables()
def _page(request: PortalRequest, form: TokenForm, text: str = "") -> HttpResponse:
    context = {"form": form, "text": text, "lines": lines_of(request.user)}
    return render(request, "api/token_list.html", context, status=422 if form.errors else 200)
