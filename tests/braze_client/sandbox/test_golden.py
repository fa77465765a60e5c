"""Whole answers as they were recorded from Braze: key by key, with ids and times by their shape."""

from __future__ import annotations

import re
from typing import Any

import pytest

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from tests.braze_client.sandbox.builders import KEY, Desk, a_person, a_schedule, an_email

SEGMENT = DEFAULT_SEGMENTS[0].segment_id
HEX = "<32 hex>"
UUID = "<uuid>"


def shaped(value: Any) -> Any:
    """Returns an answer with its ids replaced by what they look like."""
    if isinstance(value, dict):
        return {name: shaped(member) for name, member in value.items()}
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value):
        return HEX
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return UUID
    return value


@pytest.mark.contract("B-ERR-2", "B-HTTP-9", "B-RL-1")
async def test_a_401_echoes_the_key_and_its_rate_headers_are_empty() -> None:
    desk = Desk()

    reply = await desk.client.post("/users/track", json={}, headers={"authorization": "Bearer stolen-key"})

    assert (reply.status_code, reply.json()) == (401, {"message": "Invalid API key: stolen-key"})
    assert [reply.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["", "", ""]
    assert KEY not in reply.text


async def test_the_answer_to_a_schedule() -> None:
    desk = Desk()
    await desk.people(a_person())

    reply = await desk.post("/messages/schedule/create", a_schedule(desk))

    assert reply.status_code == 201
    assert shaped(reply.json()) == {"dispatch_id": HEX, "schedule_id": UUID, "message": "success"}


async def test_the_answer_to_a_trigger_and_to_an_immediate_send() -> None:
    desk = Desk()
    body = {"external_user_ids": ["C1"], "messages": {"email": an_email()}}

    trigger = await desk.post(
        "/campaigns/trigger/send", {"campaign_id": "t", "recipients": [{"external_user_id": "C1"}]}
    )
    send = await desk.post("/messages/send", body)

    assert shaped(trigger.json()) == shaped(send.json()) == {"dispatch_id": HEX, "message": "success"}


@pytest.mark.contract("B-TRK-13", "B-TRK-14", "B-ENV-1")
async def test_the_answer_to_a_track_call_that_was_taken_in_part() -> None:
    desk = Desk()
    wrong = "must be 'subscribed', 'unsubscribed', or 'opted_in'"
    people = [
        a_person(1),
        {"external_id": "a", "email_subscribe": "yes"},
        a_person(2),
        {"external_id": "b", "push_subscribe": "yes"},
        {"external_id": "c", "braze_id": "d"},
    ]

    reply = await desk.post("/users/track", {"attributes": people})

    assert reply.status_code == 201
    assert reply.json() == {
        "attributes_processed": 2,
        "errors": [
            {"index": 1, "input_array": "attributes", "type": f"'email_subscribe' {wrong}"},
            {"index": 3, "input_array": "attributes", "type": f"'push_subscribe' {wrong}"},
            {
                "index": 4,
                "input_array": "attributes",
                "type": "You must specify only one of 'external_id', 'user_alias' or 'braze_id'",
            },
        ],
        "message": "success",
    }


@pytest.mark.contract("B-TRK-5", "B-ERR-2")
async def test_the_answer_to_a_track_call_without_anything_valid() -> None:
    reply = await Desk().post("/users/track", {"attributes": [{"first_name": "Ana"}]})

    assert reply.status_code == 400
    assert reply.json() == {
        "message": "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.",
        "errors": [
            {
                "type": "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
                "input_array": "attributes",
                "index": 0,
            }
        ],
    }


async def test_a_counter_stands_only_for_an_array_that_was_sent() -> None:
    desk = Desk()
    event = {"external_id": "C1", "name": "visited", "time": "2026-03-01T10:00:00Z"}
    purchase = {
        "external_id": "C1",
        "product_id": "bean",
        "currency": "EUR",
        "price": 9.5,
        "time": "2026-03-01T10:00:00Z",
    }

    attributes = await desk.post("/users/track", {"attributes": [a_person()]})
    everything = await desk.post(
        "/users/track", {"attributes": [a_person()], "events": [event], "purchases": [purchase]}
    )

    assert attributes.json() == {"attributes_processed": 1, "message": "success"}
    assert everything.json() == {
        "attributes_processed": 1,
        "events_processed": 1,
        "purchases_processed": 1,
        "message": "success",
    }


@pytest.mark.contract("B-TRK-17")
async def test_the_events_of_a_call_find_the_person_that_its_attributes_make() -> None:
    desk = Desk()
    event = {
        "user_alias": {"alias_name": "ana", "alias_label": "shop"},
        "name": "visited",
        "time": "2026-03-01T10:00:00Z",
    }
    alias = {"alias_name": "ana", "alias_label": "shop"}
    person = {"user_alias": alias, "_update_existing_only": False, "email": "ana@example.com"}

    await desk.post("/users/track", {"events": [event], "attributes": [person]})

    reply = await desk.post(
        "/users/export/ids", {"user_aliases": [alias], "fields_to_export": ["email", "custom_events"]}
    )
    assert reply.json()["users"] == [
        {
            "email": "ana@example.com",
            "custom_events": [
                {"name": "visited", "first": "2026-03-01T10:00:00Z", "last": "2026-03-01T10:00:00Z", "count": 1}
            ],
        }
    ]


@pytest.mark.contract("B-EXP-4", "B-EXP-5")
async def test_the_answer_to_an_export_has_no_key_for_what_is_empty() -> None:
    desk = Desk()
    await desk.people({"external_id": 12345, "email": "n@example.com"})
    fields = ["external_id", "email", "first_name", "created_at"]

    known = await desk.post("/users/export/ids", {"external_ids": ["12345"], "fields_to_export": fields})
    unknown = await desk.post("/users/export/ids", {"external_ids": ["ghost"], "fields_to_export": fields})
    address = await desk.post("/users/export/ids", {"email_address": "x@example.com", "fields_to_export": fields})

    assert (known.status_code, set(known.json())) == (201, {"users", "message"})
    assert known.json()["users"] == [
        {"external_id": "12345", "email": "n@example.com", "created_at": "2026-03-02T12:00:30.000Z"}
    ]
    assert unknown.json() == {"users": [], "invalid_user_ids": ["ghost"], "message": "success"}
    assert address.json() == {"users": [], "message": "success"}


@pytest.mark.contract("B-ENV-3", "B-SCH-3")
async def test_a_call_for_somebody_unknown_succeeds_and_nothing_arrives() -> None:
    desk = Desk()

    reply = await desk.post("/messages/schedule/create", a_schedule(desk, "ghost"))
    desk.now += 120

    assert reply.status_code == 201
    assert await desk.inbox() == []


@pytest.mark.contract("B-ENV-4", "B-SND-4")
async def test_a_broadcast_is_answered_with_the_send_id_that_braze_gave_it() -> None:
    desk = Desk()
    body = {"broadcast": True, "segment_id": SEGMENT, "campaign_id": "campaign-1", "messages": {"email": an_email()}}

    broadcast = await desk.post("/messages/send", body)
    listed = await desk.post("/messages/send", {**body, "broadcast": False, "external_user_ids": ["C1"]})

    assert set(broadcast.json()) == {"dispatch_id", "send_id", "message"}
    assert set(listed.json()) == {"dispatch_id", "message"}


@pytest.mark.contract("B-CMP-1")
async def test_a_mail_without_a_campaign_leaves_no_numbers() -> None:
    desk = Desk()
    await desk.people(a_person())
    await desk.post("/messages/send", {"external_user_ids": ["C1"], "messages": {"email": an_email()}})
    assert len(await desk.inbox()) == 1

    reply = await desk.get("/campaigns/data_series", campaign_id="campaign-1", length=7)

    assert reply.json().get("data") in ([], None)


@pytest.mark.contract("B-CMP-2")
async def test_a_mail_has_the_one_click_headers_only_when_the_call_brings_them() -> None:
    desk = Desk()
    await desk.people(a_person())
    header = {"List-Unsubscribe": "<{{${set_user_to_one_click_list_unsubscribe}}}>"}

    for email in (an_email(), an_email(headers=header)):
        await desk.post("/messages/send", {"external_user_ids": ["C1"], "messages": {"email": email}})

    with_header, without = await desk.inbox(bodies="true")
    assert without["headers"] == {}
    assert with_header["headers"] == {"List-Unsubscribe": "</unsubscribe/2>"}


@pytest.mark.contract("B-TRK-3", "B-EXP-3", "B-SND-2", "B-SCH-4")
@pytest.mark.parametrize(
    ("method", "path", "limit", "seconds"),
    [
        ("POST", "/users/track", "3000", 3),
        ("POST", "/users/export/ids", "250", 60),
        ("POST", "/subscription/status/set", "5000", 60),
        ("GET", "/campaigns/data_series", "50000", 60),
        ("POST", "/messages/schedule/create", "250000", 3600),
        ("GET", "/sends/data_series", "250000", 3600),
    ],
)
async def test_each_endpoint_names_its_window_which_ends_on_the_clock(
    method: str, path: str, limit: str, seconds: int
) -> None:
    desk = Desk()

    reply = await desk.client.request(method, path, json={} if method == "POST" else None)

    assert reply.headers["x-ratelimit-limit"] == limit
    assert int(reply.headers["x-ratelimit-reset"]) == (int(desk.now) // seconds + 1) * seconds


@pytest.mark.contract("B-SCH-7")
async def test_what_went_out_can_neither_be_moved_nor_withdrawn() -> None:
    desk = Desk()
    await desk.people(a_person())
    made = await desk.post("/messages/schedule/create", a_schedule(desk))
    schedule_id = made.json()["schedule_id"]
    desk.now += 61
    assert len(await desk.inbox()) == 1

    moved = await desk.post(
        "/messages/schedule/update", {"schedule_id": schedule_id, "schedule": {"time": desk.after(60)}}
    )
    withdrawn = await desk.post("/messages/schedule/delete", {"schedule_id": schedule_id})

    assert (moved.status_code, withdrawn.status_code) == (400, 400)
    assert len(await desk.inbox()) == 1


async def test_a_long_answer_is_packed_for_who_takes_it() -> None:
    desk = Desk()
    await desk.people(*(a_person(number) for number in range(40)))
    body = {"external_ids": [f"C{number}" for number in range(40)], "fields_to_export": ["email", "external_id"]}

    packed = await desk.client.post("/users/export/ids", json=body, headers={"accept-encoding": "gzip"})
    plain = await desk.client.post("/users/export/ids", json=body, headers={"accept-encoding": "identity"})

    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()
    newest, before = (await desk.get("/sandbox/calls")).json()["calls"][:2]
    assert newest["answer"] == before["answer"]


@pytest.mark.contract("B-SEG-2")
async def test_a_segment_without_tracking_has_no_sizes() -> None:
    desk = Desk()
    listed = (await desk.get("/segments/list")).json()["segments"]
    (silent,) = [segment for segment in listed if not segment["analytics_tracking_enabled"]]

    sizes = await desk.get("/segments/data_series", segment_id=silent["id"], length=7)

    assert sizes.json() == {"data": [], "message": "success"}
