"""Nobody gets more mail than the brand allows, over all its groups; who is left out is known before and afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.compose.queries import audience_count
from campaigns.delivery.queries import progress
from campaigns.models import BatchState, Delivery, Exclusion, ExclusionReason, Mailing, TimeRules
from groups.models import Audience, AudienceMember, Contact, Group, Workspace
from groups.roles import Role
from tests.builders import a_group, a_person, an_audience, root_group
from tests.campaigns.builders import a_mailing, a_planned

NOON = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> object:
    """Holds all of a test on one day in the zones of its groups."""
    with time_machine.travel(NOON, tick=True):
        yield


def with_rules(group: Group, **rules: int | bool) -> None:
    TimeRules.objects.create(group=root_group(group.brand), **rules)


def same_people(group: Group, audience: Audience) -> Audience:
    """Gives a list of another group with the same people."""
    other = an_audience(group=group)
    AudienceMember.objects.bulk_create(
        AudienceMember(audience=other, contact_id=contact)
        for contact in audience.members.values_list("contact", flat=True)
    )
    return other


def left_out(delivery: Delivery) -> list[str]:
    return list(Exclusion.objects.filter(delivery=delivery).values_list("reason", flat=True))


@pytest.mark.catalogue("A13")
def test_whoever_has_enough_mail_is_left_out_and_counted_before(group: Group, workspace: Workspace) -> None:
    with_rules(group, cap_mails=2, cap_days=7)
    audience = an_audience(group=group, contacts=3)
    a_planned(a_mailing(group=group, audience=audience), workspace)
    a_planned(a_mailing(group=group, audience=audience), workspace)
    newcomer = an_audience(group=group, contacts=1).members.get().contact
    AudienceMember.objects.create(audience=audience, contact=newcomer)

    before = audience_count(audience, group)
    third = a_planned(a_mailing(group=group, audience=audience), workspace)

    assert (before.total, before.reached, before.left_out) == (4, 1, (("Got enough mail lately", 3),))
    assert left_out(third) == ["capped"] * 3
    assert [one.contact_id for one in third.recipients.all()] == [newcomer.pk]
    assert progress(third).statement == "1 person: 1 waiting. 3 left out: 3 got enough mail lately."


def test_the_cap_holds_in_any_days_around_the_mail_and_not_beyond(group: Group, workspace: Workspace) -> None:
    with_rules(group, cap_mails=1, cap_days=7)
    audience = an_audience(group=group, contacts=2)
    first = a_planned(a_mailing(group=group, audience=audience), workspace)

    Delivery.objects.filter(pk=first.pk).update(go_at=timezone.now() - timedelta(days=7, minutes=5))
    after_seven_days = a_planned(a_mailing(group=group, audience=audience), workspace)
    too_soon_before = audience_count(audience, group, timezone.now() - timedelta(days=6))

    assert left_out(after_seven_days) == []
    assert too_soon_before.reached == 0


def test_what_surely_did_not_go_does_not_count(group: Group, workspace: Workspace) -> None:
    with_rules(group, cap_mails=1, cap_days=7)
    audience = an_audience(group=group, contacts=2)
    first = a_planned(a_mailing(group=group, audience=audience), workspace)
    first.batches.update(state=BatchState.WITHDRAWN)

    second = a_planned(a_mailing(group=group, audience=audience), workspace)

    assert left_out(second) == []


@pytest.mark.catalogue("A13")
def test_whom_another_group_mails_the_same_day_is_left_out(group: Group, workspace: Workspace) -> None:
    with_rules(group, one_group_a_day=True)
    audience = an_audience(group=group, contacts=3)
    neighbour = a_group(brand=group.brand)
    theirs = same_people(neighbour, audience)
    a_planned(a_mailing(group=group, audience=audience), workspace)

    again = a_planned(a_mailing(group=group, audience=audience), workspace)
    other = a_mailing(group=neighbour, audience=theirs)
    tomorrow = audience_count(theirs, neighbour, timezone.now() + timedelta(days=1))

    assert left_out(again) == []
    assert left_out(a_failed_plan(other, workspace)) == ["mailed_today"] * 3
    assert (tomorrow.reached, audience_count(theirs, neighbour).reached) == (3, 0)


@pytest.mark.parametrize(("caps_head_office", "expected"), [(False, []), (True, ["capped"] * 2)])
def test_head_office_is_exempt_unless_the_brand_counts_it(
    group: Group, workspace: Workspace, caps_head_office: bool, expected: list[str]
) -> None:
    with_rules(group, cap_mails=1, cap_days=7, cap_counts_head_office=caps_head_office)
    audience = an_audience(group=group, contacts=2)
    office = root_group(group.brand)
    Group.objects.filter(pk=office.pk).update(
        street="1 Main",
        postal_code="97209",
        city="Portland",
        country="US",
        sender_name="HQ",
        sender_address="hq@northwind.example",
    )
    office.refresh_from_db()
    theirs = same_people(office, audience)
    a_planned(a_mailing(group=office, audience=theirs, author=a_person(role=Role.ADMIN, group=office)), workspace)

    of_store = a_mailing(group=group, audience=audience)

    assert left_out(a_failed_plan(of_store, workspace) if expected else a_planned(of_store, workspace)) == expected


def test_the_earlier_reason_stays_and_a_shared_address_comes_last(group: Group, workspace: Workspace) -> None:
    with_rules(group, cap_mails=1, cap_days=7)
    audience = an_audience(group=group, contacts=1)
    mailed = audience.members.get().contact
    a_planned(a_mailing(group=group, audience=audience), workspace)
    twin = an_audience(group=group, contacts=1).members.get().contact
    Contact.objects.filter(pk=twin.pk).update(email=mailed.email.upper())
    AudienceMember.objects.create(audience=audience, contact=twin)

    delivery = a_planned(a_mailing(group=group, audience=audience), workspace)

    assert dict(delivery.exclusions.values_list("contact", "reason")) == {mailed.pk: ExclusionReason.CAPPED}
    assert [one.contact_id for one in delivery.recipients.all()] == [twin.pk]


def a_failed_plan(mailing: Mailing, workspace: Workspace) -> Delivery:
    """Plans a mailing of whose audience nobody may be left, past the check that would have said so before."""
    from django.db import transaction

    from campaigns.delivery.planning import plan
    from campaigns.delivery.services import hand_over
    from campaigns.models import MailingState

    with transaction.atomic():
        hand_over(mailing=mailing, actor=mailing.author, start=MailingState.DRAFT)
    delivery = mailing.deliveries.get()
    assert plan(delivery) is False
    return delivery
