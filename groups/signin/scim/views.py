"""The page of a brand's directory: its tokens, and where the directory finds the portal."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import InputRefused
from groups.http import PortalRequest
from groups.models import Brand, ScimToken
from groups.roles import Permission
from groups.signin.scim.forms import TokenForm
from groups.signin.scim.tokens import create_token, givable_roles, revoke_token


@sensitive_variables()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def directory(request: PortalRequest) -> HttpResponse:
    """Shows the tokens; makes one and shows its text this once."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_USERS)
    roles = givable_roles(request.user, brand)
    form, text = TokenForm(request.POST or None, roles=roles), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, text = create_token(
                brand=brand,
                actor=request.user,
                name=form.cleaned_data["name"],
                roles=form.cleaned_data["roles"],
                email_domains=form.cleaned_data["email_domains"],
            )
        except InputRefused as error:
            form.add_error(None, error.sentence)
        else:
            form = TokenForm(roles=roles)
    context = {
        "form": form,
        "text": text,
        "tokens": ScimToken.objects.filter(brand=brand).select_related("created_by").order_by("-created_at"),
        "address": request.build_absolute_uri("/scim/v2"),
    }
    return render(request, "signin/directory.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def token_revoke(request: PortalRequest, token_id: str) -> HttpResponse:
    """Ends a token."""
    token = access.get(request.user, ScimToken, token_id, Permission.MANAGE_USERS)
    revoke_token(token=token, actor=request.user)
    messages.success(request, _("The token is revoked. The directory can change nothing any more."))
    return redirect("groups:directory")
