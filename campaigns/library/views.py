"""The pages of templates, for people who manage them on the whole brand."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.brandlock import SourceRefused
from campaigns.compose.content import mail_for_braze, preview_of_version
from campaigns.compose.previews import picture_only
from campaigns.library import queries, services
from campaigns.library.forms import NewTemplateForm, TemplateForm
from campaigns.library.starter import STARTER
from campaigns.models import Route, Template, TemplateVersion
from groups import access
from groups.http import PortalRequest
from groups.models import Brand
from groups.roles import Permission


@login_required
@require_GET
def template_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's templates as pictures, drafts and published ones."""
    brand = _managed_brand(request)
    return render(request, "library/template_list.html", {"templates": queries.templates_of(brand)})


@login_required
@require_http_methods(["GET", "POST"])
def template_create(request: PortalRequest) -> HttpResponse:
    """Asks for a name and makes a template whose draft is a small example to start from."""
    brand = _managed_brand(request)
    form = NewTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        template = services.create_template(
            brand=brand,
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            route=Route(form.cleaned_data["route"]),
            actor=request.user,
        )
        services.save_draft(template=template, source=STARTER, kind=services.kind_of(STARTER), actor=request.user)
        return redirect("campaigns:template-edit", template_id=template.pk)
    return render(request, "library/template_create.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def template_edit(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows a source beside its errors, its picture and the author's steps; POST saves and checks, or publishes."""
    template = _template(request, template_id)
    if request.method == "POST":
        return _save(request, template)
    version = queries.newest_of(template)
    form = TemplateForm(
        initial={
            "name": template.name,
            "description": template.description,
            "route": template.route,
            "source": version.source if version else "",
            "trigger_campaign_id": version.trigger_campaign_id if version else "",
        }
    )
    return render(request, "library/template_edit.html", _editor(template, version) | {"form": form})


@login_required
@require_GET
@xframe_options_sameorigin
@picture_only
def version_preview(request: PortalRequest, version_id: uuid.UUID) -> HttpResponse:
    """Gives a version or a draft as a sample group would see it; a draft that does not compile has no picture."""
    version = access.get(request.user, TemplateVersion, version_id, Permission.MANAGE_TEMPLATES)
    if not version.compiled or version.template.brand_id != request.brand.pk:
        raise Http404
    response = HttpResponse(preview_of_version(version, queries.sample_group(request.brand)).html)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def version_for_braze(request: PortalRequest, version_id: uuid.UUID) -> HttpResponse:
    """Gives the HTML of a published version to paste into its API-triggered campaign in Braze (route B)."""
    version = access.get(request.user, TemplateVersion, version_id, Permission.MANAGE_TEMPLATES)
    if version.published_at is None or version.template.brand_id != request.brand.pk:
        raise Http404
    response = HttpResponse(mail_for_braze(version), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.template.slug}-{version.number}.html"'
    return response


def _save(request: PortalRequest, template: Template) -> HttpResponse:
    form = TemplateForm(request.POST)
    if not form.is_valid():
        context = _editor(template, queries.newest_of(template)) | {"form": form}
        page = "library/_checked.html" if request.htmx else "library/template_edit.html"
        return render(request, page, context, status=422)
    words = form.cleaned_data
    services.describe_template(
        template=template,
        name=words["name"],
        description=words["description"],
        route=Route(words["route"]),
        actor=request.user,
    )
    source, kind = words["source"], services.kind_of(words["source"])
    draft = services.save_draft(
        template=template,
        source=source,
        kind=kind,
        actor=request.user,
        trigger_campaign_id=words["trigger_campaign_id"],
    )
    if request.POST.get("action") == "publish":
        before = template.current_id
        try:
            version = services.publish_version(
                template=template,
                source=source,
                kind=kind,
                actor=request.user,
                tested=False,
                trigger_campaign_id=words["trigger_campaign_id"],
            )
        except SourceRefused:
            messages.error(request, _("This cannot be published yet. Mend the errors below; your draft is saved."))
        else:
            sentence = (
                _("Version %(number)d is this source already. Nothing changed.")
                if version.pk == before
                else _("Version %(number)d is published. New mailings start from it; drafts keep theirs.")
            )
            messages.success(request, sentence % {"number": version.number})
    elif request.htmx:
        return render(request, "library/_checked.html", _editor(template, draft) | {"is_saved": True})
    return redirect("campaigns:template-edit", template_id=template.pk)


def _editor(template: Template, version: TemplateVersion | None) -> dict[str, object]:
    return {
        "template": template,
        "version": version,
        "is_draft": version is not None and version.published_at is None,
        "checked": queries.checked(version) if version else queries.Checked(),
        "history": queries.history_of(template),
    }


def _managed_brand(request: PortalRequest) -> Brand:
    return access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_TEMPLATES)


def _template(request: PortalRequest, template_id: uuid.UUID) -> Template:
    template = access.get(request.user, Template, template_id, Permission.MANAGE_TEMPLATES)
    if template.brand_id != request.brand.pk:
        raise Http404
    return template
