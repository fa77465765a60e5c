"""What we send refuses, when it is made, whatever could do harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from braze_client import NO_REPLY_TO, ContractViolation, Email, Schedule, TriggerRecipient, UserAttributes
from tests.braze_client.builders import APP_ID, NOW, VARIATION_ID, an_email


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
    schedule = Schedule(datetime(2026, 12, 1, 10, 30, tzinfo=UTC), in_local_time=True)

    assert schedule.as_json() == {"time": "2026-12-01T10:30:00", "in_local_time": True}
    assert schedule.first_instant == datetime(2026, 11, 30, 20, 30, tzinfo=UTC)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ContractViolation):
        Schedule(datetime(2026, 12, 1, 10, 30))  # noqa: DTZ001


def test_b_sch_1_a_time_nearer_than_ten_seconds_is_refused() -> None:
    Schedule(NOW + timedelta(seconds=10)).check_lead(NOW)

    with pytest.raises(ContractViolation) as refusal:
        Schedule(NOW + timedelta(seconds=9)).check_lead(NOW)

    assert refusal.value.rule == "B-SCH-1"


def test_a_local_time_needs_a_day_before_its_first_zone() -> None:
    first_zone = NOW + timedelta(hours=24 + 14)
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
    ],
)
def test_attributes_that_braze_would_refuse_or_cut_are_refused(attributes: dict[str, object], rule: str) -> None:
    with pytest.raises(ContractViolation) as refusal:
        UserAttributes("user-1", attributes)

    assert refusal.value.rule == rule


def test_b_trk_9_an_external_id_takes_987_bytes() -> None:
    UserAttributes("ü" * 493 + "x", {})

    with pytest.raises(ContractViolation) as refusal:
        UserAttributes("ü" * 494, {})

    assert refusal.value.rule == "B-TRK-9"


@pytest.mark.parametrize(
    ("attributes", "sets_only"),
    [
        ({"a": 1, "b": {"city": "Porto"}, "c": None}, True),
        ({"a": {"inc": 1}}, False),
        ({"a": {"add": ["x"]}}, False),
        ({"a": {"remove": ["x"]}}, True),
    ],
)
def test_increments_and_additions_are_not_repeatable(attributes: dict[str, object], sets_only: bool) -> None:
    assert UserAttributes("user-1", attributes).sets_only is sets_only


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


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({}, "B-TRG-1"),
        ({"external_user_id": "u", "email": "a@x.example", "prioritization": ("identified",)}, "B-TRG-1"),
        ({"external_user_id": "u", "prioritization": ("identified",)}, "B-TRG-1"),
        ({"email": "a@x.example"}, "B-TRG-1"),
        ({"email": "a@x.example", "prioritization": ("newest",)}, "B-TRG-1"),
        ({"external_user_id": "u", "send_to_existing_only": False}, "B-TRG-3"),
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
