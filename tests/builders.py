"""Builders with defaults for what the tests need, and the cast: the people who try every page."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from groups.audiences.imports.services import start_import
from groups.audiences.marking import mark_pending
from groups.audit import record
from groups.models import (
    Attribute,
    AttributeKind,
    Audience,
    AudienceKind,
    AudienceMember,
    Brand,
    BrandRole,
    Contact,
    ContactImport,
    Event,
    Group,
    GroupKind,
    GroupPath,
    Membership,
    SyncState,
    User,
    Workspace,
)
from groups.people.roles import role_of
from groups.roles import Role
from groups.tree.services import GroupFields, add_group
from tests.sandbox_server import API_KEY

APP_ID = "2f1c0d0e-52f0-4f3a-9a43-5d0d6d6f7a01"
CAMPAIGN_ID = "7be0d2a4-3c7d-4f4e-8a6b-1f2c1b6f0a02"
VARIATION_ID = "c90f3f6c-0c0e-4f0a-b7b1-6b6b1a8e0a03"
TRIGGER_CAMPAIGN_ID = "5a1d9a77-8d1b-4a30-9f0e-3f4c6c2b0a04"
PASSWORD = "a-password-of-tests"
ATTRIBUTES = (
    ("first_name", "First name", AttributeKind.TEXT, "first_name", "first_name", False),
    ("last_name", "Last name", AttributeKind.TEXT, "last_name", "last_name", False),
    ("city", "City", AttributeKind.TEXT, "home_city", "city", False),
    ("birthday", "Birthday", AttributeKind.DATE, "dob", "date_of_birth", False),
    ("last_visit", "Last visit", AttributeKind.DATE, "last_visit", "last_visit", True),
    ("points", "Points", AttributeKind.NUMBER, "points", "points", True),
    ("is_member", "Member", AttributeKind.BOOLEAN, "is_member", "is_member", True),
)
ADDRESS: GroupFields = {
    "street": "1420 NW Lovejoy Street",
    "postal_code": "97209",
    "city": "Portland",
    "country": "US",
    "phone": "+1 503 555 0141",
    "email": "store@northwind.example",
    "time_zone": "America/Los_Angeles",
    "sender_name": "Northwind Coffee Portland",
    "sender_address": "portland@northwind.example",
    "reply_to": "store@northwind.example",
}

_number = itertools.count(1)


def a_brand(
    name: str = "Northwind Coffee", *, slug: str = "", host_name: str | None = None, derives_external_ids: bool = False
) -> Brand:
    """Gives a brand with its own group (its code is the slug) and attributes of each kind."""
    slug = slug or f"brand-{next(_number)}"
    brand = Brand.objects.create(name=name, slug=slug, host_name=host_name, derives_external_ids=derives_external_ids)
    add_group(brand=brand, parent=None, code=slug, name=name, kind=GroupKind.BRAND, actor=None)
    Attribute.objects.bulk_create(
        Attribute(
            brand=brand,
            name=attribute,
            label=label,
            kind=kind,
            braze_name=braze_name,
            liquid_name=liquid_name,
            is_custom=is_custom,
            is_merge_tag=attribute == "first_name",
            fallback="there" if attribute == "first_name" else "",
            sample="Maya" if attribute == "first_name" else "",
        )
        for attribute, label, kind, braze_name, liquid_name, is_custom in ATTRIBUTES
    )
    return brand


def a_group(
    *,
    brand: Brand | None = None,
    parent: Group | None = None,
    code: str = "",
    name: str = "",
    kind: GroupKind = GroupKind.STORE,
    **fields: Unpack[GroupFields],
) -> Group:
    """Gives a group below `parent`, else below the brand's own; with an address and a sender, as mails need them."""
    brand = brand or (parent.brand if parent else a_brand())
    number = next(_number)
    defaults = ADDRESS.copy()
    defaults.update(fields)
    return add_group(
        brand=brand,
        parent=parent or root_group(brand),
        code=code or f"G-{number:03}",
        name=name or f"Store {number}",
        kind=kind,
        actor=None,
        **defaults,
    )


@transaction.atomic
def _stored(groups: Sequence[Group]) -> None:
    """Stores new groups as `add_group` does, all at once; a parent stands before what is below it."""
    Group.objects.bulk_create(groups)
    GroupPath.objects.bulk_create(
        GroupPath(ancestor=above, descendant=group, depth=depth)
        for group in groups
        for depth, above in enumerate(_way_up(group))
    )
    for group in groups:
        record("group.added", actor=None, target=group, group=group, code=group.code)


def _way_up(group: Group | None) -> Iterator[Group]:
    while group is not None:
        yield group
        group = group.parent


def root_group(brand: Brand) -> Group:
    """Gives the brand's own group."""
    return Group.objects.get(brand=brand, parent=None)


def a_person(
    *, role: Role | BrandRole = Role.LOCAL_AUTHOR, group: Group | None = None, name: str = "", email: str = ""
) -> User:
    """Gives a person with a role in a group; their password is `PASSWORD`."""
    number = next(_number)
    user = User.objects.create_user(email or f"person-{number}@example.com", PASSWORD, name=name or f"Person {number}")
    a_membership(user=user, group=group or a_group(), role=role)
    return user


def a_membership(
    *,
    user: User,
    group: Group,
    role: Role | BrandRole = Role.LOCAL_AUTHOR,
    until: datetime | None = None,
    delegated_from: Membership | None = None,
) -> Membership:
    """Gives somebody a role in a group, whoever they are and whatever they hold."""
    role = role if isinstance(role, BrandRole) else role_of(group.brand, role)
    return Membership.objects.create(user=user, group=group, role=role, until=until, delegated_from=delegated_from)


def a_workspace(
    *, brand: Brand | None = None, endpoint: str = "http://127.0.0.1:9", api_key: str = API_KEY
) -> Workspace:
    """Gives a workspace that is connected to an address, by default to one where nobody answers."""
    return Workspace.objects.create(
        brand=brand or a_brand(),
        endpoint=endpoint,
        api_key=api_key,
        app_id=APP_ID,
        campaign_id=CAMPAIGN_ID,
        variation_id=VARIATION_ID,
        trigger_campaign_id=TRIGGER_CAMPAIGN_ID,
    )


def a_contact(
    *,
    brand: Brand | None = None,
    audience: Audience | None = None,
    external_id: str = "",
    email: str = "",
    sync_state: SyncState = SyncState.PENDING,
    **attributes: str | int | float | bool,
) -> Contact:
    """Gives a contact of a brand, on a list where one is named."""
    number = next(_number)
    contact = Contact.objects.create(
        brand=brand or (audience.group.brand if audience else a_brand()),
        external_id=external_id or f"C{number:06}",
        email=email or f"contact-{number}@example.com",
        attributes=attributes or {"first_name": "Maya"},
        sync_state=sync_state,
    )
    if audience is not None:
        AudienceMember.objects.create(audience=audience, contact=contact)
        Audience.objects.filter(pk=audience.pk).update(size=audience.members.count())
    return contact


def an_audience(*, group: Group | None = None, name: str = "", contacts: int = 0, segment_id: str = "") -> Audience:
    """Gives a list with so many contacts, or a segment where an id is named."""
    audience = Audience.objects.create(
        group=group or a_group(),
        name=name or f"Audience {next(_number)}",
        kind=AudienceKind.SEGMENT if segment_id else AudienceKind.LIST,
        segment_id=segment_id,
    )
    numbers = [next(_number) for _ in range(contacts)]
    people = Contact.objects.bulk_create(
        Contact(
            brand=audience.group.brand,
            external_id=f"C{number:06}",
            email=f"contact-{number}@example.com",
            attributes={"first_name": "Maya"},
        )
        for number in numbers
    )
    AudienceMember.objects.bulk_create(AudienceMember(audience=audience, contact=person) for person in people)
    Audience.objects.filter(pk=audience.pk).update(size=contacts)
    audience.refresh_from_db()
    return audience


def an_import(
    content: str | bytes,
    *,
    group: Group | None = None,
    actor: User | None = None,
    name: str = "",
    audience: Audience | None = None,
) -> ContactImport:
    """Gives an uploaded file whose columns are matched and not yet confirmed."""
    group = group or a_group()
    data = content.encode() if isinstance(content, str) else content
    return start_import(
        group=group,
        actor=actor or a_person(group=group),
        file=SimpleUploadedFile("contacts.csv", data),
        file_name="contacts.csv",
        name=name if audience or name else f"List {next(_number)}",
        audience=audience,
    )


@dataclass(frozen=True, slots=True)
class Cast:
    """A brand with two regions and their stores, another brand, and everybody who tries a page.

    `store` is the group that the tests are about; `author` to `approver` hold their role on it, `manager` and `admin`
    on the brand's own group, `neighbour` is a local sender of `next_store`, `outsider` an admin of `other_brand`.
    """

    brand: Brand
    region: Group
    store: Group
    next_store: Group
    far_store: Group
    other_brand: Brand
    author: User
    sender: User
    approver: User
    manager: User
    admin: User
    neighbour: User
    outsider: User

    @property
    def everybody(self) -> Sequence[User]:
        """All of them."""
        return (self.author, self.sender, self.approver, self.manager, self.admin, self.neighbour, self.outsider)

    def without(self, *allowed: User) -> Sequence[User]:
        """Everybody but the ones named."""
        return tuple(user for user in self.everybody if user not in allowed)


def a_cast() -> Cast:
    """Gives the cast; the brand answers at the host name of Django's test client."""
    brand = a_brand(host_name="testserver")
    other_brand = a_brand("Harbor Books", host_name="harbor.testserver")
    root, other_root = root_group(brand), root_group(other_brand)
    region, far_region = (
        Group(brand=brand, parent=root, code=f"G-{next(_number):03}", name=name, kind=GroupKind.REGION, **ADDRESS)
        for name in ("Americas", "Europe")
    )
    store, next_store, far_store = (
        Group(
            brand=brand,
            parent=parent,
            code=f"G-{next(_number):03}",
            name=f"Northwind Coffee {city}",
            kind=GroupKind.STORE,
            **ADDRESS,
        )
        for parent, city in ((region, "Portland"), (region, "Astoria"), (far_region, "Leipzig"))
    )
    _stored([region, far_region, store, next_store, far_store])
    roles = {role.key: role for role in BrandRole.objects.filter(brand=brand)}
    return Cast(
        brand=brand,
        region=region,
        store=store,
        next_store=next_store,
        far_store=far_store,
        other_brand=other_brand,
        author=a_person(role=roles[Role.LOCAL_AUTHOR], group=store, name="Lou Author"),
        sender=a_person(role=roles[Role.LOCAL_SENDER], group=store, name="Sam Sender"),
        approver=a_person(role=roles[Role.APPROVER], group=store, name="Ana Approver"),
        manager=a_person(role=roles[Role.BRAND_MANAGER], group=root, name="Mika Manager"),
        admin=a_person(role=roles[Role.ADMIN], group=root, name="Ade Admin"),
        neighbour=a_person(role=roles[Role.LOCAL_SENDER], group=next_store, name="Nell Neighbour"),
        outsider=a_person(role=Role.ADMIN, group=other_root, name="Olu Outsider"),
    )


def change(contact: Contact, **attributes: str | int | float | bool) -> None:
    """Changes a contact's attributes as a page would, so that it waits for the sync."""
    contact.attributes = {**contact.attributes, **attributes}
    contact.save(update_fields=["attributes"])
    mark_pending([contact.pk])


def an_event(
    action: str = "group.updated",
    *,
    group: Group | None = None,
    brand: Brand | None = None,
    actor: User | None = None,
    **detail: str | int | bool | None,
) -> Event:
    """Gives an event of a group, or of a brand as a whole."""
    target = group or brand or a_brand()
    with transaction.atomic():
        return record(
            action,
            actor=actor,
            target=target,
            group=group,
            brand=None if isinstance(target, Group) else target,
            **detail,
        )
