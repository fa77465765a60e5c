"""The pages on which a rollout is set up: what it says, and for which groups it is."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns.compose.closing import zone_name
from campaigns.errors import Refusal
from campaigns.models import Rollout, RolloutPart
from campaigns.rollouts import services
from campaigns.rollouts.belonging import CHANGEABLE
from campaigns.rollouts.forms import GroupsForm, SetupForm, initial_of
from campaigns.rollouts.setup import SetupRefused
from groups import access
from groups.http import PortalRequest
from groups.models import Group, GroupKind
from groups.roles import Permission
from groups.tree.listing import Wish, found

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rollout_setup(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Shows and changes what a rollout says beside its text."""
    rollout = access.get(request.user, Rollout, rollout_id, Permission.EDIT_MAILINGS)
    form = SetupForm(request.POST or None, rollout=rollout, initial=initial_of(rollout))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_setup(rollout=rollout, setup=form.setup, actor=request.user)
        except SetupRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved. The groups' mailings follow."))
            return redirect("campaigns:rollout-detail", rollout_id=rollout.pk)
    context = {
        "rollout": rollout,
        "group": rollout.group,
        "form": form,
        "zone": zone_name(rollout.group.time_zone),
        "is_fixed": rollout.state not in CHANGEABLE or rollout.submitted_at is not None,
    }
    return render(request, "rollouts/rollout_setup.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rollout_groups(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Shows the groups that may be taken in, as looked for, and takes those in, or out, that were ticked, or all found.

    An id of a group that the person may not take in is passed over, as if it had not been sent.
    """
    rollout = access.get(request.user, Rollout, rollout_id, Permission.EDIT_MAILINGS)
    groups = services.candidates(rollout, request.user)
    asked = {**({} if "kind" in request.GET else {"kind": GroupKind.STORE.value}), **request.GET.dict()}
    form = GroupsForm(asked, groups=groups)
    form.is_valid()
    said = form.cleaned_data
    wish = Wish(words=said.get("q", ""), below=said.get("below"), kind=said.get("kind", ""))
    listed = found(groups, wish).order_by("name", "pk").distinct()
    query = urlencode({name: asked.get(name, "") for name in ("q", "below", "kind")})
    if request.method == "POST":
        return _changed(request, rollout, listed, query)
    taken = RolloutPart.objects.filter(rollout=rollout, group=OuterRef("pk"))
    page = Paginator(listed.annotate(is_in=Exists(taken)).select_related("parent"), PAGE_SIZE)
    context = {
        "rollout": rollout,
        "group": rollout.group,
        "form": form,
        "page": page.get_page(request.GET.get("page")),
        "query": query,
        "left": listed.exclude(rollout_parts__rollout=rollout).count(),
        "taken": rollout.parts.count(),
    }
    return render(request, "rollouts/rollout_groups.html", context)


def _changed(request: PortalRequest, rollout: Rollout, listed: QuerySet[Group], query: str) -> HttpResponse:
    ids = [one for one in (_id(text) for text in request.POST.getlist("group")[:PAGE_SIZE]) if one is not None]
    ticked = services.candidates(rollout, request.user).filter(pk__in=ids)
    try:
        if "leave_out" in request.POST:
            parts = rollout.parts.filter(group__in=ticked)
            wanted = parts.count()
            left = services.leave_out(rollout=rollout, parts=parts, actor=request.user)
            told = ngettext("%(count)s group is left out.", "%(count)s groups are left out.", left) % {"count": left}
            messages.success(request, told)
            if left < wanted:
                messages.error(request, _("Groups whose mailing was submitted stay. They can opt out, or you cancel."))
        else:
            chosen = listed if "add_all" in request.POST else ticked
            added = services.add_groups(rollout=rollout, groups=chosen, actor=request.user)
            told = ngettext("%(count)s group is taken in.", "%(count)s groups are taken in.", added)
            messages.success(request, told % {"count": added})
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return HttpResponseRedirect(f"{reverse('campaigns:rollout-groups', args=[rollout.pk])}?{query}")


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
