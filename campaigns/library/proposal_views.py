"""The page that proposes fields for a draft; the brand manager confirms each, and only then are they open."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns.brandlock.importers import Choice, Survey, propose
from campaigns.errors import Refusal
from campaigns.library import queries
from campaigns.library.errors import StaleDraft
from campaigns.library.import_forms import ProposalForm
from campaigns.library.importing import ChoicesRefused, write_choices
from campaigns.library.views import managed_template
from campaigns.models import TemplateVersion
from groups.http import PortalRequest

_TAKEN = re.compile(r"p([0-9]{1,9})-take")


@login_required
@require_http_methods(["GET", "POST"])
def template_proposals(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows the fields that are proposed for a template's newest source; POST writes the confirmed ones into the draft.

    `?choose=all` ticks every one of them.
    """
    template = managed_template(request, template_id)
    version = queries.newest_of(template)
    if version is None:
        raise Http404
    survey = propose(version.source, kind=version.source_kind)
    rows = _rows(request, survey)
    context = {
        "template": template,
        "rows": rows,
        "missing": [
            (entry.line, entry.column, _(entry.message) % dict(entry.params)) for entry in survey.report.entries
        ],
        "is_all_chosen": request.GET.get("choose") == "all",
        "seen": version.digest,
    }
    if request.method == "GET":
        return render(request, "library/template_proposals.html", context)
    try:
        count = _write(request, version, rows)
    except Refusal as refusal:
        _say(rows, refusal)
        is_stale = isinstance(refusal, StaleDraft)
        context |= {"refusal": refusal.sentence, "seen": request.POST.get("seen", "")}
        return render(request, "library/template_proposals.html", context, status=409 if is_stale else 422)
    said = ngettext(
        "%(count)d place is written into the draft. Look at what the check finds.",
        "%(count)d places are written into the draft. Look at what the check finds.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("campaigns:template-edit", template_id=template.pk)


def _rows(request: PortalRequest, survey: Survey) -> list[ProposalForm]:
    data = request.POST if request.method == "POST" else None
    is_chosen = request.GET.get("choose") == "all"
    return [ProposalForm(data, proposal=proposal, is_chosen=is_chosen) for proposal in survey.proposals]


def _write(request: PortalRequest, version: TemplateVersion, rows: Sequence[ProposalForm]) -> int:
    """Writes what was confirmed and gives its number; raises `Refusal`."""
    places = [int(match.group(1)) for key in request.POST if (match := _TAKEN.fullmatch(key)) is not None]
    known = {row.proposal.start: row for row in rows}
    if any(row.errors for start, row in known.items() if start in places):
        raise Refusal(_("Nothing was written. Mend what is said at the fields."))
    choices = [known[place].choice if place in known else Choice(place) for place in places]
    if not choices:
        raise Refusal(_("Nothing was chosen. Tick the places that local authors may change."))
    write_choices(version=version, choices=choices, seen=request.POST.get("seen", ""), actor=request.user)
    return len(choices)


def _say(rows: Sequence[ProposalForm], refusal: Refusal) -> None:
    """Puts what is wrong with a choice at its row."""
    if not isinstance(refusal, ChoicesRefused):
        return
    known = {str(row.proposal.start): row for row in rows}
    for finding in refusal.findings:
        sentence = _(finding.message) % dict(finding.params)
        if finding.field in known:
            known[finding.field].add_error(_INPUTS.get(finding.code), sentence)
        else:
            refusal.sentence = sentence


_INPUTS = {"bad_name": "name", "duplicate_name": "name", "unknown_type": "type", "bad_label": "label"}
