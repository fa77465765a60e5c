"""People get roles, and nobody gives away more than they hold."""

from __future__ import annotations

import pytest

from groups import access
from groups.errors import InputRefused, NotPermitted
from groups.models import Membership, User
from groups.people.services import add_member, service_user
from groups.roles import Permission, Role
from tests.builders import Cast, a_person

pytestmark = pytest.mark.django_db


def test_a_new_person_can_sign_in_and_holds_the_role(cast: Cast) -> None:
    user = add_member(
        group=cast.store, email="New@Example.com", name="New", role=Role.LOCAL_AUTHOR, actor=None, password="a long one"
    )

    assert user.email == "new@example.com"
    assert user.check_password("a long one")
    assert access.may(user, Permission.EDIT_MAILINGS, cast.store)


def test_a_known_person_keeps_account_and_password(cast: Cast) -> None:
    add_member(
        group=cast.next_store,
        email=cast.author.email,
        name="X",
        role=Role.READ_ONLY,
        actor=None,
        password="other one",
    )

    cast.author.refresh_from_db()
    assert cast.author.name == "Lou Author"
    assert not cast.author.check_password("other one")
    assert access.may(cast.author, Permission.SEE_MAILINGS, cast.next_store)


def test_nobody_gives_more_than_they_hold(cast: Cast) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    people = User.objects.count()

    for role, group in ((Role.ADMIN, cast.store), (Role.LOCAL_AUTHOR, cast.far_store)):
        with pytest.raises((InputRefused, NotPermitted)):
            add_member(group=group, email="x@example.com", name="X", role=role, actor=regional)

    assert User.objects.count() == people
    add_member(group=cast.store, email="x@example.com", name="X", role=Role.LOCAL_SENDER, actor=regional)
    assert User.objects.count() == people + 1


def test_the_service_user_is_one_per_brand_and_nobody_signs_in_as_it(cast: Cast) -> None:
    first, second = service_user(brand=cast.brand), service_user(brand=cast.brand)

    assert first == second
    assert first.is_service
    assert not first.has_usable_password()
    assert access.may(first, Permission.SEND_MAILINGS, cast.store)
    assert not access.may(first, Permission.SEND_MAILINGS, service_user(brand=cast.other_brand).memberships.get().group)
    assert Membership.objects.filter(user=first).count() == 1
