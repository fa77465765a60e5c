"""The page of a brand's rules of approval; each part of it is saved by itself."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.brandlock import FieldType
from campaigns.errors import Refusal
from campaigns.library.field_words import TYPE_LABELS
from campaigns.models import CannedReason, Demand, ReviewRule
from campaigns.rules import reviewing
from campaigns.rules.review_forms import CannedReasonForm, PolicyForm, ReviewRuleForm, rule_initial
from campaigns.rules.views import ruled_brand
from groups import access
from groups.http import PortalRequest
from groups.models import Brand, ReviewPolicy
from groups.roles import Permission


@login_required
@require_GET
def rule_reviews(request: PortalRequest) -> HttpResponse:
    """Shows what the brand says about approval."""
    return _page(request, ruled_brand(request))


@login_required
@require_POST
def rule_review_add(request: PortalRequest) -> HttpResponse:
    """Adds a rule."""
    brand = ruled_brand(request)
    form = ReviewRuleForm(request.POST, brand=brand)
    if not _is_saved(request, form, brand, None):
        return _page(request, brand, rule_form=form)
    messages.success(request, _("The rule counts for what is submitted from now on."))
    return redirect("campaigns:rule-reviews")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_review_edit(request: PortalRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Shows one rule to be changed, and saves it."""
    brand, rule = ruled_brand(request), _rule(request, rule_id)
    form = ReviewRuleForm(request.POST or None, brand=brand, initial=rule_initial(rule))
    if request.method == "POST" and _is_saved(request, form, brand, rule):
        messages.success(request, _("Saved. It counts for what is submitted from now on."))
        return redirect("campaigns:rule-reviews")
    status = 422 if request.method == "POST" else 200
    return render(request, "rules/review_rule_edit.html", {"rule": rule, "form": form}, status=status)


@login_required
@require_POST
def rule_review_remove(request: PortalRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Deletes a rule."""
    reviewing.remove_rule(rule=_rule(request, rule_id), actor=request.user)
    messages.success(request, _("The rule is deleted."))
    return redirect("campaigns:rule-reviews")


@login_required
@require_POST
def rule_review_policy(request: PortalRequest) -> HttpResponse:
    """Saves what the brand asks for where no rule says anything."""
    brand = ruled_brand(request)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _page(request, brand, policy_form=form)
    reviewing.save_policy(brand=brand, policy=ReviewPolicy(form.cleaned_data["policy"]), actor=request.user)
    messages.success(request, _("Saved. It counts for what is submitted from now on."))
    return redirect("campaigns:rule-reviews")


@login_required
@require_POST
def rule_reason_add(request: PortalRequest) -> HttpResponse:
    """Adds a frequent reason."""
    brand = ruled_brand(request)
    form = CannedReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, brand, reason_form=form)
    try:
        reviewing.add_reason(brand=brand, text=form.cleaned_data["text"], actor=request.user)
    except Refusal as refusal:
        form.add_error("text", refusal.sentence)
        return _page(request, brand, reason_form=form)
    messages.success(request, _("Approvers can choose this reason from now on."))
    return redirect("campaigns:rule-reviews")


@login_required
@require_POST
def rule_reason_remove(request: PortalRequest, reason_id: uuid.UUID) -> HttpResponse:
    """Removes a frequent reason."""
    reason = access.get(request.user, CannedReason, reason_id, Permission.MANAGE_RULES)
    if reason.brand_id != request.brand.pk:
        raise Http404
    reviewing.remove_reason(reason=reason, actor=request.user)
    messages.success(request, _("The reason is removed."))
    return redirect("campaigns:rule-reviews")


def _rule(request: PortalRequest, rule_id: uuid.UUID) -> ReviewRule:
    rule = access.get(request.user, ReviewRule, rule_id, Permission.MANAGE_RULES)
    if rule.brand_id != request.brand.pk:
        raise Http404
    return rule


def _is_saved(request: PortalRequest, form: ReviewRuleForm, brand: Brand, rule: ReviewRule | None) -> bool:
    if not form.is_valid():
        return False
    said = form.cleaned_data
    try:
        reviewing.save_rule(brand=brand, rule=rule, actor=request.user, **{**said, "demand": Demand(said["demand"])})
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return False
    return True


def _page(
    request: PortalRequest,
    brand: Brand,
    *,
    rule_form: forms.Form | None = None,
    policy_form: forms.Form | None = None,
    reason_form: forms.Form | None = None,
) -> HttpResponse:
    refused = rule_form or policy_form or reason_form
    rules = ReviewRule.objects.filter(brand=brand).select_related("group", "template", "created_by")
    context = {
        "rules": [(rule, [TYPE_LABELS[FieldType(kind)] for kind in rule.harmless_kinds]) for rule in rules],
        "reasons": CannedReason.objects.filter(brand=brand),
        "form": refused,
        "rule_form": rule_form or ReviewRuleForm(brand=brand),
        "policy_form": policy_form or PolicyForm(initial={"policy": brand.review_policy}),
        "reason_form": reason_form or CannedReasonForm(auto_id="reason-%s"),
    }
    return render(request, "rules/review_rules.html", context, status=422 if refused else 200)
