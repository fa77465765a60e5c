"""When numbers are read: often at first, then hourly, then daily, and once more before Braze forgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import Delivery
from campaigns.reports.due import LAST_LOOK, due_sends, next_read
from groups.models import Group, Workspace
from tests.builders import a_group, a_workspace
from tests.campaigns.reports.builders import a_gone

SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (10 * MINUTE, 0 * MINUTE),
        (40 * MINUTE, 5 * MINUTE),
        (3 * HOUR, 15 * MINUTE),
        (7 * HOUR, HOUR),
        (4 * DAY, DAY),
        # The last look, two hours before the fourteen days are over, comes before the next day does.
        (13 * DAY + HOUR, 21 * HOUR),
    ],
)
def test_the_older_a_send_is_the_longer_is_the_pause(age: timedelta, pause: timedelta) -> None:
    assert next_read(SENT, None, SENT + age) == SENT + age + pause


def test_after_the_last_look_nothing_is_read_any_more() -> None:
    assert next_read(SENT, None, SENT + 14 * DAY - LAST_LOOK) is None


def test_of_a_mail_by_everybodys_clock_the_fourteen_days_begin_with_the_last_ones() -> None:
    ends_at = SENT + 26 * HOUR

    assert next_read(SENT, ends_at, SENT + 14 * DAY - LAST_LOOK) == SENT + 15 * DAY - LAST_LOOK
    assert next_read(SENT, ends_at, SENT + 14 * DAY + 20 * HOUR) == ends_at + 14 * DAY - LAST_LOOK


def test_what_went_out_is_asked_for_until_braze_forgets_it(group: Group, workspace: Workspace) -> None:
    a_gone(group=group, go_at=SENT)
    ages = (-MINUTE, MINUTE, 13 * DAY, 14 * DAY + MINUTE)

    assert [len(due_sends(SENT + age, 10)) for age in ages] == [0, 1, 1, 0]


def test_neither_what_has_no_send_id_nor_what_was_withdrawn_is_asked_for(group: Group, workspace: Workspace) -> None:
    a_gone(group=group, go_at=SENT, send_id="")
    a_gone(group=group, go_at=SENT, state="withdrawn")

    assert due_sends(SENT + HOUR, 10) == []


def test_one_question_stands_for_all_that_share_a_send_id(group: Group, workspace: Workspace) -> None:
    for _number in range(3):
        a_gone(group=group, go_at=SENT, send_id="shared", send_id_is_shared=True)

    assert [send.send_id for send in due_sends(SENT + HOUR, 10)] == ["shared"]


def test_workspaces_take_turns_and_what_waits_longest_comes_first(group: Group, workspace: Workspace) -> None:
    other = a_group()
    a_workspace(brand=other.brand, endpoint=workspace.endpoint)
    for number in range(3):
        a_gone(group=group, go_at=SENT + number * MINUTE, send_id=f"mine-{number}")
    a_gone(group=other, go_at=SENT + 10 * MINUTE, send_id="theirs")
    Delivery.objects.filter(send_id="mine-0").update(report_read_at=SENT + HOUR, report_next_at=SENT + HOUR)

    found = [send.send_id for send in due_sends(SENT + 2 * HOUR, 3)]

    assert found == ["mine-1", "theirs", "mine-2"]
