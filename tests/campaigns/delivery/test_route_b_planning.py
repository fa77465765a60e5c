"""What a plan need not wait for on route B, and the one call to everybody of a group."""

from __future__ import annotations

import pytest

from campaigns.delivery.planning import plan
from campaigns.models import BatchKind, DeliveryState, Route
from groups.audiences.services import add_everybody
from groups.models import Contact, Group, SyncState, Workspace
from tests.builders import a_contact, a_person, an_audience
from tests.campaigns.builders import a_mailing, a_sent
from tests.campaigns.delivery.test_route_b_in_full import a_braze_template, handed_over, named
from tests.sandbox_server import RunningSandbox


def test_people_who_are_new_to_braze_are_planned_before_any_sync(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, mails_new_people=True)
    people = an_audience(group=group, contacts=2)
    a_contact(audience=people, sync_state=SyncState.REFUSED)
    delivery = a_sent(a_mailing(group=group, audience=people, route=Route.TRIGGER))

    is_planned = plan(delivery)
    delivery.refresh_from_db()
    handed_over(delivery, workspace)

    assert is_planned
    assert (len(named(sandbox)), delivery.excluded) == (2, {"unknown_to_braze": 1})
    assert Contact.objects.filter(sync_state=SyncState.PENDING).count() == 2


@pytest.mark.parametrize(
    ("route", "state"), [(Route.SCHEDULE, DeliveryState.STAGING), (Route.TRIGGER, DeliveryState.SENDING)]
)
def test_everybody_of_the_group_is_planned_as_one_broadcast(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, route: Route, state: DeliveryState
) -> None:
    everybody = add_everybody(group=group, actor=a_person(group=group))
    delivery = a_sent(a_mailing(group=group, audience=everybody, route=route))

    is_planned = plan(delivery)

    delivery.refresh_from_db()
    assert is_planned
    assert (delivery.state, delivery.batches.get().kind, delivery.frozen) == (state, BatchKind.BROADCAST, None)
