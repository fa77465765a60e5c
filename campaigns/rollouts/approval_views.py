"""The page on which one person approves all parts of a rollout: what is common once, then only what differs."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.compose.closing import in_words
from campaigns.errors import Refusal
from campaigns.models import Mailing, Rollout
from campaigns.review.changes import changes_of
from campaigns.review.queries import DECIDERS
from campaigns.rollouts.approving import approve_all, first_level_waits, is_own_work, matrix_of
from campaigns.rollouts.matrix import PAGE_SIZE, counts_of, parts_of, rows_of
from groups import access
from groups.http import PortalRequest


@login_required
@require_GET
def rollout_approval(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Shows the common text against the template, then each waiting group with only what differs; `?state=all` all."""
    rollout = _rollout(request, rollout_id)
    matrix = matrix_of(rollout, request.user)
    waiting = [part for part, _digest in matrix.parts]
    pattern = Mailing.everything.select_related("version__template", "group__brand").get(pk=rollout.pattern_id)
    state = "all" if request.GET.get("state") == "all" else "own"
    parts = parts_of(rollout, state=state).filter(pk__in=waiting)
    page = Paginator(parts, PAGE_SIZE).get_page(request.GET.get("page"))
    differing = parts_of(rollout, state="own").filter(pk__in=waiting).count()
    context = {
        "rollout": rollout,
        "group": rollout.group,
        "template": pattern.version.template,
        "changes": changes_of(pattern),
        "page": page,
        "rows": rows_of(rollout, page.object_list, pattern),
        "state": state,
        "query": f"state={state}",
        "matrix": matrix,
        "waiting": len(waiting),
        "differing": differing,
        "same": len(waiting) - differing,
        "counts": counts_of(rollout),
        "goes": in_words(rollout.starts_at, rollout.group) if rollout.starts_at else "",
        "is_own_work": is_own_work(rollout, request.user),
        "is_first_level": first_level_waits(rollout),
        "earlier": rollout.approvals.select_related("person")[:10],
    }
    return render(request, "rollouts/rollout_approval.html", context)


@login_required
@require_POST
def rollout_approve(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Says yes to everything that the page showed."""
    rollout = _rollout(request, rollout_id)
    try:
        approval = approve_all(rollout=rollout, actor=request.user, seen=request.POST.get("digest", ""))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("campaigns:rollout-approval", rollout_id=rollout.pk)
    told = ngettext(
        "%(count)s group has your yes. It is given to its mailing now.",
        "%(count)s groups have your yes. It is given to each mailing now.",
        approval.parts_seen,
    )
    messages.success(request, told % {"count": approval.parts_seen})
    return redirect("campaigns:rollout-detail", rollout_id=rollout.pk)


def _rollout(request: PortalRequest, rollout_id: uuid.UUID) -> Rollout:
    """Gives a rollout to somebody who reviews or approves for its group; raises `Http404` otherwise."""
    try:
        return access.get(request.user, Rollout, rollout_id, DECIDERS[0])
    except Http404:
        return access.get(request.user, Rollout, rollout_id, DECIDERS[1])
