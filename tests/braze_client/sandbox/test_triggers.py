"""Campaigns whose content lives in Braze."""

from __future__ import annotations

import pytest

from tests.braze_client.sandbox.builders import Desk, a_person, a_trigger

SEND = "/campaigns/trigger/send"


@pytest.mark.contract("B-TRG-2")
async def test_a_recipients_own_properties_override_the_shared_ones() -> None:
    desk = Desk(
        trigger_subject="{{api_trigger_properties.${headline}}}", trigger_body="{{api_trigger_properties.${x}}}"
    )
    await desk.people(a_person(1), a_person(2))
    recipients = ({"external_user_id": "C1"}, {"external_user_id": "C2", "trigger_properties": {"headline": "Mine"}})

    reply = await desk.post(SEND, a_trigger(*recipients, trigger_properties={"headline": "Ours", "x": "y"}))
    messages = await desk.inbox(bodies="true")

    assert (reply.status_code, set(reply.json())) == (201, {"dispatch_id", "message"})
    assert [(one["external_id"], one["subject"], one["body"]) for one in messages] == [
        ("C2", "Mine", "y"),
        ("C1", "Ours", "y"),
    ]


@pytest.mark.contract("B-TRG-3")
async def test_attributes_are_written_before_the_mail_goes_so_that_new_people_get_it() -> None:
    desk = Desk(propagation_seconds=300, trigger_subject="{{${first_name}}}")
    new = {
        "external_user_id": "N1",
        "send_to_existing_only": False,
        "attributes": {"email": "n1@example.com", "first_name": "New"},
    }

    await desk.post(SEND, a_trigger(new, {"external_user_id": "unknown"}))

    assert [(one["email"], one["subject"]) for one in await desk.inbox()] == [("n1@example.com", "New")]


@pytest.mark.contract("B-TRG-8")
async def test_the_last_of_two_equal_recipients_counts() -> None:
    desk = Desk(trigger_subject="{{api_trigger_properties.${headline}}}")
    await desk.people(a_person())
    first, last = ({"external_user_id": "C1", "trigger_properties": {"headline": text}} for text in ("First", "Last"))

    await desk.post(SEND, a_trigger(first, last))

    assert [one["subject"] for one in await desk.inbox()] == ["Last"]


@pytest.mark.parametrize(
    "changes",
    [
        {"campaign_id": None},
        {"campaign_id": "has space"},
        {"recipients": []},
        {"recipients": None},
        {"recipients": [{"external_user_id": f"C{i}"} for i in range(51)]},
        {"recipients": [{"external_user_id": "C1", "braze_id": "0" * 24}]},
        {"recipients": [{}]},
        {"recipients": [{"external_user_id": []}]},
        {"recipients": [{"external_user_id": {"a": 1}}]},
        {"recipients": [{"user_alias": "ana"}]},
        {"recipients": [{"email": "c1@example.com", "prioritization": [{"a": 1}]}]},
        {"recipients": [{"email": "c1@example.com"}]},
        {"recipients": [{"email": "c1@example.com", "prioritization": ["loudest"]}]},
        {"recipients": [{"external_user_id": "C1", "send_to_existing_only": False}]},
        {
            "recipients": [
                {
                    "user_alias": {"alias_name": "a", "alias_label": "b"},
                    "send_to_existing_only": False,
                    "attributes": {"email": "c1@example.com"},
                }
            ]
        },
        {"trigger_properties": ""},
        {"trigger_properties": {"text": "x" * 51_200}},
        {"broadcast": True},
        {"segment_id": "any"},
        {"attachments": [{"file_name": "menu"}]},
        {"send_id": "never-created"},
    ],
)
async def test_a_trigger_that_breaks_a_rule_is_400_and_reaches_nobody__contract_9_1(changes: dict[str, object]) -> None:
    desk = Desk()
    await desk.people(a_person())

    reply = await desk.post(SEND, a_trigger(**changes))

    assert reply.status_code == 400
    assert await desk.inbox() == []


@pytest.mark.contract("B-TRG-6")
async def test_an_address_reaches_somebody_only_if_exactly_one_profile_remains() -> None:
    desk = Desk()
    await desk.people(a_person(1, email="one@example.com"), a_person(2, email="two@example.com"))
    await desk.people(a_person(3, email="two@example.com"))

    await desk.post(
        SEND,
        a_trigger(
            {"email": "one@example.com", "prioritization": ["identified"]},
            {"email": "two@example.com", "prioritization": ["identified"]},
        ),
    )

    assert [one["external_id"] for one in await desk.inbox()] == ["C1"]


@pytest.mark.contract("B-TRG-5")
async def test_an_unsubscribed_person_gets_nothing_and_braze_says_nothing() -> None:
    desk = Desk()
    await desk.people(a_person(email_subscribe="unsubscribed"))

    reply = await desk.post(SEND, a_trigger())

    assert reply.status_code == 201
    assert await desk.inbox() == []


@pytest.mark.contract("B-TRG-7")
async def test_an_audience_mails_who_matches_within_the_broadcast_pools() -> None:
    desk = Desk()
    await desk.people(a_person(1, tier="gold"), a_person(2))
    audience = {"custom_attribute": {"custom_attribute_name": "tier", "comparison": "equals", "value": "gold"}}

    replies = [await desk.post(SEND, a_trigger(recipients=None, audience=audience)) for _ in range(11)]

    assert [reply.status_code for reply in replies] == [201] * 10 + [429]
    assert replies[0].headers["x-ratelimit-limit"] == "250"
    assert (await desk.ledger())["messages_per_external_id"] == {"C1": 10}


async def test_api_campaigns_and_triggered_ones_are_not_mixed_up__contract_14() -> None:
    desk = Desk(campaign_ids=frozenset({"api"}), trigger_campaign_ids=frozenset({"triggered"}))

    replies = [await desk.post(SEND, a_trigger(campaign_id=name)) for name in ("api", "other", "triggered")]

    assert [reply.status_code for reply in replies] == [400, 400, 201]
    assert replies[0].json() == {"message": "Invalid Campaign ID"}


async def test_the_built_in_mail_shows_the_values() -> None:
    desk = Desk()
    await desk.people(a_person())

    await desk.post(
        SEND,
        a_trigger(trigger_properties={"headline": "Tasting", "headline_text": "Tasting", "body_html": "<b>Come</b>"}),
    )
    message = (await desk.inbox(bodies="true"))[0]

    assert message["subject"] == "News for you"
    assert "Tasting</h1>" in message["body"] and "<b>Come</b>" in message["body"]
    assert "Hello Name1," in message["body"] and f'href="/unsubscribe/{message["number"]}"' in message["body"]
    assert (await desk.ledger())["failures"] == []


async def test_a_trigger_schedule_is_moved_and_withdrawn_by_campaign_and_schedule_id__contract_9_2() -> None:
    desk = Desk()
    await desk.people(a_person())
    path = "/campaigns/trigger/schedule"
    made = (await desk.post(f"{path}/create", a_trigger(schedule={"time": desk.after(60)}))).json()
    ids = {"campaign_id": "trigger-1", "schedule_id": made["schedule_id"]}

    foreign = await desk.post(f"{path}/update", {**ids, "campaign_id": "x", "schedule": {"time": desk.after(90)}})
    moved = await desk.post(f"{path}/update", {**ids, "schedule": {"time": desk.after(120)}})
    desk.now += 60
    assert await desk.inbox() == []
    deleted = await desk.post(f"{path}/delete", ids)
    desk.now += 600

    assert [reply.status_code for reply in (foreign, moved, deleted)] == [400, 201, 201]
    assert await desk.inbox() == []
