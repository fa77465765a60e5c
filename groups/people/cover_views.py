"""The page of holiday cover: everybody lends their own roles, and takes them back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import Membership
from groups.people import delegation, queries
from groups.people.forms import CoverForm, end_of
from groups.people.pages import done


@login_required
@require_http_methods(["GET", "POST"])
def cover(request: PortalRequest) -> HttpResponse:
    """Shows somebody's own roles with those who cover for them, and lends one."""
    form = CoverForm(request.POST or None)
    if request.method == "POST":
        membership = _own(request, request.POST.get("membership", ""))
        if form.is_valid():
            to = queries.people_of(request.brand).filter(email=form.cleaned_data["to"].lower()).first()
            try:
                if to is None:
                    form.add_error("to", _("Nobody in your brand has this address. Check it with your colleague."))
                else:
                    delegation.delegate(
                        membership=membership,
                        to=to,
                        until=end_of(form.cleaned_data["until"], membership.group),
                        actor=request.user,
                    )
            except GroupsError as error:
                form.add_error(None, error.sentence)
        if not form.errors:
            messages.success(request, _("%(email)s covers for you.") % {"email": form.cleaned_data["to"]})
            return redirect("groups:cover")
    context = {"form": form, "held": queries.own_memberships(request.user, request.brand)}
    return render(request, "people/cover.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def cover_end(request: PortalRequest) -> HttpResponse:
    """Takes a role back that was lent, or gives one back that was borrowed."""
    chosen = _number(request.POST.get("delegation", ""))
    lent = Membership.objects.filter(group__brand=request.brand, delegated_from__isnull=False)
    mine = lent.filter(delegated_from__user=request.user) | lent.filter(user=request.user)
    found = get_object_or_404(mine.select_related("group__brand", "role", "user", "delegated_from"), pk=chosen)
    return done(
        request,
        lambda: delegation.end_delegation(delegation=found, actor=request.user),
        _("This cover is over."),
        redirect("groups:cover"),
    )


def _own(request: PortalRequest, chosen: str) -> Membership:
    return get_object_or_404(queries.own_memberships(request.user, request.brand), pk=_number(chosen))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
