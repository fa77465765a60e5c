"""Whose token this is, and the groups that it reaches."""

from __future__ import annotations

from uuid import UUID

from ninja import Router

from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.paging import AskedPage, Page, page_of
from groups.api.schemas import GroupOut, MeOut, Named, RoleOut
from groups.api.shown import group_out, named
from groups.models import Group, Membership
from groups.roles import Permission

router = Router(tags=["You and your groups"])


@router.get("/me", response=MeOut, auth=Bearer(), summary="Whose token this is")
def me(request: ApiRequest) -> MeOut:
    """Gives the person, the brand, what the token may do at most, and the roles that the person holds here."""
    user, brand = request.auth, request.brand
    held = Membership.objects.filter(Membership.live(), user=user, group__brand=brand)
    return MeOut(
        id=user.pk,
        name=user.name,
        email=user.email,
        brand=Named(id=brand.pk, name=brand.name),
        scopes=list(request.token.scopes),
        expires_at=request.token.expires_at,
        roles=[
            RoleOut(group=named(one.group), role=one.role.key, until=one.until)
            for one in held.select_related("group", "role").order_by("group__name", "pk")
        ],
    )


@router.get("/groups", response=Page[GroupOut], auth=Bearer(Permission.SEE_MAILINGS), summary="List groups")
def list_groups(request: ApiRequest, paging: AskedPage) -> Page[GroupOut]:
    """Gives the groups in which the token may see mailings, the oldest first."""
    seen = access.visible(request.auth, Group, Permission.SEE_MAILINGS)
    found = page_of(request, seen, paging, newest_first=False)
    return Page(items=[_with_rights(request, group) for group in found.rows], next=found.next)


@router.get("/groups/{group_id}", response=GroupOut, auth=Bearer(Permission.SEE_MAILINGS), summary="Read a group")
def read_group(request: ApiRequest, group_id: UUID) -> GroupOut:
    """Gives a group with what the token may do in it."""
    return _with_rights(request, access.get(request.auth, Group, group_id, Permission.SEE_MAILINGS))


def _with_rights(request: ApiRequest, group: Group) -> GroupOut:
    return group_out(group, access.rights_of(request.auth, request.brand, group).here)
