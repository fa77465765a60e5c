"""What a run needs of the portal: a brand with a store, somebody who may do everything, and mailings to many people."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password

from campaigns.compose.services import start_mailing
from campaigns.models import Mailing, Route, Template
from groups.models import (
    Audience,
    AudienceKind,
    AudienceMember,
    Brand,
    Contact,
    Group,
    GroupKind,
    ReviewPolicy,
    SyncState,
    User,
    Workspace,
)
from groups.roles import Role
from tests.builders import a_brand, a_group, a_membership, a_workspace, root_group
from tests.campaigns.builders import a_template

SLUG = "chaos"
_number = itertools.count(1)


def furnish(endpoint: str) -> None:
    """Builds what all runs share, into the template of their databases."""
    brand = a_brand("Northwind Coffee", slug=SLUG)
    Brand.objects.filter(pk=brand.pk).update(review_policy=ReviewPolicy.NONE)
    for name in ("Portland", "Astoria"):
        a_group(brand=brand, kind=GroupKind.STORE, name=name, code=name.lower())
    a_workspace(brand=brand, endpoint=endpoint)
    boss = User.objects.create(email="boss@northwind.example", name="Mika Manager", password=make_password(None))
    a_membership(user=boss, group=root_group(brand), role=Role.BRAND_MANAGER)
    for route in Route:
        a_template(brand=brand, slug=f"news-{route}", route=route)


def the_brand() -> Brand:
    """Gives the brand of a run."""
    return Brand.objects.get(slug=SLUG)


def the_boss() -> User:
    """Gives the person who sends, stops, resumes and decides."""
    return User.objects.get(email="boss@northwind.example")


def the_workspace() -> Workspace:
    """Gives the workspace, connected to the sandbox."""
    return Workspace.objects.get(brand__slug=SLUG)


def the_store(name: str = "Portland") -> Group:
    """Gives a store."""
    return Group.objects.select_related("brand").get(name=name)


def a_draft(
    *, people: int, route: Route = Route.SCHEDULE, store: str = "Portland", send_at: datetime | None = None
) -> Mailing:
    """Gives a draft to so many people of a store, whom Braze does not know yet."""
    group, boss, number = the_store(store), the_boss(), next(_number)
    template = Template.objects.get(brand=group.brand, route=route)
    mailing = start_mailing(group=group, template=template, actor=boss)
    mailing.audience = an_audience(group, a_crowd(group.brand, people, f"M{number}"))
    mailing.send_at = send_at
    mailing.values = {**mailing.values, "subject": f"News {number}"}
    mailing.save()
    return mailing


def a_crowd(brand: Brand, people: int, mark: str) -> list[Contact]:
    """Gives so many contacts of a brand."""
    return Contact.objects.bulk_create(
        Contact(
            brand=brand,
            external_id=f"{mark}-{number:04}",
            email=f"{mark}-{number}@example.com".lower(),
            attributes={"first_name": "Maya"},
            sync_state=SyncState.PENDING,
        )
        for number in range(1, people + 1)
    )


def an_audience(group: Group, crowd: Sequence[Contact]) -> Audience:
    """Gives a list of these contacts."""
    audience = Audience.objects.create(
        group=group, name=f"Friends {next(_number)}", kind=AudienceKind.LIST, size=len(crowd)
    )
    AudienceMember.objects.bulk_create(AudienceMember(audience=audience, contact=contact) for contact in crowd)
    return audience
