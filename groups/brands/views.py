"""The pages of a brand's look, its domain and its languages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.brands import hosts, services
from groups.brands.contrast import schemes_of
from groups.brands.forms import DomainForm, LanguagesForm, LookForm
from groups.brands.queries import brand_in_draft, draft_of
from groups.errors import InputRefused, StaleState
from groups.http import PortalRequest
from groups.models import Brand
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def look(request: PortalRequest) -> HttpResponse:
    """Shows the look with samples of it; POST tries another one out, which nobody else sees yet."""
    brand = _managed_brand(request)
    draft = draft_of(brand)
    form = LookForm(request.POST or None, request.FILES or None, look=draft or brand)
    if request.method == "POST" and form.is_valid():
        services.try_look(
            brand=brand,
            accent_color=form.cleaned_data["accent_color"],
            ink_color=form.cleaned_data["ink_color"],
            pictures=form.pictures,
            actor=request.user,
        )
        return redirect("groups:brand-look")
    shown = brand_in_draft(brand, draft)
    context = {
        "form": form,
        "draft": draft,
        "shown": shown,
        "schemes": schemes_of(shown.accent_color, shown.ink_color),
    }
    return render(request, "brands/look.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def look_adopt(request: PortalRequest) -> HttpResponse:
    """Makes the look that was tried out the brand's own."""
    brand = _managed_brand(request)
    try:
        services.adopt_look(brand=brand, actor=request.user)
    except StaleState as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("Everybody sees the new look from now on."))
    return redirect("groups:brand-look")


@login_required
@require_POST
def look_drop(request: PortalRequest) -> HttpResponse:
    """Gives up the look that was tried out."""
    services.drop_look(brand=_managed_brand(request))
    messages.success(request, _("The look stays as it was."))
    return redirect("groups:brand-look")


@login_required
@require_http_methods(["GET", "POST"])
def domain(request: PortalRequest) -> HttpResponse:
    """Shows the brand's domain and what it takes; POST changes it, and the name before it goes on leading here."""
    brand = _managed_brand(request)
    form = DomainForm(request.POST or None, initial={"host_name": brand.host_name or ""})
    wanted = ""
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["host_name"]
        try:
            services.save_domain(brand=brand, host_name=wanted, actor=request.user)
        except InputRefused as error:
            form.add_error("host_name", error.sentence)
        else:
            messages.success(request, _("The domain is saved. Links in emails lead there from now on."))
            return redirect("groups:brand-domain")
    context = {
        "form": form,
        "brand_now": brand,
        "former": brand.former_hosts.order_by("name"),
        "portals_host": hosts.portals_host(),
        "wanted": wanted or brand.host_name or "mail.example.com",
    }
    return render(request, "brands/domain.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def languages(request: PortalRequest) -> HttpResponse:
    """Shows which languages people may choose; POST changes that."""
    brand = _managed_brand(request)
    form = LanguagesForm(request.POST or None, brand=brand)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_languages(brand=brand, actor=request.user, **form.cleaned_data)
        except InputRefused as error:
            form.add_error("language", error.sentence)
        else:
            messages.success(request, _("The languages are saved."))
            return redirect("groups:brand-languages")
    return render(request, "brands/languages.html", {"form": form}, status=422 if form.errors else 200)


def _managed_brand(request: PortalRequest) -> Brand:
    return access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_LOOK)
