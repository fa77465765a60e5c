"""The one door: who may do what where, as the table of rights says it."""

from __future__ import annotations

import uuid

import pytest
from django.http import Http404

from groups import access
from groups.models import Audience, Brand, Contact, Group, GroupKind, Workspace
from groups.roles import Permission, Role
from tests.builders import Cast, a_brand, a_contact, a_group, a_person, a_workspace, an_audience, root_group
from tests.rights import EXPECTED

pytestmark = pytest.mark.django_db


def test_the_table_names_every_permission_and_role() -> None:
    assert len(EXPECTED) == len(Permission) * len(Role) == 208


@pytest.mark.catalogue("G1", "G2")
@pytest.mark.parametrize("role", Role)
def test_a_role_holds_on_its_group_and_below_and_nowhere_else(role: Role) -> None:
    brand = a_brand()
    own = a_group(brand=brand, kind=GroupKind.REGION)
    below = a_group(parent=own)
    sibling = a_group(brand=brand, kind=GroupKind.REGION)
    places = {
        "own": own,
        "below": below,
        "sibling": sibling,
        "below the sibling": a_group(parent=sibling),
        "parent": root_group(brand),
        "other brand": root_group(a_brand()),
    }
    audiences = {place: an_audience(group=group) for place, group in places.items()}
    user = a_person(role=role, group=own)

    for permission in Permission:
        expected = {"own", "below"} if EXPECTED[permission, role] else set()
        assert {place for place, group in places.items() if access.may(user, permission, group)} == expected
        assert set(access.visible(user, Group, permission)) == {places[place] for place in expected}
        assert set(access.visible(user, Audience, permission)) == {audiences[place] for place in expected}
        for place, audience in audiences.items():
            if place in expected:
                assert access.get(user, Audience, audience.pk, permission) == audience
            else:
                with pytest.raises(Http404):
                    access.get(user, Audience, audience.pk, permission)


@pytest.mark.parametrize("role", Role)
def test_things_of_the_brand_need_the_role_on_its_own_group(role: Role) -> None:
    brand = a_brand()
    workspace = a_workspace(brand=brand)
    other = a_workspace(brand=a_brand())
    on_root = a_person(role=role, group=root_group(brand))
    on_store = a_person(role=role, group=a_group(brand=brand))

    for permission in Permission:
        expected = [workspace] if EXPECTED[permission, role] else []
        assert list(access.visible(on_root, Workspace, permission)) == expected
        assert list(access.visible(on_root, Brand, permission)) == [item.brand for item in expected]
        assert list(access.visible(on_store, Workspace, permission)) == []
        with pytest.raises(Http404):
            access.get(on_root, Workspace, other.pk, permission)


def test_nobody_who_was_shut_out_sees_anything(cast: Cast) -> None:
    cast.admin.is_active = False
    cast.admin.save()

    assert list(access.visible(cast.admin, Group, Permission.SEE_MAILINGS)) == []


def test_a_contact_is_seen_by_the_groups_on_whose_lists_it_is(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store))
    nowhere = a_contact(brand=cast.brand)

    seen = {user.name: set(access.visible(user, Contact, Permission.SEE_CONTACTS)) for user in cast.everybody}

    assert seen == {
        "Lou Author": {contact},
        "Sam Sender": {contact},
        "Ana Approver": set(),
        "Mika Manager": {contact},
        "Ade Admin": {contact},
        "Nell Neighbour": set(),
        "Olu Outsider": set(),
    }
    with pytest.raises(Http404):
        access.get(cast.admin, Contact, nowhere.pk, Permission.SEE_CONTACTS)


def test_a_contact_on_two_lists_is_seen_once(cast: Cast) -> None:
    contact = a_contact(audience=an_audience(group=cast.store))
    an_audience(group=cast.store).members.create(contact=contact)

    assert list(access.visible(cast.author, Contact, Permission.SEE_CONTACTS)) == [contact]


@pytest.mark.parametrize("id", ["", "nonsense", "00000000", None, uuid.uuid4(), 7])
def test_an_id_of_nothing_is_404(cast: Cast, id: object) -> None:
    with pytest.raises(Http404):
        access.get(cast.admin, Audience, id, Permission.SEE_CONTACTS)


def test_an_id_in_a_form_reaches_only_what_the_group_may_use(cast: Cast) -> None:
    own = an_audience(group=cast.store)
    above = an_audience(group=cast.region)
    beside = an_audience(group=cast.next_store)

    assert access.get_usable(cast.store, Audience, str(own.pk)) == own
    for foreign in (above, beside, an_audience(group=root_group(cast.other_brand))):
        with pytest.raises(Http404):
            access.get_usable(cast.store, Audience, str(foreign.pk))


def test_members_with_finds_those_above_too(cast: Cast) -> None:
    found = access.members_with(cast.store, Permission.APPROVE_MAILINGS)

    assert set(found) == {cast.approver, cast.manager}
