"""Groups are described, closed and opened again, by those who manage them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.errors import InputRefused, NotPermitted
from groups.models import Event, Group, GroupKind, Invitation, User
from groups.people.roles import role_of
from groups.people.services import add_member, give_role
from groups.roles import Role
from groups.tree.changing import FactsRefused, change_group, create_group
from groups.tree.closing import close_group, open_group
from tests.builders import Cast, a_group, root_group

pytestmark = pytest.mark.django_db


def test_facts_change_and_the_trail_says_which(cast: Cast) -> None:
    change_group(group=cast.store, actor=cast.manager, phone=" +1 503  555 0199 ", time_zone="America/Denver")

    assert (cast.store.phone, cast.store.time_zone) == ("+1 503 555 0199", "America/Denver")
    event = Event.objects.get(action="group.updated")
    assert (event.before, event.after) == (
        {"phone": "(not kept)", "time_zone": "America/Los_Angeles"},
        {"phone": "(not kept)", "time_zone": "America/Denver"},
    )


def test_the_same_facts_leave_no_trace(cast: Cast) -> None:
    change_group(group=cast.store, actor=cast.manager, name=cast.store.name, city=cast.store.city)

    assert not Event.objects.filter(action="group.updated").exists()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("name", "  ", "A group needs a name."),
        ("time_zone", "Mars/Olympus", "There is no time zone Mars/Olympus; write it as Europe/Berlin."),
        ("time_zone", "", "This cannot be empty."),
        ("language", "tlh", "The portal does not speak the language tlh; it speaks en, de, fr, es, ko."),
        ("country", "us", "The country us is no code of two capital letters."),
        ("email", "nobody", "nobody is no email address."),
        ("sender_address", "{{x}}@n.example", "{{x}}@n.example is no email address."),
        ("reply_to", "a b@n.example", "a b@n.example is no email address."),
        ("variation_id", "a b", "The message variation ID holds a blank."),
        ("street", "x" * 201, "At most 200 characters fit here."),
        ("review_policy", "never", "Choose one of the policies."),
        ("manager", "Kim\x00", "The text holds a character that cannot be shown."),
    ],
)
def test_wrong_facts_are_refused_by_name(cast: Cast, name: str, value: str, sentence: str) -> None:
    before = Group.objects.filter(pk=cast.store.pk).values().get()

    with pytest.raises(FactsRefused) as refused:
        change_group(group=cast.store, actor=cast.admin, **{name: value, "city": "Salem"})  # type: ignore[arg-type]

    assert refused.value.wrong == {name: sentence}
    assert Group.objects.filter(pk=cast.store.pk).values().get() == before


def test_only_those_who_manage_a_group_change_close_open_or_grow_it(cast: Cast) -> None:
    before = list(Group.objects.order_by("pk").values_list())

    for person in cast.without(cast.admin, cast.manager):
        with pytest.raises(NotPermitted):
            change_group(group=cast.store, actor=person, name="Mine")
        with pytest.raises(NotPermitted):
            close_group(group=cast.store, actor=person)
        with pytest.raises(NotPermitted):
            open_group(group=cast.store, actor=person)
        with pytest.raises(NotPermitted):
            create_group(parent=cast.region, code="NEW-1", kind=GroupKind.STORE, actor=person, name="Mine")

    assert list(Group.objects.order_by("pk").values_list()) == before


def test_a_group_is_made_below_another_one(cast: Cast) -> None:
    group = create_group(
        parent=cast.region, code="US-099", kind=GroupKind.STORE, actor=cast.manager, name="Salem", country="US"
    )

    assert (group.parent, group.kind, group.country, group.time_zone) == (cast.region, "store", "US", "UTC")
    assert Event.objects.get(action="group.added", target_id=str(group.pk)).actor == cast.manager


def test_a_group_that_does_not_fit_is_not_made(cast: Cast) -> None:
    count = Group.objects.count()

    def make(parent: Group, code: str = "N-1", kind: GroupKind = GroupKind.STORE, name: str = "New") -> None:
        create_group(parent=parent, code=code, kind=kind, actor=cast.admin, name=name)

    with pytest.raises(InputRefused, match="is taken"):
        make(cast.region, code=cast.store.code)
    with pytest.raises(FactsRefused, match="takes letters"):
        make(cast.region, code="US 1")
    with pytest.raises(FactsRefused, match="needs a name"):
        make(cast.region, name=" ")
    with pytest.raises(InputRefused, match="is a store"):
        make(cast.store, kind=GroupKind.REGION)
    with pytest.raises(InputRefused, match="one head office"):
        make(cast.region, kind=GroupKind.BRAND)
    Group.objects.filter(pk=cast.region.pk).update(closed_at=timezone.now())
    with pytest.raises(InputRefused, match="is closed"):
        make(cast.region)

    assert Group.objects.count() == count


def an_invitation(cast: Cast, group: Group) -> Invitation:
    """Gives an open invitation into a group."""
    return Invitation.objects.create(
        group=group,
        role=role_of(cast.brand, Role.READ_ONLY),
        email="new@example.com",
        secret_sha256=str(group.pk).replace("-", "").ljust(64, "0"),
        invited_by=cast.admin,
        expires_at=timezone.now() + timedelta(days=7),
    )


def test_closing_closes_all_below_and_withdraws_its_invitations(cast: Cast) -> None:
    inside, outside = an_invitation(cast, cast.store), an_invitation(cast, cast.far_store)

    closed = close_group(group=cast.region, actor=cast.manager)

    assert closed == 3
    moments = set(Group.objects.filter(paths_up__ancestor=cast.region).values_list("closed_at", flat=True))
    assert len(moments) == 1
    assert moments != {None}
    assert not Group.objects.filter(pk=cast.far_store.pk, closed_at__isnull=False).exists()
    inside.refresh_from_db()
    outside.refresh_from_db()
    assert inside.withdrawn_at is not None
    assert outside.withdrawn_at is None
    event = Event.objects.get(action="group.closed")
    assert event.detail == {"groups": 3, "invitations": 1}


def test_the_root_is_never_closed(cast: Cast) -> None:
    with pytest.raises(InputRefused, match="cannot be closed"):
        close_group(group=root_group(cast.brand), actor=cast.admin)

    assert not Group.objects.filter(brand=cast.brand, closed_at__isnull=False).exists()


def test_closing_twice_tells_of_it_once(cast: Cast) -> None:
    close_group(group=cast.store, actor=cast.admin)

    assert close_group(group=cast.store, actor=cast.admin) == 0

    assert Event.objects.filter(action="group.closed").count() == 1


def test_opening_opens_what_was_closed_together_and_nothing_else(cast: Cast) -> None:
    close_group(group=cast.store, actor=cast.admin)
    close_group(group=cast.region, actor=cast.admin)

    opened = open_group(group=cast.region, actor=cast.admin)

    assert opened == 2
    still_closed = Group.objects.filter(brand=cast.brand, closed_at__isnull=False)
    assert list(still_closed) == [cast.store]
    assert Event.objects.get(action="group.opened").detail == {"groups": 2}


def test_a_group_below_a_closed_one_cannot_be_opened_alone(cast: Cast) -> None:
    close_group(group=cast.region, actor=cast.admin)

    with pytest.raises(InputRefused, match="Americas is closed"):
        open_group(group=cast.store, actor=cast.admin)

    cast.store.refresh_from_db()
    assert cast.store.closed_at is not None


def test_opening_an_open_group_does_nothing(cast: Cast) -> None:
    assert open_group(group=cast.store, actor=cast.admin) == 0
    assert not Event.objects.filter(action="group.opened").exists()
    assert a_group(parent=cast.region).closed_at is None


def test_nobody_new_is_taken_into_a_closed_group_and_those_in_it_stay(cast: Cast) -> None:
    close_group(group=cast.store, actor=cast.admin)

    with pytest.raises(InputRefused, match="is closed"):
        add_member(group=cast.store, email="new@example.com", name="New", role=Role.READ_ONLY, actor=cast.admin)
    give_role(user=cast.author, group=cast.store, role=Role.READ_ONLY, actor=cast.admin)

    assert set(cast.store.memberships.values_list("user", "role__key")) == {
        (cast.author.pk, "read_only"),
        (cast.sender.pk, "local_sender"),
        (cast.approver.pk, "approver"),
    }
    assert not User.objects.filter(email="new@example.com").exists()
