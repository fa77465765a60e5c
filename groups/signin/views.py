"""A person's own account, and what a brand demands of the people who sign in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.api.tokens import may_use_tokens
from groups.http import PortalRequest
from groups.models import Brand, SecondFactorDemand
from groups.roles import Permission
from groups.signin import services
from groups.signin.forms import AccountForm, DemandForm
from groups.signin.queries import devices_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: PortalRequest) -> HttpResponse:
    """Shows how a person signs in, and where they are signed in; stores their name and language."""
    user = request.user
    form = AccountForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        services.change_account(user=user, name=form.cleaned_data["name"], language=form.cleaned_data["language"])
        messages.success(request, _("Your account is saved."))
        return redirect("groups:account")
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "form": form,
        "has_app": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "devices": devices_of(user, request.session.session_key),
        "has_user_fields": request.brand.user_fields.exists(),
        "may_use_tokens": may_use_tokens(user, request.brand),
    }
    return render(request, "signin/account.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def device_end(request: PortalRequest, device_id: int) -> HttpResponse:
    """Signs one other device out; what is not theirs does not exist."""
    key = request.session.session_key or ""
    if not services.end_device(user=request.user, session_id=device_id, current_key=key):
        raise Http404
    messages.success(request, _("That device is signed out."))
    return redirect("groups:account")


@login_required
@require_POST
def devices_end(request: PortalRequest) -> HttpResponse:
    """Signs every other device out."""
    ended = services.end_other_devices(user=request.user, current_key=request.session.session_key or "")
    messages.success(
        request,
        ngettext("%(ended)s other device is signed out.", "%(ended)s other devices are signed out.", ended)
        % {"ended": ended},
    )
    return redirect("groups:account")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_rules(request: PortalRequest) -> HttpResponse:
    """Shows and stores the roles of the brand that need a second factor."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_USERS)
    demanded = list(SecondFactorDemand.objects.filter(brand=brand).values_list("role_key", flat=True))
    form = DemandForm(request.POST if request.method == "POST" else None, initial={"roles": demanded}, brand=brand)
    if request.method == "POST" and form.is_valid():
        services.demand_second_factor(brand=brand, roles=form.cleaned_data["roles"], actor=request.user)
        messages.success(request, _("Saved. Who has none sets one up at their next page."))
        return redirect("groups:second-factor-rules")
    return render(request, "signin/second_factor_rules.html", {"form": form}, status=422 if form.errors else 200)
