"""`manage.py doctor` tells people and programs, and its exit code tells scripts."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from smartersends.doctor import examining
from smartersends.doctor.finding import Finding, Level, fine, odd, wrong


def answer(monkeypatch: pytest.MonkeyPatch, *found: Finding) -> None:
    """Lets one check find this, and no other be there."""
    monkeypatch.setattr(examining, "CHECKS", {"media": lambda: found})
    monkeypatch.setattr("smartersends.management.commands.doctor.CHECKS", {"media": None})


def test_what_is_well_ends_well(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answer(monkeypatch, fine("It can be written."), odd("It is small.", "Make room."))

    call_command("doctor")

    assert capsys.readouterr().out == (
        "ok     media           It can be written.\n"
        "odd    media           It is small.\n"
        "                        Make room.\n"
        "Nothing is wrong.\n"
    )


def test_what_is_wrong_ends_with_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answer(monkeypatch, wrong("It is full.", "Make room."))

    with pytest.raises(CommandError, match=r"^1 thing is wrong\.$") as raised:
        call_command("doctor")

    assert raised.value.returncode == 1
    assert "WRONG  media           It is full.\n                        Make room.\n" in capsys.readouterr().out


def test_programs_read_one_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answer(monkeypatch, wrong("It is full.", "Make room."))

    with pytest.raises(CommandError):
        call_command("doctor", "--json")

    assert json.loads(capsys.readouterr().out) == {
        "is_well": False,
        "findings": [{"check": "media", "level": "wrong", "sentence": "It is full.", "remedy": "Make room."}],
    }


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Finding]:
        raise ValueError("a-password")

    monkeypatch.setattr(examining, "CHECKS", {"mail": broken, "media": lambda: [fine("Fine.")]})

    found = list(examining.examine(["mail", "media"]))

    assert [(one.check, one.finding.level) for one in found] == [("mail", Level.WRONG), ("media", Level.FINE)]
    assert "a-password" not in repr(found)


@pytest.mark.django_db
def test_one_check_can_be_asked_for_and_another_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("doctor", "--only", "broker", "--only", "media", "--skip", "media")

    assert capsys.readouterr().out == "ok     broker          The broker answers.\nNothing is wrong.\n"
