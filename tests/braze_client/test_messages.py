"""What we send refuses, when it is made, whatever could do harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from braze_client import (
    NO_REPLY_TO,
    ArrayChange,
    Attachment,
    ContractViolation,
    Email,
    Event,
    Increment,
    Person,
    Purchase,
    Schedule,
    TriggerRecipient,
    UserAlias,
    UserAttributes,
)
from tests.braze_client.builders import APP_ID, NOW, VARIATION_ID, an_email

WALL_CLOCK = datetime(2026, 12, 1, 10, 30)  # noqa: DTZ001  # a time without a zone is what is meant


def test_an_email_becomes_brazes_object_without_what_was_left_open() -> None:
    email = an_email(headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}, reply_to=NO_REPLY_TO)

    document = email.as_json()

    assert document == {
        "app_id": APP_ID,
        "subject": "Latte art on Friday",
        "from": "Northwind Coffee <hello@northwind.example>",
        "body": "<html><body>Come in.</body></html>",
        "reply_to": "NO_REPLY_TO",
        "message_variation_id": VARIATION_ID,
        "headers": {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": " "},
        {"subject": "One\r\nBcc: all@x.example"},
        {"body": ""},
        {"from_": "Northwind Coffee"},
        {"from_": "A <a@x.example>, B <b@x.example>"},
        {"reply_to": "Name <a@x.example>"},
        {"message_variation_id": "two words"},
        {"headers": {"Bad Name": "x"}},
        {"headers": {"X-A": "x\nX-B: y"}},
    ],
)
def test_an_email_that_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ContractViolation):
        an_email(**wrong)


def test_an_email_without_an_app_id_is_refused() -> None:
    with pytest.raises(ContractViolation) as refusal:
        Email(app_id="", subject="a", from_="a@x.example", body="b")

    assert refusal.value.rule == "13.6"
    assert refusal.value.may_have_acted is False


def test_a_plain_time_travels_in_utc_with_z() -> None:
    berlin = datetime(2026, 12, 1, 10, 30, 5, 999, tzinfo=timezone(timedelta(hours=1)))

    assert Schedule(berlin).as_json() == {"time": "2026-12-01T09:30:05Z"}


def test_a_local_time_travels_as_wall_clock_without_zone() -> None:
    schedule = Schedule(WALL_CLOCK, in_local_time=True)

    assert schedule.as_json() == {"time": "2026-12-01T10:30:00", "in_local_time": True}
    assert schedule.first_instant == datetime(2026, 11, 30, 20, 30, tzinfo=UTC)


def test_an_optimal_time_means_its_day() -> None:
    schedule = Schedule(WALL_CLOCK, at_optimal_time=True)

    assert schedule.as_json() == {"time": "2026-12-01T10:30:00", "at_optimal_time": True}
    assert schedule.first_instant == datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Schedule(NOW, in_local_time=True),
        lambda: Schedule(NOW, at_optimal_time=True),
        lambda: Schedule(WALL_CLOCK),
        lambda: Schedule(WALL_CLOCK, in_local_time=True, at_optimal_time=True),
    ],
)
def test_a_local_time_with_a_zone_and_a_plain_one_without_are_refused(wrong: Callable[[], Schedule]) -> None:
    with pytest.raises(ContractViolation) as refusal:
        wrong()

    assert refusal.value.rule == "7.1"


@pytest.mark.contract("B-SCH-1")
def test_a_time_nearer_than_ten_seconds_is_refused() -> None:
    Schedule(NOW + timedelta(seconds=10)).check_lead(NOW)

    with pytest.raises(ContractViolation) as refusal:
        Schedule(NOW + timedelta(seconds=9)).check_lead(NOW)

    assert refusal.value.rule == "B-SCH-1"


def test_a_local_time_needs_a_day_before_its_first_zone() -> None:
    first_zone = (NOW + timedelta(hours=24 + 14)).replace(tzinfo=None)
    Schedule(first_zone + timedelta(seconds=1), in_local_time=True).check_lead(NOW)

    with pytest.raises(ContractViolation) as refusal:
        Schedule(first_zone, in_local_time=True).check_lead(NOW)

    assert refusal.value.rule == "18.7"


def test_attributes_travel_flat_beside_the_external_id() -> None:
    person = UserAttributes("user-1", {"first_name": "Ana", "smartersends_groups": ["US-001"], "city": None})

    assert person.as_json() == {
        "external_id": "user-1",
        "first_name": "Ana",
        "smartersends_groups": ["US-001"],
        "city": None,
    }


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ({"braze_id": "0123456789abcdef01234567"}, "B-TRK-6"),
        ({"external_id": "other"}, "B-TRK-6"),
        ({"user_alias": {"alias_name": "a", "alias_label": "b"}}, "B-TRK-6"),
        ({"email_subscribe": "yes"}, "5.4"),
        ({"gender": "male"}, "5.4"),
        ({"score": float("nan")}, "5.4"),
        ({"score": 2**70}, "5.4"),
        ({"note": "x" * 256}, "5.4"),
        ({"tags": ["x"] * 26}, "5.4"),
        ({"when": datetime(2026, 1, 1)}, "5.4"),  # noqa: DTZ001
        ({"thing": object()}, "5.4"),
        ({"": "x"}, "5.4"),
        ({"visits": {"inc": 1}}, "5.4"),
        ({"shop": {"two words": 1}}, "5.4"),
        ({"shop": {"open": None}}, "5.4"),
        ({"shop": {"deep": {"text": "x" * 256}}}, "5.4"),
        ({"shop": {f"k{number}": "x" * 255 for number in range(250)}}, "5.4"),
        ({"_merge_objects": True}, "5.4"),
    ],
)
def test_attributes_that_braze_would_refuse_or_cut_are_refused(attributes: dict[str, object], rule: str) -> None:
    with pytest.raises(ContractViolation) as refusal:
        UserAttributes("user-1", attributes)

    assert refusal.value.rule == rule


@pytest.mark.contract("B-TRK-9")
def test_an_external_id_takes_987_bytes() -> None:
    UserAttributes("ü" * 493 + "x", {})

    with pytest.raises(ContractViolation) as refusal:
        UserAttributes("ü" * 494, {})

    assert refusal.value.rule == "B-TRK-9"


@pytest.mark.parametrize(
    ("attributes", "sets_only"),
    [
        ({"a": 1, "b": {"city": "Porto"}, "c": None}, True),
        ({"a": Increment(1)}, False),
        ({"a": ArrayChange(add=("x",))}, False),
        ({"a": ArrayChange(remove=("x",))}, True),
    ],
)
def test_increments_and_additions_are_not_repeatable(attributes: dict[str, object], sets_only: bool) -> None:
    assert UserAttributes("user-1", attributes).sets_only is sets_only


def test_operations_and_times_in_objects_travel_as_braze_reads_them() -> None:
    attributes = {
        "visits": Increment(-2),
        "groups": ArrayChange(add=("A",), remove=("B",)),
        "shop": {"opened": date(2026, 11, 1), "rooms": [1, 2]},
    }

    assert UserAttributes("user-1", attributes, merge_objects=True).as_json() == {
        "external_id": "user-1",
        "visits": {"inc": -2},
        "groups": {"add": ["A"], "remove": ["B"]},
        "shop": {"opened": {"$time": "2026-11-01"}, "rooms": [1, 2]},
        "_merge_objects": True,
    }


@pytest.mark.contract("B-TRK-5", "B-TRK-6", "B-TRK-7")
def test_a_person_is_named_in_exactly_one_way() -> None:
    alias = UserAlias("ana", "shop")

    assert UserAttributes(Person(email="ana@x.example"), {"first_name": "Ana"}).as_json() == {
        "email": "ana@x.example",
        "first_name": "Ana",
    }
    with pytest.raises(ContractViolation) as nobody:
        Person()
    with pytest.raises(ContractViolation) as two:
        Person(external_id="u", user_alias=alias)
    with pytest.raises(ContractViolation) as mixed:
        Person(external_id="u", email="ana@x.example")
    with pytest.raises(ContractViolation) as twice:
        UserAttributes(Person(email="ana@x.example"), {"email": "other@x.example"})

    assert [refusal.value.rule for refusal in (nobody, two, mixed, twice)] == [
        "B-TRK-5",
        "B-TRK-6",
        "B-TRK-5",
        "B-TRK-7",
    ]


def test_an_alias_always_says_whether_it_may_be_new() -> None:
    alias = Person(user_alias=UserAlias("ana", "shop"))

    new, known = UserAttributes(alias, {"a": 1}), UserAttributes(alias, {"a": 1}, update_existing_only=True)

    assert new.as_json()["_update_existing_only"] is False
    assert known.as_json()["_update_existing_only"] is True
    assert "_update_existing_only" not in UserAttributes("u", {"a": 1}).as_json()


def test_events_and_purchases_become_brazes_objects() -> None:
    visit = Event("user-1", "visited", NOW, properties={"store": "A"})
    bean = Purchase("user-1", "bean", "EUR", Decimal("9.50"), NOW, quantity=2)

    assert visit.as_json() == {
        "external_id": "user-1",
        "name": "visited",
        "time": "2026-11-22T09:00:00Z",
        "properties": {"store": "A"},
    }
    assert bean.as_json() == {
        "external_id": "user-1",
        "product_id": "bean",
        "currency": "EUR",
        "price": 9.5,
        "time": "2026-11-22T09:00:00Z",
        "quantity": 2,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Event("u", " ", NOW),
        lambda: Event("u", "visited", WALL_CLOCK),
        lambda: Event("u", "visited", NOW, properties={"n": float("nan")}),
        lambda: Purchase("u", "bean", "euro", Decimal(1), NOW),
        lambda: Purchase("u", "bean", "EUR", Decimal("NaN"), NOW),
        lambda: Purchase("u", "bean", "EUR", Decimal(1), NOW, quantity=101),
        lambda: Attachment("menu.pdf", "https://x.example/menu.pdf"),
        lambda: Attachment("", "https://x.example/menu.pdf"),
        lambda: Attachment("menu", "http://x.example/menu.pdf"),
        lambda: Attachment("menu", "https://drive.google.com/file/d/1"),
        lambda: Attachment("menu", "https://[x"),
        lambda: UserAlias("ana", " "),
        lambda: ArrayChange(),
        lambda: ArrayChange(add=("x",) * 26),
    ],
)
def test_other_values_that_braze_would_not_take_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ContractViolation):
        wrong()


def test_an_email_may_rest_on_a_template_of_braze_and_carry_files() -> None:
    email = Email(
        app_id=APP_ID,
        subject="",
        from_="a@x.example",
        body="",
        email_template_id="t-1",
        bcc="b@x.example",
        attachments=(Attachment("menu", "https://x.example/menu.pdf"),),
    )

    assert email.as_json() == {
        "app_id": APP_ID,
        "from": "a@x.example",
        "email_template_id": "t-1",
        "bcc": "b@x.example",
        "attachments": [{"file_name": "menu", "url": "https://x.example/menu.pdf"}],
    }


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://x.example/menu.pdf", True),
        ("http://127.0.0.1:8000/menu.pdf", True),
        ("http://harbor.localhost:8000/menu.pdf", True),
        ("http://x.example/menu.pdf", False),
        ("http://127.0.0.1.x.example/menu.pdf", False),
        ("ftp://127.0.0.1/menu.pdf", False),
        ("https://drive.google.com/menu.pdf", False),
    ],
)
def test_a_file_comes_over_https_or_from_this_machine(url: str, is_taken: bool) -> None:
    if is_taken:
        assert Attachment("menu", url).as_json() == {"file_name": "menu", "url": url}
    else:
        with pytest.raises(ContractViolation):
            Attachment("menu", url)


def test_a_new_recipient_brings_attributes() -> None:
    recipient = TriggerRecipient(
        external_user_id="user-1",
        trigger_properties={"headline": "Hi"},
        send_to_existing_only=False,
        attributes={"email": "ana@x.example"},
    )

    assert recipient.as_json() == {
        "external_user_id": "user-1",
        "trigger_properties": {"headline": "Hi"},
        "send_to_existing_only": False,
        "attributes": {"email": "ana@x.example"},
    }


@pytest.mark.contract("B-TRG-1", "B-TRG-3", "B-TRG-4")
@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({}, "B-TRG-1"),
        ({"external_user_id": "u", "email": "a@x.example", "prioritization": ("identified",)}, "B-TRG-1"),
        ({"external_user_id": "u", "prioritization": ("identified",)}, "B-TRG-1"),
        ({"email": "a@x.example"}, "B-TRG-1"),
        ({"email": "a@x.example", "prioritization": ("newest",)}, "B-TRG-1"),
        ({"external_user_id": "u", "send_to_existing_only": False}, "B-TRG-3"),
        ({"external_user_id": "u", "braze_id": "b"}, "B-TRG-1"),
        (
            {"user_alias": UserAlias("a", "b"), "send_to_existing_only": False, "attributes": {"first_name": "Ana"}},
            "B-TRG-4",
        ),
        (
            {
                "email": "a@x.example",
                "prioritization": ("identified",),
                "send_to_existing_only": False,
                "attributes": {"first_name": "Ana"},
            },
            "B-TRG-3",
        ),
        ({"external_user_id": "u", "trigger_properties": {"text": "x" * 51_200}}, "13.4"),
    ],
)
def test_a_recipient_that_contradicts_itself_is_refused(wrong: dict[str, Any], rule: str) -> None:
    with pytest.raises(ContractViolation) as refusal:
        TriggerRecipient(**wrong)

    assert refusal.value.rule == rule
