"""Schedules made, moved, withdrawn, and delivered by the clock."""

from __future__ import annotations

import re

import pytest

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from tests.braze_client.sandbox.builders import Desk, a_person, a_schedule, an_email

LOYALTY = DEFAULT_SEGMENTS[1].segment_id


async def test_a_schedule_is_delivered_once_at_its_time_with_each_persons_own_name__contract_7_1() -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2, first_name="<Zoë>"), a_person(3, first_name=None))

    reply = await desk.post("/messages/schedule/create", a_schedule(desk, "C1", "C2", "C3", "C1", "ghost"))
    desk.now += 59
    assert await desk.inbox() == []
    desk.now += 1
    messages = await desk.inbox(bodies="true")

    assert reply.status_code == 201
    assert re.fullmatch(r"[0-9a-f]{32}", reply.json()["dispatch_id"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", reply.json()["schedule_id"])
    assert [(one["external_id"], one["subject"], one["body"]) for one in messages] == [
        ("C3", "For you", "<p>Hello there</p>"),
        ("C2", "For <Zoë>", "<p>Hello &lt;Zoë&gt;</p>"),
        ("C1", "For Name1", "<p>Hello Name1</p>"),
    ]
    desk.now += 3600
    assert (await desk.ledger())["messages_per_external_id"] == {"C1": 1, "C2": 1, "C3": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": None}, "Bad Request"),
        ({"schedule": {"time": "yesterday"}}, "Bad Request"),
        ({"schedule": {"time": "2026-03-02T12:00:00Z"}}, "Bad Request"),
        ({"schedule": {"time": "2026-03-05T12:00:00Z", "in_local_time": True}}, "Bad Request"),
        ({"messages": None}, "No message to send"),
        ({"messages": {"email": an_email(app_id=None)}}, "app_id is required for an email message"),
        ({"external_user_ids": []}, "No Recipients"),
        ({"external_user_ids": None}, "No Recipients"),
        ({"external_user_ids": None, "segment_id": LOYALTY}, "No Recipients"),
        ({"external_user_ids": [], "segment_id": LOYALTY, "broadcast": False}, "No Recipients"),
        (
            {"external_user_ids": [f"C{i}" for i in range(51)]},
            "The max number of external_ids and aliases per request was exceeded",
        ),
        ({"broadcast": True, "segment_id": LOYALTY}, "Recipients must not be given when broadcast is true"),
        ({"campaign_id": "has space"}, "Invalid Campaign ID"),
        ({"messages": {"email": an_email(message_variation_id=None)}}, "Message Variant Unspecified"),
        ({"messages": {"email": an_email(message_variation_id="has space")}}, "Invalid Message Variant"),
        ({"send_id": "never-created"}, "Invalid send_id"),
    ],
)
@pytest.mark.contract("B-SCH-1")
async def test_a_schedule_that_breaks_a_rule_is_400_and_reaches_nobody(
    changes: dict[str, object], message: str
) -> None:
    desk = Desk()
    await desk.people(a_person())

    reply = await desk.post("/messages/schedule/create", a_schedule(desk) | changes if changes else {})

    assert (reply.status_code, reply.json()) == (400, {"message": message})
    desk.now += 10 * 86_400
    assert await desk.inbox() == []


async def test_the_first_broken_rule_in_order_is_named__contract_19() -> None:
    desk = Desk()
    body = a_schedule(desk, schedule=None, messages=None, external_user_ids=[], campaign_id="bad id", send_id="none")
    seen = []
    for repair in (
        {"schedule": {"time": desk.after(60)}},
        {"messages": {"email": an_email()}},
        {"external_user_ids": ["C1"]},
        {"campaign_id": "campaign-1"},
    ):
        seen.append((await desk.post("/messages/schedule/create", body)).json()["message"])
        body |= repair

    last = await desk.post("/messages/schedule/create", body)

    assert [*seen, last.json()["message"]] == [
        "Bad Request",
        "No message to send",
        "No Recipients",
        "Invalid Campaign ID",
        "Invalid send_id",
    ]


async def test_fixed_campaign_and_variation_ids_admit_no_other__contract_3_2() -> None:
    desk = Desk(campaign_ids=frozenset({"campaign-1"}), variation_ids=frozenset({"variation-1"}))

    fitting = await desk.post("/messages/schedule/create", a_schedule(desk))
    foreign = await desk.post("/messages/schedule/create", a_schedule(desk, campaign_id="campaign-2"))
    variant = await desk.post(
        "/messages/schedule/create", a_schedule(desk, messages={"email": an_email(message_variation_id="other")})
    )

    assert fitting.status_code == 201
    assert foreign.json() == {"message": "Invalid Campaign ID"}
    assert variant.json() == {"message": "Invalid Message Variant"}


@pytest.mark.contract("B-SCH-6")
async def test_an_update_moves_the_time_and_replaces_the_email() -> None:
    desk = Desk()
    await desk.people(a_person())
    made = (await desk.post("/messages/schedule/create", a_schedule(desk, seconds=60))).json()

    update = {
        "schedule_id": made["schedule_id"],
        "schedule": {"time": desk.after(120)},
        "messages": {"email": an_email(subject="New")},
    }
    reply = await desk.post("/messages/schedule/update", update)
    desk.now += 61
    assert await desk.inbox() == []
    desk.now += 60

    assert (reply.status_code, reply.json()) == (201, {"message": "success"})
    assert [one["subject"] for one in await desk.inbox()] == ["New"]


async def test_a_schedule_moved_forward_goes_once() -> None:
    desk = Desk()
    await desk.people(a_person())
    made = (await desk.post("/messages/schedule/create", a_schedule(desk, seconds=600))).json()
    await desk.post(
        "/messages/schedule/update", {"schedule_id": made["schedule_id"], "schedule": {"time": desk.after(60)}}
    )

    desk.now += 1200

    assert len(await desk.inbox()) == 1


async def test_a_delete_works_once_and_nothing_goes_out__contract_7_3() -> None:
    desk = Desk()
    await desk.people(a_person())
    made = (await desk.post("/messages/schedule/create", a_schedule(desk))).json()

    replies = [await desk.post("/messages/schedule/delete", {"schedule_id": made["schedule_id"]}) for _ in range(2)]
    desk.now += 120

    assert [reply.status_code for reply in replies] == [201, 400]
    assert await desk.inbox() == []
    assert (await desk.ledger())["schedules"][0]["state"] == "deleted"


@pytest.mark.parametrize("path", ["/messages/schedule/update", "/messages/schedule/delete"])
async def test_an_unknown_or_sent_schedule_is_400__disagreement_9(path: str) -> None:
    desk = Desk()
    await desk.people(a_person())
    made = (await desk.post("/messages/schedule/create", a_schedule(desk))).json()
    desk.now += 60
    body = {"schedule": {"time": desk.after(600)}}

    sent = await desk.post(path, body | {"schedule_id": made["schedule_id"]})
    unknown = await desk.post(path, body | {"schedule_id": "unknown"})

    assert (sent.status_code, unknown.status_code) == (400, 400)
    assert len(await desk.inbox()) == 1


@pytest.mark.parametrize(
    ("wanted", "reached"), [(None, {"C1", "C3"}), ("opted_in", {"C3"}), ("all", {"C1", "C2", "C3"})]
)
async def test_the_subscription_state_is_judged_when_the_mail_goes__contract_7_1(
    wanted: str | None, reached: set[str]
) -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2), a_person(3, email_subscribe="opted_in"))
    body = a_schedule(desk, "C1", "C2", "C3", recipient_subscription_state=wanted)
    await desk.post("/messages/schedule/create", body)

    await desk.people({"external_id": "C2", "email_subscribe": "unsubscribed"})
    desk.now += 60

    assert {one["external_id"] for one in await desk.inbox()} == reached


@pytest.mark.contract("B-SND-4")
async def test_a_broadcast_reaches_who_is_in_both_segment_and_audience() -> None:
    desk = Desk()
    await desk.people(
        a_person(1, loyalty_tier="gold", smartersends_groups=["US-001"], smartersends_excluded_groups=[]),
        a_person(2, loyalty_tier="gold", smartersends_groups=["US-002"], smartersends_excluded_groups=[]),
        a_person(3, loyalty_tier="bronze", smartersends_groups=["US-001"], smartersends_excluded_groups=[]),
        a_person(4, loyalty_tier="gold", smartersends_groups=["US-001"], smartersends_excluded_groups=["US-001"]),
    )

    def includes(name: str, comparison: str) -> dict[str, object]:
        return {
            "custom_attribute": {"custom_attribute_name": name, "comparison": comparison, "value": "US-001"},
        }

    audience = {
        "AND": [
            includes("smartersends_groups", "includes_value"),
            includes("smartersends_excluded_groups", "does_not_include_value"),
        ]
    }
    body = a_schedule(desk, external_user_ids=None, broadcast=True, segment_id=LOYALTY, audience=audience)
    reply = await desk.post("/messages/schedule/create", body)
    desk.now += 60

    assert reply.json()["send_id"]
    assert [one["external_id"] for one in await desk.inbox()] == ["C1"]


async def test_local_time_comes_in_each_persons_zone__contract_7_1() -> None:
    desk = Desk()
    await desk.people(a_person(1, time_zone="Asia/Tokyo"), a_person(2, time_zone="America/New_York"), a_person(3))
    schedule = {"time": "2026-03-04T09:00:00", "in_local_time": True}
    assert (
        await desk.post("/messages/schedule/create", a_schedule(desk, "C1", "C2", "C3", schedule=schedule))
    ).is_success

    arrivals = []
    for _ in range(4 * 4 * 24):
        desk.now += 900
        arrivals.append(len(await desk.inbox()))

    first_seen = {count: arrivals.index(count) for count in (1, 2, 3)}
    assert (first_seen[2] - first_seen[1], first_seen[3] - first_seen[2]) == (9 * 4, 5 * 4)
    assert (await desk.ledger())["schedules"][0]["state"] == "sent"


@pytest.mark.contract("B-LIQ-5")
async def test_liquid_that_the_portal_never_sends_fails_loudly() -> None:
    desk = Desk()
    await desk.people(a_person())
    body = "{% connected_content http://evil.example %}"
    await desk.post("/messages/schedule/create", a_schedule(desk, messages={"email": an_email(body=body)}))

    desk.now += 60
    ledger = await desk.ledger()

    assert ledger["messages"] == 0
    assert ledger["outcomes"] == {"failed": 1}
    assert "connected_content" in ledger["failures"][0]["reason"]


async def test_abort_message_keeps_the_mail_from_that_person_alone__contract_17() -> None:
    desk = Desk()
    await desk.people(a_person(1, vip=True), a_person(2))
    body = "{% if {{custom_attribute.${vip}}} %}x{% else %}{% abort_message('not a VIP') %}{% endif %}"
    await desk.post("/messages/schedule/create", a_schedule(desk, "C1", "C2", messages={"email": an_email(body=body)}))

    desk.now += 60
    ledger = await desk.ledger()

    assert ledger["messages_per_external_id"] == {"C1": 1}
    assert [(one["person"], one["reason"]) for one in ledger["failures"]] == [("C2", "not a VIP")]


async def test_an_immediate_send_goes_at_once_and_broadcasts_are_paced_per_audience__contract_10_15() -> None:
    desk = Desk()
    await desk.people(a_person(loyalty_tier="gold"))
    broadcast = a_schedule(desk, external_user_ids=None, schedule=None, broadcast=True, segment_id=LOYALTY)

    single = await desk.post("/messages/send", a_schedule(desk, schedule=None))
    replies = [await desk.post("/messages/send", broadcast) for _ in range(11)]

    assert (single.status_code, set(single.json())) == (201, {"dispatch_id", "message"})
    assert [reply.status_code for reply in replies] == [201] * 10 + [429]
    assert len(await desk.inbox()) == 11


@pytest.mark.contract("B-SCH-8")
async def test_scheduled_broadcasts_never_lists_what_the_api_scheduled() -> None:
    desk = Desk()
    await desk.post("/messages/schedule/create", a_schedule(desk))

    reply = await desk.get("/messages/scheduled_broadcasts", end_time="2027-01-01")
    missing = await desk.get("/messages/scheduled_broadcasts")

    assert (reply.status_code, reply.json()["scheduled_broadcasts"]) == (200, [])
    assert missing.status_code == 400
