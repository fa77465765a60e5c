"""A group's mailings as a list that is narrowed and searched, and what is done to those that are ticked."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.halts import halted_sentence, halts_over
from campaigns.mailings import finding, services
from campaigns.mailings.finding import NO_FOLDER, Wanted
from campaigns.mailings.listing import rows_of
from campaigns.models import Mailing, MailingFolder
from campaigns.practice.queries import is_new_here
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission

PAGE_SIZE = 50
STATE_LABELS = {
    "": gettext_lazy("All"),
    "drafts": gettext_lazy("Drafts"),
    "approval": gettext_lazy("Waiting for approval"),
    "scheduled": gettext_lazy("Scheduled"),
    "sent": gettext_lazy("Sent"),
}


@login_required
@require_GET
def mailing_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows a group's mailings with their states and numbers, narrowed by what `Wanted` reads from the address."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    wanted = Wanted.of(request.GET)
    page = Paginator(finding.mailings_of(group, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    halt = halts_over(group).first()
    context = {
        "group": group,
        "page": page,
        "rows": rows_of(group, page.object_list),
        "wanted": wanted,
        "query": wanted.query(),
        "states": [(wanted.query(state=key), label, key == wanted.state) for key, label in STATE_LABELS.items()],
        "state_label": STATE_LABELS[wanted.state],
        "choices": finding.choices_of(group),
        "no_folder": NO_FOLDER,
        "has_any": bool(wanted.state or wanted.is_narrow or page.object_list),
        "is_new": not page.object_list and is_new_here(request.user, group),
        "may_edit": access.may(request.user, Permission.EDIT_MAILINGS, group),
        "may_file": access.may(request.user, Permission.MANAGE_FOLDERS, group),
        "may_stop": access.may(request.user, Permission.STOP_MAILINGS, group),
        "halt": "" if halt is None else halted_sentence(halt),
    }
    return render(request, "mailings/_mailings.html" if request.htmx else "mailings/mailing_list.html", context)


@login_required
@require_POST
def mailings_move(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Puts the ticked mailings into a folder of the group, or into none."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_FOLDERS)
    mailings = _ticked(request, group, Permission.MANAGE_FOLDERS)
    chosen = request.POST.get("folder", "")
    folder = None if chosen == NO_FOLDER else access.get_usable(group, MailingFolder, chosen) if chosen else None
    if not chosen:
        messages.error(request, _("Choose a folder, then move the mailings."))
    elif not mailings:
        messages.error(request, _("Tick the mailings that you want to move."))
    else:
        services.move_to_folder(group=group, mailings=mailings, folder=folder, actor=request.user)
        count = len(mailings)
        if folder is None:
            sentence = ngettext(
                "%(count)s mailing lies in no folder now.", "%(count)s mailings lie in no folder now.", count
            )
        else:
            sentence = ngettext(
                "%(count)s mailing is in %(name)s now.", "%(count)s mailings are in %(name)s now.", count
            )
        messages.success(request, sentence % {"count": count, "name": folder.name if folder else ""})
    return _back(request, group)


@login_required
@require_POST
def mailings_delete(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Deletes the ticked drafts for good; what is no draft any more stays, and is named."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_MAILINGS)
    mailings = _ticked(request, group, Permission.EDIT_MAILINGS)
    if not mailings:
        messages.error(request, _("Tick the drafts that you want to delete."))
        return _back(request, group)
    deleted, kept = services.delete_drafts(mailings=list(mailings), actor=request.user)
    if deleted:
        sentence = ngettext("%(count)s draft is deleted.", "%(count)s drafts are deleted.", deleted)
        messages.success(request, sentence % {"count": deleted})
    if kept:
        names = ", ".join(f"“{name}”" for name in kept)
        sentence = _("Only drafts that were never submitted or sent can be deleted. These stay: %(names)s.")
        messages.error(request, sentence % {"names": names})
    return _back(request, group)


def _ticked(request: PortalRequest, group: Group, permission: Permission) -> QuerySet[Mailing]:
    """Gives the mailings that a form names; raises `Http404` when one of them is not the group's."""
    try:
        ids = {uuid.UUID(text) for text in request.POST.getlist("mailing")[:PAGE_SIZE]}
    except ValueError as error:
        raise Http404 from error
    found = access.visible(request.user, Mailing, permission).filter(group=group, pk__in=ids)
    if found.count() != len(ids):
        raise Http404
    return found


def _back(request: PortalRequest, group: Group) -> HttpResponseRedirect:
    """Leads back to the list as it was narrowed."""
    query = Wanted.of(QueryDict(request.POST.get("query", ""))).query()
    return HttpResponseRedirect(f"{reverse('campaigns:mailing-list', args=[group.pk])}?{query}")
