"""Filters as audiences: found when the mailing is handed over, frozen with it, and narrowed by Braze over a segment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from campaigns.compose.queries import audience_count, count_of
from campaigns.delivery.calling import Job, Post
from campaigns.delivery.planning import plan
from campaigns.delivery.services import send
from campaigns.errors import NotReady
from campaigns.models import Batch, BatchKind, BatchState, Delivery, Route
from campaigns.preflight import check
from campaigns.review.digest import digest_of
from campaigns.review.policy import facts_of, rules_of
from campaigns.testsend.queries import contacts_for
from groups.audiences.filters.definition import Condition, Operator
from groups.audiences.filters.services import change_filter
from groups.audiences.services import add_everybody
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Audience, Contact, Group, SyncState, Workspace
from groups.roles import Role
from tests.builders import a_contact, a_group, a_person, an_audience
from tests.campaigns.builders import a_mailing, a_planned, a_sent, a_staged, deliver_due
from tests.campaigns.review.builders import a_rule
from tests.groups.audiences.filters.builders import a_filter, every, let_filters_use, where
from tests.sandbox_server import RunningSandbox

EVERYBODY = next(one.segment_id for one in DEFAULT_SEGMENTS if one.name == "All subscribers")
CREATE = "/messages/schedule/create"


@pytest.fixture
def people(group: Group, workspace: Workspace) -> Audience:
    """Gives a list of three people in Portland, of whom one left, and one elsewhere; the next store has one as well."""
    let_filters_use(group.brand)
    regulars = an_audience(group=group)
    for name, city in (("maya", "Portland"), ("noor", "Portland"), ("omar", "Portland"), ("pia", "Astoria")):
        a_contact(audience=regulars, external_id=name, email=f"{name}@example.com", city=city)
    unsubscribe(contact=Contact.objects.get(external_id="omar"), group=group, source="page")
    a_contact(audience=an_audience(group=a_group(brand=group.brand)), external_id="of-the-next-store", city="Portland")
    sync_contacts(workspace.pk)
    return regulars


def mailed(sandbox: RunningSandbox) -> list[str]:
    return sorted(one.external_id or "" for one in sandbox.state.inbox.messages)


@pytest.mark.catalogue("A7")
def test_a_filter_is_counted_and_mailed_like_a_list(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, people: Audience
) -> None:
    mailing = a_mailing(group=group, audience=a_filter(group=group))

    count = count_of(mailing)
    delivery = a_staged(mailing, workspace)
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        deliver_due(sandbox)

    assert count is not None
    assert (count.total, count.reached, count.left_out) == (3, 2, (("Unsubscribed", 1),))
    assert count.words == "City is Portland"
    assert (delivery.frozen, delivery.recipients.count(), delivery.excluded) == (3, 2, {"unsubscribed": 1})
    assert delivery.batches.get().kind == BatchKind.LIST
    (body,) = sandbox.bodies(CREATE)
    assert "audience" not in body
    assert mailed(sandbox) == ["maya", "noor"]


def test_its_people_are_found_when_the_mailing_is_planned(group: Group, workspace: Workspace, people: Audience) -> None:
    mailing = a_mailing(group=group, audience=a_filter(group=group))
    Contact.objects.filter(external_id="maya").update(attributes={"city": "Astoria"})
    Contact.objects.filter(external_id="pia").update(attributes={"city": "Portland"})

    delivery = a_planned(mailing, workspace)

    assert set(delivery.recipients.values_list("contact__external_id", flat=True)) == {"noor", "pia"}


def test_a_delivery_waits_for_people_whom_braze_does_not_have(
    group: Group, workspace: Workspace, people: Audience
) -> None:
    delivery = a_sent(a_mailing(group=group, audience=a_filter(group=group)))
    a_contact(audience=people, external_id="quin", city="Portland", sync_state=SyncState.PENDING)

    assert plan(delivery) is False
    delivery.refresh_from_db()
    assert delivery.recipients.count() == 0
    sync_contacts(workspace.pk)
    assert plan(delivery)

    delivery.refresh_from_db()
    assert delivery.recipients.count() == 3


@pytest.mark.catalogue("A7")
def test_a_filter_that_changes_is_another_audience_for_the_review_and_not_for_what_was_handed_over(
    group: Group, workspace: Workspace, people: Audience
) -> None:
    audience = a_filter(group=group)
    mailing = a_mailing(group=group, audience=audience)
    before = digest_of(mailing)
    delivery = a_sent(mailing)

    change_filter(
        audience=audience,
        name="Somewhere else",
        definition=where("city", Operator.IS, "Astoria"),
        actor=a_person(role=Role.LOCAL_SENDER, group=group),
    )
    sync_contacts(workspace.pk)
    assert plan(delivery)

    mailing.refresh_from_db()
    assert digest_of(mailing) != before
    assert delivery.digest == before
    assert set(delivery.recipients.values_list("contact__external_id", flat=True)) == {"maya", "noor"}


def test_days_count_from_the_day_on_which_the_mailing_goes(group: Group, people: Audience) -> None:
    visited = where("last_visit", Operator.LAST_DAYS, 7)
    audience = a_filter(group=group, definition=visited)
    Contact.objects.filter(external_id="maya").update(attributes={"last_visit": "2026-12-01"})
    week_later = datetime(2026, 12, 8, 20, 0, tzinfo=UTC)

    assert audience_count(audience, group, week_later).total == 1
    assert audience_count(audience, group, week_later + timedelta(days=1)).total == 0


@pytest.mark.catalogue("A6", "A7")
def test_a_filter_over_a_segment_is_one_call_narrowed_to_the_group_and_by_the_filter(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, people: Audience
) -> None:
    segment = an_audience(group=group, segment_id=EVERYBODY)
    audience = a_filter(group=group, segment=segment)
    # The portal's own attributes reach Braze with the name that it can filter by.
    Contact.objects.update(sync_state=SyncState.PENDING)
    sync_contacts(workspace.pk)

    delivery = a_staged(a_mailing(group=group, audience=audience), workspace)
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        deliver_due(sandbox)

    (body,) = sandbox.bodies(CREATE)
    assert (body["segment_id"], body["broadcast"]) == (EVERYBODY, True)
    names = [part["custom_attribute"]["custom_attribute_name"] for part in body["audience"]["AND"]]
    assert names == ["smartersends_groups", "smartersends_excluded_groups", "smartersends_home_city"]
    assert mailed(sandbox) == ["maya", "noor"]


def test_a_filter_over_a_segment_waits_until_braze_has_what_it_compares(
    group: Group, workspace: Workspace, people: Audience
) -> None:
    audience = a_filter(group=group, segment=an_audience(group=group, segment_id=EVERYBODY))
    mailing = a_mailing(group=group, audience=audience)
    a_contact(audience=people, city="Portland", sync_state=SyncState.PENDING)

    found = [finding.code for finding in check(mailing, actor=mailing.author) if finding.blocks]
    assert found == ["audience_filter_waits"]
    sync_contacts(workspace.pk)

    assert [finding for finding in check(mailing, actor=mailing.author) if finding.blocks] == []


def test_a_filter_whose_attribute_may_not_be_used_any_more_stops_the_mailing(
    group: Group, workspace: Workspace, people: Audience
) -> None:
    mailing = a_mailing(group=group, audience=a_filter(group=group))
    group.brand.attributes.update(is_target=False)

    with pytest.raises(NotReady) as refused:
        send(mailing=mailing, actor=mailing.author)

    assert [finding.code for finding in refused.value.findings] == ["audience_filter_refused"]
    assert not Delivery.objects.exists()


@pytest.mark.catalogue("A6")
@pytest.mark.parametrize("route", [Route.SCHEDULE, Route.TRIGGER])
@pytest.mark.parametrize("kind", ["segment", "filtered segment", "everybody"])
def test_every_call_for_a_whole_audience_carries_the_filter_of_the_group(
    group: Group, workspace: Workspace, people: Audience, route: Route, kind: str
) -> None:
    segment = an_audience(group=group, segment_id=EVERYBODY)
    audience = {
        "segment": lambda: segment,
        "filtered segment": lambda: a_filter(group=group, segment=segment),
        "everybody": lambda: add_everybody(group=group, actor=a_person(group=group)),
    }[kind]()
    mailing = a_mailing(group=group, audience=audience)
    delivery = a_sent(mailing)
    delivery.route, delivery.go_at = route, datetime.now(UTC) + timedelta(hours=1)
    batch = Batch(delivery=delivery, number=1, kind=BatchKind.BROADCAST, state=BatchState.CALLING)

    body = Post().call_for(Job(batch), datetime.now(UTC)).body

    assert body is not None
    content = body["audience"]
    assert isinstance(content, Mapping)
    of_group = {"custom_attribute_name": "smartersends_groups", "comparison": "includes_value", "value": group.code}
    assert {"custom_attribute": of_group} in content["AND"]
    assert len(content["AND"]) == (3 if kind == "filtered segment" else 2)


def test_tests_and_rules_of_review_know_the_people_of_a_filter(group: Group, people: Audience) -> None:
    mailing = a_mailing(group=group, audience=a_filter(group=group))
    a_rule(brand=group.brand, larger_than=2)

    assert facts_of(mailing, rules_of(mailing)).people == 3
    assert set(contacts_for(mailing, mailing.author).values_list("external_id", flat=True)) == {"maya", "noor", "omar"}


def test_a_filter_of_two_conditions_leaves_out_who_is_missing_one(group: Group, people: Audience) -> None:
    both = every(Condition("city", Operator.IS, "Portland"), Condition("points", Operator.MORE, 3))
    Contact.objects.filter(external_id="maya").update(attributes={"city": "Portland", "points": 4})

    assert audience_count(a_filter(group=group, definition=both), group).total == 1
