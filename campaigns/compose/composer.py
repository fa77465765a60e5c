"""The composer: numbered steps beside the live mail, saving itself part by part."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import FieldType, Target
from campaigns.brandlock.types.base import part_of
from campaigns.compose.asked import asked_of
from campaigns.compose.chooser import Chooser, wished_fields
from campaigns.compose.closing import attachment_steps, closing_steps, sending_of, span_in_words
from campaigns.compose.content import compiled_of, context_for, render_mailing
from campaigns.compose.forms import WhenForm, when_initial
from campaigns.compose.gallery import images_named_in
from campaigns.compose.inputs import changes_in, paths_of
from campaigns.compose.person_step import offered_people
from campaigns.compose.queries import count_of
from campaigns.compose.saving import Outcome, is_about_attachments, last_change_of, save_form
from campaigns.compose.step import ATTACHMENTS, AUDIENCE, ENVELOPE, WHEN, Step, own_key, step_of
from campaigns.compose.steps import field_steps
from campaigns.errors import NotEditable, StaleRevision
from campaigns.features import switched_off
from campaigns.library.pushing import is_attached
from campaigns.models import Batch, BatchState, Mailing, MailingState, Review, ReviewState
from campaigns.preflight import check
from campaigns.review.commenting import open_counts
from campaigns.review.page import comment_parts
from campaigns.rollouts.banner import narrowed
from campaigns.rollouts.belonging import as_open_to
from campaigns.schedule.words import rules_in_words
from campaigns.testsend.page import panel_of
from groups import access
from groups.http import PortalRequest
from groups.models import Audience, User
from groups.roles import Feature, Permission


@login_required
@require_GET
def mailing_edit(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Shows the composer of a draft; anything that is no draft, or that the person may only see, has its own page."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    if mailing.state != MailingState.DRAFT or not access.may(request.user, Permission.EDIT_MAILINGS, mailing.group):
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    if request.htmx:
        return _pictures(request, mailing)
    return render(request, "compose/composer.html", page_of(mailing, request.user, wishes=request.GET.dict()))


@login_required
@require_POST
def mailing_save(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Saves what a form names. A script asks for JSON and gets what changed on the page; a plain form is led back.

    409 tells that somebody else saved meanwhile, or that the mailing is no draft any more.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    is_script = "application/json" in request.headers.get("Accept", "")
    try:
        outcome = save_form(mailing=mailing, post=request.POST, files=_files(request), actor=request.user)
    except (StaleRevision, NotEditable) as refusal:
        mailing.refresh_from_db()
        if is_script:
            return JsonResponse(_conflict(mailing, refusal), status=409)
        messages.error(request, refusal.sentence)
        if isinstance(refusal, NotEditable):
            return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
        typed = _typed(request, mailing)
        return render(request, "compose/composer.html", page_of(mailing, request.user, typed=typed), status=409)
    if is_script:
        return JsonResponse(_answer(request, outcome))
    if outcome.refused:
        typed = _typed(request, mailing)
        context = page_of(mailing, request.user, outcome=outcome, typed=typed)
        return render(request, "compose/composer.html", context, status=422)
    messages.success(request, _("Saved."))
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def page_of(
    mailing: Mailing,
    actor: User,
    *,
    outcome: Outcome | None = None,
    typed: Mapping[str, Any] | None = None,
    wishes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Gives everything that the composer's page shows.

    `typed` are values that were not saved, `wishes` what the address asks to see of the pictures of a field.
    """
    outcome = outcome or Outcome(mailing)
    compiled = as_open_to(mailing, actor, compiled_of(mailing.version))
    context = context_for(mailing)
    findings = check(mailing, context, actor=actor)
    rendered = render_mailing(mailing, Target.PREVIEW, context)
    values = mailing.values if typed is None else typed
    content = field_steps(
        mailing=mailing,
        compiled=compiled,
        values=values,
        findings=findings,
        chooser=Chooser(mailing.group, images_named_in(compiled, values), wishes),
        context=context,
        envelope={"subject": rendered.subject, "preheader": rendered.preheader},
    )
    count, attachments, counts = count_of(mailing), list(attachments_of(mailing)), open_counts(mailing)
    sending = sending_of(mailing, actor, findings, count, context)
    closing = closing_steps(mailing=mailing, findings=findings, count=count, sending=sending)
    steps = tuple(
        replace(step, mark="missing" if step.key in outcome.refused else step.mark, comments=_comments_on(step, counts))
        for step in (*content, *attachment_steps(mailing, attachments, findings), *closing)
    )
    keys = {step.key for step in steps}
    first = [*outcome.refused, *wished_fields(wishes or {})]
    off = switched_off(mailing.group)
    when = WhenForm(initial=when_initial(mailing), zone=mailing.group.time_zone)
    context_of_page = {
        "mailing": mailing,
        "group": mailing.group,
        "template": mailing.version.template,
        "has_newer": mailing.version.template.current_id not in (None, mailing.version_id),
        "is_detached": not is_attached(mailing),
        "steps": [step for step in steps if step.kind != "send"],
        "send_step": steps[-1],
        "refused": outcome.refused,
        "checks": [(found, step_of(found) if step_of(found) in keys else "") for found in findings],
        "count": count,
        "sending": sending,
        "when": when,
        "is_ambiguous_time": outcome.is_ambiguous_time,
        # Asked for by the page alone: what is saved step by step does not show it.
        "test_panel": partial(panel_of, mailing, actor),
        "comments": partial(comment_parts, mailing, actor),
        "time_refusal": outcome.refused.get(own_key(WHEN), ""),
        "audiences": access.usable(mailing.group, Audience),
        "people": partial(offered_people, mailing, actor),
        "merge_tags": tuple(context.merge_tags.values()),
        "places_json": json.dumps(
            {name: {"step": step.key, "label": _opens(step)} for step in steps for name in _places_of(step)}
        ),
        "audience_summary": closing[0].summary,
        "when_summary": closing[2].summary,
        "when_span": span_in_words(mailing),
        "time_rules": lambda: rules_in_words(mailing),
        "still_out": _still_out(mailing),
        "review_reason": _asked_changes(mailing),
        "rendered": rendered,
        "sender": context.sender,
        "attachments": attachments,
        "most_attachments": settings.ATTACHMENTS_PER_MAILING,
        "may_attach": Feature.ATTACHMENTS not in off,
        "may_schedule": Feature.SCHEDULING not in off,
        "may_upload": access.may(actor, Permission.MANAGE_IMAGES, mailing.group),
        "may_see_contacts": access.may(actor, Permission.SEE_CONTACTS, mailing.group),
        "undo_seconds": settings.SEND_LEAD_SECONDS,
        "today": timezone.now(),
        "open_step": next((step.key for step in steps if step.key in first), steps[0].key),
    }
    return narrowed(mailing, actor, context_of_page)


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


def _typed(request: PortalRequest, mailing: Mailing) -> dict[str, Any]:
    """Gives the stored values with what was typed over them."""
    compiled = compiled_of(mailing.version)
    return {**mailing.values, **changes_in(request.POST, compiled, mailing.values, mailing.group.language)}


def _places_of(step: Step) -> tuple[str, ...]:
    """Gives the names by which the mail's places open a step."""
    if step.kind in {"section", "choice"}:
        return (step.key, *(f"section-{variant.name}" for variant in step.variants))
    asked = [*step.asked, *(one for item in step.items for one in item.asked)]
    own = (step.key, f"section-{step.key}") if step.items else ()
    return (*own, *(one.name for one in asked if not one.is_locked))


def _still_out(mailing: Mailing) -> int:
    """Counts the people who may still get an earlier version, because Braze confirmed neither call nor withdrawal."""
    unclear = (BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN)
    found = Batch.objects.filter(delivery__mailing=mailing, state__in=unclear).aggregate(people=Sum("size"))
    return found["people"] or 0


def _asked_changes(mailing: Mailing) -> Review | None:
    """Gives the decision that sent the mailing back, while it is the newest one."""
    newest = mailing.reviews.select_related("decided_by").first()
    return newest if newest is not None and newest.state == ReviewState.CHANGES_ASKED else None


def _comments_on(step: Step, counts: Mapping[str, int]) -> int:
    """Counts the open comments on what a step asks for; that of the subject asks for what follows it too."""
    names = ENVELOPE if step.key == ENVELOPE[0] else (step.section_name,)
    return sum(counts.get(name, 0) for name in names)


def _opens(step: Step) -> str:
    return _("Edit: %(title)s") % {"title": step.title}


def _files(request: PortalRequest) -> Mapping[str, UploadedFile[Any]]:
    return {name: file for name, file in request.FILES.items() if isinstance(file, UploadedFile)}


def _conflict(mailing: Mailing, refusal: StaleRevision | NotEditable) -> dict[str, Any]:
    """Says who was faster, so that the person can decide; what they typed stays on their page."""
    event = last_change_of(mailing)
    sentence = refusal.sentence
    if isinstance(refusal, StaleRevision) and event is not None and event.actor is not None:
        sentence = _("Changed by %(name)s in the meantime (%(time)s). What you typed is still here.") % {
            "name": event.actor.name,
            "time": _clock(mailing, event.at),
        }
    is_editable = mailing.state == MailingState.DRAFT
    return {"message": sentence, "revision": mailing.revision if is_editable else None}


def _answer(request: PortalRequest, outcome: Outcome) -> dict[str, Any]:
    """Gives what has changed on the page: marks and notes of every step, and the parts that follow from the values."""
    mailing = outcome.mailing
    context = page_of(mailing, request.user, outcome=outcome)
    steps: list[Step] = [*context["steps"], context["send_step"]]
    fragments = {"check": "compose/_check.html", "send": "compose/_send.html", "inbox": "compose/_inbox.html"}
    if own_key(AUDIENCE) in request.POST:
        fragments["audience"] = "compose/_audience_count.html"
    if is_about_attachments(request.POST, request.FILES):
        fragments[f"choices-{own_key(ATTACHMENTS)}"] = "compose/_attachments.html"
    if own_key(WHEN) in request.POST:
        fragments["when"] = "compose/_when_answer.html"
    parts = {name: render_to_string(path, context, request) for name, path in fragments.items()}
    for step in steps:
        refused = outcome.refused.get(step.key, "")
        parts[f"notes-{step.key}"] = render_to_string(
            "compose/_notes.html", {"step": step, "sentence": refused}, request
        )
        if step.kind == "items" and any(name.startswith((f"{step.key}.", f"act.{step.key}")) for name in request.POST):
            parts[f"items-{step.key}"] = render_to_string("compose/_items.html", {**context, "step": step}, request)
            continue
        if step.kind == "section" and "act.order" in request.POST:
            parts[f"move-{step.key}"] = render_to_string("compose/_move.html", {"step": step}, request)
        for asked in step.asked:
            if asked.name in outcome.uploaded:
                parts[f"choices-{asked.name}"] = render_to_string(
                    "compose/_image_choices.html", {**context, "asked": asked}, request
                )
    return {
        "revision": mailing.revision,
        "saved": _("Saved %(time)s") % {"time": _clock(mailing, timezone.now())},
        "refused": next(iter(outcome.refused.values()), ""),
        "name": mailing.name,
        "steps": {
            step.key: {
                "title": step.title,
                "mark": step.mark,
                "word": step.word,
                "summary": step.summary,
                "hidden": step.is_hidden,
            }
            for step in steps
        },
        "fragments": parts,
    }


def _clock(mailing: Mailing, moment: Any) -> str:
    with timezone.override(mailing.group.time_zone):
        return date_format(timezone.localtime(moment), "TIME_FORMAT")
