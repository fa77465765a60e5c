"""The pages of the kill switches: sending stops for a group or the brand, a template is recalled."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.delivery import halting, recalling
from campaigns.delivery.forms import ReasonForm
from campaigns.errors import Refusal
from campaigns.halts import halts_over
from campaigns.models import Halt, Template
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission

EVENTS_SHOWN = 20


@login_required
@require_GET
def sending_detail(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows whether a group may send, and the switch that stops it."""
    group = access.get(request.user, Group, group_id, Permission.STOP_MAILINGS)
    return _page(request, group, ReasonForm())


@login_required
@require_POST
def sending_stop(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Stops sending for a group and the groups below it."""
    group = access.get(request.user, Group, group_id, Permission.STOP_MAILINGS)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, group, form, status=422)
    try:
        halting.halt(group=group, reason=form.cleaned_data["reason"], actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("campaigns:sending-detail", group_id=group.pk)


@login_required
@require_POST
def sending_allow(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Lets a group send again."""
    group = access.get(request.user, Group, group_id, Permission.STOP_MAILINGS)
    try:
        halting.lift(group=group, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Sending is allowed again. What was stopped waits for a decision, one by one."))
    return redirect("campaigns:sending-detail", group_id=group.pk)


@login_required
@require_http_methods(["GET", "POST"])
def template_recall(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Asks why, then stops every mailing of a template and tells what became of each."""
    template = _template(request, template_id)
    form = ReasonForm(request.POST or None)
    context = {"template": template, "form": form, "recalled": None}
    if request.method == "POST" and form.is_valid():
        try:
            context["recalled"] = recalling.recall(
                template=template, reason=form.cleaned_data["reason"], actor=request.user
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("campaigns:template-recall", template_id=template.pk)
        template.refresh_from_db()
    context["concerned"] = recalling.concerned(template, request.user)
    return render(request, "delivery/template_recall.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def template_offer_again(request: PortalRequest, template_id: uuid.UUID) -> HttpResponse:
    """Lets a recalled template be used again."""
    template = _template(request, template_id)
    try:
        recalling.offer_again(template=template, actor=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The template is offered again."))
    return redirect("campaigns:template-recall", template_id=template.pk)


def _template(request: PortalRequest, template_id: uuid.UUID) -> Template:
    """Gives a template of a brand in which the person may stop mailings of some group."""
    brands = access.groups_with(request.user, Permission.STOP_MAILINGS).values("brand")
    template = Template.objects.filter(brand__in=brands, pk=template_id).select_related("brand").first()
    if template is None:
        raise Http404
    return template


def _page(request: PortalRequest, group: Group, form: ReasonForm, status: int = 200) -> HttpResponse:
    standing = list(halts_over(group).select_related("group", "started_by"))
    context = {
        "group": group,
        "form": form,
        "own": next((halt for halt in standing if halt.group_id == group.pk), None),
        "above": [halt for halt in standing if halt.group_id != group.pk],
        "below": group.paths_down.count() - 1,
        "earlier": Halt.objects.filter(group=group, lifted_at__isnull=False)
        .select_related("started_by", "lifted_by")
        .order_by("-started_at")[:EVENTS_SHOWN],
    }
    return render(request, "delivery/sending_detail.html", context, status=status)
