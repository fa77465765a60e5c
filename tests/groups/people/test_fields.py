"""A brand defines fields of its people; head office alone fills them in, or people and those who manage them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from groups.errors import InputRefused, NotPermitted
from groups.models import Brand, Event, User, UserField, UserFieldKind, UserFieldValue
from groups.people.field_values import person_lines, sender_fields_of, set_values
from groups.people.fields import add_field, change_field, delete_field
from groups.roles import Role
from groups.tree.field_values import ValuesRefused
from tests.builders import Cast, a_membership, a_person
from tests.campaigns.library.sources import a_picture_file

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G6")]

KIND = UserFieldKind


def a_field(
    brand: Brand,
    key: str = "licence",
    kind: UserFieldKind = KIND.TEXT,
    *,
    is_local: bool = True,
    is_required: bool = False,
) -> UserField:
    """Gives a field of a brand's people."""
    return UserField.objects.create(
        brand=brand,
        key=key,
        label=key.title(),
        kind=kind,
        is_local=is_local,
        is_required=is_required,
        options=["Ms", "Mr"],
    )


def a_photo(kind: str = "JPEG", color: str = "#224466") -> SimpleUploadedFile:
    """Gives a picture as a browser sends it."""
    return SimpleUploadedFile("me.jpg", a_picture_file(kind, color=color), content_type="image/jpeg")


def test_head_office_defines_a_field(cast: Cast) -> None:
    field = add_field(
        brand=cast.brand, key="licence", label="Licence number", kind=KIND.TEXT, is_local=True, actor=cast.admin
    )

    assert (field.key, field.label, field.is_local) == ("licence", "Licence number", True)
    assert Event.objects.get(action="user_field.added").detail == {"key": "licence", "kind": "text", "local": True}


@pytest.mark.parametrize("key", ["name", "address", "reply_to", "person", "email", "Photo", "1st", "a-b", "x" * 41])
def test_a_key_of_the_senders_own_or_of_another_shape_is_refused(cast: Cast, key: str) -> None:
    with pytest.raises(InputRefused):
        add_field(brand=cast.brand, key=key, label="It", kind=KIND.TEXT, actor=cast.admin)

    assert not UserField.objects.exists()


def test_a_key_is_taken_once_in_a_brand_and_a_choice_needs_options(cast: Cast) -> None:
    a_field(cast.brand)

    for key, kind in (("licence", KIND.TEXT), ("title", KIND.CHOICE)):
        with pytest.raises(InputRefused):
            add_field(brand=cast.brand, key=key, label="It", kind=kind, actor=cast.admin)

    assert UserField.objects.count() == 1


def test_nobody_else_defines_changes_or_deletes_fields(cast: Cast) -> None:
    field = a_field(cast.brand)
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    acts: tuple[Callable[[User], object], ...] = (
        lambda user: add_field(brand=cast.brand, key="photo", label="Photo", kind=KIND.PICTURE, actor=user),
        lambda user: change_field(field=field, label="Other", actor=user),
        lambda user: delete_field(field=field, actor=user),
    )

    for user in (regional, *cast.without(cast.admin)):
        for act in acts:
            with pytest.raises(NotPermitted):
                act(user)

    assert [(one.key, one.label) for one in UserField.objects.all()] == [("licence", "Licence")]


def test_an_option_that_is_chosen_stays(cast: Cast) -> None:
    field = a_field(cast.brand, "title", KIND.CHOICE)
    set_values(person=cast.author, brand=cast.brand, values={"title": "Ms"}, actor=cast.author)

    with pytest.raises(InputRefused) as refused:
        change_field(field=field, label="Title", options=["Mr"], actor=cast.admin)

    assert "Ms" in refused.value.sentence
    field.refresh_from_db()
    assert field.options == ["Ms", "Mr"]


def test_a_person_fills_in_what_people_fill_in_themselves(cast: Cast) -> None:
    a_field(cast.brand)

    changed = set_values(person=cast.author, brand=cast.brand, values={"licence": " CA-123 "}, actor=cast.author)

    assert changed == ("licence",)
    assert sender_fields_of(cast.author, cast.brand, "en") == {
        "person": "Lou Author",
        "email": cast.author.email,
        "licence": "CA-123",
    }
    event = Event.objects.get(action="member.fields_changed")
    assert (event.actor, event.target_id, event.detail) == (cast.author, str(cast.author.pk), {"fields": "licence"})


def test_those_who_manage_people_of_a_group_fill_in_theirs_and_nobody_elses(cast: Cast) -> None:
    a_field(cast.brand)
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    far = a_person(role=Role.LOCAL_AUTHOR, group=cast.far_store)

    set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-1"}, actor=regional)
    for person in (far, cast.admin, cast.outsider):
        with pytest.raises(NotPermitted):
            set_values(person=person, brand=cast.brand, values={"licence": "CA-2"}, actor=regional)

    assert [(one.user, one.value) for one in UserFieldValue.objects.all()] == [(cast.author, "CA-1")]


def test_nobody_else_fills_in_anything(cast: Cast) -> None:
    a_field(cast.brand)

    for user in cast.without(cast.author, cast.admin):
        with pytest.raises(NotPermitted):
            set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-1"}, actor=user)

    assert not UserFieldValue.objects.exists()


def test_what_head_office_fills_in_is_locked_for_the_person_and_for_who_manages_a_group(cast: Cast) -> None:
    a_field(cast.brand, is_local=False)
    photo = a_field(cast.brand, "photo", KIND.PICTURE, is_local=False)
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)

    for user in (cast.author, regional):
        with pytest.raises(NotPermitted):
            set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-1"}, actor=user)
        with pytest.raises(NotPermitted):
            set_values(person=cast.author, brand=cast.brand, values={}, pictures={"photo": a_photo()}, actor=user)
    set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-9"}, actor=cast.admin)

    assert [one.value for one in UserFieldValue.objects.all()] == ["CA-9"]
    assert photo.values.count() == 0


def test_an_admin_who_acts_as_a_person_is_not_the_person(cast: Cast) -> None:
    a_field(cast.brand)
    member = User.objects.get(pk=cast.author.pk)
    member.acted_by = User.objects.get(pk=cast.admin.pk)

    with pytest.raises(NotPermitted):
        set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-1"}, actor=member)

    assert not UserFieldValue.objects.exists()


def test_values_of_one_brand_are_nothing_in_another(cast: Cast) -> None:
    a_field(cast.brand)
    a_field(cast.other_brand)
    root = cast.outsider.memberships.get().group
    a_membership(user=cast.author, group=root, role=Role.LOCAL_AUTHOR)
    set_values(person=cast.author, brand=cast.other_brand, values={"licence": "Harbor 1"}, actor=cast.author)

    assert "licence" not in sender_fields_of(cast.author, cast.brand, "en")
    assert sender_fields_of(cast.author, cast.other_brand, "en")["licence"] == "Harbor 1"


def test_whoever_has_left_the_brand_has_nothing_to_fill_in(cast: Cast) -> None:
    a_field(cast.brand)
    cast.author.memberships.all().delete()

    for user in (cast.author, cast.admin):
        with pytest.raises(NotPermitted):
            set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-1"}, actor=user)

    assert not UserFieldValue.objects.exists()


@pytest.mark.parametrize(
    ("kind", "typed"),
    [(KIND.PHONE, "call me"), (KIND.URL, "javascript:alert(1)"), (KIND.CHOICE, "Dr"), (KIND.TEXT, "x" * 501)],
)
def test_what_is_no_value_of_its_kind_is_refused_and_nothing_is_stored(
    cast: Cast, kind: UserFieldKind, typed: str
) -> None:
    a_field(cast.brand, "fact", kind)
    a_field(cast.brand)

    with pytest.raises(ValuesRefused) as refused:
        set_values(person=cast.author, brand=cast.brand, values={"fact": typed, "licence": "CA-1"}, actor=cast.author)

    assert list(refused.value.wrong) == ["fact"]
    assert not UserFieldValue.objects.exists()


def test_a_key_that_the_brand_has_not_is_refused(cast: Cast) -> None:
    a_field(cast.other_brand, "shoe")

    with pytest.raises(InputRefused):
        set_values(person=cast.author, brand=cast.brand, values={"shoe": "42"}, actor=cast.admin)

    assert not UserFieldValue.objects.exists()


def test_a_photo_is_written_anew_and_can_be_taken_away(cast: Cast) -> None:
    a_field(cast.brand, "photo", KIND.PICTURE)

    set_values(person=cast.author, brand=cast.brand, values={}, pictures={"photo": a_photo("PNG")}, actor=cast.author)
    kept = UserFieldValue.objects.get().value
    shown = sender_fields_of(cast.author, cast.brand, "en")["photo"]
    set_values(person=cast.author, brand=cast.brand, values={"photo": ""}, actor=cast.author)

    assert kept.startswith("images/people/")
    assert shown.startswith("http")
    assert shown.endswith(f"/media/{kept}")
    with default_storage.open(kept) as file, Image.open(file) as image:
        assert image.size == (40, 30)
    assert not UserFieldValue.objects.exists()


@pytest.mark.parametrize("forged", ["brands/logo.png", "../settings.py", "https://elsewhere.example/x.png", "x"])
def test_a_picture_is_never_named_only_uploaded(cast: Cast, forged: str) -> None:
    a_field(cast.brand, "photo", KIND.PICTURE)

    assert set_values(person=cast.author, brand=cast.brand, values={"photo": forged}, actor=cast.author) == ()

    assert not UserFieldValue.objects.exists()


def test_a_file_that_is_no_picture_is_refused(cast: Cast) -> None:
    a_field(cast.brand, "photo", KIND.PICTURE)
    a_field(cast.brand)
    script = SimpleUploadedFile("me.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")

    for pictures in ({"photo": script}, {"licence": a_photo()}):
        with pytest.raises(ValuesRefused):
            set_values(person=cast.author, brand=cast.brand, values={}, pictures=pictures, actor=cast.author)

    assert not UserFieldValue.objects.exists()


def test_a_page_reads_all_fields_at_once(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(3):
        a_field(cast.brand, f"fact{number}", is_required=True)

    with django_assert_num_queries(4):
        person_lines(cast.author, cast.brand, cast.author)
    for number in range(3, 30):
        a_field(cast.brand, f"fact{number}", is_required=True)
    with django_assert_num_queries(4):
        lines = person_lines(cast.author, cast.brand, cast.author)

    assert len(lines) == 30
    assert all(line.is_missing and line.may_change for line in lines)


def test_deleting_a_field_takes_its_values(cast: Cast) -> None:
    field = a_field(cast.brand)
    set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-1"}, actor=cast.author)

    delete_field(field=field, actor=cast.admin)

    assert not UserFieldValue.objects.exists()
    assert Event.objects.get(action="user_field.deleted").detail == {"key": "licence", "values": 1}
