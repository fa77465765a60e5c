"""Route B in full: each recipient's own values, people who are new to Braze, files, and whole audiences."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from braze_client.sandbox.messages import Message
from campaigns.delivery.control import cancel
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.planning import plan
from campaigns.delivery.queries import progress
from campaigns.delivery.rest import send_to_rest
from campaigns.delivery.route_b import waits_for_sync
from campaigns.delivery.settling import settle
from campaigns.library.publishing import publish_version
from campaigns.models import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    Route,
    SourceKind,
    Template,
)
from campaigns.preflight import check
from campaigns.review.digest import content_digest_of, digest_of
from groups.audiences.services import add_everybody
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Attribute, Audience, Contact, Group, SyncState, Workspace
from tests.builders import TRIGGER_CAMPAIGN_ID, a_contact, a_group, a_person, an_audience
from tests.campaigns.builders import SOURCE, a_mailing, a_planned, a_sent, a_template, deliver_due
from tests.sandbox_server import RunningSandbox

TRIGGER = "/campaigns/trigger/send"
SCHEDULE = "/messages/schedule/create"


def after_go(delivery: Delivery) -> time_machine.travel:
    """Gives a clock that stands a second after the go time."""
    assert delivery.go_at is not None
    return time_machine.travel(delivery.go_at + timedelta(seconds=1))


def a_braze_template(group: Group, *personal: str, mails_new_people: bool = False) -> Template:
    """Gives a template of route B with personal values."""
    template = a_template(brand=group.brand, slug="braze", route=Route.TRIGGER)
    if personal:
        publish_version(
            template=template,
            source=SOURCE,
            kind=SourceKind.MJML,
            actor=None,
            tested=False,
            personal_values=personal,
        )
    Template.objects.filter(pk=template.pk).update(mails_new_people=mails_new_people)
    template.refresh_from_db()
    return template


def handed_over(delivery: Delivery, workspace: Workspace) -> None:
    """Makes the calls of a delivery at its go time and settles it."""
    with after_go(delivery):
        dispatch(workspace)
        delivery.refresh_from_db()
        settle(delivery)
    delivery.refresh_from_db()


def named(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """Gives the recipients of the one call that came."""
    (body,) = sandbox.bodies(TRIGGER)
    found: list[dict[str, Any]] = body["recipients"]
    return found


def the_sent(sandbox: RunningSandbox, delivery: Delivery, number: int) -> list[Message]:
    """Gives what Braze has sent at once, when it is so many; no schedule of it could be waited for."""
    with after_go(delivery):
        for _attempt in range(500):
            if len(sandbox.state.inbox.messages) >= number:
                return list(sandbox.state.inbox.messages)
            time.sleep(0.01)
    raise AssertionError("The sandbox did not send what was triggered.")


# --- personal values --------------------------------------------------------------------------------------------------


def test_each_recipient_brings_the_values_that_the_version_names_and_no_others(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, "first_name", "points", "is_member", "city")
    people = an_audience(group=group)
    a_contact(
        audience=people,
        external_id="C1",
        first_name="Zoë & <Ann> {{${email}}}",
        points=1250,
        is_member=False,
        last_name="Secret",
    )
    a_contact(audience=people, external_id="C2", last_name="Secret")

    handed_over(a_planned(a_mailing(group=group, audience=people, route=Route.TRIGGER), workspace), workspace)

    first, second = named(sandbox)
    assert first == {
        "external_user_id": "C1",
        "trigger_properties": {
            "first_name": "Zoë &amp; &lt;Ann&gt; &#123;&#123;$&#123;email&#125;&#125;&#125;",
            "first_name_text": first["trigger_properties"]["first_name_text"],
            "points": 1250,
            "points_text": 1250,
            "is_member": False,
            "is_member_text": False,
        },
    }
    assert "{{" not in first["trigger_properties"]["first_name_text"]
    assert "${" not in first["trigger_properties"]["first_name_text"]
    assert second == {
        "external_user_id": "C2",
        "trigger_properties": {"first_name": "there", "first_name_text": "there"},
    }


def test_a_fallback_of_a_number_travels_as_a_number(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    Attribute.objects.filter(name="points").update(fallback="10")
    a_braze_template(group, "points")

    handed_over(a_planned(a_mailing(group=group, people=1, route=Route.TRIGGER), workspace), workspace)

    assert named(sandbox)[0]["trigger_properties"] == {"points": 10, "points_text": 10}


def test_what_braze_renders_is_each_persons_own(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    a_braze_template(group, "points")
    people = an_audience(group=group)
    for number in (1, 2):
        a_contact(audience=people, external_id=f"C{number}", points=number)
    delivery = a_planned(a_mailing(group=group, audience=people, route=Route.TRIGGER), workspace)

    with after_go(delivery):
        dispatch(workspace)

    got = {one.external_id: one.trigger_properties["points"] for one in the_sent(sandbox, delivery, 2)}
    assert got == {"C1": 1, "C2": 2}


def test_a_version_without_personal_values_names_people_by_their_id_alone(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    people = an_audience(group=group)
    a_contact(audience=people, external_id="C1")

    handed_over(a_planned(a_mailing(group=group, audience=people, route=Route.TRIGGER), workspace), workspace)

    (body,) = sandbox.bodies(TRIGGER)
    assert body["recipients"] == [{"external_user_id": "C1"}]
    assert (body["broadcast"], body["campaign_id"], "attachments" in body) == (False, TRIGGER_CAMPAIGN_ID, False)


def test_what_was_frozen_travels_whatever_the_brand_changes_meanwhile(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    template = a_braze_template(group, "first_name")
    people = an_audience(group=group)
    a_contact(audience=people, external_id="C1", points=1)
    delivery = a_planned(a_mailing(group=group, audience=people, route=Route.TRIGGER), workspace)

    Attribute.objects.filter(name="first_name").update(fallback="dear friend")
    Template.objects.filter(pk=template.pk).update(mails_new_people=True)
    handed_over(delivery, workspace)

    assert named(sandbox) == [
        {"external_user_id": "C1", "trigger_properties": {"first_name": "there", "first_name_text": "there"}}
    ]


def test_a_fallback_that_changes_voids_what_was_looked_at(group: Group, workspace: Workspace) -> None:
    a_braze_template(group, "first_name")
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    before = (digest_of(mailing), content_digest_of(mailing))

    Attribute.objects.filter(name="first_name").update(fallback="dear friend")

    assert digest_of(mailing) != before[0]
    assert content_digest_of(mailing) != before[1]


# --- people who are new to Braze --------------------------------------------------------------------------------------


def planned_unsynced(mailing: Mailing) -> Delivery:
    """Plans a mailing as if Braze had everybody, and lets them wait for their first sync again: nothing was told."""
    delivery = a_sent(mailing)
    Contact.objects.update(sync_state=SyncState.SYNCED)
    assert plan(delivery)
    Contact.objects.update(sync_state=SyncState.PENDING)
    delivery.refresh_from_db()
    return delivery


def test_somebody_new_is_named_with_what_a_sync_would_tell_and_gets_the_mail(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, mails_new_people=True)
    people = an_audience(group=group)
    contact = a_contact(
        audience=people, external_id="N1", email="new@example.com", first_name="Noa", city="Portland", points=3
    )
    delivery = planned_unsynced(a_mailing(group=group, audience=people, route=Route.TRIGGER))

    with after_go(delivery):
        dispatch(workspace)

    assert sandbox.calls("/users/track") == 0
    assert named(sandbox) == [
        {
            "external_user_id": "N1",
            "send_to_existing_only": False,
            "attributes": {
                "email": "new@example.com",
                "first_name": "Noa",
                "home_city": "Portland",
                "points": 3,
                "smartersends_token": contact.token,
                "smartersends_groups": [group.code],
                "smartersends_excluded_groups": [],
            },
        }
    ]
    (message,) = the_sent(sandbox, delivery, 1)
    assert message.email == "new@example.com"


def test_of_somebody_whom_braze_has_only_what_it_lacks_is_told(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, mails_new_people=True)
    people = an_audience(group=group)
    a_contact(audience=people, external_id="C1", email="known@example.com", first_name="Ann")

    handed_over(a_planned(a_mailing(group=group, audience=people, route=Route.TRIGGER), workspace), workspace)

    assert named(sandbox) == [
        {
            "external_user_id": "C1",
            "send_to_existing_only": False,
            "attributes": {"email": "known@example.com"},
        }
    ]


def test_without_the_switch_nobody_new_is_reached(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    people = an_audience(group=group)
    a_contact(audience=people, external_id="N1")
    known = a_contact(audience=people, external_id="C1")
    sandbox.state.profiles.apply_attributes({"external_id": "C1", "email": known.email}, time.time())
    delivery = planned_unsynced(a_mailing(group=group, audience=people, route=Route.TRIGGER))

    handed_over(delivery, workspace)

    assert named(sandbox) == [{"external_user_id": "N1"}, {"external_user_id": "C1"}]
    assert [one.external_id for one in the_sent(sandbox, delivery, 1)] == ["C1"]
    assert sandbox.profile("N1") is None


def test_nobody_is_subscribed_by_a_mail_and_whoever_is_shut_out_is_in_no_call(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, mails_new_people=True)
    Attribute.objects.filter(name="city").update(braze_name="email_subscribe")
    Attribute.objects.filter(name="points").update(braze_name="subscription_groups")
    people = an_audience(group=group)
    a_contact(audience=people, external_id="N1", city="opted_in", points=1)
    from_group, from_brand, moved = (a_contact(audience=people) for _number in range(3))
    shut = a_contact(brand=group.brand, email="shut@example.com")
    unsubscribe(contact=shut, group=group, source="page")
    delivery = planned_unsynced(a_mailing(group=group, audience=people, route=Route.TRIGGER))

    unsubscribe(contact=from_group, group=group, source="page")
    unsubscribe(contact=from_brand, group=None, source="page")
    Contact.objects.filter(pk=moved.pk).update(email="shut@example.com")
    handed_over(delivery, workspace)

    (recipient,) = named(sandbox)
    assert recipient["external_user_id"] == "N1"
    assert {"email_subscribe", "subscription_groups"}.isdisjoint(recipient["attributes"])
    assert {one.contact_id for one in delivery.exclusions.all()} == {from_group.pk, from_brand.pk, moved.pk}
    assert progress(delivery).statement == "1 person: 1 accepted. 3 left out: 3 unsubscribed."


def test_an_address_that_was_shut_before_is_left_out_although_nobody_unsubscribed_since(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, mails_new_people=True)
    people = an_audience(group=group)
    a_contact(audience=people, external_id="N1")
    moved = a_contact(audience=people)
    unsubscribe(contact=a_contact(brand=group.brand, email="shut@example.com"), group=group, source="page")
    delivery = planned_unsynced(a_mailing(group=group, audience=people, route=Route.TRIGGER))

    Contact.objects.filter(pk=moved.pk).update(email="shut@example.com")
    handed_over(delivery, workspace)

    assert [one["external_user_id"] for one in named(sandbox)] == ["N1"]


def test_one_person_of_whom_the_contract_forbids_to_speak_holds_up_nobody(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, mails_new_people=True)
    people = an_audience(group=group)
    a_contact(audience=people, external_id="N1")
    a_contact(audience=people, external_id="N2", last_visit="x" * 300)
    mailing = a_mailing(group=group, audience=people, route=Route.TRIGGER)
    delivery = planned_unsynced(mailing)

    handed_over(delivery, workspace)

    assert [one["external_user_id"] for one in named(sandbox)] == ["N1"]
    assert delivery.recipients.get(contact__external_id="N2").outcome == BatchState.REFUSED
    assert progress(delivery).people_by_state == {"accepted": 1, "refused": 1}


def test_only_a_delivery_to_new_people_waits_for_no_sync(group: Group, workspace: Workspace) -> None:
    template = a_braze_template(group)
    switched_off = a_sent(a_mailing(group=group, route=Route.TRIGGER))
    Template.objects.filter(pk=template.pk).update(mails_new_people=True)
    switched_on = a_sent(a_mailing(group=group, route=Route.TRIGGER))
    other = a_template(brand=group.brand, slug="portal")
    Template.objects.filter(pk=other.pk).update(mails_new_people=True)
    by_portal = a_sent(a_mailing(group=group))

    assert [waits_for_sync(one) for one in (switched_off, switched_on, by_portal)] == [True, False, True]


# --- everybody of the group in Braze ----------------------------------------------------------------------------------


def everybody_of(group: Group) -> Audience:
    """Gives the audience of everybody of a group in Braze."""
    return add_everybody(group=group, actor=a_person(group=group))


def opened_broadcast(mailing: Mailing) -> Delivery:
    """Hands a mailing over and gives it the one batch of a whole audience, ready for the workers."""
    delivery = a_sent(mailing)
    Batch.objects.get_or_create(delivery=delivery, number=1, defaults={"kind": BatchKind.BROADCAST})
    by_braze = delivery.route == Route.TRIGGER
    go_at = timezone.now().replace(microsecond=0) + timedelta(seconds=60)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.SENDING if by_braze else DeliveryState.STAGING,
        batch_count=1,
        go_at=go_at,
        stage_by=go_at,
        undo_until=go_at,
    )
    delivery.refresh_from_db()
    return delivery


def of(group: Group) -> dict[str, Any]:
    """Gives the filter that lets a group reach its own people and nobody who left it."""
    includes = {"comparison": "includes_value", "value": group.code, "custom_attribute_name": "smartersends_groups"}
    excludes = {
        "comparison": "does_not_include_value",
        "value": group.code,
        "custom_attribute_name": "smartersends_excluded_groups",
    }
    return {"AND": [{"custom_attribute": includes}, {"custom_attribute": excludes}]}


@pytest.fixture
def in_braze(group: Group, workspace: Workspace) -> list[str]:
    """Gives the IDs of the group's people in Braze; one who left, and people of the next store, are there too."""
    ours = an_audience(group=group, contacts=3)
    stay = [member.contact.external_id for member in ours.members.select_related("contact").order_by("pk")]
    unsubscribe(contact=a_contact(audience=ours), group=group, source="page")
    an_audience(group=a_group(brand=group.brand), contacts=2)
    sync_contacts(workspace.pk)
    return stay


def test_by_route_a_everybody_of_the_group_is_one_schedule_without_a_segment(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, in_braze: list[str]
) -> None:
    delivery = opened_broadcast(a_mailing(group=group, audience=everybody_of(group)))

    dispatch(workspace)
    with after_go(delivery):
        deliver_due(sandbox)

    (body,) = sandbox.bodies(SCHEDULE)
    assert (body["broadcast"], body["audience"]) == (True, of(group))
    assert {"segment_id", "external_user_ids", "user_aliases"}.isdisjoint(body)
    assert sorted(one.external_id or "" for one in sandbox.state.inbox.messages) == sorted(in_braze)


def test_by_route_b_everybody_of_the_group_is_one_trigger_with_the_groups_filter(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, in_braze: list[str]
) -> None:
    a_braze_template(group, "points", mails_new_people=True)
    delivery = opened_broadcast(a_mailing(group=group, audience=everybody_of(group), route=Route.TRIGGER))

    handed_over(delivery, workspace)

    (body,) = sandbox.bodies(TRIGGER)
    assert (body["broadcast"], body["audience"], body["campaign_id"]) == (True, of(group), TRIGGER_CAMPAIGN_ID)
    assert body["trigger_properties"] == delivery.properties
    assert {"recipients", "attachments", "segment_id"}.isdisjoint(body)
    assert sorted(one.external_id or "" for one in the_sent(sandbox, delivery, 3)) == sorted(in_braze)
    assert (progress(delivery).planned, delivery.state) == (None, DeliveryState.SETTLED)


def test_until_its_time_a_trigger_to_everybody_can_be_held_back(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, in_braze: list[str]
) -> None:
    mailing = a_mailing(group=group, audience=everybody_of(group), route=Route.TRIGGER)
    delivery = opened_broadcast(mailing)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)
    mailing.refresh_from_db()

    dispatch(workspace)
    cancel(mailing=mailing, actor=mailing.author)
    with after_go(delivery):
        dispatch(workspace)

    assert sandbox.calls(TRIGGER) == 0


def test_what_a_trigger_to_a_whole_audience_cannot_say_is_refused_before(group: Group, workspace: Workspace) -> None:
    everybody = everybody_of(group)
    segment = an_audience(group=group, segment_id=DEFAULT_SEGMENTS[0].segment_id)
    by_each_clock = {"send_at": timezone.now() + timedelta(days=9), "in_local_time": True}
    by_braze = a_mailing(group=group, audience=everybody, route=Route.TRIGGER)
    by_portal = a_mailing(group=group, audience=everybody)

    def codes(mailing: Mailing, **changes: object) -> list[str]:
        Mailing.objects.filter(pk=mailing.pk).update(**changes)
        mailing.refresh_from_db()
        return [finding.code for finding in check(mailing)]

    assert codes(by_braze) == []
    assert codes(by_portal, **by_each_clock) == []
    assert codes(by_braze, **by_each_clock) == ["time_of_each_needs_list"]
    assert codes(by_braze, audience=segment, send_at=None, in_local_time=False) == ["segment_needs_portal_mail"]


def test_the_rest_of_a_delivery_gets_the_same_values(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    a_braze_template(group, "points", mails_new_people=True)
    mailing = a_mailing(group=group, people=1, route=Route.TRIGGER)
    first = a_planned(mailing, workspace)
    Batch.objects.filter(delivery=first).update(state=BatchState.NOT_SENT)
    Delivery.objects.filter(pk=first.pk).update(state=DeliveryState.SETTLED)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.STOPPED)
    mailing.refresh_from_db()

    send_to_rest(mailing=mailing, actor=mailing.author)

    rest = mailing.deliveries.get(follows=first)
    assert (rest.personal_values, rest.mails_new_people) == ({"points": ""}, True)
