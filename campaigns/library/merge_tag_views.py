"""The pages of the brand's attributes and merge tags."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns.library.merge_tag_forms import AttributeForm
from campaigns.library.merge_tag_usage import Usage, usage_of
from campaigns.library.merge_tags import AttributeRefused, add_attribute, change_attribute
from campaigns.library.views import managed_brand
from groups import access
from groups.http import PortalRequest
from groups.models import Attribute
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def merge_tag_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's attributes and which of them authors may insert; POST adds one."""
    brand = managed_brand(request)
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_attribute(brand=brand, name=form.cleaned_data["name"], actor=request.user, **form.words)
        except AttributeRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(request, _("“%(label)s” can be used from now on.") % {"label": added.label})
            return redirect("campaigns:merge-tag-list")
    context = {"form": form, "attributes": brand.attributes.order_by("-is_merge_tag", "is_custom", "label")}
    return render(request, "library/merge_tag_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def merge_tag_edit(request: PortalRequest, attribute_id: uuid.UUID) -> HttpResponse:
    """Changes an attribute; shows what uses it, because that is blocked once it is no merge tag any more."""
    attribute = access.get(request.user, Attribute, attribute_id, Permission.MANAGE_TEMPLATES)
    if attribute.brand_id != request.brand.pk:
        raise Http404
    form = AttributeForm(request.POST or None, attribute=attribute)
    usage = usage_of(attribute)
    if request.method == "POST" and form.is_valid():
        was_merge_tag = attribute.is_merge_tag
        try:
            change_attribute(attribute=attribute, actor=request.user, **form.words)
        except AttributeRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(request, _("“%(label)s” is saved.") % {"label": attribute.label})
            if was_merge_tag and not attribute.is_merge_tag and usage.is_used:
                messages.warning(request, _blocked(attribute, usage))
            return redirect("campaigns:merge-tag-list")
    context = {"form": form, "attribute": attribute, "usage": usage, "used": used_by(usage)}
    return render(request, "library/merge_tag_edit.html", context, status=422 if form.errors else 200)


def used_by(usage: Usage) -> str:
    """Gives what uses a merge tag, in words: "2 published templates, 1 draft"; nothing where nothing does."""
    parts = (
        (usage.templates, ngettext("%(count)d published template", "%(count)d published templates", usage.templates)),
        (usage.parts, ngettext("%(count)d shared part", "%(count)d shared parts", usage.parts)),
        (usage.drafts, ngettext("%(count)d draft", "%(count)d drafts", usage.drafts)),
    )
    return ", ".join(words % {"count": count} for count, words in parts if count)


def _blocked(attribute: Attribute, usage: Usage) -> str:
    sentence = _(
        "“%(label)s” is no merge tag any more. The check stops what still uses it: %(used)s. Take it out there, or "
        "switch it on again."
    )
    return sentence % {"label": attribute.label, "used": used_by(usage)}
