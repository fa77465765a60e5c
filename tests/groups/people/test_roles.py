"""A brand's roles: edited by the brand, and never beyond what the person who edits holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import access
from groups.errors import InputRefused, NotPermitted
from groups.models import BrandRole, Event, FeatureSwitch, Membership, User
from groups.people.roles import change_role, create_role, delete_role, permissions_of, role_of
from groups.people.services import give_role
from groups.roles import PERMISSIONS, Feature, Permission, Role
from tests.builders import Cast, a_membership, a_person, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G3")]


def test_a_brand_comes_with_the_roles_of_the_table(cast: Cast) -> None:
    shipped = {Role(role.key): permissions_of(role) for role in BrandRole.objects.filter(brand=cast.brand)}

    assert shipped == PERMISSIONS


@pytest.mark.catalogue("G10")
def test_a_role_of_the_brands_own_gives_what_is_ticked(cast: Cast) -> None:
    role = create_role(brand=cast.brand, name="Reports only", permissions={Permission.SEE_MAILINGS}, actor=cast.admin)
    reader = a_person(group=cast.next_store)

    give_role(user=reader, group=cast.store, role=role, actor=cast.admin)

    held = {permission for permission in Permission if access.may(reader, permission, cast.store)}
    assert held == {Permission.SEE_MAILINGS}


def test_a_change_holds_at_once_for_everybody_with_the_role(cast: Cast) -> None:
    role = role_of(cast.brand, Role.LOCAL_AUTHOR)

    change_role(role=role, name="Author", permissions={Permission.SEE_MAILINGS}, actor=cast.admin)

    assert not access.may(cast.author, Permission.EDIT_MAILINGS, cast.store)
    assert role_of(cast.brand, Role.LOCAL_AUTHOR).label == "Author"
    assert role_of(cast.other_brand, Role.LOCAL_AUTHOR).label == "Local author"
    event = Event.objects.get(action="role.changed")
    assert "edit_mailings" in event.before["permissions"]
    assert event.after["permissions"] == ["see_mailings"]


@pytest.mark.parametrize("permission", [Permission.APPROVE_MAILINGS, Permission.OVERRIDE_CHECKS])
def test_nobody_adds_a_right_that_they_do_not_have(cast: Cast, permission: Permission) -> None:
    role = role_of(cast.brand, Role.ADMIN)

    with pytest.raises(InputRefused, match="themselves"):
        change_role(role=role, name="", permissions={*PERMISSIONS[Role.ADMIN], permission}, actor=cast.admin)
    with pytest.raises(InputRefused, match="themselves"):
        create_role(brand=cast.brand, name="New", permissions={permission}, actor=cast.admin)

    assert permissions_of(role) == PERMISSIONS[Role.ADMIN]
    assert not Event.objects.filter(action__startswith="role.").exists()


def test_a_right_that_was_there_before_may_stay(cast: Cast) -> None:
    role = role_of(cast.brand, Role.APPROVER)

    change_role(
        role=role,
        name="Approver",
        permissions=PERMISSIONS[Role.APPROVER] - {Permission.USE_API_TOKENS},
        actor=cast.admin,
    )

    assert Permission.APPROVE_MAILINGS in permissions_of(role)


def test_whoever_does_not_manage_the_users_of_the_whole_brand_changes_no_role(cast: Cast) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    role = role_of(cast.brand, Role.READ_ONLY)

    for actor in (*cast.without(cast.admin), regional):
        with pytest.raises(NotPermitted):
            change_role(role=role, name="X", permissions=set(), actor=actor)
        with pytest.raises(NotPermitted):
            create_role(brand=cast.brand, name="X", permissions=set(), actor=actor)
        with pytest.raises(NotPermitted):
            delete_role(role=role, actor=actor)

    assert permissions_of(role) == PERMISSIONS[Role.READ_ONLY]


def test_the_last_role_that_manages_users_keeps_that_right(cast: Cast) -> None:
    role = role_of(cast.brand, Role.ADMIN)

    with pytest.raises(InputRefused, match="last admin"):
        change_role(
            role=role, name="Admin", permissions=PERMISSIONS[Role.ADMIN] - {Permission.MANAGE_USERS}, actor=cast.admin
        )

    assert permissions_of(role) == PERMISSIONS[Role.ADMIN]


@pytest.mark.parametrize("name", ["", "   ", "Approver", "approver", "x" * 61])
def test_a_role_needs_a_name_that_tells_it_apart(cast: Cast, name: str) -> None:
    with pytest.raises(InputRefused):
        create_role(brand=cast.brand, name=name, permissions=set(), actor=cast.admin)

    assert BrandRole.objects.filter(brand=cast.brand).count() == len(Role)


def test_a_role_is_deleted_only_when_nobody_holds_it(cast: Cast) -> None:
    role = create_role(brand=cast.brand, name="Guest", permissions=set(), actor=cast.admin)
    held = a_membership(user=a_person(), group=cast.store, role=role)

    with pytest.raises(InputRefused, match="held by somebody"):
        delete_role(role=role, actor=cast.admin)
    with pytest.raises(InputRefused, match="comes with"):
        delete_role(role=role_of(cast.brand, Role.READ_ONLY), actor=cast.admin)
    held.delete()
    delete_role(role=role, actor=cast.admin)

    assert not BrandRole.objects.filter(pk=role.pk).exists()


@pytest.mark.catalogue("G9")
@pytest.mark.parametrize(
    ("feature", "permission"),
    [(Feature.CONTACTS, Permission.MANAGE_CONTACTS), (Feature.SENDING, Permission.SEND_MAILINGS)],
)
def test_a_switched_off_feature_takes_its_right_there_and_below(
    cast: Cast, feature: Feature, permission: Permission
) -> None:
    FeatureSwitch.objects.create(group=cast.region, feature=feature)

    assert not access.may(cast.sender, permission, cast.store)
    assert not access.may(cast.admin, permission, cast.region)
    assert access.may(cast.admin, permission, cast.far_store)
    assert access.may(cast.sender, Permission.EDIT_MAILINGS, cast.store)
    assert permission not in access.rights_of(cast.sender, cast.brand, cast.store).here
    assert not access.has_feature(cast.store, feature)


def test_a_role_that_has_ended_gives_nothing(cast: Cast) -> None:
    helper = a_person(group=cast.next_store)
    held = a_membership(user=helper, group=cast.store, until=timezone.now() + timedelta(hours=1))
    assert access.may(helper, Permission.EDIT_MAILINGS, cast.store)

    Membership.objects.filter(pk=held.pk).update(until=timezone.now())

    assert not access.may(helper, Permission.EDIT_MAILINGS, cast.store)
    assert helper not in access.members_with(cast.store, Permission.EDIT_MAILINGS)
    assert access.rights_of(helper, cast.brand, cast.store).here == frozenset()


def test_what_a_page_offers_is_what_the_door_lets_through(cast: Cast) -> None:
    for user in cast.everybody:
        for group in (cast.store, cast.region, root_group(cast.brand)):
            offered = access.rights_of(user, cast.brand, group).here
            assert offered == {permission for permission in Permission if access.may(user, permission, group)}


@pytest.mark.parametrize("feature", [None, Feature.CONTACTS, Feature.SENDING])
def test_a_page_that_remembers_rights_answers_as_the_door_does(cast: Cast, feature: Feature | None) -> None:
    if feature is not None:
        FeatureSwitch.objects.create(group=cast.region, feature=feature)
    cast.approver.acted_by = cast.manager
    a_membership(user=cast.neighbour, group=cast.store, role=Role.REVIEWER, until=timezone.now() - timedelta(hours=1))
    a_membership(user=cast.outsider, group=cast.region, role=Role.BRAND_MANAGER)
    cast.author.on_pages_of, cast.outsider.on_pages_of = cast.brand, cast.other_brand
    cast.sender.is_active = False
    groups = [root_group(cast.brand), cast.region, cast.store, cast.far_store, root_group(cast.other_brand)]
    asked = [(user, permission, group) for user in cast.everybody for permission in Permission for group in groups]
    strict = [access.may(*one) for one in asked]

    for user in cast.everybody:
        access.remember_rights(user)

    assert [access.may(*one) for one in asked] == strict
    assert 0 < sum(strict) < len(strict)


def test_what_was_remembered_ends_with_the_page(cast: Cast) -> None:
    access.remember_rights(cast.author)
    assert access.may(cast.author, Permission.EDIT_MAILINGS, cast.store)
    cast.author.memberships.all().delete()

    asked_anew = User.objects.get(pk=cast.author.pk)

    assert access.may(cast.author, Permission.EDIT_MAILINGS, cast.store)
    assert not access.may(asked_anew, Permission.EDIT_MAILINGS, cast.store)


def test_what_somebody_lends_is_asked_anew_even_on_a_page_that_remembers(cast: Cast) -> None:
    own = cast.approver.memberships.get()
    a_membership(
        user=cast.author,
        group=cast.store,
        role=own.role,
        until=timezone.now() + timedelta(days=1),
        delegated_from=own,
    )
    access.remember_rights(cast.author)

    assert access.may(cast.author, Permission.APPROVE_MAILINGS, cast.store)
    assert not access.may(cast.author, Permission.APPROVE_MAILINGS, cast.store, not_lent_by=[cast.approver])
