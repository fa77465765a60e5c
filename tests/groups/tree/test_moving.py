"""A group moves with all below it; what it did stays, and what would break the tree is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groups import access
from groups.errors import InputRefused, NotPermitted
from groups.models import BrandRole, Event, Group, GroupKind, GroupPath, RoleGrant, User
from groups.roles import Permission, Role
from groups.tree.moving import move_group
from tests.builders import Cast, a_group, a_membership, a_person, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G4")]


def paths_of(group: Group) -> dict[str, int]:
    """Gives what stands above a group, itself included, with how far."""
    return dict(GroupPath.objects.filter(descendant=group).values_list("ancestor__code", "depth"))


def all_paths() -> set[tuple[object, object, int]]:
    """Gives the whole closure table."""
    return set(GroupPath.objects.values_list("ancestor_id", "descendant_id", "depth"))


def test_a_group_moves_with_everything_below_it(cast: Cast) -> None:
    root, europe = root_group(cast.brand), cast.far_store.parent
    assert europe is not None
    district = a_group(parent=cast.region, kind=GroupKind.REGION, code="oregon")
    shop = a_group(parent=district, code="shop")

    moved = move_group(group=district, parent=europe, actor=cast.admin)

    assert moved.parent == europe
    assert paths_of(district) == {"oregon": 0, europe.code: 1, root.code: 2}
    assert paths_of(shop) == {"shop": 0, "oregon": 1, europe.code: 2, root.code: 3}
    assert paths_of(cast.store) == {cast.store.code: 0, cast.region.code: 1, root.code: 2}
    event = Event.objects.get(action="group.moved")
    assert (event.group, event.actor) == (district, cast.admin)
    assert (event.before, event.after) == ({"below": cast.region.code}, {"below": europe.code})


def test_the_closure_table_is_what_growing_the_tree_there_would_have_made(cast: Cast) -> None:
    europe = cast.far_store.parent
    assert europe is not None

    move_group(group=cast.region, parent=europe, actor=cast.admin)

    expected = set()
    for group in Group.objects.all():
        above, depth = group, 0
        while above is not None:
            expected.add((above.pk, group.pk, depth))
            above, depth = above.parent, depth + 1
    assert all_paths() == expected


def test_a_move_takes_as_many_statements_for_many_groups_as_for_few(cast: Cast) -> None:
    europe = cast.far_store.parent
    assert europe is not None

    def statements(parent: Group) -> int:
        group, parent = Group.objects.get(pk=cast.region.pk), Group.objects.get(pk=parent.pk)
        with CaptureQueriesContext(connection) as found:
            move_group(group=group, parent=parent, actor=cast.admin)
        return len(found)

    few = statements(europe)
    for _ in range(30):
        a_group(parent=cast.region)
    many = statements(root_group(cast.brand))

    assert many == few


def test_rights_come_from_the_new_place_and_old_sessions_end(cast: Cast) -> None:
    europe = cast.far_store.parent
    assert europe is not None
    loses = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    gains = a_person(role=Role.REGIONAL_MANAGER, group=europe)
    versions = dict(User.objects.values_list("pk", "session_version"))

    move_group(group=cast.store, parent=europe, actor=cast.admin)

    assert not access.may(loses, Permission.SEE_MAILINGS, cast.store)
    assert access.may(gains, Permission.SEE_MAILINGS, cast.store)
    ended = {pk for pk, version in User.objects.values_list("pk", "session_version") if version != versions[pk]}
    assert ended == {loses.pk, gains.pk}


def test_the_tree_never_runs_in_a_circle(cast: Cast) -> None:
    before = all_paths()

    for place in (cast.region, cast.store):
        with pytest.raises(InputRefused, match="run in a circle"):
            move_group(group=cast.region, parent=place, actor=cast.admin)

    assert all_paths() == before


def test_a_subtree_that_would_reach_a_sixth_level_stays(cast: Cast) -> None:
    deep = a_group(parent=cast.region, kind=GroupKind.REGION)
    deep = a_group(parent=deep, kind=GroupKind.REGION)
    branch = a_group(brand=cast.brand, kind=GroupKind.REGION)
    a_group(parent=branch)
    before = all_paths()

    with pytest.raises(InputRefused, match="more than 5 levels"):
        move_group(group=branch, parent=deep, actor=cast.admin)

    assert all_paths() == before
    assert Event.objects.filter(action="group.moved").count() == 0


def test_five_levels_are_reached_by_a_move(cast: Cast) -> None:
    deep = a_group(parent=a_group(parent=cast.region, kind=GroupKind.REGION), kind=GroupKind.REGION)

    move_group(group=cast.far_store, parent=deep, actor=cast.admin)

    assert max(paths_of(cast.far_store).values()) == 4


def test_the_root_stays_and_a_region_never_stands_below_a_store(cast: Cast) -> None:
    root = root_group(cast.brand)
    before = all_paths()

    with pytest.raises(InputRefused, match="cannot be moved"):
        move_group(group=root, parent=cast.region, actor=cast.admin)
    with pytest.raises(InputRefused, match="is a store"):
        move_group(group=cast.region, parent=cast.far_store, actor=cast.admin)

    assert all_paths() == before


def test_an_open_group_is_not_put_below_a_closed_one(cast: Cast) -> None:
    Group.objects.filter(pk=cast.region.pk).update(closed_at="2026-11-01T00:00:00Z")

    with pytest.raises(InputRefused, match="is closed"):
        move_group(group=cast.far_store, parent=cast.region, actor=cast.admin)

    cast.far_store.refresh_from_db()
    assert cast.far_store.parent != cast.region


def test_the_new_place_must_be_of_the_same_brand_even_for_somebody_who_manages_both(cast: Cast) -> None:
    foreign = root_group(cast.other_brand)
    a_membership(user=cast.admin, group=foreign, role=Role.ADMIN)
    before = all_paths()

    with pytest.raises(InputRefused, match="another brand"):
        move_group(group=cast.store, parent=foreign, actor=cast.admin)

    assert all_paths() == before


def test_both_the_group_and_the_new_place_must_be_managed(cast: Cast) -> None:
    europe = cast.far_store.parent
    assert europe is not None
    role = BrandRole.objects.create(brand=cast.brand, key="own-regional", name="Tree keeper")
    RoleGrant.objects.create(role=role, permission=Permission.MANAGE_GROUPS)
    keeper = a_person(role=Role.READ_ONLY, group=a_group(brand=cast.brand))
    a_membership(user=keeper, group=cast.region, role=role)
    before = all_paths()

    with pytest.raises(NotPermitted, match="Europe"):
        move_group(group=cast.store, parent=europe, actor=keeper)
    with pytest.raises(NotPermitted, match="Europe"):
        move_group(group=europe, parent=cast.region, actor=keeper)
    for person in cast.without(cast.admin, cast.manager):
        with pytest.raises(NotPermitted):
            move_group(group=cast.store, parent=europe, actor=person)

    assert all_paths() == before


def test_moving_to_where_it_stands_changes_nothing(cast: Cast) -> None:
    move_group(group=cast.store, parent=cast.region, actor=cast.admin)

    assert not Event.objects.filter(action="group.moved").exists()


def test_what_a_group_has_done_stays_its_own(cast: Cast) -> None:
    europe = cast.far_store.parent
    assert europe is not None
    events = list(Event.objects.filter(group=cast.store).values_list("pk", "action"))

    move_group(group=cast.store, parent=europe, actor=cast.admin)

    kept = Event.objects.filter(group=cast.store).exclude(action="group.moved").values_list("pk", "action")
    assert list(kept) == events
    assert events


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one transaction at a time begin anyway.")
def test_two_moves_at_once_never_close_a_circle(cast: Cast) -> None:
    europe = cast.far_store.parent
    assert europe is not None
    start = Barrier(2)

    def move(group: Group, parent: Group) -> str:
        try:
            start.wait(10)
            move_group(group=Group.objects.get(pk=group.pk), parent=Group.objects.get(pk=parent.pk), actor=cast.admin)
        except InputRefused as refused:
            return refused.sentence
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(move, (cast.region, europe), (europe, cast.region)))

    assert answers.count("moved") == 1
    assert sum("run in a circle" in answer for answer in answers) == 1
