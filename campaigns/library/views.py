"""The pages of templates, for people who manage them on the whole brand."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.brandlock import default_values, emptiest_values, longest_values
from campaigns.compose.content import compiled_of, mail_for_braze, preview_of_version
from campaigns.compose.previews import picture_only
from campaigns.library import queries, services
from campaigns.library.drafting import save_draft
from campaigns.library.forms import NewTemplateForm
from campaigns.library.starter import STARTER
from campaigns.models import Route, Template, TemplateVersion
from groups import access
from groups.http import PortalRequest
from groups.models import Brand
from groups.roles import Permission

_WORST = {"longest": longest_values, "emptiest": emptiest_values}


@login_required
@require_GET
def template_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's templates as pictures, drafts and published ones."""
    brand = managed_brand(request)
    context = {"templates": queries.templates_of(brand), "today": timezone.localdate()}
    return render(request, "library/template_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def template_create(request: PortalRequest) -> HttpResponse:
    """Asks for a name and makes a template whose draft is a small example to start from."""
    brand = managed_brand(request)
    form = NewTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        template = services.create_template(
            brand=brand,
            name=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
            route=Route(form.cleaned_data["route"]),
            actor=request.user,
        )
        save_draft(template=template, source=STARTER, kind=services.kind_of(STARTER), actor=request.user)
        return redirect("campaigns:template-edit", template_id=template.pk)
    return render(request, "library/template_create.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
@xframe_options_sameorigin
@picture_only
def version_preview(request: PortalRequest, version_id: uuid.UUID) -> HttpResponse:
    """Gives a version or a draft as a sample group would see it; a draft that does not compile has no picture.

    `?with=` is `longest` or `emptiest` for the worst cases that the rules allow (M15); `?as=text` gives the plain text.
    """
    version = access.get(request.user, TemplateVersion, version_id, Permission.MANAGE_TEMPLATES)
    if not version.compiled or version.template.brand_id != request.brand.pk:
        raise Http404
    values = _WORST.get(request.GET.get("with", ""), default_values)(compiled_of(version))
    rendered = preview_of_version(version, queries.sample_group(request.brand), values)
    if request.GET.get("as") == "text":
        response = HttpResponse(rendered.text, content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(rendered.html)
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


def managed_brand(request: PortalRequest) -> Brand:
    """Gives the page's brand to somebody who manages its templates; 404 for anybody else."""
    return access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_TEMPLATES)


def managed_template(request: PortalRequest, template_id: uuid.UUID) -> Template:
    """Gives a template of the page's brand to somebody who manages it; 404 for anybody else."""
    template = access.get(request.user, Template, template_id, Permission.MANAGE_TEMPLATES)
    if template.brand_id != request.brand.pk:
        raise Http404
    return template
