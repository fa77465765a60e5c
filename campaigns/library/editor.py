"""The brand manager's editor: a source beside its errors, its picture and the author's steps."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns.brandlock import SourceRefused
from campaigns.compose.sender import PARTS
from campaigns.errors import Refusal
from campaigns.library import queries, services
from campaigns.library.drafting import save_draft
from campaigns.library.forms import TemplateForm
from campaigns.library.publishing import publish_draft, send_test
from campaigns.library.pushing import behind
from campaigns.library.views import managed_template
from campaigns.models import Route, Template, TemplateVersion
from groups.http import PortalRequest
from groups.models import User

_SAID = (
    "name",
    "description",
    "folder",
    "starts_on",
    "expires_on",
    "needs_test",
    "takes_attachments",
    "mails_new_people",
)


@login_required
@require_http_methods(["GET", "POST"])
def template_edit(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows a template's draft; POST saves and checks it, mails it to the person as a test, or publishes it."""
    template = managed_template(request, template_id)
    if request.method == "GET":
        version = queries.newest_of(template)
        form = TemplateForm(initial=_initial(template, version), attributes=template.brand.attributes.all())
        return render(request, "library/template_edit.html", _page(template, version) | {"form": form})
    form = TemplateForm(request.POST, attributes=template.brand.attributes.all())
    is_swap = bool(request.htmx)
    page = "library/_checked.html" if is_swap else "library/template_edit.html"
    if not form.is_valid():
        return render(request, page, _page(template, queries.newest_of(template)) | {"form": form}, status=422)
    try:
        draft = _save(template, form, request.user)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        context = _page(template, queries.newest_of(template)) | {"form": form, "refusal": refusal.sentence}
        return render(request, page, context, status=200 if is_swap else 409)
    action = request.POST.get("action")
    if action == "publish":
        _publish(request, template)
    elif action == "test":
        _test(request, draft)
    elif is_swap:
        return render(request, page, _page(template, draft) | {"is_saved": True, "form": form})
    return redirect("campaigns:template-edit", template_id=template.pk)


def _save(template: Template, form: TemplateForm, actor: User) -> TemplateVersion:
    words = form.cleaned_data
    return save_draft(
        template=template,
        source=words["source"],
        kind=services.kind_of(words["source"]),
        actor=actor,
        trigger_campaign_id=words["trigger_campaign_id"],
        envelope=form.envelope,
        inlines_css=words["inlines_css"],
        personal_values=words["personal_values"],
        seen=words["seen"] if "seen" in form.data else None,
        changes={name: words[name] for name in _SAID} | {"route": Route(words["route"])},
    )


def _test(request: PortalRequest, draft: TemplateVersion) -> None:
    try:
        send_test(draft=draft, group=queries.sample_group(request.brand), actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("A test mail is on its way to %(email)s.") % {"email": request.user.email})


def _publish(request: PortalRequest, template: Template) -> None:
    try:
        published = publish_draft(template=template, actor=request.user)
    except SourceRefused:
        messages.error(request, _("This cannot be published yet. Mend the errors below; your draft is saved."))
        return
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return
    number = {"number": published.version.number}
    if not published.is_new:
        messages.success(request, _("Version %(number)d is this source already. Nothing changed.") % number)
        return
    messages.success(request, _("Version %(number)d is published. New mailings start from it.") % number)
    if published.followed:
        sentence = ngettext(
            "%(count)d draft with nothing but the template's text follows it.",
            "%(count)d drafts with nothing but the template's text follow it.",
            published.followed,
        )
        messages.success(request, sentence % {"count": published.followed})


def _page(template: Template, version: TemplateVersion | None) -> dict[str, object]:
    is_draft = version is not None and version.published_at is None
    return {
        "template": template,
        "version": version,
        "is_draft": is_draft,
        "is_tested": version is not None and (not is_draft or version.tested_digest == version.digest),
        "checked": queries.checked(version) if version else queries.Checked(),
        "history": queries.history_of(template),
        "behind": behind(template).count(),
        "seen": version.digest if version is not None and is_draft else "",
    }


def _initial(template: Template, version: TemplateVersion | None) -> dict[str, Any]:
    initial: dict[str, Any] = {name: getattr(template, name) for name in (*_SAID, "route")}
    if version is None:
        return initial
    for part in PARTS:
        rule = version.envelope.get(part) or {}
        initial |= {f"sender_{part}": rule.get("value", ""), f"sender_{part}_open": bool(rule.get("is_open"))}
    return initial | {
        "source": version.source,
        "trigger_campaign_id": version.trigger_campaign_id,
        "inlines_css": version.inlines_css,
        "personal_values": version.personal_values,
        "seen": version.digest if version.published_at is None else "",
    }
