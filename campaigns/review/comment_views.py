"""Writing and settling comments; they are read on the pages of their mailing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.errors import Refusal
from campaigns.models import Comment, Mailing, MailingState, ReviewState
from campaigns.review import commenting
from campaigns.review.forms import CommentForm
from groups import access
from groups.http import PortalRequest
from groups.models import User
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_comments(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Leads to the page of a mailing on which this person reads its comments; a POST writes one before."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    if request.method == "POST":
        _demand_writer(request, mailing)
        _write(request, mailing)
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


def _write(request: PortalRequest, mailing: Mailing) -> None:
    """Writes what was posted; an answer names a comment of this mailing, else it is 404."""
    answered = request.POST.get("reply_to", "")
    reply_to = access.get_usable(mailing.group, Comment, answered) if answered else None
    if reply_to is not None and reply_to.mailing_id != mailing.pk:
        raise Http404
    form = CommentForm(request.POST, mailing=mailing)
    if not form.is_valid():
        messages.error(request, form.sentence)
        return
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
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Your comment stands with the mailing."))


def _page_with_comments(mailing: Mailing, user: User) -> str:
    """Gives the address of the comments: in the composer of a draft, with the submission, or on the mailing's page."""
    if mailing.state == MailingState.DRAFT and access.may(user, Permission.EDIT_MAILINGS, mailing.group):
        return reverse("campaigns:mailing-edit", args=[mailing.pk]) + "#comments"
    waiting = mailing.reviews.filter(state=ReviewState.OPEN).first()
    deciders = (Permission.APPROVE_MAILINGS, Permission.REVIEW_MAILINGS)
    if waiting is not None and any(access.may(user, permission, mailing.group) for permission in deciders):
        return reverse("campaigns:review-detail", args=[waiting.pk]) + "#comments"
    return reverse("campaigns:mailing-detail", args=[mailing.pk]) + "#comments"
