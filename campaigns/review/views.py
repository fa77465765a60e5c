"""The pages of approval: what waits, what differs, and the answers."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.errors import NotReady, Refusal
from campaigns.models import Level, Mailing, MailingState, Review, ReviewState
from campaigns.review import deciding, queries, services
from campaigns.review.forms import ChangesForm, ReasonForm, SubmitForm
from campaigns.review.listing import rows_of
from campaigns.review.page import page_of
from campaigns.review.together import approve_together
from campaigns.rollouts.approving import rollouts_to_decide
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission

PAGE_SIZE = 50


@login_required
@require_GET
def review_list(request: PortalRequest) -> HttpResponse:
    """Shows what waits for this person's yes and for others; `?state=`, `?level=` and `?group=` choose."""
    found = queries.seen(request.user).filter(mailing__group__brand=request.brand)
    groups = list(Group.objects.filter(pk__in=found.values("mailing__group")).order_by("name").only("name"))
    state = _one_of(request, "state", ReviewState.values, otherwise=ReviewState.OPEN)
    level = _one_of(request, "level", Level.values)
    group = next((one for one in groups if str(one.pk) == request.GET.get("group")), None)
    found = found.filter(state=state)
    if level:
        found = found.filter(level=level)
    if group is not None:
        found = found.filter(mailing__group=group)
    page = Paginator(queries.listed(request.user, found), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = rows_of(request.brand, list(page.object_list))
    context = {
        "page": page,
        "rows": rows,
        "can_approve_together": any(row.is_together for row in rows),
        "states": ReviewState.choices,
        "levels": Level.choices,
        "groups": groups,
        "chosen": {"state": state, "level": level, "group": group and group.pk},
        "rollouts": rollouts_to_decide(request.user, request.brand) if state == ReviewState.OPEN else [],
        "query": f"state={state}&level={level}&group={group.pk if group else ''}",
    }
    return render(request, "review/review_list.html", context)


@login_required
@require_POST
def review_approve_together(request: PortalRequest) -> HttpResponse:
    """Approves what was ticked in the list, each by the digest that the list showed, and tells what became of each."""
    listed = {id: request.POST.get(f"digest-{id}", "") for id in request.POST.getlist("review")}
    try:
        answers = approve_together(listed=listed, brand=request.brand, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:review-list")
    done = sum(1 for one in answers if not one.refusal)
    if done:
        told = ngettext("%(count)s mailing has your yes.", "%(count)s mailings have your yes.", done)
        messages.success(request, told % {"count": done})
    for one in answers:
        if one.refusal:
            messages.error(request, f"{one.name}: {one.refusal}" if one.name else one.refusal)
    if not answers:
        messages.error(request, _("Nothing was ticked, so nothing was approved."))
    return redirect("campaigns:review-list")


@login_required
@require_GET
def review_detail(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Shows a submission: what differs from the template, the whole mail, the checks, the audience, the time."""
    return _page(request, queries.get_review(request.user, review_id))


@login_required
@require_POST
def review_approve(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Says yes at the level whose turn it is."""
    review = queries.get_review(request.user, review_id)
    try:
        mailing = deciding.approve(review=review, actor=request.user, digest=request.POST.get("digest", ""))
    except Refusal as refusal:
        messages.error(request, _sentence(refusal))
        return redirect("campaigns:review-detail", review_id=review.pk)
    if review.state != ReviewState.OPEN:
        messages.success(request, _("“%(name)s” is approved.") % {"name": mailing.name})
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    messages.success(
        request, _("Your yes to “%(name)s” counts. It waits for somebody else now.") % {"name": mailing.name}
    )
    return redirect("campaigns:review-list")


@login_required
@require_POST
def review_ask_changes(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Sends a submission back with a reason."""
    review = queries.get_review(request.user, review_id)
    form = ChangesForm(request.POST, brand=request.brand)
    if not form.is_valid():
        return _page(request, review, changes_form=form, status=422)
    try:
        mailing = deciding.ask_for_changes(review=review, actor=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:review-detail", review_id=review.pk)
    messages.success(request, _("“%(name)s” goes back to its author with your reason.") % {"name": mailing.name})
    return redirect("campaigns:review-list")


@login_required
@require_POST
def review_revoke(request: PortalRequest, review_id: uuid.UUID) -> HttpResponse:
    """Takes an approval back; what was staged is withdrawn."""
    review = access.get(request.user, Review, review_id, Permission.APPROVE_MAILINGS)
    form = ReasonForm(request.POST, auto_id="revoke-%s")
    if not form.is_valid():
        return _page(request, review, revoke_form=form, status=422)
    try:
        mailing = deciding.revoke(review=review, actor=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:review-detail", review_id=review.pk)
    messages.success(
        request, _("The approval of “%(name)s” is revoked. Nothing of it goes out.") % {"name": mailing.name}
    )
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
    is_priority = bool(form.cleaned_data.get("is_priority"))
    try:
        services.submit(mailing=mailing, actor=request.user, note=note, is_priority=is_priority)
    except Refusal as refusal:
        messages.error(request, _sentence(refusal))
        return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)
    messages.success(request, _("Submitted. The approvers are told; you will hear from them."))
    return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)


@login_required
@require_POST
def mailing_take_back(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Takes a submitted or scheduled mailing back to draft."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    try:
        services.take_back(mailing=mailing, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    if mailing.state != MailingState.DRAFT:
        messages.success(request, _("It is being withdrawn. Once Braze has confirmed that, it is a draft again."))
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    messages.success(request, _("It is a draft again. Change what you like, then submit it anew."))
    return redirect("campaigns:mailing-edit", mailing_id=mailing.pk)


def _page(
    request: PortalRequest,
    review: Review,
    *,
    changes_form: forms.Form | None = None,
    revoke_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = page_of(review, request.user, changes_form=changes_form, revoke_form=revoke_form)
    return render(request, "review/review_detail.html", context, status=status)


def _one_of(request: PortalRequest, name: str, known: list[str], *, otherwise: str = "") -> str:
    chosen = request.GET.get(name, "")
    return chosen if chosen in known else otherwise


def _sentence(refusal: Refusal) -> str:
    """Gives a refusal with what blocks, so that the person need not look for it."""
    if not isinstance(refusal, NotReady):
        return refusal.sentence
    return " ".join([refusal.sentence, *(found.sentence for found in refusal.findings)])
