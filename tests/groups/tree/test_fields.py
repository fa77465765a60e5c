"""A brand defines fields of its groups; values hold for the groups below, and only those who may fill them in."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from groups.errors import InputRefused, NotPermitted
from groups.models import Brand, Event, Group, GroupField, GroupFieldKind, GroupFieldValue
from groups.tree.field_values import ValuesRefused, field_lines, mail_fields_of, own_fields_of, set_values
from groups.tree.fields import add_field, change_field, delete_field
from tests.builders import Cast, a_group, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G5")]

KIND = GroupFieldKind


def a_field(
    brand: Brand,
    key: str = "hours",
    kind: GroupFieldKind = KIND.TEXT,
    *,
    is_local: bool = False,
    is_required: bool = False,
    options: tuple[str, ...] = (),
) -> GroupField:
    """Gives a field of a brand."""
    return GroupField.objects.create(
        brand=brand,
        key=key,
        label=key.title(),
        kind=kind,
        is_local=is_local,
        is_required=is_required,
        options=list(options),
    )


def a_value(group: Group, field: GroupField, value: str) -> GroupFieldValue:
    """Gives what a group says of a field."""
    return GroupFieldValue.objects.create(group=group, field=field, value=value)


def test_the_nearest_value_wins(cast: Cast) -> None:
    hours = a_field(cast.brand)
    a_value(root_group(cast.brand), hours, "9 to 5")
    a_value(cast.region, hours, "10 to 6")
    a_value(cast.store, hours, "8 to 8")

    said = {
        group.pk: mail_fields_of(group)["hours"]
        for group in (root_group(cast.brand), cast.region, cast.store, cast.next_store, cast.far_store)
    }

    assert list(said.values()) == ["9 to 5", "10 to 6", "8 to 8", "10 to 6", "9 to 5"]


def test_a_field_without_a_value_anywhere_is_not_there(cast: Cast) -> None:
    a_field(cast.brand)

    assert "hours" not in mail_fields_of(cast.store)
    assert mail_fields_of(cast.store)["city"] == "Portland"


def test_many_groups_cost_one_query(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    hours, booking = a_field(cast.brand), a_field(cast.brand, "booking")
    a_value(root_group(cast.brand), hours, "9 to 5")
    for number in range(12):
        a_value(a_group(parent=cast.region), booking, f"https://n.example/{number}")
    groups = list(Group.objects.filter(brand=cast.brand))

    with django_assert_num_queries(1):
        found = own_fields_of(groups)

    assert len(found) == len(groups)
    assert sum("booking" in fields for fields in found.values()) == 12
    with django_assert_num_queries(1):
        mail_fields_of(cast.store)


def test_values_are_shown_in_the_language_of_the_group_that_mails_them(cast: Cast) -> None:
    fields = {
        "opening": (KIND.DATE, "2026-12-03"),
        "closes": (KIND.TIME, "18:30"),
        "seats": (KIND.NUMBER, "1250.5"),
    }
    for key, (kind, value) in fields.items():
        a_value(root_group(cast.brand), a_field(cast.brand, key, kind), value)
    Group.objects.filter(pk=cast.far_store.pk).update(language="de")
    cast.far_store.refresh_from_db()

    english, german = mail_fields_of(cast.store), mail_fields_of(cast.far_store)

    assert [english[key] for key in fields] == ["December 3, 2026", "6:30 PM", "1,250.5"]
    assert [german[key] for key in fields] == ["3. Dezember 2026", "18:30", "1.250,5"]


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (KIND.TEXT, "  Mon  to Fri ", "Mon to Fri"),
        (KIND.TEXT, "<b>{{x}}</b>", "<b>{{x}}</b>"),
        (KIND.NUMBER, "12.50", "12.5"),
        (KIND.NUMBER, "-3", "-3"),
        (KIND.DATE, "3.12.2026", "2026-12-03"),
        (KIND.TIME, "8.05", "08:05"),
        (KIND.URL, "https://northwind.example/a?b=c", "https://northwind.example/a?b=c"),
        (KIND.PHONE, "+1 (503) 555-0141", "+1 (503) 555-0141"),
        (KIND.CHOICE, "Drive-in", "Drive-in"),
    ],
)
def test_each_kind_is_stored_in_one_shape(cast: Cast, kind: GroupFieldKind, typed: str, stored: str) -> None:
    a_field(cast.brand, "fact", kind, options=("Drive-in", "Café"))

    assert set_values(group=cast.store, values={"fact": typed}, actor=cast.admin) == ("fact",)

    assert GroupFieldValue.objects.get().value == stored


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (KIND.TEXT, "x" * 501, "Fact: it takes at most 500 characters."),
        (KIND.TEXT, "a\x00b", "Fact: The text holds a character that cannot be shown."),
        (KIND.NUMBER, "many", "Fact: This is no number; write it as 1234.5."),
        (KIND.DATE, "11/12/26", "Fact: This is no date; write it as 2026-11-30."),
        (KIND.TIME, "25:00", "Fact: write a time of day, as 18:30."),
        (KIND.URL, "javascript:alert(1)", "Fact: write a whole web address, as https://example.com/portland."),
        (KIND.URL, "northwind.example", "Fact: write a whole web address, as https://example.com/portland."),
        (KIND.PHONE, "call us", "Fact: write a phone number in digits, as +1 503 555 0141."),
        (KIND.CHOICE, "Kiosk", "Fact: choose one of: Drive-in, Café."),
    ],
)
def test_what_is_no_value_of_its_kind_is_refused(cast: Cast, kind: GroupFieldKind, typed: str, sentence: str) -> None:
    a_field(cast.brand, "fact", kind, options=("Drive-in", "Café"))
    a_field(cast.brand, "other")

    with pytest.raises(ValuesRefused) as refused:
        set_values(group=cast.store, values={"fact": typed, "other": "fine"}, actor=cast.admin)

    assert refused.value.wrong == {"fact": sentence}
    assert not GroupFieldValue.objects.exists()
    assert not Event.objects.filter(action="group.fields_changed").exists()


def test_local_people_fill_in_local_fields_and_no_locked_one(cast: Cast) -> None:
    local, locked = a_field(cast.brand, "hours", is_local=True), a_field(cast.brand, "licence")
    a_value(cast.store, locked, "OR-1")

    set_values(group=cast.store, values={"hours": "9 to 5", "licence": "OR-1"}, actor=cast.author)
    with pytest.raises(NotPermitted, match="Licence” is locked by head office"):
        set_values(group=cast.store, values={"hours": "never", "licence": "OR-2"}, actor=cast.author)

    assert dict(GroupFieldValue.objects.values_list("field__key", "value")) == {"hours": "9 to 5", "licence": "OR-1"}
    event = Event.objects.get(action="group.fields_changed")
    assert (event.actor, event.detail) == (cast.author, {"fields": "hours"})
    assert local.is_local


def test_nobody_fills_in_the_fields_of_a_group_that_is_not_theirs(cast: Cast) -> None:
    a_field(cast.brand, is_local=True)

    for person in (cast.approver, cast.neighbour, cast.outsider):
        with pytest.raises(NotPermitted):
            set_values(group=cast.store, values={"hours": "9 to 5"}, actor=person)
    with pytest.raises(InputRefused, match="no field unknown"):
        set_values(group=cast.store, values={"unknown": "x"}, actor=cast.admin)

    assert not GroupFieldValue.objects.exists()


def test_a_field_of_another_brand_is_not_there(cast: Cast) -> None:
    a_field(cast.other_brand, "hours")

    with pytest.raises(InputRefused, match="no field hours"):
        set_values(group=cast.store, values={"hours": "9 to 5"}, actor=cast.admin)

    assert not GroupFieldValue.objects.exists()


def test_emptying_a_value_brings_back_the_one_from_above(cast: Cast) -> None:
    hours = a_field(cast.brand)
    a_value(cast.region, hours, "10 to 6")
    a_value(cast.store, hours, "8 to 8")

    set_values(group=cast.store, values={"hours": " "}, actor=cast.admin)

    assert mail_fields_of(cast.store)["hours"] == "10 to 6"


def test_a_line_says_where_its_value_comes_from(cast: Cast) -> None:
    hours = a_field(cast.brand, is_local=True)
    licence = a_field(cast.brand, "licence", is_required=True)
    a_value(cast.region, hours, "10 to 6")

    lines = {line.field: line for line in field_lines(cast.store, cast.author)}

    assert (lines[hours].value, lines[hours].said_in, lines[hours].is_inherited) == ("10 to 6", cast.region, True)
    assert lines[hours].may_change
    assert lines[licence].is_missing
    assert not lines[licence].may_change
    assert not any(line.may_change for line in field_lines(cast.store, cast.approver))
    assert all(line.may_change for line in field_lines(cast.store, cast.admin))


def test_a_field_is_defined_and_changed_by_those_who_manage_the_whole_tree(cast: Cast) -> None:
    options = ["a", "b", "a", ""]
    field = add_field(
        brand=cast.brand, key="service", label=" Service ", kind=KIND.CHOICE, options=options, actor=cast.admin
    )
    change_field(field=field, label="Services", options=["b", "c"], is_local=True, actor=cast.manager)

    field.refresh_from_db()
    assert (field.label, field.options, field.is_local) == ("Services", ["b", "c"], True)
    assert list(Event.objects.filter(target_kind="groupfield").order_by("id").values_list("action", flat=True)) == [
        "group_field.added",
        "group_field.changed",
    ]


def test_an_option_that_a_group_has_chosen_stays(cast: Cast) -> None:
    field = a_field(cast.brand, "service", KIND.CHOICE, options=("a", "b"))
    a_value(cast.store, field, "a")

    with pytest.raises(InputRefused, match="“a” is chosen by a group"):
        change_field(field=field, label="Service", options=["b"], actor=cast.admin)

    field.refresh_from_db()
    assert field.options == ["a", "b"]


@pytest.mark.parametrize(
    ("key", "label", "kind", "sentence"),
    [
        ("address", "Address", KIND.TEXT, "Every group has the field address already"),
        ("hours", "Hours", KIND.TEXT, "There is a field hours already"),
        ("Hours", "Hours", KIND.TEXT, "A key begins with a small letter"),
        ("a-b", "Hours", KIND.TEXT, "A key begins with a small letter"),
        ("x" * 41, "Hours", KIND.TEXT, "A key begins with a small letter"),
        ("fax\n", "Fax", KIND.TEXT, "A key begins with a small letter"),
        ("fax", "  ", KIND.TEXT, "Give the field a name"),
        ("fax", "Fax", KIND.CHOICE, "Say what can be chosen"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(
    cast: Cast, key: str, label: str, kind: GroupFieldKind, sentence: str
) -> None:
    a_field(cast.brand)

    with pytest.raises(InputRefused, match=sentence):
        add_field(brand=cast.brand, key=key, label=label, kind=kind, actor=cast.admin)

    assert GroupField.objects.count() == 1


def test_others_neither_define_change_nor_delete_fields(cast: Cast) -> None:
    field = a_field(cast.brand)

    for person in cast.without(cast.admin, cast.manager):
        with pytest.raises(NotPermitted):
            add_field(brand=cast.brand, key="fax", label="Fax", kind=KIND.TEXT, actor=person)
        with pytest.raises(NotPermitted):
            change_field(field=field, label="Mine", is_local=True, actor=person)
        with pytest.raises(NotPermitted):
            delete_field(field=field, actor=person)

    field.refresh_from_db()
    assert (field.label, field.is_local, GroupField.objects.count()) == ("Hours", False, 1)


def test_deleting_a_field_deletes_its_values(cast: Cast) -> None:
    field = a_field(cast.brand)
    a_value(cast.store, field, "9 to 5")

    delete_field(field=field, actor=cast.admin)

    assert not GroupFieldValue.objects.exists()
    assert Event.objects.get(action="group_field.deleted").detail == {"key": "hours", "values": 1}
