"""The people of a brand, as its directory creates, changes and switches them off."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import Brand, Group, Membership, ScimPerson, ScimToken, User
from groups.people.admins import demand_an_admin, lock_people
from groups.people.services import give_role
from groups.people.sessions import end_sessions
from groups.signin.scim.changes import PersonChange
from groups.signin.scim.filters import parse
from groups.signin.scim.protocol import USER, ScimError, not_found

FILTERS = ("username", "externalid", "active", "id")


def people_in(brand: Brand) -> QuerySet[User]:
    """Gives the people whom a brand's directory sees: its members, and those whom it brought or switched off."""
    members = Membership.objects.filter(group__brand=brand).values("user")
    brought = ScimPerson.objects.filter(brand=brand).values("user")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=brought), is_service=False)


def person_in(brand: Brand, id: str) -> User:
    """Gives a person by id; raises `ScimError` (404) for whoever this brand does not have."""
    try:
        return people_in(brand).get(pk=uuid.UUID(id))
    except (ValueError, User.DoesNotExist) as error:
        raise not_found() from error


def filtered(brand: Brand, text: str) -> QuerySet[User]:
    """Gives the people whom a filter names; raises `ScimError` for one that is not supported."""
    found = people_in(brand)
    for name, value in parse(text, FILTERS):
        if name == "active":
            off = Q(pk__in=ScimPerson.objects.filter(brand=brand, is_active=False).values("user")) | Q(is_active=False)
            found = found.exclude(off) if value in (True, "true", "True") else found.filter(off)
        elif name == "username":
            found = found.filter(email=str(value).lower())
        elif name == "externalid":
            rows = ScimPerson.objects.filter(brand=brand, external_id=str(value)).exclude(external_id="")
            found = found.filter(pk__in=rows.values("user"))
        else:
            found = found.filter(pk__in=_uuids(str(value)))
    return found.order_by("pk")


def resources(brand: Brand, people: list[User], address: str) -> list[dict[str, Any]]:
    """Gives people as SCIM shows them; two queries however many they are."""
    rows = {row.user_id: row for row in ScimPerson.objects.filter(brand=brand, user__in=people)}
    return [_resource(person, rows.get(person.pk), address) for person in people]


@transaction.atomic
def create(*, token: ScimToken, change: PersonChange) -> User:
    """Brings a person into the brand, with the account that their address has already, or a new one without password.

    An account that another brand shares keeps its name and everything else. Raises `ScimError`: 409 for somebody who
    is in the brand already, 400 for an address that the directory may not bring.
    """
    brand = _locked(token)
    email = _allowed_address(token, change.user_name or "")
    if people_in(brand).filter(email=email).exists():
        raise ScimError(409, _("Somebody in this brand has this userName."), "uniqueness")
    user = User.objects.filter(email=email).first()
    if user is not None and user.is_service:
        raise _unusable()
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email, None, name=_name_of(change, email))
        except IntegrityError as error:  # another brand was quicker
            raise _unusable() from error
    _check_external_id(brand, user, change.external_id)
    row = ScimPerson.objects.create(
        brand=brand,
        user=user,
        external_id=change.external_id or "",
        name=_name_of(change, email),
        given_name=change.given_name or "",
        family_name=change.family_name or "",
    )
    audit.record("scim.person_created", actor=token.created_by, target=user, brand=brand, token=token.name)
    if change.is_active is False:
        _switch_off(token, brand, user, row)
    elif not user.is_active:
        _switch_on(token, brand, user, row)
    return user


@transaction.atomic
def update(*, token: ScimToken, user: User, change: PersonChange) -> User:
    """Changes a person; what an account that another brand shares is called stays as it is.

    Raises `ScimError`: 409 for an external id that is taken and for the last admin, 400 for an address that is no
    longer to be had.
    """
    brand = _locked(token)
    user = User.objects.select_for_update().get(pk=user.pk)
    row = ScimPerson.objects.filter(brand=brand, user=user).first() or ScimPerson(
        brand=brand, user=user, name=user.name
    )
    _check_external_id(brand, user, change.external_id)
    if change.external_id is not None:
        row.external_id = change.external_id
    row.given_name = row.given_name if change.given_name is None else change.given_name
    row.family_name = row.family_name if change.family_name is None else change.family_name
    if change.name or change.given_name is not None or change.family_name is not None:
        row.name = change.name or f"{row.given_name} {row.family_name}".strip() or row.name
    is_own = not _is_shared(brand, user)
    if change.user_name and change.user_name != user.email:
        if not is_own:
            raise ScimError(403, _("This account is shared with others. Its userName can't be changed from here."))
        email = _allowed_address(token, change.user_name)
        if User.objects.filter(email=email).exists():
            raise _unusable()
        user.email = email
    if is_own:
        user.name = row.name or user.name
        user.save(update_fields=["email", "name"])
    row.save()
    if change.is_active is False:
        _switch_off(token, brand, user, row)
    elif change.is_active is True:
        _switch_on(token, brand, user, row)
    audit.record("scim.person_updated", actor=token.created_by, target=user, brand=brand, token=token.name)
    return user


def deactivate(*, token: ScimToken, user: User) -> None:
    """Switches a person off, which is what DELETE means: their mailings stay, their sessions end at once."""
    update(token=token, user=user, change=PersonChange(is_active=False))


@contextmanager
def keeping_admins(brand: Brand) -> Iterator[None]:
    """Raises `ScimError` (409) where what was done within leaves nobody to manage the brand, or to break the glass."""
    before = _missing_admin(brand)
    yield
    after = _missing_admin(brand)
    if after and not before:
        raise ScimError(409, after)


def _switch_off(token: ScimToken, brand: Brand, user: User, row: ScimPerson) -> None:
    if not row.is_active:
        return
    held = Membership.objects.filter(user=user, group__brand=brand)
    lasting = held.filter(delegated_from=None, until=None)
    row.kept_roles = [[str(group), key] for group, key in lasting.values_list("group_id", "role__key")]
    row.is_active = False
    row.save()
    for delegated in Membership.objects.filter(delegated_from__in=held).select_related("user"):
        end_sessions(delegated.user)
    with keeping_admins(brand):
        held.delete()
        if not _is_shared(brand, user):
            User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()
    end_sessions(user)
    audit.record("scim.person_deactivated", actor=token.created_by, target=user, brand=brand, token=token.name)


def _switch_on(token: ScimToken, brand: Brand, user: User, row: ScimPerson) -> None:
    """Switches a person on again, with the roles that they held, as far as the token may give those."""
    if row.is_active and (user.is_active or _is_shared(brand, user)):
        return
    kept = {uuid.UUID(group): role for group, role in row.kept_roles if role in token.roles}
    for group in Group.objects.filter(brand=brand, pk__in=kept, closed_at=None):
        if not Membership.objects.filter(user=user, group=group, delegated_from=None).exists():
            give_role(user=user, group=group, role=kept[group.pk], actor=None)
    row.is_active, row.kept_roles = True, []
    row.save()
    if not _is_shared(brand, user):
        User.objects.filter(pk=user.pk).update(is_active=True)
    user.refresh_from_db()
    audit.record("scim.person_activated", actor=token.created_by, target=user, brand=brand, token=token.name)


def _missing_admin(brand: Brand) -> str:
    """Gives what a brand lacks that nobody could manage or enter it; empty where all is well."""
    try:
        demand_an_admin(brand)
    except InputRefused as refusal:
        return refusal.sentence
    return ""


def _is_shared(brand: Brand, user: User) -> bool:
    """Tells whether another brand has something to say about an account."""
    member = Membership.objects.filter(user=user).exclude(group__brand=brand).exists()
    return member or ScimPerson.objects.filter(user=user).exclude(brand=brand).exists()


def _locked(token: ScimToken) -> Brand:
    """Gives the brand, locked, so that two calls cannot both leave it without an admin."""
    lock_people(token.brand)
    return token.brand


def _allowed_address(token: ScimToken, text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ScimError(400, _("userName is the email address of the person."), "invalidValue") from error
    if email.rpartition("@")[2] not in token.email_domains:
        raise _unusable()
    return email


def _unusable() -> ScimError:
    # The same words whether the domain is not allowed or the address is somebody's: who asks learns nothing of others.
    return ScimError(400, _("This userName can't be used here."), "invalidValue")


def _check_external_id(brand: Brand, user: User, external_id: str | None) -> None:
    taken = ScimPerson.objects.filter(brand=brand, external_id=external_id or "").exclude(user=user)
    if external_id and taken.exists():
        raise ScimError(409, _("Somebody in this brand has this externalId."), "uniqueness")


def _name_of(change: PersonChange, email: str) -> str:
    parts = f"{change.given_name or ''} {change.family_name or ''}".strip()
    return (change.name or parts or email.partition("@")[0])[:120]


def _uuids(text: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text)]
    except ValueError:
        return []


def _resource(person: User, row: ScimPerson | None, address: str) -> dict[str, Any]:
    name = row.name if row is not None and row.name else person.name
    found: dict[str, Any] = {
        "schemas": [USER],
        "id": str(person.pk),
        "userName": person.email,
        "displayName": name,
        "name": {"formatted": name},
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "active": person.is_active and (row is None or row.is_active),
        "meta": {
            "resourceType": "User",
            "created": person.created_at.isoformat(),
            "lastModified": (row.updated_at if row is not None else person.created_at).isoformat(),
            "location": f"{address}/{person.pk}",
        },
    }
    if row is not None:
        if row.external_id:
            found["externalId"] = row.external_id
        found["name"].update(
            {name: value for name, value in (("givenName", row.given_name), ("familyName", row.family_name)) if value}
        )
    return found
