"""How a template reaches the network: who may use it, and the drafts that a new version is pushed to."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.brandlock import Fate
from campaigns.errors import StaleRevision
from campaigns.library.forms import AccessForm
from campaigns.library.offering import set_access
from campaigns.library.pushing import OpenDraft, attach_again, behind, open_drafts, push_version
from campaigns.library.views import managed_template
from campaigns.models import AccessKind, Mailing, MailingState, Template
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.people.queries import people_of
from groups.roles import Permission

FATES = {
    Fate.LOOK: gettext_lazy("Look at these: their rules or the template's text changed"),
    Fate.DROPPED: gettext_lazy("Dropped: the new version has no such field, or another kind"),
    Fate.NEW: gettext_lazy("New"),
    Fate.KEPT: gettext_lazy("Kept as written"),
    Fate.FOLLOWS: gettext_lazy("Follows the template's text"),
}


@login_required
@require_http_methods(["GET", "POST"])
def template_push(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows what the newest version would make of each open draft; POST pushes it to those that were chosen (T17)."""
    template = managed_template(request, template_id)
    if request.method == "POST":
        chosen = set(request.POST.getlist("mailing"))
        mailings = [mailing for mailing in behind(template) if str(mailing.pk) in chosen]
        pushed = push_version(template=template, mailings=mailings, actor=request.user)
        sentence = ngettext("%(count)d draft is up to date now.", "%(count)d drafts are up to date now.", pushed)
        messages.success(request, sentence % {"count": pushed})
        return redirect("campaigns:template-push", template_id=template.pk)
    scheduled = Mailing.objects.filter(version__template=template, state=MailingState.SCHEDULED)
    context = {
        "template": template,
        "drafts": [_shown(draft) for draft in open_drafts(template)],
        "scheduled": scheduled.exclude(version=template.current_id).count(),
    }
    return render(request, "library/template_push.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def template_access(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Shows and changes who may start mailings from a template (T15)."""
    template = managed_template(request, template_id)
    groups = Group.objects.filter(brand=template.brand_id, closed_at=None).order_by("name")
    form = AccessForm(
        request.POST or None,
        initial=_said(template),
        groups=groups,
        people=people_of(template.brand),
        roles=template.brand.roles.all(),
    )
    if request.method == "POST" and form.is_valid():
        set_access(template=template, lines=form.lines(template), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("campaigns:template-edit", template_id=template.pk)
    context = {"template": template, "form": form}
    return render(request, "library/template_access.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def mailing_update(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Takes the newest version into a draft: with what was written, or with the template's own text (T17, T18)."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    if mailing.state == MailingState.DRAFT:
        template = mailing.version.template
        if request.POST.get("text") == "template":
            try:
                revision = int(request.POST.get("revision", ""))
            except ValueError:
                revision = -1
            try:
                is_done = attach_again(mailing=mailing, revision=revision, actor=request.user)
            except StaleRevision as refusal:
                messages.error(request, refusal.sentence)
                return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
        else:
            is_done = bool(push_version(template=template, mailings=[mailing], actor=request.user))
        if is_done:
            messages.success(request, _("This draft uses the newest version of its template now."))
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def _shown(draft: OpenDraft) -> dict[str, object]:
    """Gives a draft with what becomes of its fields, in words, for the page."""
    fates = [(FATES[fate], draft.carried.named(fate)) for fate in FATES]
    return {
        "mailing": draft.mailing,
        "is_attached": draft.is_attached,
        "fates": [(label, names) for label, names in fates if names],
    }


def _said(template: Template) -> dict[str, list[object]]:
    said: dict[str, list[object]] = defaultdict(list)
    for line in template.access_lines.select_related("person").order_by("person__email"):
        word = "denied" if line.kind == AccessKind.DENY else "allowed"
        several = "people" if line.person_id else "groups" if line.group_id else "roles"
        said[f"{word}_{several}"].append(line.person or line.group_id or line.role)
    return said
