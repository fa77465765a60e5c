"""A Braze segment goes as one broadcast call, always narrowed to the group."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from campaigns.delivery.queries import progress
from campaigns.models import BatchKind
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Group, Workspace
from tests.builders import a_contact, a_group, an_audience
from tests.campaigns.builders import a_mailing, a_staged, deliver_due
from tests.sandbox_server import RunningSandbox

EVERYBODY = next(one.segment_id for one in DEFAULT_SEGMENTS if one.name == "All subscribers")


def test_one_call_reaches_the_groups_people_of_the_segment_and_nobody_else(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    ours = an_audience(group=group, contacts=3)
    gone = a_contact(audience=ours)
    unsubscribe(contact=gone, group=group, source="page")
    an_audience(group=a_group(brand=group.brand), contacts=2)
    sync_contacts(workspace.pk)
    segment = an_audience(group=group, segment_id=EVERYBODY)

    delivery = a_staged(a_mailing(group=group, audience=segment), workspace)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        deliver_due(sandbox)

    schedule = next(iter(sandbox.state.schedules.values()))
    assert sandbox.calls("/messages/schedule/create") == 1
    assert delivery.batches.get().kind == BatchKind.BROADCAST
    assert (schedule.is_broadcast, schedule.sent_count) == (True, 3)
    assert progress(delivery).planned is None
