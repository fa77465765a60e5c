"""The settings of one field or section, changed in a form and written back into the source of the draft."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.brandlock.rewriting import NoSuchMark, settings_of, with_settings
from campaigns.errors import Refusal
from campaigns.library import queries
from campaigns.library.drafting import save_draft
from campaigns.library.errors import StaleDraft
from campaigns.library.field_forms import SettingsForm, initial_of, marks_for, written
from campaigns.library.views import managed_template
from groups.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def template_field(request: PortalRequest, template_id: uuid.UUID, name: str) -> HttpResponse:
    """Shows the marks of a field or section as a form; POST writes them into the source of the draft."""
    template = managed_template(request, template_id)
    version = queries.newest_of(template)
    if version is None:
        raise Http404
    try:
        said = settings_of(version.source, version.source_kind, name)
    except NoSuchMark as error:
        raise Http404 from error
    marks = marks_for(said, version, name)
    form = SettingsForm(request.POST or None, initial={**initial_of(said), "seen": version.digest}, marks=marks)
    if request.method == "POST" and form.is_valid():
        settings = {mark: written(mark, form.cleaned_data[mark], said) for mark in marks}
        source = with_settings(version.source, version.source_kind, name, settings)
        try:
            if form.cleaned_data["seen"] != version.digest:
                raise StaleDraft
            save_draft(
                template=template,
                source=source,
                kind=version.source_kind,
                actor=request.user,
                trigger_campaign_id=version.trigger_campaign_id,
                envelope=version.envelope,
                inlines_css=version.inlines_css,
                seen=version.digest,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The source says so now. Look at what the check finds."))
            return redirect("campaigns:template-edit", template_id=template.pk)
    label = said.get("data-label") or said.get("data-section-label") or name
    context = {"template": template, "form": form, "name": label}
    return render(request, "library/template_field.html", context, status=422 if form.errors else 200)
