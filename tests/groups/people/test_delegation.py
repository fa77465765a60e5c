"""Holiday cover: a role on loan holds like one's own, ends by itself, and is nobody's way round a rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups import access
from groups.errors import GroupsError, InputRefused, NotPermitted
from groups.models import Membership, User
from groups.people.delegation import LONGEST, delegate, end_delegation
from groups.people.services import give_role, take_role
from groups.roles import Permission, Role
from tests.builders import Cast, a_membership, a_person, root_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(cast: Cast) -> User:
    return a_person(role=Role.READ_ONLY, group=cast.next_store, name="Cora Colleague")


def a_loan(cast: Cast, colleague: User, days: int = 7) -> Membership:
    return delegate(
        membership=cast.approver.memberships.get(),
        to=colleague,
        until=timezone.now() + timedelta(days=days),
        actor=cast.approver,
    )


def test_a_role_on_loan_holds_until_its_day_and_then_ends_by_itself(cast: Cast, colleague: User) -> None:
    a_loan(cast, colleague)

    assert access.may(colleague, Permission.APPROVE_MAILINGS, cast.store)
    assert colleague in access.members_with(cast.store, Permission.APPROVE_MAILINGS)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert not access.may(colleague, Permission.APPROVE_MAILINGS, cast.store)
        assert access.may(cast.approver, Permission.APPROVE_MAILINGS, cast.store)


def test_a_role_that_a_person_lent_can_be_left_out_of_an_answer(cast: Cast, colleague: User) -> None:
    a_loan(cast, colleague)

    assert not access.may(colleague, Permission.APPROVE_MAILINGS, cast.store, not_lent_by=[cast.approver])
    assert access.may(colleague, Permission.APPROVE_MAILINGS, cast.store, not_lent_by=[cast.author])
    a_membership(user=colleague, group=cast.region, role=Role.APPROVER)
    assert access.may(colleague, Permission.APPROVE_MAILINGS, cast.store, not_lent_by=[cast.approver])


def test_a_loan_ends_with_the_role_of_the_lender(cast: Cast, colleague: User) -> None:
    a_loan(cast, colleague)
    cast.brand.admins_give_every_role = True
    cast.brand.save()
    held = Membership.objects.select_related("group__brand").get(user=cast.approver)

    take_role(membership=held, actor=cast.admin)

    assert not access.may(colleague, Permission.APPROVE_MAILINGS, cast.store)
    assert colleague.memberships.count() == 1


def test_a_loan_follows_the_role_of_the_lender(cast: Cast, colleague: User) -> None:
    delegate(
        membership=cast.sender.memberships.get(),
        to=colleague,
        until=timezone.now() + timedelta(days=7),
        actor=cast.sender,
    )

    give_role(user=cast.sender, group=cast.store, role=Role.READ_ONLY, actor=cast.admin)

    assert not access.may(colleague, Permission.SEND_MAILINGS, cast.store)
    assert access.may(colleague, Permission.SEE_MAILINGS, cast.store)


@pytest.mark.parametrize("days", [-1, 0, LONGEST.days + 1])
def test_a_loan_has_an_end_that_is_near(cast: Cast, colleague: User, days: int) -> None:
    with pytest.raises(InputRefused, match="three months"):
        a_loan(cast, colleague, days)

    assert colleague.memberships.count() == 1


def test_nobody_lends_what_is_not_theirs(cast: Cast, colleague: User) -> None:
    loan = a_loan(cast, colleague)
    until = timezone.now() + timedelta(days=2)
    own = cast.approver.memberships.get(delegated_from=None)

    for actor in (cast.admin, cast.manager, colleague):
        with pytest.raises(NotPermitted):
            delegate(membership=own, to=cast.sender, until=until, actor=actor)
    with pytest.raises(InputRefused, match="lent to you"):
        delegate(membership=loan, to=cast.sender, until=until, actor=colleague)
    for to in (cast.outsider, cast.approver, colleague):
        with pytest.raises(InputRefused):
            delegate(membership=own, to=to, until=until, actor=cast.approver)

    assert Membership.objects.filter(delegated_from__isnull=False).count() == 1


def test_lender_and_colleague_may_end_a_loan_and_nobody_else(cast: Cast, colleague: User) -> None:
    loan = a_loan(cast, colleague)

    for actor in (cast.admin, cast.author):
        with pytest.raises(GroupsError):
            end_delegation(delegation=loan, actor=actor)
    assert access.may(colleague, Permission.APPROVE_MAILINGS, cast.store)
    end_delegation(delegation=loan, actor=colleague)

    assert not access.may(colleague, Permission.APPROVE_MAILINGS, cast.store)


def test_a_loan_is_made_and_taken_back_on_the_page(cast: Cast, client: Client, colleague: User) -> None:
    client.force_login(cast.approver)
    own = cast.approver.memberships.get()
    day = (timezone.now() + timedelta(days=5)).date().isoformat()

    made = client.post(reverse("groups:cover"), {"membership": own.pk, "to": colleague.email, "until": day})
    page = client.get(reverse("groups:cover")).content.decode()
    loan = Membership.objects.get(delegated_from=own)
    ended = client.post(reverse("groups:cover-end"), {"delegation": loan.pk})

    assert (made.status_code, ended.status_code) == (302, 302)
    assert "Cora Colleague" in page
    assert not Membership.objects.filter(pk=loan.pk).exists()


def test_forged_ids_on_the_page_lend_nothing(cast: Cast, client: Client, colleague: User) -> None:
    loan = a_loan(cast, colleague)
    client.force_login(cast.author)
    day = (timezone.now() + timedelta(days=5)).date().isoformat()

    tries = [
        client.post(reverse("groups:cover"), {"membership": chosen, "to": cast.sender.email, "until": day})
        for chosen in (cast.admin.memberships.get().pk, loan.pk, "x", "9" * 30, "")
    ]
    tries.append(client.post(reverse("groups:cover-end"), {"delegation": loan.pk}))
    stranger = client.post(
        reverse("groups:cover"),
        {"membership": cast.author.memberships.get().pk, "to": cast.outsider.email, "until": day},
    )

    assert {answer.status_code for answer in tries} == {404}
    assert stranger.status_code == 422
    assert Membership.objects.filter(delegated_from__isnull=False).count() == 1


def test_the_head_of_the_brand_can_be_covered_without_becoming_a_second_admin(cast: Cast, colleague: User) -> None:
    delegate(
        membership=cast.admin.memberships.get(),
        to=colleague,
        until=timezone.now() + timedelta(days=5),
        actor=cast.admin,
    )

    assert access.may(colleague, Permission.MANAGE_USERS, root_group(cast.brand))
    with pytest.raises(InputRefused, match="last admin"):
        take_role(membership=cast.admin.memberships.get(), actor=cast.admin)
