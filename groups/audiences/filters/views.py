"""The pages of a group's filters: making one with a live count, changing it, and whom it finds."""

from __future__ import annotations

import uuid
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groups import access
from groups.audiences.filters import queries, services
from groups.audiences.filters.building import SAVE, Builder, segments_of
from groups.audiences.filters.connecting import demand_connectable
from groups.audiences.filters.definition import Definition
from groups.audiences.filters.describing import described
from groups.audiences.uses import uses_of
from groups.errors import GroupsError, InputRefused
from groups.http import PortalRequest
from groups.models import Audience, AudienceKind, Group
from groups.roles import Permission

PAGE: Final = "audiences/filters/filter_edit.html"
PART: Final = "audiences/filters/_builder.html"


@login_required
@require_http_methods(["GET", "POST"])
def filter_new(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Makes a filter; every button but the one that saves changes the form and counts, and stores nothing."""
    group = access.get(request.user, Group, group_id, Permission.CREATE_FILTERS)
    return _built(request, group, None)


@login_required
@require_http_methods(["GET", "POST"])
def filter_edit(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Changes a filter, as `filter_new` makes one."""
    audience = _filter(request, audience_id, Permission.CREATE_FILTERS)
    return _built(request, audience.group, audience)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def filter_remove(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Asks before a filter is deleted, and names the mailings that are still to go to it."""
    audience = _filter(request, audience_id, Permission.CREATE_FILTERS)
    if request.method == "POST":
        try:
            services.remove_filter(audience=audience, actor=request.user)
        except GroupsError as error:
            messages.error(request, error.sentence)
            return redirect("groups:filter-show", audience_id=audience.pk)
        messages.success(request, _("The filter %(name)s is deleted.") % {"name": audience.name})
        return redirect("groups:audience-list", group_id=audience.group_id)
    context = {"audience": audience, "group": audience.group, "uses": uses_of(audience)}
    return render(request, "audiences/filters/filter_remove.html", context)


@login_required
@require_GET
def filter_show(request: PortalRequest, audience_id: uuid.UUID) -> HttpResponse:
    """Shows what a filter says, how many it finds now, and the first of them."""
    audience = _filter(request, audience_id, Permission.SEE_CONTACTS)
    found = None if audience.is_counted_by_braze else queries.find(queries.people_of(audience))
    segment = _segments(audience.group).filter(segment_id=audience.segment_id).first() if audience.segment_id else None
    context = {
        "audience": audience,
        "group": audience.group,
        "words": queries.words_of(audience),
        "problem": queries.problem_of(audience),
        "segment": segment,
        "found": found,
        "people": queries.first_people(found) if found is not None else [],
        "may_edit": access.may(request.user, Permission.CREATE_FILTERS, audience.group),
    }
    return render(request, "audiences/filters/filter.html", context)


def _built(request: PortalRequest, group: Group, audience: Audience | None) -> HttpResponse:
    targets = queries.targets_of(group.brand_id)
    segments = list(_segments(group))
    if request.method != "POST":
        builder = Builder.of(audience, segments, targets) if audience is not None else Builder.empty(targets)
        return _page(request, group, audience, builder, segments)
    builder = Builder.typed(request.POST, targets)
    segment = access.one_of(_segments(group), builder.source) if builder.source else None
    wish = request.POST.get("do", "")
    if wish != SAVE:
        builder.act(wish)
        return _page(request, group, audience, builder, segments)
    definition = builder.definition()
    if definition is not None:
        try:
            saved = _saved(request, group, audience, builder.name, definition, segment)
        except InputRefused as error:
            builder.errors["source" if _is_of_segment(error, definition, segment, builder) else "name"] = error.sentence
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
            return redirect("groups:filter-show", audience_id=saved.pk)
    return _page(request, group, audience, builder, segments, status=422)


def _saved(
    request: PortalRequest,
    group: Group,
    audience: Audience | None,
    name: str,
    definition: Definition,
    segment: Audience | None,
) -> Audience:
    actor = request.user
    if audience is None:
        return services.add_filter(group=group, name=name, definition=definition, segment=segment, actor=actor)
    return services.change_filter(audience=audience, name=name, definition=definition, segment=segment, actor=actor)


def _page(
    request: PortalRequest,
    group: Group,
    audience: Audience | None,
    builder: Builder,
    segments: list[Audience],
    status: int = 200,
) -> HttpResponse:
    context = {
        "group": group,
        "audience": audience,
        "builder": builder,
        "sources": segments_of(segments),
        **_counted(group, builder),
    }
    is_partial = bool(request.htmx) and request.method == "POST"
    if status == 200:
        builder.forget_errors()
    return render(request, PART if is_partial else PAGE, context, status=status)


def _counted(group: Group, builder: Builder) -> dict[str, object]:
    """Counts what stands in the form as far as it is complete."""
    definition = builder.definition()
    if definition is None:
        return {"found": None, "words": "", "problem": ""}
    words, problem = described(definition, builder.targets), ""
    if builder.source:
        try:
            demand_connectable(definition, builder.targets)
        except InputRefused as error:
            problem = error.sentence
        return {"found": None, "words": words, "problem": problem}
    people = queries.matching(definition, group, queries.today_of(group), builder.targets)
    return {"found": queries.find(people, first=0), "words": words, "problem": ""}


def _segments(group: Group) -> QuerySet[Audience]:
    return Audience.objects.filter(group=group, kind=AudienceKind.SEGMENT).order_by("name")


def _filter(request: PortalRequest, audience_id: uuid.UUID, permission: Permission) -> Audience:
    audience = access.get(request.user, Audience, audience_id, permission)
    if audience.kind != AudienceKind.FILTER:
        raise Http404
    return audience


def _is_of_segment(error: InputRefused, definition: Definition, segment: Audience | None, builder: Builder) -> bool:
    """Tells whether a refusal is about what Braze can compare, which is mended by another source."""
    if segment is None:
        return False
    try:
        demand_connectable(definition, builder.targets)
    except InputRefused as same:
        return same.sentence == error.sentence
    return False
