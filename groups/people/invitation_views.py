"""The page behind an invitation's link, and what may be done with invitations that are open."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import InputRefused
from groups.http import PortalRequest
from groups.models import Invitation, User
from groups.people import invitations, queries
from groups.people.forms import AcceptForm
from groups.people.pages import done


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Shows an invitation and takes it up; the link in the mail proves that the address is one's own.

    Looking changes nothing, so that a mail scanner uses nothing up.
    """
    try:
        invitation = invitations.find_invitation(brand=request.brand, secret=secret)  # type: ignore[attr-defined]  # the middleware's
    except InputRefused as error:
        return _page(request, {"refusal": error.sentence}, status=410)
    user = request.user if isinstance(request.user, User) else None
    must_sign_in = user is None and invitations.has_account(invitation)
    form = AcceptForm(
        request.POST if request.method == "POST" and user is None and not must_sign_in else None,
        email=invitation.email,
        initial={"name": invitation.name},
    )
    context = {"invitation": invitation, "form": form, "must_sign_in": must_sign_in, "secret": secret}
    if request.method == "GET" or (form.is_bound and not form.is_valid()):
        return _page(request, context, status=422 if form.errors else 200)
    try:
        chosen = form.cleaned_data if form.is_bound and not must_sign_in else {}
        accepted = invitations.accept(invitation=invitation, user=user, **chosen)
    except InputRefused as error:
        return _page(request, {**context, "refusal": error.sentence}, status=422)
    _let_in(request, accepted, is_new=user is None)
    return redirect(settings.LOGIN_REDIRECT_URL)


@login_required
@require_POST
def invitation_again(request: PortalRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Mails an open invitation once more."""
    invitation = _open(request, invitation_id)
    return done(
        request,
        lambda: invitations.invite_again(invitation=invitation, actor=request.user),
        _("%(email)s gets a new mail. The link of the old one works no longer.") % {"email": invitation.email},
        redirect("groups:person-list"),
    )


@login_required
@require_POST
def invitation_withdraw(request: PortalRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Withdraws an open invitation."""
    invitation = _open(request, invitation_id)
    return done(
        request,
        lambda: invitations.withdraw_invitation(invitation=invitation, actor=request.user),
        _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email},
        redirect("groups:person-list"),
    )


def _let_in(request: HttpRequest, user: User, *, is_new: bool) -> None:
    """Signs a new person in; a known one goes on in a session that carries the new rights."""
    user.refresh_from_db()
    if is_new:
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    else:
        update_session_auth_hash(request, user)


def _open(request: PortalRequest, invitation_id: uuid.UUID) -> Invitation:
    return get_object_or_404(queries.open_invitations(request.user, request.brand), pk=invitation_id)


def _page(request: HttpRequest, context: dict[str, object], *, status: int) -> HttpResponse:
    response = render(request, "people/invitation_accept.html", context, status=status)
    # The address is a secret: no cache keeps the page, and the portal's own policy tells it to no other site.
    response["Cache-Control"] = "no-store"
    return response
