"""The page of a brand's rules; each part of it is saved by itself."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.errors import Refusal
from campaigns.models import RestrictedWord, RuleLevel
from campaigns.rules import services
from campaigns.rules.forms import DomainsForm, LiquidForm, WordForm, domains_initial, liquid_initial
from campaigns.rules.queries import words_of
from groups import access
from groups.http import PortalRequest
from groups.models import Brand
from groups.roles import Permission
from groups.tree.queries import root_of


@login_required
@require_GET
def rule_list(request: PortalRequest) -> HttpResponse:
    """Shows what the brand demands of every mailing."""
    return _page(request, ruled_brand(request))


@login_required
@require_POST
def rule_word_add(request: PortalRequest) -> HttpResponse:
    """Restricts a word."""
    brand = ruled_brand(request)
    form = WordForm(request.POST)
    if not form.is_valid():
        return _page(request, brand, word_form=form)
    words = form.cleaned_data
    try:
        word = services.add_word(
            brand=brand,
            text=words["text"],
            is_pattern=words["is_pattern"],
            level=RuleLevel(words["level"]),
            reason=words["reason"],
            actor=request.user,
        )
    except Refusal as refusal:
        form.add_error("text", refusal.sentence)
        return _page(request, brand, word_form=form)
    messages.success(request, _("“%(text)s” is restricted from now on, in drafts too.") % {"text": word.text})
    return redirect("campaigns:rule-list")


@login_required
@require_POST
def rule_word_remove(request: PortalRequest, word_id: uuid.UUID) -> HttpResponse:
    """Lifts a restriction."""
    word = access.get(request.user, RestrictedWord, word_id, Permission.MANAGE_RULES)
    if word.brand_id != request.brand.pk:
        raise Http404
    services.remove_word(word=word, actor=request.user)
    messages.success(request, _("“%(text)s” is not restricted any more.") % {"text": word.text})
    return redirect("campaigns:rule-list")


@login_required
@require_POST
def rule_domains(request: PortalRequest) -> HttpResponse:
    """Saves the lists of domains."""
    brand = ruled_brand(request)
    form = DomainsForm(request.POST)
    if not form.is_valid():
        return _page(request, brand, domains_form=form)
    services.save_domains(brand=brand, actor=request.user, **form.cleaned_data)
    messages.success(request, _("Saved. Every check goes by these domains from now on."))
    return redirect("campaigns:rule-list")


@login_required
@require_POST
def rule_liquid(request: PortalRequest) -> HttpResponse:
    """Saves which Liquid templates may hold."""
    brand = ruled_brand(request)
    form = LiquidForm(request.POST)
    if not form.is_valid():
        return _page(request, brand, liquid_form=form)
    services.save_liquid(brand=brand, names=form.cleaned_data["tags"], actor=request.user)
    messages.success(request, _("Saved. It counts for what is published from now on."))
    return redirect("campaigns:rule-list")


def ruled_brand(request: PortalRequest) -> Brand:
    """Gives the page's brand to somebody who manages its rules; 404 for anybody else."""
    return access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_RULES)


def _page(
    request: PortalRequest,
    brand: Brand,
    *,
    word_form: forms.Form | None = None,
    domains_form: forms.Form | None = None,
    liquid_form: forms.Form | None = None,
) -> HttpResponse:
    refused = word_form or domains_form or liquid_form
    context = {
        "root": root_of(brand),
        "words": words_of(brand),
        "form": refused,
        "word_form": word_form or WordForm(),
        "domains_form": domains_form or DomainsForm(initial=domains_initial(brand)),
        "liquid_form": liquid_form or LiquidForm(initial=liquid_initial(brand)),
    }
    return render(request, "rules/rule_list.html", context, status=422 if refused else 200)
