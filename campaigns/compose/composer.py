"""The composer: numbered steps beside the live mail, saving itself part by part."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.brandlock import FieldType
from campaigns.brandlock.types.base import part_of
from campaigns.compose import presence
from campaigns.compose.answers import answer_to
from campaigns.compose.asked import asked_of
from campaigns.compose.chooser import Chooser
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.inputs import changes_in, paths_of
from campaigns.compose.page import page_of
from campaigns.compose.saving import Outcome, save_form
from campaigns.compose.step import own_key
from campaigns.errors import NotEditable, StaleRevision
from campaigns.models import Mailing, MailingState
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_GET
def mailing_edit(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Shows the composer of a draft; anything that is no draft, or that the person may only see, has its own page."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    if mailing.state != MailingState.DRAFT or not access.may(request.user, Permission.EDIT_MAILINGS, mailing.group):
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    if request.htmx:
        return _pictures(request, mailing)
    here = presence.come(mailing, request.user)
    context = {**page_of(mailing, request.user, wishes=request.GET.dict()), "here": here}
    return render(request, "compose/composer.html", context)


@login_required
@require_POST
def mailing_save(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Saves what a form names. A script asks for JSON and gets what changed on the page; a plain form is led back.

    What two people changed is not saved and asked about: as `clashes` in the JSON, with 409 for a plain form. 409 also
    tells a script that the mailing is no draft any more, or that it should send the same again.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    is_script, seen = "application/json" in request.headers.get("Accept", ""), mailing.revision
    try:
        outcome = save_form(mailing=mailing, post=request.POST, files=_files(request), actor=request.user)
    except (StaleRevision, NotEditable) as refusal:
        mailing.refresh_from_db()
        if is_script:
            is_editable = mailing.state == MailingState.DRAFT
            answer = {"message": refusal.sentence, "revision": mailing.revision if is_editable else None}
            return JsonResponse(answer, status=409)
        messages.error(request, refusal.sentence)
        if isinstance(refusal, NotEditable):
            return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
        return _again(request, Outcome(mailing, request.POST), status=409)
    if is_script:
        is_whole = request.POST.get(own_key("revision")) != str(seen)
        return JsonResponse(answer_to(request, outcome, is_whole=is_whole))
    if outcome.refused:
        return _again(request, outcome, status=409 if outcome.clashes else 422)
    if place := request.POST.get(own_key("crop"), "").replace("/", ""):
        return redirect("campaigns:mailing-crop", mailing_id=mailing.pk, place=place)
    messages.success(request, _("Saved."))
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def _again(request: PortalRequest, outcome: Outcome, *, status: int) -> HttpResponse:
    """Shows the page with what was typed and not saved."""
    mailing = outcome.mailing
    compiled = compiled_of(mailing.version)
    typed = {**mailing.values, **changes_in(outcome.post, compiled, mailing.values, mailing.group.language)}
    context = page_of(mailing, request.user, outcome=outcome, typed=typed)
    return render(request, "compose/composer.html", context, status=status)


def _pictures(request: PortalRequest, mailing: Mailing) -> HttpResponse:
    """Gives the pictures of the field that `field` names, as a part of the page; what is chosen there stays chosen."""
    compiled, asked_for = compiled_of(mailing.version), request.GET.get("field", "")
    for path, spec, stored in paths_of(compiled, mailing.values, FieldType.IMAGE):
        if path != asked_for or spec.is_locked:
            continue
        chosen = request.GET.get(f"{path}.image", part_of(stored, "image"))
        chooser = Chooser(mailing.group, [chosen], request.GET.dict())
        asked = asked_of(spec, {"image": chosen}, path, context=context_for(mailing), chooser=chooser)
        return render(request, "compose/_image_choices.html", {"mailing": mailing, "asked": asked})
    raise Http404


def _files(request: PortalRequest) -> Mapping[str, UploadedFile[Any]]:
    return {name: file for name, file in request.FILES.items() if isinstance(file, UploadedFile)}
