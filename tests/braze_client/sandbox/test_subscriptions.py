"""Subscription states and lists of addresses."""

from __future__ import annotations

import pytest

from tests.braze_client.sandbox.builders import Desk, a_person

GROUP = "11111111-2222-3333-4444-555555555555"


@pytest.mark.contract("B-EML-1")
async def test_unsubscribed_addresses_are_listed_in_the_wires_date_format() -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2), a_person(3))
    await desk.post("/email/status", {"email": "c1@example.com", "subscription_state": "unsubscribed"})
    desk.now += 60
    await desk.people({"external_id": "C2", "email_subscribe": "unsubscribed"})

    today = await desk.get("/email/unsubscribes", start_date="2026-03-01", end_date="2026-03-02")
    until_tomorrow = await desk.get("/email/unsubscribes", start_date="2026-03-01", end_date="2026-03-03")
    one = await desk.get("/email/unsubscribes", email="c1@example.com", end_date="2026-03-03")

    assert today.json() == {"emails": [], "message": "success"}
    assert until_tomorrow.json()["emails"] == [
        {"email": "c2@example.com", "unsubscribed_at": "2026-03-02 12:01:30 +0000"},
        {"email": "c1@example.com", "unsubscribed_at": "2026-03-02 12:00:30 +0000"},
    ]
    assert [entry["email"] for entry in one.json()["emails"]] == ["c1@example.com"]
    assert (await desk.get("/email/unsubscribes", end_date="2026-03-03")).status_code == 400


async def test_the_state_of_an_unknown_address_is_kept_until_it_appears__contract_12() -> None:
    desk = Desk()
    reply = await desk.post("/email/status", {"email": ["c1@example.com"], "subscription_state": "unsubscribed"})

    await desk.people(a_person())

    assert reply.status_code == 201
    assert await desk.export("C1", "email_subscribe") == {"email_subscribe": "unsubscribed"}


async def test_a_group_state_is_set_and_read_with_the_case_of_the_wire__disagreement_16() -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2))
    body = {"subscription_group_id": GROUP, "subscription_state": "unsubscribed", "external_id": "C1"}

    reply = await desk.post("/subscription/status/set", body)
    got = await desk.client.get(
        "/subscription/status/get",
        params=[("subscription_group_id", GROUP), ("external_id[]", "C1"), ("external_id[]", "C2")],
    )

    assert (reply.status_code, reply.json()) == (201, {"message": "success"})
    assert got.json() == {"status": {"C1": "Unsubscribed", "C2": "unknown"}, "message": "success"}


async def test_a_bad_group_or_two_kinds_of_address_are_refused_in_brazes_words__contract_3_2() -> None:
    desk = Desk()
    body = {"subscription_group_id": GROUP, "subscription_state": "subscribed", "email": "a@b.c", "phone": "+1"}

    both = await desk.post("/subscription/status/set", body)
    bad = await desk.post("/subscription/status/set", body | {"subscription_group_id": "nonsense"})

    assert both.json() == {"message": "Either an email address or a phone number should be provided, but not both."}
    assert (bad.status_code, bad.json()) == (400, {"message": "Invalid subscription group ID"})


async def test_hard_bounces_of_a_send_are_listed() -> None:
    desk = Desk(has_engagement=True)
    for start in range(0, 500, 50):
        await desk.people(*(a_person(i) for i in range(start, start + 50)))
        recipients = [{"external_user_id": f"C{i}"} for i in range(start, start + 50)]
        await desk.post("/campaigns/trigger/send", {"campaign_id": "t", "recipients": recipients})

    listed = (await desk.get("/email/hard_bounces", start_date="2026-03-02", end_date="2026-03-03")).json()["emails"]

    assert 0 < len(listed) < 20
    assert {entry["hard_bounced_at"] for entry in listed} == {"2026-03-02 12:00:30 +0000"}
