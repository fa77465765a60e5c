"""Losing roles: at once, with the sessions, never the last admin, never by somebody who holds less."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups import access
from groups.errors import GroupsError, InputRefused, NotPermitted
from groups.models import Event, Membership, User
from groups.people.services import give_role, remove_from_brand, take_role
from groups.roles import Permission, Role
from tests.builders import Cast, a_cast, a_membership, a_person, root_group

pytestmark = pytest.mark.django_db


def test_who_leaves_is_out_at_once_and_what_they_made_stays(cast: Cast, client: Client) -> None:
    client.force_login(cast.author)
    page = reverse("campaigns:mailing-list", args=[cast.store.pk])
    assert client.get(page).status_code == 200

    remove_from_brand(user=cast.author, brand=cast.brand, actor=cast.admin)

    assert client.get(page).status_code == 302
    author = User.objects.get(pk=cast.author.pk)
    assert (author.is_active, author.memberships.count(), author.name) == (False, 0, "Lou Author")
    assert Event.objects.filter(action="member.left", actor=cast.admin).count() == 1


def test_who_works_for_another_brand_too_stays_there(cast: Cast) -> None:
    a_membership(user=cast.author, group=root_group(cast.other_brand), role=Role.READ_ONLY)

    remove_from_brand(user=cast.author, brand=cast.brand, actor=cast.admin)

    author = User.objects.get(pk=cast.author.pk)
    assert author.is_active
    assert access.may(author, Permission.SEE_MAILINGS, root_group(cast.other_brand))


@pytest.mark.parametrize("way", ["leave", "take", "lower"])
def test_the_last_admin_cannot_be_removed(cast: Cast, way: str) -> None:
    held = cast.admin.memberships.get()

    with pytest.raises(InputRefused, match="last admin"):
        match way:
            case "leave":
                remove_from_brand(user=cast.admin, brand=cast.brand, actor=cast.admin)
            case "take":
                take_role(membership=held, actor=cast.admin)
            case "lower":
                give_role(user=cast.admin, group=held.group, role=Role.READ_ONLY, actor=cast.admin)

    assert access.may(cast.admin, Permission.MANAGE_USERS, root_group(cast.brand))


def test_an_admin_on_loan_or_for_a_while_is_no_second_admin(cast: Cast) -> None:
    until = timezone.now() + timedelta(days=3)
    a_membership(user=a_person(), group=root_group(cast.brand), role=Role.ADMIN, until=until)

    with pytest.raises(InputRefused, match="last admin"):
        take_role(membership=cast.admin.memberships.get(), actor=cast.admin)


def test_nobody_takes_a_role_that_holds_more_than_theirs(cast: Cast) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    above = a_person(role=Role.ADMIN, group=cast.store)

    with pytest.raises(InputRefused, match="rights that you do not have"):
        take_role(membership=above.memberships.get(), actor=regional)
    with pytest.raises(NotPermitted):
        remove_from_brand(user=cast.admin, brand=cast.brand, actor=regional)

    assert above.memberships.count() == 1
    assert cast.admin.memberships.count() == 1


def test_nobody_without_the_right_takes_a_role(cast: Cast) -> None:
    for actor in cast.without(cast.admin):
        with pytest.raises(NotPermitted):
            take_role(membership=cast.author.memberships.get(), actor=actor)

    assert cast.author.memberships.count() == 1


def test_an_admin_gives_more_than_they_hold_only_where_the_operator_lets_them_and_never_to_themselves(
    cast: Cast,
) -> None:
    with pytest.raises(InputRefused, match="rights that you do not have"):
        give_role(user=cast.author, group=cast.store, role=Role.APPROVER, actor=cast.admin)
    cast.brand.admins_give_every_role = True
    cast.brand.save()
    cast.store.brand.refresh_from_db()

    give_role(user=cast.author, group=cast.store, role=Role.APPROVER, actor=cast.admin)
    with pytest.raises(InputRefused, match="rights that you do not have"):
        give_role(user=cast.admin, group=cast.store, role=Role.APPROVER, actor=cast.admin)

    assert access.may(cast.author, Permission.APPROVE_MAILINGS, cast.store)
    assert not access.may(cast.admin, Permission.APPROVE_MAILINGS, cast.store)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="Concurrent transactions need a server.")
def test_two_admins_who_remove_each_other_leave_one() -> None:
    cast = a_cast()
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand))
    start = threading.Barrier(2)
    refused: list[str] = []

    def remove(actor: User, other: User) -> None:
        try:
            start.wait()
            remove_from_brand(user=other, brand=cast.brand, actor=actor)
        except GroupsError as error:
            refused.append(error.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((cast.admin, second), (second, cast.admin))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert Membership.objects.filter(group=root_group(cast.brand), role__key=Role.ADMIN).count() == 1
