"""The page of the grid: one field, a row for each group, and a place to paste what a spreadsheet copied."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from campaigns.brandlock import FieldSpec, FieldType
from campaigns.compose.inputs import input_names
from campaigns.errors import Refusal
from campaigns.models import Rollout, RolloutPart
from campaigns.rollouts.grid import Cell, Filled, fill, grid_fields, read_lines, typed_of
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rollout_grid(request: PortalRequest, rollout_id: uuid.UUID) -> HttpResponse:
    """Shows one field of every group and stores what is typed or pasted; what is refused stays at its cell."""
    rollout = access.get(request.user, Rollout, rollout_id, Permission.EDIT_MAILINGS)
    fields = grid_fields(rollout)
    wanted = request.POST.get("field") or request.GET.get("field", "")
    spec = next((one for one in fields if one.name == wanted), fields[0] if fields else None)
    filled, pasted = Filled(), request.POST.get("pasted", "")
    if request.method == "POST" and spec is not None:
        try:
            cells, filled.lines = _typed(request, spec), []
            if pasted.strip():
                found, lost = read_lines(rollout, spec, pasted)
                cells, filled.lines = [*cells, *found], lost
            done = fill(rollout=rollout, spec=spec, cells=cells, actor=request.user)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return _page(request, rollout, fields, spec, filled, pasted, status=422)
        done.lines = filled.lines
        if done.stored or not (done.refused or done.lines):
            told = ngettext("%(count)s group is filled in.", "%(count)s groups are filled in.", done.stored)
            messages.success(request, told % {"count": done.stored})
        if done.refused or done.lines:
            kept = "\n".join(line.text for line in done.lines)
            return _page(request, rollout, fields, spec, done, kept, status=422)
        query = urlencode({"field": spec.name, "page": request.POST.get("page", "1")})
        return HttpResponseRedirect(f"{reverse('campaigns:rollout-grid', args=[rollout.pk])}?{query}")
    return _page(request, rollout, fields, spec, filled, "")


def _typed(request: PortalRequest, spec: FieldSpec) -> list[Cell]:
    """Gives the cells of the page; those that say what they said when they were shown are left out."""
    count = len(input_names(spec, spec.name))
    cells = []
    for text in request.POST.getlist("part")[:PAGE_SIZE]:
        typed = tuple(request.POST.get(f"cell-{text}-{number}", "") for number in range(count))
        shown = tuple(request.POST.get(f"shown-{text}-{number}", "") for number in range(count))
        revision = request.POST.get(f"revision-{text}", "")
        try:
            part = uuid.UUID(text)
        except ValueError:
            continue
        if _plain(typed) != _plain(shown) and revision.isdecimal():
            cells.append(Cell(part, typed, int(revision)))
    return cells


def _plain(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Forms send line breaks as two characters."""
    return tuple(text.replace("\r\n", "\n").strip() for text in texts)


def _page(
    request: PortalRequest,
    rollout: Rollout,
    fields: list[FieldSpec],
    spec: FieldSpec | None,
    filled: Filled,
    pasted: str,
    status: int = 200,
) -> HttpResponse:
    """Shows what was refused, where something was, else a page of all groups."""
    parts = rollout.parts.filter(mailing__isnull=False).select_related("group", "mailing")
    if filled.refused:
        parts = parts.filter(pk__in=filled.refused)
    page = Paginator(parts, PAGE_SIZE if not filled.refused else 500).get_page(
        request.POST.get("page") or request.GET.get("page")
    )
    context: dict[str, Any] = {
        "rollout": rollout,
        "group": rollout.group,
        "fields": fields,
        "spec": spec,
        "is_long": spec is not None and spec.type is FieldType.TEXT,
        "columns": [] if spec is None else _columns(spec),
        "common": () if spec is None else typed_of(spec, rollout.pattern.values),
        "page": page,
        "rows": [] if spec is None else [_row(part, spec, filled) for part in page.object_list],
        "lines": filled.lines,
        "is_refused": bool(filled.refused or filled.lines),
        "pasted": pasted,
        "query": urlencode({"field": spec.name}) if spec is not None else "",
    }
    return render(request, "rollouts/rollout_grid.html", context, status=status)


def _columns(spec: FieldSpec) -> list[str]:
    names = input_names(spec, spec.name)
    if len(names) == 1:
        return [spec.label]
    words = {"text": _("Words"), "url": _("Address")}
    return [words.get(name.rpartition(".")[2], name) for name in names]


def _row(part: RolloutPart, spec: FieldSpec, filled: Filled) -> dict[str, Any]:
    assert part.mailing is not None
    stored = typed_of(spec, part.mailing.values)
    typed, error = filled.refused.get(part.pk, (stored, ""))
    return {
        "part": part,
        "revision": part.mailing.revision,
        "is_own": spec.name in part.own,
        "error": error,
        "cells": [
            {"number": number, "typed": text, "shown": was}
            for number, (text, was) in enumerate(zip(typed, stored, strict=True))
        ],
    }
