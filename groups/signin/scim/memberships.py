"""The groups of a directory: each stands for a role in a group of the brand, and its members hold it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import Brand, Group, Membership, ScimGroup, ScimPerson, ScimToken, User
from groups.people.admins import lock_people
from groups.people.services import give_role
from groups.people.sessions import end_sessions
from groups.signin.scim.changes import GroupChange, MemberChange
from groups.signin.scim.filters import parse
from groups.signin.scim.people import keeping_admins, people_in
from groups.signin.scim.protocol import GROUP, ScimError, not_found

FILTERS = ("displayname", "externalid", "id")


def group_in(brand: Brand, id: str) -> ScimGroup:
    """Gives a directory's group by id; raises `ScimError` (404) for one that this brand does not have."""
    try:
        return ScimGroup.objects.select_related("group").get(pk=uuid.UUID(id), brand=brand)
    except (ValueError, ScimGroup.DoesNotExist) as error:
        raise not_found() from error


def filtered(brand: Brand, text: str) -> QuerySet[ScimGroup]:
    """Gives the groups that a filter names; raises `ScimError` for one that is not supported."""
    found = ScimGroup.objects.filter(brand=brand).select_related("group")
    for name, value in parse(text, FILTERS):
        if name == "displayname":
            code, _slash, role = str(value).rpartition("/")
            found = found.filter(group__code=code, role=role)
        elif name == "externalid":
            found = found.filter(external_id=str(value)).exclude(external_id="")
        else:
            try:
                found = found.filter(pk=uuid.UUID(str(value)))
            except ValueError:
                found = found.none()
    return found.order_by("pk")


def resources(groups: QuerySet[ScimGroup], address: str, *, has_members: bool) -> list[dict[str, Any]]:
    """Gives groups as SCIM shows them; one query more for all their members."""
    if has_members:
        holders = Membership.objects.filter(Membership.live(), user__is_service=False, delegated_from=None)
        holders = holders.select_related("role").order_by("user_id")
        groups = groups.prefetch_related(Prefetch("group__memberships", queryset=holders))
    return [_resource(found, address, has_members=has_members) for found in groups]


@transaction.atomic
def create(*, token: ScimToken, change: GroupChange) -> ScimGroup:
    """Adds a group; its name is `CODE/role`: the code of a group of the brand, and the key of a role.

    Raises `ScimError`: 400 for another name, 403 for a role that the token may not give, 409 for one that is there.
    """
    lock_people(token.brand)
    brand = token.brand
    code, _slash, role = (change.display_name or "").rpartition("/")
    group = Group.objects.filter(brand=brand, code=code, closed_at=None).first()
    if group is None or not brand.roles.filter(key=role).exists():
        message = _("displayName is the code of a group and the key of a role, such as PDX-01/local_author.")
        raise ScimError(400, message, "invalidValue")
    _check_role(token, role)
    try:
        with transaction.atomic():
            found = ScimGroup.objects.create(brand=brand, group=group, role=role, external_id=change.external_id or "")
    except IntegrityError as error:
        raise ScimError(409, _("This group is there already."), "uniqueness") from error
    audit.record("scim.group_created", actor=token.created_by, target=found, group=group, role=role, token=token.name)
    _apply(token, found, change.members)
    return found


@transaction.atomic
def update(*, token: ScimToken, found: ScimGroup, change: GroupChange) -> None:
    """Changes a group's members; its name stands for what it gives and stays.

    Raises `ScimError`: 400 for another name, 403 for a role that the token may not give, 404 for a member whom the
    brand does not have, 409 for the last admin and for somebody who is switched off or holds a role given by hand.
    """
    lock_people(token.brand)
    if change.display_name and change.display_name != found.display_name:
        raise ScimError(400, _("The name of a group says what it gives, so it can't change."), "mutability")
    if change.external_id is not None:
        found.external_id = change.external_id
    found.save()
    _apply(token, found, change.members)


@transaction.atomic
def delete(*, token: ScimToken, found: ScimGroup) -> None:
    """Takes a group away, and from its members the role that it gave."""
    lock_people(token.brand)
    _check_role(token, found.role)
    _apply(token, found, [MemberChange(replaces=True)])
    audit.record("scim.group_deleted", actor=token.created_by, target=found, group=found.group, role=found.role)
    found.delete()


def _apply(token: ScimToken, found: ScimGroup, changes: Iterable[MemberChange]) -> None:
    for change in changes:
        _check_role(token, found.role)
        wanted = {person.pk: person for person in _people(token.brand, change.add)}
        for holder in _holders(found):
            if (change.replaces and holder.pk not in wanted) or str(holder.pk) in change.remove:
                _revoke(token, found, holder)
        for person in wanted.values():
            _grant(token, found, person)


def _grant(token: ScimToken, found: ScimGroup, person: User) -> None:
    if not person.is_active or ScimPerson.objects.filter(brand=token.brand, user=person, is_active=False).exists():
        raise ScimError(409, _("Somebody among the members is switched off. Switch them on first."))
    held = Membership.objects.filter(user=person, group=found.group, delegated_from=None).select_related("role").first()
    if held is not None and (held.role.key, held.until) == (found.role, None):
        return
    if held is not None and held.role.key not in token.roles:
        raise ScimError(409, _("Somebody among the members holds a role here that was given by hand."))
    with keeping_admins(token.brand):
        try:
            give_role(user=person, group=found.group, role=found.role, actor=None)
        except InputRefused as error:
            raise ScimError(409, error.sentence) from error


def _revoke(token: ScimToken, found: ScimGroup, person: User) -> None:
    held = Membership.objects.filter(user=person, group=found.group, role__key=found.role, delegated_from=None)
    for delegated in Membership.objects.filter(delegated_from__in=held).select_related("user"):
        end_sessions(delegated.user)
    with keeping_admins(token.brand):
        held.delete()
    end_sessions(person)
    audit.record("member.removed", actor=token.created_by, target=person, group=found.group, role=found.role)


def _people(brand: Brand, ids: Iterable[str]) -> list[User]:
    try:
        wanted = {uuid.UUID(id) for id in ids}
    except ValueError as error:
        raise not_found() from error
    people = list(people_in(brand).filter(pk__in=wanted))
    if len(people) != len(wanted):
        raise not_found()
    return people


def _holders(found: ScimGroup) -> list[User]:
    held = Membership.objects.filter(group=found.group, role__key=found.role, delegated_from=None).values("user")
    return list(User.objects.filter(pk__in=held, is_service=False))


def _check_role(token: ScimToken, role: str) -> None:
    if role not in token.roles:
        raise ScimError(403, _("This token may not give this role."))


def _resource(found: ScimGroup, address: str, *, has_members: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "schemas": [GROUP],
        "id": str(found.pk),
        "displayName": found.display_name,
        "meta": {
            "resourceType": "Group",
            "created": found.created_at.isoformat(),
            "lastModified": found.updated_at.isoformat(),
            "location": f"{address}/{found.pk}",
        },
    }
    if found.external_id:
        body["externalId"] = found.external_id
    if has_members:
        held = [one for one in found.group.memberships.all() if one.role.key == found.role]
        body["members"] = [{"value": str(one.user_id)} for one in held]
    return body
