"""Where a person lands after signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from groups.access import groups_with
from groups.http import PortalRequest
from groups.models import Brand, Group, User
from groups.roles import Permission

_LEVELS = {"brand": 0, "region": 1, "store": 2}


def home_group(user: User, brand: Brand) -> Group | None:
    """Gives the group that a person lands in: the highest of those in which they hold a role themselves."""
    mine = groups_with(user, Permission.SEE_MAILINGS).filter(brand=brand, closed_at=None, memberships__user=user)
    return min(mine, key=lambda group: (_LEVELS.get(group.kind, len(_LEVELS)), group.name), default=None)


@require_GET
@login_required
def home(request: PortalRequest) -> HttpResponse:
    """Leads to the mailings of the person's own group, or says that they belong to none."""
    group = home_group(request.user, request.brand)
    if group is None:
        return render(request, "no_group.html")
    return redirect("campaigns:mailing-list", group_id=group.pk)
