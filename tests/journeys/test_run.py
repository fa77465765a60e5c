"""`make run`: starts everything, says clearly when it cannot, ends everything, keeps the data."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.portal import PROJECT, RunningPortal, processes_of, running_portal

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("second-portal")]

VALUES = PROJECT / "campaigns" / "demo" / "templates" / "event_invitation.values.json"
SHORT_NOTICE = PROJECT / "campaigns" / "demo" / "templates" / "short_notice.values.json"


def test_ctrl_c_leaves_no_process_and_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    with running_portal(tmp_path) as portal:
        made = portal.manage("import_groups", str(_one_store(tmp_path)), "--brand", "northwind")
        started = len(processes_of(portal.environment))
        portal.process.send_signal(signal.SIGINT)
        code = portal.process.wait(30)

        assert (code, made.returncode) == (0, 0)
        assert started >= 4
        assert processes_of(portal.environment) == []

        count = "from groups.models import Group; print(Group.objects.filter(code='ZZ-9').count())"
        listed = portal.manage("shell", "-v0", "-c", count)
        again = subprocess.run(
            [sys.executable, "manage.py", "demo_data"], cwd=PROJECT, env=portal.environment, timeout=120, check=False
        )
        assert listed.stdout.split()[-1] == "1"
        assert again.returncode == 0


def test_a_port_that_is_taken_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "smartersends.run"],
            cwd=PROJECT,
            env={"PATH": "", "PORT": port, "DATA_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken by another program. Choose a free one: PORT=<number> make run\n"


def test_commands_send_by_both_routes_and_refuse_with_a_sentence(own_portal: RunningPortal) -> None:
    portal = own_portal
    send = ("send", "--brand", "northwind", "--group", "US-001", "--audience", "Tasting club", "--wait")
    scheduled = portal.manage(*send, "--template", "event-invitation", "--values", str(VALUES))
    triggered = portal.manage(*send, "--template", "short-notice", "--values", str(SHORT_NOTICE))
    author = portal.manage(
        *send, "--template", "event-invitation", "--values", str(VALUES), "--as", "author@northwind.example"
    )
    ledger = portal.ledger()

    for done in (scheduled, triggered):
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout.splitlines()[-1])
        assert (result["state"], result["people"], result["batches"]) == ("settled", {"accepted": 24}, {"accepted": 1})
    got = ledger["messages_per_external_id"].values()
    # In the demo's Braze somebody may unsubscribe after the first mail, and then gets no second one.
    assert (len(got), set(got) <= {1, 2}, sum(got) >= 44) == (24, True, True)
    assert (ledger["calls"]["/messages/schedule/create"], ledger["calls"]["/campaigns/trigger/send"]) == (1, 1)
    assert author.returncode == 1
    assert "needs approval" in author.stderr
    assert "Traceback" not in author.stderr


def _one_store(folder: Path) -> Path:
    file = folder / "stores.csv"
    header = (PROJECT / "campaigns" / "demo" / "stores.csv").read_text(encoding="utf-8").splitlines()[0]
    row = "ZZ-9,Northwind Coffee Test,Americas,US,Boise,en,America/Boise,1 Main Street,83702,+1 208 555 0100,boise@northwind.example,Kit Lowe,"  # noqa: E501  # one row of a table
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    return file
