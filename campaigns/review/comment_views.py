"""Writing and settling comments; they are read on the pages of their mailing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.compose.page import page_of as composer_page
from campaigns.delivery import page as delivery
from campaigns.errors import Refusal
from campaigns.models import Comment, Mailing, MailingState, Review, ReviewState
from campaigns.review import commenting, page
from campaigns.review.forms import COMMENT_ID, CommentForm
from campaigns.review.page import comment_parts
from campaigns.review.queries import DECIDERS
from groups import access
from groups.http import PortalRequest
from groups.models import User
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_comments(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Leads to the page of a mailing on which this person reads its comments; a POST writes one before.

    A comment that is refused stands on that page as it was typed.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    if request.method == "POST":
        _demand_writer(request, mailing)
        if (refused := _write(request, mailing)) is not None:
            return _page_with_refused(request, mailing, refused)
    return redirect(_page_with_comments(mailing, request.user))


@login_required
@require_POST
def comment_resolve(request: PortalRequest, comment_id: uuid.UUID) -> HttpResponse:
    """Settles a comment."""
    comment = access.get(request.user, Comment, comment_id, Permission.SEE_MAILINGS)
    _demand_writer(request, comment.mailing)
    try:
        commenting.resolve(comment=comment, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Settled."))
    return redirect(_page_with_comments(comment.mailing, request.user))


def _demand_writer(request: PortalRequest, mailing: Mailing) -> None:
    if not commenting.may_comment(request.user, mailing.group):
        raise Http404


def _write(request: PortalRequest, mailing: Mailing) -> CommentForm | None:
    """Writes what was posted, and gives the form where it is refused; an answer to another mailing's comment is 404."""
    answered = request.POST.get("reply_to", "")
    reply_to = access.get_usable(mailing.group, Comment, answered) if answered else None
    if reply_to is not None and reply_to.mailing_id != mailing.pk:
        raise Http404
    form = CommentForm(request.POST, mailing=mailing, auto_id=COMMENT_ID)
    if not form.is_valid():
        return form
    said = form.cleaned_data
    try:
        commenting.add_comment(
            mailing=mailing,
            actor=request.user,
            text=said["text"],
            field=said["field"],
            mentions=list(said["mentions"]),
            reply_to=reply_to,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return form
    messages.success(request, _("Your comment stands with the mailing."))
    return None


def _is_in_composer(mailing: Mailing, user: User) -> bool:
    return mailing.state == MailingState.DRAFT and access.may(user, Permission.EDIT_MAILINGS, mailing.group)


def _submission_for(mailing: Mailing, user: User) -> Review | None:
    """Gives the submission that waits, to somebody who reviews or approves here."""
    waiting = mailing.reviews.filter(state=ReviewState.OPEN).first()
    decides = any(access.may(user, permission, mailing.group) for permission in DECIDERS)
    return waiting if decides else None


def _page_with_comments(mailing: Mailing, user: User) -> str:
    """Gives the address of the comments: in the composer of a draft, with the submission, or on the mailing's page."""
    if _is_in_composer(mailing, user):
        return reverse("campaigns:mailing-edit", args=[mailing.pk]) + "#comments"
    if (waiting := _submission_for(mailing, user)) is not None:
        return reverse("campaigns:review-detail", args=[waiting.pk]) + "#comments"
    return reverse("campaigns:mailing-detail", args=[mailing.pk]) + "#comments"


def _page_with_refused(request: PortalRequest, mailing: Mailing, form: CommentForm) -> HttpResponse:
    """Shows the page on which the comments stand, with what was typed and why it was refused."""
    parts = comment_parts(mailing, request.user, form=form)
    if _is_in_composer(mailing, request.user):
        context = {**composer_page(mailing, request.user), "comments": parts}
        return render(request, "compose/composer.html", context, status=422)
    if (waiting := _submission_for(mailing, request.user)) is not None:
        context = {**page.page_of(waiting, request.user), **parts}
        return render(request, "review/review_detail.html", context, status=422)
    context = {**delivery.page_of(mailing, request.user), **parts}
    return render(request, "delivery/mailing_detail.html", context, status=422)
