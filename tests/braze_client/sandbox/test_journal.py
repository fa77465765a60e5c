"""The state file: what was accepted outlives the process, each thing once."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from braze_client.sandbox import SandboxOptions, create_app
from braze_client.sandbox.journal import Change, Journal, JournalUnreadable
from tests.braze_client.sandbox.builders import KEY, Desk, a_person, a_schedule, a_trigger


def kept(desk: Desk) -> dict[str, Any]:
    """Returns all that must come back."""
    state = desk.app.workspace
    return {
        "people": {profile.braze_id: (profile.label, profile.fields, profile.custom) for profile in state.profiles},
        "schedules": {key: (one.state, one.due, one.dispatch_id) for key, one in state.schedules.items()},
        "mail": [(one.number, one.external_id, one.subject, one.mailing) for one in state.inbox.messages],
        "send_ids": state.send_ids,
    }


async def a_busy_day(desk: Desk) -> None:
    """Lets people come, mail wait and go, somebody leave, and something be withdrawn."""
    await desk.people(a_person(1), a_person(2, loyalty_tier="gold"), a_person(3))
    await desk.post("/sends/id/create", {"campaign_id": "campaign-1", "send_id": "news"})
    await desk.post("/messages/schedule/create", a_schedule(desk, "C1", "C2", send_id="news"))
    later = await desk.post("/messages/schedule/create", a_schedule(desk, "C3", seconds=900))
    gone = await desk.post("/messages/schedule/create", a_schedule(desk, "C2", seconds=900))
    await desk.post("/messages/schedule/delete", {"schedule_id": gone.json()["schedule_id"]})
    desk.now += 120
    await desk.post("/campaigns/trigger/send", a_trigger({"external_user_id": "C1"}))
    await desk.client.post("/unsubscribe/1")
    await desk.post(
        "/messages/schedule/update",
        {"schedule_id": later.json()["schedule_id"]} | {"schedule": {"time": desk.after(60)}},
    )


async def test_everything_comes_back_with_the_same_ids(tmp_path: Path) -> None:
    first = Desk(state_path=tmp_path / "state.sqlite3")
    await a_busy_day(first)

    second = Desk(state_path=tmp_path / "state.sqlite3")

    assert kept(second) == kept(first)
    assert len(kept(first)["mail"]) == 3
    assert first.app.workspace.profiles.by_external_id("C1").email_subscribe == "unsubscribed"  # type: ignore[union-attr]


async def test_what_came_due_meanwhile_goes_once_and_with_its_own_time(tmp_path: Path) -> None:
    first = Desk(state_path=tmp_path / "state.sqlite3")
    await a_busy_day(first)
    due = first.now + 60

    second = Desk(state_path=tmp_path / "state.sqlite3")
    second.now = first.now + 3600
    mail = await second.inbox()
    third = Desk(state_path=tmp_path / "state.sqlite3")
    third.now = first.now + 7200

    assert (mail[0]["external_id"], mail[0]["route"]) == ("C3", "schedule")
    assert second.app.workspace.inbox.messages[-1].mailing.sent_at == due
    assert [one["number"] for one in await third.inbox()] == [4, 3, 2, 1]


async def test_the_quota_of_send_ids_is_remembered(tmp_path: Path) -> None:
    options = {"state_path": tmp_path / "state.sqlite3", "send_ids_per_day": 1}
    await Desk(**options).post("/sends/id/create", {"campaign_id": "c", "send_id": "one"})

    reply = await Desk(**options).post("/sends/id/create", {"campaign_id": "c", "send_id": "two"})

    assert reply.status_code == 429


async def test_what_was_refused_or_only_read_is_not_kept(tmp_path: Path) -> None:
    desk = Desk(state_path=tmp_path / "state.sqlite3")
    await desk.post("/users/track", {"attributes": []})
    await desk.post("/users/export/ids", {"external_ids": ["C1"], "fields_to_export": ["email"]})
    await desk.get("/segments/list")

    assert list(desk.app.workspace.journal or ()) == []


async def test_a_reset_empties_the_file(tmp_path: Path) -> None:
    desk = Desk(state_path=tmp_path / "state.sqlite3")
    await desk.people(a_person())

    await desk.post("/sandbox/reset", {})

    assert len(Desk(state_path=tmp_path / "state.sqlite3").app.workspace.profiles) == 0


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be taken for one" * 20, None])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.sqlite3"
    if content is None:
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE somebody (elses INTEGER)")
        other.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()

    with pytest.raises(JournalUnreadable, match="no state file of the sandbox"):
        create_app(SandboxOptions(api_key=KEY, state_path=path))

    assert path.read_bytes() == before


def test_a_change_that_no_endpoint_takes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    journal = Journal(path)
    journal.add(Change(1.0, "/users/track", b'{"attributes":[]}', 1))
    journal.close()

    with pytest.raises(JournalUnreadable, match="Change 1 of the state file"):
        create_app(SandboxOptions(api_key=KEY, state_path=path))
