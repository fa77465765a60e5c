"""What the pages of people have in common: the groups and roles that somebody may choose, and refusals as messages."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse

from groups.access import rights_of
from groups.errors import GroupsError, NotPermitted
from groups.http import PortalRequest
from groups.models import BrandRole, Group
from groups.people.queries import managed_groups
from groups.roles import Permission


def choices(request: PortalRequest) -> tuple[QuerySet[Group], QuerySet[BrandRole]]:
    """Gives the groups whose users a person manages and the brand's roles; raises `Http404` where there is no group."""
    groups = managed_groups(request.user, request.brand).filter(closed_at=None).select_related("brand").order_by("name")
    if not groups.exists():
        raise Http404
    return groups, BrandRole.objects.filter(brand=request.brand)


def manages_brand(request: PortalRequest) -> bool:
    """Tells whether a person manages the users of the whole brand."""
    return Permission.MANAGE_USERS in rights_of(request.user, request.brand, None).for_brand


def done(
    request: PortalRequest,
    act: Callable[[], object],
    sentence: str,
    then: HttpResponse,
    refused: HttpResponse | None = None,
) -> HttpResponse:
    """Does something and says so, or says why not; whoever has no right to it finds nothing there."""
    try:
        act()
    except NotPermitted as error:
        raise Http404 from error
    except GroupsError as error:
        messages.error(request, error.sentence)
        return refused or then
    messages.success(request, sentence)
    return then
