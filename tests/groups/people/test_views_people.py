"""The pages of people and roles: tried by everybody, with forged ids, in few queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups import access
from groups.models import BrandRole, Event, Invitation, Membership, User
from groups.people.invitations import invite
from groups.people.roles import permissions_of, role_of
from groups.roles import PERMISSIONS, Permission, Role
from tests.builders import Cast, a_group, a_membership, a_person, root_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def regional(cast: Cast) -> User:
    return a_person(role=Role.REGIONAL_MANAGER, group=cast.region, name="Rae Regional")


def statuses(client: Client, cast: Cast, address: str) -> dict[str, int]:
    found = {}
    for user in cast.everybody:
        client.force_login(user)
        found[user.name] = client.get(address).status_code
    return found


def test_only_who_manages_users_sees_the_people(cast: Cast, client: Client) -> None:
    for name in ("groups:person-list", "groups:person-invite", "groups:person-import", "groups:role-list"):
        seen = {name for name, status in statuses(client, cast, reverse(name)).items() if status == 200}
        assert seen == {"Ade Admin"}


def test_a_regional_manager_sees_the_people_of_the_region_and_their_roles_there(
    cast: Cast, client: Client, regional: User
) -> None:
    a_membership(user=cast.author, group=cast.far_store, role=Role.READ_ONLY)
    far = a_person(group=cast.far_store, name="Fay Far")
    client.force_login(regional)

    page = client.get(reverse("groups:person-list")).content.decode()
    author = client.get(reverse("groups:person-detail", args=[cast.author.pk])).content.decode()

    assert "Lou Author" in page
    assert "Nell Neighbour" in page
    assert "Mika Manager" not in page
    assert "Fay Far" not in page
    assert cast.far_store.name not in author
    assert client.get(reverse("groups:person-detail", args=[far.pk])).status_code == 404
    assert client.get(reverse("groups:person-detail", args=[cast.outsider.pk])).status_code == 404
    assert client.get(reverse("groups:role-list")).status_code == 404


def test_people_are_found_by_name_group_and_role(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    role = role_of(cast.brand, Role.LOCAL_SENDER)

    def found(**query: str) -> set[str]:
        return {person.name for person in client.get(reverse("groups:person-list"), query).context["page"]}

    assert found(text="LOU@") == set()
    assert found(text="lou a") == {"Lou Author"}
    assert found(group=cast.store.code) == {"Lou Author", "Sam Sender", "Ana Approver"}
    assert found(group=cast.region.name, role=str(role.pk)) == {"Sam Sender", "Nell Neighbour"}


def test_a_group_or_role_of_another_brand_narrows_nothing_and_names_nobody(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    page = client.get(
        reverse("groups:person-list"),
        {"group": root_group(cast.other_brand).code, "role": str(role_of(cast.other_brand, Role.ADMIN).pk)},
    ).content.decode()

    assert "There is no group" in page
    assert "Olu Outsider" not in page


def test_a_role_is_given_changed_and_taken_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    give = reverse("groups:person-give-role", args=[cast.neighbour.pk])
    sender = role_of(cast.brand, Role.LOCAL_SENDER)

    given = client.post(give, {"group": cast.store.code, "role": str(sender.pk), "until": ""}, follow=True)
    held = Membership.objects.get(user=cast.neighbour, group=cast.store)
    taken = client.post(reverse("groups:person-take-role", args=[cast.neighbour.pk]), {"membership": held.pk})

    assert "Nell Neighbour is now “Local sender”" in given.content.decode()
    assert taken.status_code == 302
    assert not Membership.objects.filter(pk=held.pk).exists()


def test_forged_groups_roles_and_memberships_change_nothing(cast: Cast, client: Client, regional: User) -> None:
    foreign_role = role_of(cast.other_brand, Role.READ_ONLY)
    own_role = role_of(cast.brand, Role.READ_ONLY)
    client.force_login(regional)
    give = reverse("groups:person-give-role", args=[cast.author.pk])
    take = reverse("groups:person-take-role", args=[cast.author.pk])
    before = list(Membership.objects.order_by("pk").values("user", "group", "role"))

    answers = [
        client.post(give, {"group": cast.far_store.code, "role": str(own_role.pk)}),
        client.post(give, {"group": root_group(cast.other_brand).code, "role": str(own_role.pk)}),
        client.post(give, {"group": cast.store.code, "role": str(foreign_role.pk)}),
        client.post(give, {"group": cast.store.code, "role": str(role_of(cast.brand, Role.ADMIN).pk)}),
        client.post(take, {"membership": cast.admin.memberships.get().pk}),
        client.post(take, {"membership": cast.neighbour.memberships.get().pk}),
        client.post(take, {"membership": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 404, 404, 404]
    assert list(Membership.objects.order_by("pk").values("user", "group", "role")) == before
    assert not Event.objects.filter(action__startswith="member.").exists()


def test_invitations_of_others_are_not_there(cast: Cast, client: Client, regional: User) -> None:
    invitation = invite(
        group=cast.far_store,
        email="n@example.com",
        name="",
        role=role_of(cast.brand, Role.READ_ONLY),
        actor=cast.admin,
    )

    for user in (regional, cast.author, cast.outsider):
        client.force_login(user)
        for name in ("groups:invitation-again", "groups:invitation-withdraw"):
            assert client.post(reverse(name, args=[invitation.pk])).status_code == 404
    client.force_login(cast.admin)
    client.post(reverse("groups:invitation-withdraw", args=[invitation.pk]))

    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_somebody_leaves_by_the_page_and_the_last_admin_does_not(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    left = client.post(reverse("groups:person-remove", args=[cast.author.pk]), follow=True)
    stays = client.post(reverse("groups:person-remove", args=[cast.admin.pk]), follow=True)

    assert "Lou Author has left." in left.content.decode()
    assert "last admin" in stays.content.decode()
    assert access.may(cast.admin, Permission.MANAGE_USERS, root_group(cast.brand))


def test_a_role_is_made_changed_and_set_back_on_its_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    reader = role_of(cast.brand, Role.READ_ONLY)
    page = reverse("groups:role-edit", args=[reader.pk])

    made = client.post(reverse("groups:role-create"), {"name": "Guest", "permissions": ["see_mailings"]})
    refused = client.post(page, {"name": "Read only", "permissions": ["see_mailings", "approve_mailings"]})
    changed = client.post(page, {"name": "Reader", "permissions": ["see_mailings"]})
    renamed = role_of(cast.brand, Role.READ_ONLY).label
    client.post(reverse("groups:role-reset", args=[reader.pk]))

    assert (made.status_code, refused.status_code, changed.status_code) == (302, 422, 302)
    assert "Nobody can give a right that they do not have themselves" in refused.content.decode()
    assert renamed == "Reader"
    assert permissions_of(reader) == PERMISSIONS[Role.READ_ONLY]


def test_a_role_of_another_brand_is_not_there(cast: Cast, client: Client) -> None:
    foreign = role_of(cast.other_brand, Role.READ_ONLY)
    client.force_login(cast.admin)

    for name in ("groups:role-edit", "groups:role-reset", "groups:role-delete"):
        answer = client.post(reverse(name, args=[foreign.pk]), {"name": "X", "permissions": []})
        assert answer.status_code == 404

    assert permissions_of(foreign) == PERMISSIONS[Role.READ_ONLY]
    assert BrandRole.objects.get(pk=foreign.pk).name == ""


def test_the_list_costs_the_same_with_many_people_groups_and_roles(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    address = reverse("groups:person-list")

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        return len(queries)

    few = cost()
    for number in range(12):
        group = a_group(parent=cast.region)
        person = a_person(group=group)
        a_membership(user=person, group=cast.store, role=Role.READ_ONLY)
        Invitation.objects.create(
            group=group,
            role=role_of(cast.brand, Role.READ_ONLY),
            email=f"n{number}@example.com",
            invited_by=cast.admin,
            expires_at=person.created_at,
        )

    assert cost() == few
