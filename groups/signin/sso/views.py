"""The page of single sign-on, for admins."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import GroupsError, InputRefused
from groups.http import PortalRequest
from groups.models import Brand, BreakGlassAdmin, SignOnKind, SignOnState, SingleSignOn, User
from groups.people.roles import role_of
from groups.people.sessions import is_by_password
from groups.roles import Permission
from groups.signin.second_factor import with_second_factor
from groups.signin.sso import saml, services
from groups.signin.sso.break_glass import is_password_refused
from groups.signin.sso.forms import SignOnForm
from groups.tree.queries import group_by_code

WORDS: Final = {
    SignOnState.OFF: gettext_lazy("Switch it off"),
    SignOnState.TEST: gettext_lazy("Test it"),
    SignOnState.ON: gettext_lazy("Offer it beside the password"),
    SignOnState.ENFORCED: gettext_lazy("Enforce it"),
}


@sensitive_variables()
@sensitive_post_parameters("client_secret")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_on(request: PortalRequest) -> HttpResponse:
    """Shows and stores the identity provider; what is wrong stands in the summary, and nothing is stored then."""
    brand = _brand(request)
    found = SingleSignOn.objects.filter(brand=brand).select_related("default_group").first()
    form = SignOnForm(request.POST or None, sign_on=found, brand=brand)
    if request.method == "POST" and form.is_valid():
        try:
            _store(request, brand, form)
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("Saved. Try it in test mode before anybody else uses it."))
            return redirect("groups:sso")
    named = set(BreakGlassAdmin.objects.filter(brand=brand).values_list("user_id", flat=True))
    secured = with_second_factor(services.admins_of(brand))
    context = {
        "form": form,
        "sign_on": found,
        "moves": [(to, WORDS[to]) for to in SignOnState if found is not None and _can_move(found, to)],
        "admins": [(one, one.pk in named, one.pk in secured) for one in services.admins_of(brand).order_by("name")],
        "callback": request.build_absolute_uri(reverse("groups:sso-oidc-callback")),
        "entity_id": saml.entity_id(request),
        "answer_address": saml.answer_address(request),
        "begin": request.build_absolute_uri(reverse("groups:sso-begin")),
    }
    return render(request, "signin/sso.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def sign_on_move(request: PortalRequest) -> HttpResponse:
    """Switches single sign-on one step on or off."""
    brand = _brand(request)
    if request.POST.get("to") not in SignOnState.values:
        raise Http404
    to = SignOnState(request.POST["to"])
    try:
        services.move(brand=brand, actor=request.user, to=to, current_session=request.session.session_key or "")
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Single sign-on is now: %(state)s.") % {"state": to.label})
    return _sso_page_or_entrance(request, brand)


@login_required
@require_POST
def break_glass(request: PortalRequest) -> HttpResponse:
    """Names a break-glass admin, or takes that back."""
    brand = _brand(request)
    people = User.objects.filter(memberships__group__brand=brand).distinct()
    user = access.one_of(people, request.POST.get("user", ""))
    try:
        if request.POST.get("remove"):
            key = request.session.session_key or ""
            services.remove_break_glass(brand=brand, user=user, actor=request.user, current_session=key)
        else:
            services.name_break_glass(brand=brand, user=user, actor=request.user)
    except InputRefused as error:
        messages.error(request, error.sentence)
    return _sso_page_or_entrance(request, brand)


def _sso_page_or_entrance(request: PortalRequest, brand: Brand) -> HttpResponse:
    """Leads back to the page; whose own password counts for nothing any more signs in anew, as everybody does."""
    by_password = is_by_password(dict(request.session.items()), str(brand.pk))
    if not (by_password and is_password_refused(request.user, brand)):
        return redirect("groups:sso")
    logout(request)
    messages.success(request, _("Single sign-on is enforced now. Sign in by it, like everybody else."))
    return redirect("account_login")


def _can_move(found: SingleSignOn, to: SignOnState) -> bool:
    """Tells whether a step is offered; what is missing for it besides is said when it is asked for."""
    return found.state in services.MOVES[to] and (to != SignOnState.ON or found.tested_at is not None)


def _brand(request: PortalRequest) -> Brand:
    return access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_USERS)


@sensitive_variables()
def _store(request: PortalRequest, brand: Brand, form: SignOnForm) -> None:
    sent = form.cleaned_data
    group = group_by_code(brand, sent["group_code"]) if sent["group_code"] else None
    services.connect(
        brand=brand,
        actor=request.user,
        connection=services.Connection(
            kind=SignOnKind(sent["kind"]),
            issuer=sent["issuer"],
            client_id=sent["client_id"],
            secret=sent["client_secret"],
            sign_on_url=sent["sign_on_url"],
            certificate=sent["certificate"].strip(),
        ),
        welcome=services.Welcome(
            email_domains=sent["email_domains"],
            creates_people=sent["creates_people"],
            group=group,
            role=role_of(brand, sent["role"]) if sent["role"] else None,
        ),
    )
