"""The control interface and its pages: look at calls, people and quotas, arm faults; nobody else's page may."""

from __future__ import annotations

import pytest

from tests.braze_client.sandbox.builders import KEY, Desk, a_person, a_schedule, a_trigger

EVIL = "<script>alert(1)</script>"
PAGES = ["/inbox", "/profiles", "/calls", "/quotas", "/faults"]


async def test_calls_are_kept_with_request_and_answer_and_without_the_key() -> None:
    desk = Desk(recorded_calls=2)
    await desk.people(a_person())
    await desk.post("/users/track", {"attributes": [{"external_id": "C2", "note": KEY}]})
    await desk.get("/segments/list", page=0)

    newest, older = (await desk.get("/sandbox/calls")).json()["calls"]

    assert (newest["path"], newest["query"], newest["status"]) == ("/segments/list", "page=0", 200)
    assert older["request"] == '{"attributes":[{"external_id":"C2","note":"[redacted]"}]}'
    assert older["answer"] == '{"attributes_processed":1,"message":"success"}'
    page = await desk.client.get(f"/calls/{older['number']}")
    assert "attributes_processed" in page.text
    assert KEY not in page.text
    assert (await desk.client.get("/calls/1")).status_code == 404


async def test_a_cut_call_is_kept_too() -> None:
    desk = Desk()
    await desk.post("/sandbox/faults", {"path": "/users/track", "kind": "accept_then_drop"})

    with pytest.raises(Exception, match="Server disconnected"):
        await desk.people(a_person())

    (call,) = (await desk.get("/sandbox/calls")).json()["calls"]
    assert (call["status"], call["fault"], call["answer"]) == (0, "accept_then_drop", "")


async def test_quotas_say_what_is_left_of_each_window() -> None:
    desk = Desk(shared_calls_per_hour=10)
    for _ in range(3):
        await desk.get("/segments/list")

    (quota,) = (await desk.get("/sandbox/quotas")).json()["quotas"]
    desk.now += 3600
    (later,) = (await desk.get("/sandbox/quotas")).json()["quotas"]

    assert (quota["name"], quota["limit"], quota["used"]) == ("shared", 10, 3)
    assert later["used"] == 0
    assert "0 of 10" in (await desk.get("/quotas")).text


async def test_people_are_found_by_id_or_address_and_shown_with_what_they_got() -> None:
    desk = Desk()
    await desk.people(a_person(1, favourite=EVIL), a_person(2))
    await desk.post("/campaigns/trigger/send", a_trigger({"external_user_id": "C1"}))

    found = (await desk.get("/sandbox/profiles", q="c1@")).json()
    listing = await desk.get("/profiles", q="C1")
    page = await desk.get(f"/profiles/{found['profiles'][0]['braze_id']}")

    assert (found["total"], found["profiles"][0]["external_id"]) == (1, "C1")
    assert ("C1" in listing.text, "c2@example.com" in listing.text) == (True, False)
    assert ("News for you" in page.text, EVIL in page.text, "&lt;script&gt;" in page.text) == (True, False, True)
    assert (await desk.get("/profiles/nobody")).status_code == 404


async def test_what_waits_for_its_time_is_listed_with_its_people() -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2))
    made = (await desk.post("/messages/schedule/create", a_schedule(desk, "C1", "C2", seconds=90))).json()

    (waiting,) = (await desk.get("/sandbox/schedules")).json()["schedules"]
    await desk.post("/messages/schedule/delete", {"schedule_id": made["schedule_id"]})
    later = (await desk.get("/sandbox/schedules")).json()

    assert (waiting["schedule_id"], waiting["people"]) == (made["schedule_id"], ["C1", "C2"])
    assert waiting["due"] == desk.now + 90
    assert (later["schedules"], later["is_delivering"]) == ([], False)


async def test_hours_pass_in_a_moment_and_never_come_back() -> None:
    desk = Desk()
    await desk.people(a_person())
    await desk.post("/messages/schedule/create", a_schedule(desk, "C1", seconds=7_200))

    put_on = await desk.post("/sandbox/clock", {"ahead_seconds": 7_201})
    inbox = await desk.inbox()
    put_back = await desk.post("/sandbox/clock", {"ahead_seconds": 0})
    nonsense = await desk.post("/sandbox/clock", {"ahead_seconds": "soon"})

    assert put_on.json() == {"now": desk.now + 7_201, "ahead_seconds": 7_201}
    assert [one["external_id"] for one in inbox] == ["C1"]
    assert (put_back.status_code, nonsense.status_code) == (400, 400)
    assert (await desk.get("/sandbox/clock")).json()["ahead_seconds"] == 7_201


async def test_a_fault_is_armed_and_disarmed_in_the_browser() -> None:
    desk = Desk()
    form = {"path": "/users/track", "kind": "503", "count": "2", "hold_seconds": "0"}

    armed = await desk.client.post("/faults", data=form)
    shown = (await desk.get("/sandbox/faults")).json()["faults"]
    first = await desk.post("/users/track", {"attributes": [a_person()]})
    await desk.client.post("/faults/disarm")
    second = await desk.post("/users/track", {"attributes": [a_person()]})

    assert (armed.status_code, armed.headers["location"]) == (303, "/faults")
    assert [(one["path"], one["kind"], one["count"], one["hold_seconds"]) for one in shown] == [
        ("/users/track", 503, 2, 0.0)
    ]
    assert (first.status_code, second.status_code) == (503, 201)


@pytest.mark.parametrize("change", [{"kind": "200"}, {"kind": "nonsense"}, {"count": "many"}, {"path": ""}])
async def test_a_form_that_says_no_fault_is_answered_with_a_sentence(change: dict[str, str]) -> None:
    desk = Desk()

    reply = await desk.client.post("/faults", data={"path": "*", "kind": "503", **change})

    assert (reply.status_code, "This is no fault" in reply.text) == (400, True)
    assert desk.app.workspace.faults == []


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_answers_when_empty_and_links_to_the_others(path: str) -> None:
    page = await Desk().get(path)

    assert page.status_code == 200
    assert all(f'href="{other}"' in page.text for other in PAGES)
    assert f'href="{path}" aria-current=page' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
async def test_a_page_of_another_site_steers_nothing(headers: dict[str, str]) -> None:
    desk = Desk()
    await desk.people(a_person())

    replies = [
        await desk.client.post(path, headers=headers, json={"path": "*", "kind": "timeout"})
        for path in ("/sandbox/reset", "/sandbox/faults", "/faults", "/faults/disarm")
    ]

    assert [reply.status_code for reply in replies] == [403] * 4
    assert (len(desk.app.workspace.profiles), desk.app.workspace.faults) == (1, [])


async def test_a_form_of_the_sandbox_itself_is_taken_as_a_browser_sends_it() -> None:
    desk = Desk()
    headers = {"origin": "http://sandbox.test", "sec-fetch-site": "same-origin"}

    reply = await desk.client.post("/faults", headers=headers, data={"path": "*", "kind": "503"})

    assert (reply.status_code, len(desk.app.workspace.faults)) == (303, 1)


async def test_by_a_foreign_name_the_pages_say_nothing_and_the_api_answers() -> None:
    desk = Desk(hosts=frozenset({"127.0.0.1"}))

    page, data = await desk.get("/inbox"), await desk.get("/ledger.json")
    known = await desk.client.get("http://127.0.0.1/inbox")
    api = await desk.post("/users/track", {"attributes": [a_person()]})

    assert (page.status_code, data.status_code, known.status_code, api.status_code) == (403, 403, 200, 201)


async def test_the_front_door_names_what_can_be_asked() -> None:
    about = (await Desk().get("/sandbox")).json()

    assert "/sandbox/calls" in about["addresses"]
    assert "/users/track" in about["endpoints"]
