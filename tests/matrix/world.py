"""The world of the matrix: one group with a thing of every kind, the groups around it, and somebody for every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from groups.models import Brand, Group, GroupKind, Membership, User
from groups.people.roles import role_of
from groups.roles import Role
from tests.builders import PASSWORD, a_brand, a_group, a_workspace, root_group
from tests.matrix.row import HOLDERS, OWNER, STRANGER, Place, Who
from tests.matrix.things import Things, things_of_brand, things_of_group
from tests.sandbox_server import RunningSandbox

OTHER_HOST = "harbor.testserver"


@dataclass(frozen=True, slots=True)
class World:
    """Everybody by cell with the key of their session, and the things of the group, of one beside it, of another brand.

    `people` and `sessions` know nobody for `NOBODY`.
    """

    brand: Brand
    groups: Mapping[Place, Group]
    people: Mapping[Who, User]
    sessions: Mapping[Who, str]
    own: Things
    sibling: Things
    other_brand: Things
    sandbox: RunningSandbox
    other_host: str = OTHER_HOST


def a_world(sandbox: RunningSandbox) -> World:
    """Builds the world; the brand answers at the host name of Django's test client."""
    brand = a_brand(host_name="testserver", slug="northwind")
    other = a_brand("Harbor Books", host_name=OTHER_HOST, slug="harbor")
    for one in (brand, other):
        a_workspace(brand=one, endpoint=sandbox.url)
        Group.objects.filter(brand=one).update(
            street="1 Pearl Street", postal_code="97209", city="Portland", country="US", sender_address="hq@x.example"
        )
    region = a_group(brand=brand, kind=GroupKind.REGION, code="PARENT")
    own = a_group(parent=region, code="OWN")
    groups = {
        Place.OWN: own,
        Place.CHILD: a_group(parent=own, code="CHILD"),
        Place.SIBLING: a_group(parent=region, code="SIBLING"),
        Place.PARENT: region,
        Place.ROOT: root_group(brand),
        Place.OTHER_BRAND: root_group(other),
    }
    people: dict[Who, User] = {STRANGER: _person(STRANGER)}
    for who in HOLDERS:
        people[who] = _person(who)
    Membership.objects.bulk_create(
        Membership(user=people[who], group=groups[who.place], role=role_of(groups[who.place].brand, who.role))
        for who in HOLDERS
        if who.role is not None and who.place is not None
    )
    of_brand = things_of_brand(brand, sandbox)
    own_things = of_brand | things_of_group(groups[Place.OWN], of_brand)
    people[OWNER] = own_things["author"]
    return World(
        brand=brand,
        groups=groups,
        people=people,
        sessions={who: _session(person) for who, person in people.items()},
        own=own_things,
        sibling=of_brand | things_of_group(groups[Place.SIBLING], of_brand),
        other_brand=(elsewhere := things_of_brand(other, sandbox))
        | things_of_group(groups[Place.OTHER_BRAND], elsewhere),
        sandbox=sandbox,
    )


def holder(role: Role, place: Place) -> Who:
    """Gives the person of a cell."""
    return next(who for who in HOLDERS if (who.role, who.place) == (role, place))


def _person(who: Who) -> User:
    number = 0 if who is STRANGER else HOLDERS.index(who) + 1
    return User.objects.create_user(f"cell-{number}@northwind.example", PASSWORD, name=f"Cell {number}")


def _session(person: User) -> str:
    """Signs a person in as Django's login does, and gives the key of the session."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
