"""The pages that bring an email in from elsewhere and say what became of it."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.brandlock.importers import Imported, ImportReport, Language, Outcome, ReportEntry, propose
from campaigns.library import queries
from campaigns.library.import_forms import ImportForm
from campaigns.library.importing import import_template
from campaigns.library.views import managed_brand, managed_template
from campaigns.models import Template
from groups.http import PortalRequest

SESSION_KEY = "import_report"
LANGUAGES = {
    Language.MJML: gettext_lazy("MJML"),
    Language.MAILCHIMP: gettext_lazy("Mailchimp's template language"),
    Language.HTML: gettext_lazy("plain HTML"),
}
OUTCOMES = {
    Outcome.PERSON: gettext_lazy("Needs a person"),
    Outcome.DROPPED: gettext_lazy("Dropped"),
    Outcome.TRANSLATED: gettext_lazy("Translated"),
}


@login_required
@require_http_methods(["GET", "POST"])
def template_import(request: PortalRequest) -> HttpResponse:
    """Asks for an email from elsewhere and makes a template of it; the next page says what became of it."""
    brand = managed_brand(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        template, imported = import_template(
            brand=brand, name=form.cleaned_data["name"], source=form.text, actor=request.user
        )
        _keep(request, template, imported)
        return redirect("campaigns:template-import-report", template_id=template.pk)
    return render(request, "library/template_import.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def template_import_report(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows what an import translated, dropped and left, until the person imports another email or signs out."""
    template = managed_template(request, template_id)
    version = queries.newest_of(template)
    kept = request.session.get(SESSION_KEY, {})
    if version is None or kept.get("template") != str(template.pk):
        return redirect("campaigns:template-edit", template_id=template.pk)
    report = ImportReport(tuple(ReportEntry.from_json(entry) for entry in kept["entries"]), kept["left_off"])
    context = {
        "template": template,
        "language": LANGUAGES[Language(kept["language"])],
        "groups": [(outcome.value, title, _said(report.of(outcome))) for outcome, title in OUTCOMES.items()],
        "left_off": report.left_off,
        "proposal_count": len(propose(version.source, kind=version.source_kind).proposals),
    }
    return render(request, "library/template_import_report.html", context)


def _keep(request: PortalRequest, template: Template, imported: Imported) -> None:
    """Keeps the report of the last import in the session: the source that it speaks of is no more."""
    request.session[SESSION_KEY] = {
        "template": str(template.pk),
        "language": imported.language.value,
        "entries": [entry.as_json() for entry in imported.report.entries],
        "left_off": imported.report.left_off,
    }


def _said(entries: tuple[ReportEntry, ...]) -> list[tuple[int, int, str]]:
    """Gives entries with their sentences in the language of the page."""
    return [(entry.line, entry.column, _(entry.message) % dict(entry.params)) for entry in entries]
