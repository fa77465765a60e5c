"""The page of a group's rules about time; each part of it is saved by itself."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.errors import Refusal
from campaigns.models import Blackout
from campaigns.schedule import services
from campaigns.schedule.forms import BlackoutForm
from campaigns.schedule.holding import Held
from campaigns.schedule.page import clash_form, page_of, pressure_form, role_forms, times_form
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission


@login_required
@require_GET
def rule_times(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows what a group says about time, and what holds for it."""
    group = _ruled(request, group_id)
    return render(request, "schedule/rule_times.html", page_of(group, request.user))


@login_required
@require_POST
def rule_times_save(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Saves quiet hours and limits."""
    group = _ruled(request, group_id)
    form = times_form(group, request.POST)
    if not form.is_valid():
        return _refused(request, form, page_of(group, request.user, times=form))
    held = services.save_times(group=group, quiet=form.quiet_hours, limits=form.limits, actor=request.user)
    return _saved(request, group, _("Saved. Mailings that are planned from now on go by it."), held)


@login_required
@require_POST
def rule_role_limits(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Saves what each role may do."""
    group = _ruled(request, group_id)
    of_roles = role_forms(group, request.POST)
    refused = [one.form for one in of_roles if not one.form.is_valid()]
    if refused:
        return _refused(request, refused[0], page_of(group, request.user, roles=of_roles))
    limits = {one.role.key: one.form.limits for one in of_roles}
    services.save_role_limits(group=group, limits=limits, actor=request.user)
    return _saved(request, group, _("Saved. Mailings that are planned from now on go by it."))


@login_required
@require_POST
def rule_pressure(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Saves how much mail one person gets; only the brand's own group says it."""
    group = _ruled(request, group_id)
    if group.parent_id is not None:
        raise Http404
    form = pressure_form(group, request.POST)
    if not form.is_valid():
        return _refused(request, form, page_of(group, request.user, pressure=form))
    services.save_pressure(group=group, pressure=form.pressure, actor=request.user)
    return _saved(request, group, _("Saved. It counts for what goes out from now on."))


@login_required
@require_POST
def rule_clashes(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Saves when mailings clash."""
    group = _ruled(request, group_id)
    form = clash_form(group, request.POST)
    if not form.is_valid():
        return _refused(request, form, page_of(group, request.user, clash=form))
    services.save_clash(group=group, clash=form.clash, actor=request.user)
    return _saved(request, group, _("Saved. The calendar and the check go by it from now on."))


@login_required
@require_POST
def rule_blackout_add(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Names days on which nothing goes out."""
    group = _ruled(request, group_id)
    form = BlackoutForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, page_of(group, request.user, blackout=form))
    try:
        _blackout, held = services.add_blackout(group=group, actor=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("last_day", refusal.sentence)
        return _refused(request, form, page_of(group, request.user, blackout=form))
    return _saved(request, group, _("Nothing goes out on these days."), held)


@login_required
@require_POST
def rule_blackout_remove(request: PortalRequest, blackout_id: uuid.UUID) -> HttpResponse:
    """Lets mail go out on these days again."""
    blackout = access.get(request.user, Blackout, blackout_id, Permission.MANAGE_RULES)
    services.remove_blackout(blackout=blackout, actor=request.user)
    sentence = _("Mail may go out on these days again: %(reason)s.") % {"reason": blackout.reason}
    return _saved(request, blackout.group, sentence)


def _ruled(request: PortalRequest, group_id: uuid.UUID) -> Group:
    return access.get(request.user, Group, group_id, Permission.MANAGE_RULES)


def _saved(request: PortalRequest, group: Group, sentence: str, held: Held | None = None) -> HttpResponse:
    messages.success(request, sentence)
    if held is not None and held.mailings:
        told = ngettext(
            "%(count)s mailing was to go out at a time that is forbidden now: it waits for a decision.",
            "%(count)s mailings were to go out at a time that is forbidden now: they wait for a decision.",
            held.mailings,
        )
        messages.warning(request, told % {"count": held.mailings})
    if held is not None and held.too_late:
        told = ngettext(
            "%(count)s mailing goes out all the same: it is too late to stop it.",
            "%(count)s mailings go out all the same: it is too late to stop them.",
            held.too_late,
        )
        messages.warning(request, told % {"count": held.too_late})
    return redirect("campaigns:rule-times", group_id=group.pk)


def _refused(request: PortalRequest, form: forms.Form, context: dict[str, object]) -> HttpResponse:
    return render(request, "schedule/rule_times.html", {**context, "form": form}, status=422)
