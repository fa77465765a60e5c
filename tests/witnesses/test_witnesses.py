"""What other clients send and read: the local Braze understands them, and they send what we send."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from braze_client import BrazeClient, Call, Schedule, TriggerRecipient, UserAttributes, calls
from braze_client.messages import utc_text
from braze_client.sandbox import PORTAL_PERMISSIONS, SandboxOptions
from tests.braze_client.builders import CAMPAIGN_ID, an_email
from tests.sandbox_server import API_KEY, RunningSandbox, running_sandbox
from tests.witnesses import scratch

pytestmark = [pytest.mark.witnesses, pytest.mark.xdist_group("witnesses")]
HERE: Final = Path(__file__).resolve().parent
TRIGGER_ID: Final = "c0ffee00-0000-4000-8000-00000000000a"
PERMISSIONS: Final = PORTAL_PERMISSIONS | {"campaigns.trigger.schedule.create"}

WE_ALSO_SAY: Final[Mapping[str, dict[str, object]]] = {
    "/messages/schedule/create": {
        "broadcast": False,  # never left open: a list of people is no broadcast
        "recipient_subscription_state": "subscribed",  # said, so that no default of an account decides it
        "override_messaging_limits": False,  # the same
    },
    "/campaigns/trigger/send": {"broadcast": False},
}
"""Path -> what our request says beside the witness's, and why."""


@pytest.fixture
def braze() -> Iterator[RunningSandbox]:
    """Gives a local Braze with the portal's permissions."""
    options = SandboxOptions(api_key=API_KEY, permissions=PERMISSIONS, has_engagement=False)
    with running_sandbox(options) as running:
        yield running


def driven(braze: RunningSandbox, *command: str | Path, **more: str) -> dict[str, Any]:
    """Returns what a witness printed, run in a process of its own."""
    environment = {"PATH": os.environ["PATH"], "BRAZE_URL": braze.url, "BRAZE_KEY": API_KEY, **more}
    done = subprocess.run(
        [str(part) for part in command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def requests_of(braze: RunningSandbox) -> list[tuple[str, str, str, Any]]:
    """Returns the requests that came, oldest first, in a canonical form."""
    return [
        (call.method, call.path, call.query, json.loads(call.request) if call.request else None)
        for call in reversed(list(braze.state.recorder))
    ]


def test_the_npm_client_goes_our_way_and_sends_what_we_send(braze: RunningSandbox) -> None:
    now = datetime.now(UTC)
    later, soon = now + timedelta(hours=2), now + timedelta(hours=1)
    times = json.dumps({"later": utc_text(later), "soon": utc_text(soon)})

    answers = driven(
        braze, "node", HERE / "drive_npm.cjs", WITNESS=str(scratch.npm()), TIMES=times, HOME=str(scratch.ROOT)
    )

    assert answers["track"] == {"attributes_processed": 1, "message": "success"}
    assert answers["export"] == {
        "users": [{"email": "ana@x.example", "external_id": "user-1", "first_name": "Ana"}],
        "invalid_user_ids": ["ghost"],
        "message": "success",
    }
    assert answers["sendId"] == {"send_id": "news-2026-11", "message": "success"}
    assert (answers["update"], answers["delete"]) == ({"message": "success"}, {"message": "success"})
    assert set(answers["trigger"]) == {"dispatch_id", "message"}
    assert answers["segments"]["segments"][0]["name"] == "All subscribers"
    assert (answers["details"]["message"], len(answers["analytics"]["data"])) == ("success", 7)
    states = {one.schedule_id: (one.state, one.due) for one in braze.state.schedules.values()}
    assert states[answers["create"]["schedule_id"]] == ("waiting", int(soon.timestamp()))
    assert states[answers["second"]["schedule_id"]][0] == "deleted"
    assert braze.state.inbox.per_person == {"user-1": 1}

    theirs = requests_of(braze)
    braze.state.reset()
    ours = our_requests(braze, answers, now, later, soon)
    assert [(method, path, query) for method, path, query, _ in theirs] == [
        (method, path, query) for method, path, query, _ in ours
    ]
    for (_, path, _, their_body), (_, _, _, our_body) in zip(theirs, ours, strict=True):
        assert our_body == (None if their_body is None else their_body | WE_ALSO_SAY.get(path, {}))


def our_requests(
    braze: RunningSandbox, answers: dict[str, Any], now: datetime, later: datetime, soon: datetime
) -> list[tuple[str, str, str, Any]]:
    """Makes the same calls with our client; what a new sandbox refuses was sent all the same."""
    first, second = answers["create"]["schedule_id"], answers["second"]["schedule_id"]
    segment_id = answers["segments"]["segments"][0]["id"]
    create = calls.schedule_create(
        external_user_ids=["user-1"],
        schedule=Schedule(later),
        email=an_email(),
        campaign_id=CAMPAIGN_ID,
        send_id="news-2026-11",
        now=now,
    )
    recipient = TriggerRecipient(external_user_id="user-1", trigger_properties={"headline": "Hi"})
    made: list[Call[Any]] = [
        calls.users_track([UserAttributes("user-1", {"first_name": "Ana", "email": "ana@x.example"})]),
        calls.users_export_ids(external_ids=["user-1", "ghost"], fields=["email", "external_id", "first_name"]),
        calls.send_id_create(CAMPAIGN_ID, "news-2026-11"),
        create,
        create,
        calls.schedule_update(first, Schedule(soon), now=now),
        calls.schedule_delete(second),
        calls.trigger_send(campaign_id=TRIGGER_ID, recipients=[recipient]),
        calls.segments_list(0),
        calls.segment_details(segment_id),
        calls.segment_data_series(segment_id, length=7),
    ]
    with BrazeClient(braze.url, API_KEY, allow_insecure=True) as client:
        for call in made:
            try:
                client.send(call, attempts=1)
            except Exception as error:  # the schedules of the witness went with the reset
                assert call.path.startswith("/messages/schedule/"), error
    return requests_of(braze)


def test_the_edx_client_tracks_looks_up_and_triggers(braze: RunningSandbox) -> None:
    answers = driven(braze, scratch.python_with("edx"), HERE / "drive_edx.py")

    assert answers["external_id"] == "user-79"
    assert answers["nobody"] is None
    assert set(answers["trigger"]) == {"dispatch_id", "message"}
    assert "Invalid API key: wrong-key" in answers["refused"]
    assert len(braze.state.profiles) == 80
    assert braze.calls("/users/track") == 2
    braze.app.catch_up()
    assert braze.state.inbox.per_person == {"user-1": 1}


def test_the_braze_client_of_pypi_tracks_looks_up_and_triggers_at_a_time(braze: RunningSandbox) -> None:
    soon = utc_text(datetime.now(UTC) + timedelta(hours=1))

    answers = driven(braze, scratch.python_with("braze_client"), HERE / "drive_braze_client.py", SOON=soon)

    assert (answers["track"]["success"], answers["track"]["attributes_processed"]) == (True, 1)
    assert answers["export"]["users"] == [{"email": "u1@x.example", "first_name": "Ana"}]
    assert answers["trigger"]["schedule_id"] in braze.state.schedules
    assert answers["refused"][0].startswith("Valid data must be provided")
    assert answers["refused"][1][0]["index"] == 0
