"""Send ids, the numbers under them, and segment sizes."""

from __future__ import annotations

from typing import Any

import pytest

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from tests.braze_client.sandbox.builders import Desk, a_person, a_schedule, an_email

CREATE = "/sends/id/create"


def metrics(series: dict[str, Any]) -> dict[str, Any]:
    return dict(series["data"][0]["messages"]["email"][0])


@pytest.mark.contract("B-SND-2")
async def test_the_101st_new_send_id_of_a_day_is_429_and_the_next_day_begins_anew() -> None:
    desk = Desk()

    replies = [await desk.post(CREATE, {"campaign_id": "c", "send_id": f"s{i}"}) for i in range(101)]
    again = await desk.post(CREATE, {"campaign_id": "c", "send_id": "s0"})
    desk.now += 86_400
    next_day = await desk.post(CREATE, {"campaign_id": "c", "send_id": "s101"})

    assert [reply.status_code for reply in replies] == [201] * 100 + [429]
    assert replies[0].json() == {"send_id": "s0", "message": "success"}
    assert (again.status_code, next_day.status_code) == (201, 201)


@pytest.mark.parametrize("send_id", ["x" * 65, "größe", "two words"])
@pytest.mark.contract("B-SND-1")
async def test_a_send_id_is_at_most_64_ascii_characters(send_id: str) -> None:
    assert (await Desk().post(CREATE, {"campaign_id": "c", "send_id": send_id})).status_code == 400


@pytest.mark.contract("B-SND-1", "B-SND-3")
async def test_an_omitted_send_id_is_made_up_and_a_strict_workspace_refuses_repeats() -> None:
    desk = Desk(is_repeated_send_id_refused=True)

    made = (await desk.post(CREATE, {"campaign_id": "c"})).json()["send_id"]
    repeated = await desk.post(CREATE, {"campaign_id": "c", "send_id": made})

    assert repeated.status_code == 400


@pytest.mark.contract("B-SND-5", "B-SND-6", "B-CMP-1")
async def test_numbers_are_kept_per_variation_and_send_id_for_14_days() -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2), a_person(3))
    await desk.post(CREATE, {"campaign_id": "campaign-1", "send_id": "s1"})
    for ids, variation in ((("C1", "C2"), "variation-1"), (("C3",), "variation-2")):
        messages = {"email": an_email(message_variation_id=variation)}
        await desk.post("/messages/schedule/create", a_schedule(desk, *ids, send_id="s1", messages=messages))
    desk.now += 60
    query: dict[str, str | int] = {"campaign_id": "campaign-1", "send_id": "s1", "length": 20}

    series = (await desk.get("/sends/data_series", **query)).json()
    other = (await desk.get("/sends/data_series", **{**query, "send_id": "s2"})).json()
    desk.now += 14 * 86_400 + 1
    expired = (await desk.get("/sends/data_series", **query)).json()

    entries = series["data"][0]["messages"]["email"]
    assert series["data"][0]["time"] == "2026-03-02"
    assert [(one["variation_api_id"], one["sent"], one["delivered"]) for one in entries] == [
        ("variation-1", 2, 2),
        ("variation-2", 1, 1),
    ]
    assert series["data"][0]["unique_recipients"] == 3
    assert other == expired == {"data": [], "message": "success"}


async def test_opens_and_clicks_grow_within_minutes_and_are_the_same_each_time() -> None:
    outcomes = []
    for _ in range(2):
        desk = Desk(has_engagement=True)
        for start in range(0, 600, 50):
            await desk.people(*(a_person(i) for i in range(start, start + 50)))
            ids = [f"C{i}" for i in range(start, start + 50)]
            await desk.post("/messages/schedule/create", a_schedule(desk, *ids, seconds=10))
        desk.now += 10
        query: dict[str, str | int] = {"campaign_id": "campaign-1", "length": 1}
        await desk.inbox(limit=1)
        desk.now += 1
        first = metrics((await desk.get("/campaigns/data_series", **query)).json())
        desk.now += 240
        last = metrics((await desk.get("/campaigns/data_series", **query)).json())
        outcomes.append((first, last))

    first, last = outcomes[0]
    assert outcomes[0] == outcomes[1]
    assert (first["sent"], first["unique_opens"]) == (600, 0)
    assert last["delivered"] + last["bounces"] == last["sent"] == 600
    assert 200 < last["unique_opens"] < 350 and last["opens"] >= last["unique_opens"]
    assert 20 < last["unique_clicks"] < last["unique_opens"]


@pytest.mark.parametrize("length", ["0", "101", "many", ""])
async def test_a_length_outside_1_to_100_is_400(length: str) -> None:
    reply = await Desk().get("/sends/data_series", campaign_id="c", send_id="s", length=length)

    assert reply.status_code == 400


@pytest.mark.contract("B-SEG-1", "B-SEG-2")
async def test_segments_are_listed_described_and_sized_from_real_profiles() -> None:
    desk = Desk()
    await desk.people(a_person(1, loyalty_tier="gold"), a_person(2, loyalty_tier="bronze"))
    desk.now += 86_400
    await desk.people(a_person(3, loyalty_tier="silver", last_visit="2026-02-20"), {"external_id": "C4"})
    sizes = {}

    listed = (await desk.get("/segments/list")).json()["segments"]
    for segment in listed:
        data = (await desk.get("/segments/data_series", segment_id=segment["id"], length=2)).json()["data"]
        sizes[segment["name"]] = [(one["time"], one["size"]) for one in data]
    details = (await desk.get("/segments/details", segment_id=listed[1]["id"])).json()

    assert [one["id"] for one in listed] == [one.segment_id for one in DEFAULT_SEGMENTS]
    assert sizes == {
        "All subscribers": [("2026-03-02", 2), ("2026-03-03", 3)],
        "Loyalty members": [("2026-03-02", 1), ("2026-03-03", 2)],
        "Recent visitors": [("2026-03-02", 0), ("2026-03-03", 1)],
        "Everyone": [],
    }
    assert (details["name"], details["message"]) == ("Loyalty members", "success")
    assert (await desk.get("/segments/list", page=1)).json()["segments"] == []
    assert (await desk.get("/segments/details", segment_id="unknown")).status_code == 400


async def test_campaign_details_key_messages_by_variation_id__contract_11() -> None:
    desk = Desk(campaign_ids=frozenset({"c"}), variation_ids=frozenset({"v1", "v2"}))

    details = (await desk.get("/campaigns/details", campaign_id="c")).json()
    unknown = await desk.get("/campaigns/details", campaign_id="x")
    listed = (await desk.get("/campaigns/list")).json()["campaigns"]

    assert {key: one["channel"] for key, one in details["messages"].items()} == {"v1": "email", "v2": "email"}
    assert unknown.json() == {"message": "campaign_id must be a string of the campaign api identifier"}
    assert [(one["id"], one["is_api_campaign"]) for one in listed] == [("c", True)]
