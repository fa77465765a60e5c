"""The pages of rollouts: the list, a new one, and the matrix with what can be done to all of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.brandlock import Target
from campaigns.compose.closing import in_words
from campaigns.compose.content import render_mailing
from campaigns.compose.previews import picture_only
from campaigns.errors import Refusal
from campaigns.library.offering import offered_templates
from campaigns.models import Mailing, Rollout, RolloutKind, RolloutPart, RolloutState
from campaigns.rollouts import control, services
from campaigns.rollouts.approving import is_own_work, matrix_of, may_see_matrix
from campaigns.rollouts.assets import uses_by_group
from campaigns.rollouts.belonging import CHANGEABLE, manages
from campaigns.rollouts.checking import check_again
from campaigns.rollouts.forms import CreateForm, ReasonForm
from campaigns.rollouts.letting_go import LETTING, to_submit
from campaigns.rollouts.matrix import FILTERS, PAGE_SIZE, counts_of, parts_of, progress_of, rows_of
from groups import access
from groups.http import PortalRequest
from groups.models import Group, User
from groups.roles import Permission

LISTED = 50


@login_required
@require_GET
def rollout_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the rollouts of a group, newest first; `?state=archived` those that were put away."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    is_archive = request.GET.get("state") == "archived"
    found = Rollout.objects.filter(group=group).annotate(part_count=Count("parts"))
    found = found.filter(state=RolloutState.ARCHIVED) if is_archive else found.exclude(state=RolloutState.ARCHIVED)
    page = Paginator(found.order_by("-created_at", "pk"), LISTED).get_page(request.GET.get("page"))
    context = {
        "group": group,
        "page": page,
        "rows": [(one, _goes(one)) for one in page.object_list],
        "query": "state=archived" if is_archive else "",
        "is_archive": is_archive,
        "may_edit": access.may(request.user, Permission.EDIT_MAILINGS, group),
        "has_groups": group.children.filter(closed_at=None).exists(),
    }
    return render(request, "rollouts/rollout_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rollout_create(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Begins a rollout, and opens the composer for what all its parts have in common."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_MAILINGS)
    form = CreateForm(request.POST or None, templates=offered_templates(group, request.user))
    if form.is_valid():
        said = form.cleaned_data
        try:
            rollout = services.create_rollout(
                group=group,
                template=said["template"],
                kind=RolloutKind(said["kind"]),
                name=said["name"],
                actor=request.user,
            )
        except Refusal as refusal:
            form.add_error(getattr(refusal, "field", None), refusal.sentence)
        else:
            return redirect("campaigns:mailing-edit", mailing_id=rollout.pattern_id)
    context = {"group": group, "form": form}
    return render(request, "rollouts/rollout_create.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def rollout_detail(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Shows the matrix: a card for each group, narrowed by `?state=` and `?words=`; `?part=progress` the bar alone."""
    rollout = access.get(request.user, Rollout, rollout_id, Permission.SEE_MAILINGS)
    context = progress_context(rollout)
    if request.GET.get("part") == "progress":
        return render(request, "rollouts/_progress.html", {**context, "is_poll": True})
    return render(request, "rollouts/rollout_detail.html", {**context, **_matrix(request, rollout)})


@login_required
@require_GET
@picture_only
def part_preview(request: PortalRequest, part_id: uuid.UUID) -> HttpResponse:
    """Gives one group's mail as a sample person would get it, also before the group can see it."""
    part = access.get(request.user, RolloutPart, part_id, Permission.SEE_MAILINGS)
    if part.mailing is None:
        raise Http404
    response = HttpResponse(render_mailing(part.mailing, Target.PREVIEW).html)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def rollout_release(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Lets a draft go its way."""
    return _act(request, rollout_id, services.release, _("The rollout is on its way. Groups see it from its time on."))


@login_required
@require_POST
def rollout_submit(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Asks for the approval of every part that is ready."""
    return _act(request, rollout_id, services.submit_all, _("Submitted. The approvers are told; the parts follow."))


@login_required
@require_POST
def rollout_take_back(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Takes every part back to draft."""
    return _act(request, rollout_id, services.take_back_all, _("Every part is taken back. Approvals are void."))


@login_required
@require_POST
def rollout_check(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Has every draft checked anew."""

    def check(*, rollout: Rollout, actor: User) -> None:
        check_again(rollout)

    return _act(request, rollout_id, check, _("Every draft is checked again."))


@login_required
@require_POST
def rollout_archive(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Puts a rollout away."""
    return _act(request, rollout_id, services.archive, _("The rollout is archived."))


@login_required
@require_POST
def rollout_pause(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Holds a rollout; approvals stay."""
    told = _("The rollout is paused. Approvals stay; nothing more of it starts.")
    return _act(request, rollout_id, control.pause, told, Permission.STOP_MAILINGS)


@login_required
@require_POST
def rollout_resume(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Lets a paused rollout go on."""
    return _act(request, rollout_id, control.resume, _("The rollout goes on."), Permission.STOP_MAILINGS)


@login_required
@require_POST
def rollout_cancel(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Ends a rollout for good, for a reason that the groups read."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""

    def cancel(*, rollout: Rollout, actor: User) -> None:
        control.cancel(rollout=rollout, reason=reason, actor=actor)

    told = _("The rollout is cancelled. What has not gone out is being withdrawn.")
    return _act(request, rollout_id, cancel, told, Permission.STOP_MAILINGS)


def progress_context(rollout: Rollout) -> dict[str, Any]:
    """Gives how far the worker is, for the bar that asks for itself until it is done."""
    done = progress_of(rollout)
    is_task = rollout.kind == RolloutKind.TASK
    waits = rollout.submitted_at is not None and rollout.state in LETTING and to_submit(rollout).exists()
    is_working = is_task and rollout.state != RolloutState.ARCHIVED
    is_working = is_working and (done["made"] < done["all"] or done["checked"] < done["made"] or done["pending"] > 0)
    return {
        "rollout": rollout,
        "group": rollout.group,
        "done": done,
        "is_task": is_task,
        "is_working": is_working or waits,
    }


def actions_of(rollout: Rollout, actor: User) -> dict[str, Any]:
    """Gives what a person may do to a rollout as it stands."""
    prepares = manages(actor, rollout)
    stops = access.may(actor, Permission.STOP_MAILINGS, rollout.group)
    is_task = rollout.kind == RolloutKind.TASK
    waiting = len(matrix_of(rollout, actor).parts) if may_see_matrix(rollout, actor) else 0
    return {
        "prepares": prepares,
        "may_change": prepares and rollout.state in CHANGEABLE and rollout.submitted_at is None,
        "may_release": prepares and rollout.state == RolloutState.DRAFT,
        "may_submit": prepares and is_task and rollout.state in LETTING,
        "may_take_back": prepares and rollout.submitted_at is not None and rollout.state in CHANGEABLE,
        "may_archive": prepares
        and rollout.state in (RolloutState.DRAFT, RolloutState.COMPLETED, RolloutState.CANCELLED),
        "may_pause": stops and rollout.state in (RolloutState.SCHEDULED, RolloutState.ACTIVE),
        "may_resume": stops and rollout.state == RolloutState.PAUSED,
        "may_cancel": stops and rollout.state in LETTING,
        "waiting": waiting,
        "may_decide": waiting > 0 and not is_own_work(rollout, actor),
    }


def _matrix(request: PortalRequest, rollout: Rollout) -> dict[str, Any]:
    state = request.GET.get("state", "all")
    state = state if state in FILTERS else "all"
    words = request.GET.get("words", "").strip()[:100]
    found = parts_of(rollout, state=state, words=words)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = counts_of(rollout)
    is_task = rollout.kind == RolloutKind.TASK
    uses = {} if is_task else uses_by_group(rollout)
    pattern = Mailing.everything.select_related("version__template", "group__brand").get(pk=rollout.pattern_id)
    return {
        **actions_of(rollout, request.user),
        "template": pattern.version.template,
        "page": page,
        "rows": rows_of(rollout, page.object_list, pattern) if is_task else [],
        "uses": [] if is_task else [(part, uses.get(part.group_id, 0)) for part in page.object_list],
        "filters": [
            (name, label, counts[name], f"?{urlencode({'state': name, 'words': words})}")
            for name, (label, _condition) in FILTERS.items()
            if name in ("all", state) or counts[name]
        ],
        "state": state,
        "words": words,
        "query": urlencode({"state": state, "words": words}),
        "goes": _goes(rollout),
        "visible": in_words(rollout.visible_from, rollout.group) if rollout.visible_from else "",
        "cut_off": in_words(rollout.cut_off, rollout.group) if rollout.cut_off else "",
        "ends": in_words(rollout.ends_at, rollout.group) if rollout.ends_at else "",
        "cancel_form": ReasonForm(auto_id="cancel-%s"),
    }


def _goes(rollout: Rollout) -> str:
    """Gives when a rollout goes out, and by whose clock."""
    if rollout.starts_at is None:
        return ""
    told = in_words(rollout.starts_at, rollout.group)
    if rollout.kind == RolloutKind.TASK and rollout.by_group_clock:
        return _("%(time)s, by each group's own clock") % {"time": told}
    return told


def _act(
    request: PortalRequest,
    rollout_id: uuid.UUID,
    action: Callable[..., object],
    told: str,
    permission: Permission = Permission.EDIT_MAILINGS,
) -> HttpResponse:
    rollout = access.get(request.user, Rollout, rollout_id, permission)
    try:
        action(rollout=rollout, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, told)
    return redirect("campaigns:rollout-detail", rollout_id=rollout.pk)
