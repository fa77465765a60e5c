"""The pages of shared parts."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.brandlock import SourceRefused
from campaigns.errors import Refusal
from campaigns.library.forms import SnippetForm
from campaigns.library.queries import problems_of
from campaigns.library.snippets import save_snippet
from campaigns.library.views import managed_brand
from campaigns.models import Snippet
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def snippet_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's shared parts; POST makes one."""
    brand = managed_brand(request)
    form = SnippetForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(request, form, name=form.cleaned_data["name"]):
        return redirect("campaigns:snippet-list")
    context = {"form": form, "snippets": Snippet.objects.filter(brand=brand).prefetch_related("versions")}
    return render(request, "library/snippet_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def snippet_edit(request: PortalRequest, snippet_id: uuid.UUID) -> HttpResponse:
    """Changes a shared part; it stands at once wherever it is not pinned."""
    snippet = access.get(request.user, Snippet, snippet_id, Permission.MANAGE_TEMPLATES)
    if snippet.brand_id != request.brand.pk:
        raise Http404
    newest = snippet.versions.first()
    initial = {"name": snippet.name, "label": snippet.label, "source": newest.source if newest else ""}
    form = SnippetForm(request.POST or None, initial=initial)
    form.fields["name"].disabled = True
    if request.method == "POST" and form.is_valid() and _saved(request, form, name=snippet.name):
        return redirect("campaigns:snippet-list")
    context = {"form": form, "snippet": snippet}
    return render(request, "library/snippet_edit.html", context, status=422 if form.errors else 200)


def _saved(request: PortalRequest, form: SnippetForm, *, name: str) -> bool:
    words = form.cleaned_data
    try:
        save_snippet(brand=request.brand, name=name, label=words["label"], source=words["source"], actor=request.user)
    except SourceRefused as refused:
        for problem in problems_of(refused.findings):
            form.add_error(
                "source", _("Line %(line)d: %(sentence)s") % {"line": problem.line, "sentence": problem.sentence}
            )
        return False
    except Refusal as refusal:
        form.add_error("name", refusal.sentence)
        return False
    messages.success(
        request, _("“%(name)s” stands in every template that uses it and has not pinned it.") % {"name": words["label"]}
    )
    return True
