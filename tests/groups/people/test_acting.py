"""Acting as a member: under a banner, with what both may do, and with a trace."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from groups import access
from groups.models import Event, Membership, User
from groups.roles import Permission, Role
from tests.builders import PASSWORD, Cast, a_person, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G11")]


def begin(client: Client, person: User) -> int:
    return client.post(reverse("groups:person-act-as", args=[person.pk])).status_code


def test_an_admin_acts_as_a_member_under_a_banner_until_they_stop(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    assert begin(client, cast.author) == 302
    page = client.get(reverse("campaigns:mailing-list", args=[cast.store.pk])).content.decode()
    beside = client.get(reverse("campaigns:mailing-list", args=[cast.next_store.pk])).status_code
    client.post(reverse("groups:acting-end"))
    after = client.get(reverse("campaigns:mailing-list", args=[cast.next_store.pk]))

    assert "Ade Admin, you act as Lou Author." in page
    assert beside == 404
    assert after.status_code == 200
    assert "you act as" not in after.content.decode()
    trace = Event.objects.filter(action__in=("member.acted_as", "member.acting_ended"), target_id=str(cast.author.pk))
    assert [event.actor for event in trace] == [cast.admin, cast.admin]


def test_acting_gives_nobody_a_right_that_they_do_not_have(cast: Cast) -> None:
    approver = User.objects.get(pk=cast.approver.pk)
    approver.acted_by = cast.admin

    held = {permission for permission in Permission if access.may(approver, permission, cast.store)}

    assert held == access.rights_of(approver, cast.brand, cast.store).here
    assert Permission.APPROVE_MAILINGS not in held
    assert Permission.SEE_MAILINGS in held


def test_nobody_else_acts_as_anybody(cast: Cast, client: Client) -> None:
    local_admin = a_person(role=Role.ADMIN, group=cast.store)

    for actor in (*cast.without(cast.admin), local_admin):
        client.force_login(actor)
        assert begin(client, cast.author) == 404
        assert "acting_as" not in client.session


@pytest.mark.parametrize("whom", ["self", "other brand", "gone", "service"])
def test_only_colleagues_who_can_sign_in_are_acted_as(cast: Cast, client: Client, whom: str) -> None:
    gone = a_person(group=cast.store)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    service = a_person(group=cast.store)
    User.objects.filter(pk=service.pk).update(is_service=True)
    client.force_login(cast.admin)

    chosen = {"self": cast.admin, "other brand": cast.outsider, "gone": gone, "service": service}[whom]

    assert begin(client, chosen) == 404
    assert not Event.objects.filter(action="member.acted_as").exists()


def test_acting_reaches_no_account(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    begin(client, cast.author)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another good one", "password2": "another good one"},
    )

    cast.author.refresh_from_db()
    cast.admin.refresh_from_db()
    assert cast.author.check_password(PASSWORD)
    assert cast.admin.check_password("another good one")


def test_acting_ends_with_the_right_to_it_and_with_the_members_last_role(cast: Cast, client: Client) -> None:
    a_person(role=Role.ADMIN, group=root_group(cast.brand))
    client.force_login(cast.admin)
    begin(client, cast.author)
    Membership.objects.filter(user=cast.author).delete()

    page = client.get(reverse("groups:person-list"))

    assert page.status_code == 200
    assert "acting_as" not in client.session


def test_nobody_acts_as_one_through_another(cast: Cast, client: Client) -> None:
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand))
    client.force_login(cast.admin)
    begin(client, second)

    assert begin(client, cast.author) == 404
