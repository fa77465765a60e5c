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
from campaigns.library.errors import StalePart
from campaigns.library.forms import ChangedSnippetForm, NewSnippetForm, SnippetForm
from campaigns.library.queries import problems_of
from campaigns.library.snippets import add_snippet, change_snippet
from campaigns.library.views import managed_brand
from campaigns.models import Snippet, SnippetVersion
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def snippet_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's shared parts; POST makes one, under a short name that no other has."""
    brand = managed_brand(request)
    form = NewSnippetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = add_snippet(brand=brand, actor=request.user, **form.cleaned_data)
        except SourceRefused as refused:
            _say(form, refused)
        except Refusal as refusal:
            form.add_error("name", refusal.sentence)
        else:
            return _published(request, version)
    context = {"form": form, "snippets": Snippet.objects.filter(brand=brand).prefetch_related("versions")}
    return render(request, "library/snippet_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def snippet_edit(request: PortalRequest, snippet_id: uuid.UUID) -> HttpResponse:
    """Changes a shared part; it stands at once wherever it is not pinned. 409 tells that somebody else was faster."""
    snippet = access.get(request.user, Snippet, snippet_id, Permission.MANAGE_TEMPLATES)
    newest = snippet.versions.first()
    if snippet.brand_id != request.brand.pk or newest is None:
        raise Http404
    initial = {"label": snippet.label, "source": newest.source, "seen": newest.number}
    form = ChangedSnippetForm(request.POST or None, initial=initial)
    is_stale = False
    if request.method == "POST" and form.is_valid():
        try:
            version = change_snippet(snippet=snippet, actor=request.user, **form.cleaned_data)
        except SourceRefused as refused:
            _say(form, refused)
        except StalePart as stale:
            is_stale = True
            form.add_error(None, stale.sentence)
        else:
            return _published(request, version)
    context = {"form": form, "snippet": snippet}
    status = 409 if is_stale else 422 if form.errors else 200
    return render(request, "library/snippet_edit.html", context, status=status)


def _published(request: PortalRequest, version: SnippetVersion) -> HttpResponse:
    said = _("“%(name)s” stands in every template that uses it and has not pinned it.")
    messages.success(request, said % {"name": version.snippet.label})
    return redirect("campaigns:snippet-list")


def _say(form: SnippetForm, refused: SourceRefused) -> None:
    """Puts what is wrong with the source at its field, each with its line."""
    for problem in problems_of(refused.findings):
        said = _("Line %(line)d: %(sentence)s") % {"line": problem.line, "sentence": problem.sentence}
        form.add_error("source", said)
