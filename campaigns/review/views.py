"""The pages of approval: what waits, what differs, and the two answers."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import Target
from campaigns.compose.closing import moment_in_words
from campaigns.compose.content import render_mailing
from campaigns.compose.queries import count_of
from campaigns.compose.sender import sender_of
from campaigns.errors import NotReady, Refusal
from campaigns.models import Mailing, Review, ReviewState
from campaigns.preflight import check
from campaigns.review import queries, services
from campaigns.review.changes import changes_of
from campaigns.review.forms import ChangesForm, SubmitForm
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_GET
def review_list(request: PortalRequest) -> HttpResponse:
    """Shows what waits for this person's yes."""
    reviews = [
        (review, moment_in_words(review.mailing))
        for review in queries.waiting_for(request.user).filter(mailing__group__brand=request.brand)
    ]
    return render(request, "review/review_list.html", {"reviews": reviews})


@login_required
@require_GET
def review_detail(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Shows a submission: what differs from the template, the whole mail, the checks, the audience, the time."""
    review = access.get(request.user, Review, review_id, Permission.APPROVE_MAILINGS)
    return _page(request, review, ChangesForm())


@login_required
@require_POST
def review_approve(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Approves."""
    review = access.get(request.user, Review, review_id, Permission.APPROVE_MAILINGS)
    try:
        mailing = services.approve(review=review, actor=request.user)
    except Refusal as refusal:
        messages.error(request, _sentence(refusal))
        return redirect("campaigns:review-detail", review_id=review.pk)
    messages.success(request, _("“%(name)s” is approved.") % {"name": mailing.name})
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)


@login_required
@require_POST
def review_ask_changes(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Sends a submission back with a reason."""
    review = access.get(request.user, Review, review_id, Permission.APPROVE_MAILINGS)
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    try:
        mailing = services.ask_for_changes(review=review, actor=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:review-detail", review_id=review.pk)
    messages.success(request, _("“%(name)s” goes back to its author with your reason.") % {"name": mailing.name})
    return redirect("campaigns:review-list")


@login_required
@require_POST
def mailing_submit(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Puts a draft before the approvers; the page must show what is stored, or it is led back."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    form = SubmitForm(request.POST)
    if request.POST.get("revision") != str(mailing.revision):
        messages.error(
            request, _("The mailing was changed after this page was shown. Look at it again, then submit it.")
        )
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        services.submit(mailing=mailing, actor=request.user, note=note)
    except Refusal as refusal:
        messages.error(request, _sentence(refusal))
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    messages.success(request, _("Submitted. The approvers are told; you will hear from them."))
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)


@login_required
@require_POST
def mailing_take_back(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Takes a submitted mailing back to draft."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    try:
        services.take_back(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    messages.success(request, _("It is a draft again. Change what you like, then submit it anew."))
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def _page(request: PortalRequest, review: Review, form: ChangesForm, *, status: int = 200) -> HttpResponse:
    mailing = review.mailing
    context = {
        "review": review,
        "mailing": mailing,
        "group": mailing.group,
        "changes": changes_of(mailing),
        "checks": check(mailing, actor=request.user),
        "count": count_of(mailing),
        "when": moment_in_words(mailing),
        "rendered": render_mailing(mailing, Target.PREVIEW),
        "sender": sender_of(mailing),
        "attachments": list(attachments_of(mailing)),
        "is_own": request.user.pk in (review.submitted_by_id, mailing.author_id),
        "is_open": review.state == ReviewState.OPEN,
        "earlier": [one for one in queries.thread_of(mailing) if one.pk != review.pk],
        "form": form,
    }
    return render(request, "review/review_detail.html", context, status=status)


def _sentence(refusal: Refusal) -> str:
    """Gives a refusal with what blocks, so that the person need not look for it."""
    if not isinstance(refusal, NotReady):
        return refusal.sentence
    return " ".join([refusal.sentence, *(found.sentence for found in refusal.findings)])
