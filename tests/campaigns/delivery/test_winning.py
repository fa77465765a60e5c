"""One mail for somebody in the audiences of two groups: their own, then the last visited, then what a hash says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.compose.queries import audience_count
from campaigns.delivery.ledger.words import why_left_out
from campaigns.delivery.planning import plan
from campaigns.delivery.queries import progress
from campaigns.delivery.services import hand_over, start_delivery
from campaigns.models import Delivery, Exclusion, Mailing, MailingState, TimeRules
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Attribute, Audience, AudienceMember, Contact, Group, GroupKind, Workspace
from tests.builders import a_contact, a_group, an_audience, root_group
from tests.campaigns.builders import a_mailing, a_planned
from tests.groups.audiences.filters.builders import a_filter

NOON = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)


@pytest.fixture(autouse=True)
def at_noon() -> object:
    """Holds all of a test on one day in the zones of its groups."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def rules(group: Group) -> TimeRules:
    """Lets one group mail a person a day; their own group and their visits stand in attributes."""
    for name in ("store_code", "visits"):
        Attribute.objects.create(brand=group.brand, name=name, label=name, braze_name=name, liquid_name=name)
    return TimeRules.objects.create(
        group=root_group(group.brand), one_group_a_day=True, home_attribute="store_code", visit_attribute="visits"
    )


@pytest.fixture
def other(group: Group) -> Group:
    return a_group(brand=group.brand, name="Northwind Coffee Astoria")


def on_both(group: Group, other: Group, **attributes: str) -> Contact:
    """Gives somebody who is on a list of each of two groups, with others who are on one of them."""
    contact = a_contact(audience=an_audience(group=group, name="Ours", contacts=1), **attributes)
    theirs = an_audience(group=other, name="Theirs", contacts=1)
    AudienceMember.objects.create(audience=theirs, contact=contact)
    return contact


def list_of(group: Group) -> Audience:
    return Audience.objects.get(group=group)


def scheduled(group: Group, at: datetime = LATER) -> Mailing:
    """Gives a mailing that is scheduled for a moment, and that nobody has planned."""
    mailing = a_mailing(group=group, audience=list_of(group), send_at=at)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)
    mailing.refresh_from_db()
    return mailing


def planned(mailing: Mailing, workspace: Workspace) -> Delivery:
    """Starts a scheduled mailing as the sweep does, and plans it."""
    with transaction.atomic():
        delivery = start_delivery(mailing=mailing, actor=mailing.author)
    sync_contacts(workspace.pk)
    plan(delivery)
    delivery.refresh_from_db()
    return delivery


def mailed(delivery: Delivery, contact: Contact) -> bool:
    return delivery.recipients.filter(contact=contact).exists()


@pytest.mark.catalogue("A12")
@pytest.mark.parametrize("is_first", [True, False])
def test_the_persons_own_group_wins_whichever_is_planned_first(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules, is_first: bool
) -> None:
    contact = on_both(group, other, store_code=other.code)
    mailings = (scheduled(other), scheduled(group)) if is_first else (scheduled(group), scheduled(other))

    deliveries = {mailing.group: planned(mailing, workspace) for mailing in mailings}

    assert mailed(deliveries[other], contact)
    assert not mailed(deliveries[group], contact)
    exclusion = Exclusion.objects.get()
    assert (exclusion.delivery, exclusion.contact, exclusion.reason, exclusion.winner) == (
        deliveries[group],
        contact,
        "mailed_today",
        other,
    )
    assert why_left_out(exclusion) == "Mailed by Northwind Coffee Astoria that day"
    assert progress(deliveries[group]).statement.endswith("1 left out: 1 mailed by another group today.")


@pytest.mark.catalogue("A12")
def test_a_home_that_is_a_region_counts_for_the_groups_below_it(
    group: Group, workspace: Workspace, rules: TimeRules
) -> None:
    region = a_group(brand=group.brand, kind=GroupKind.REGION)
    below = a_group(parent=region)
    contact = on_both(group, below, store_code=region.code)
    scheduled(below)

    delivery = planned(scheduled(group), workspace)

    assert not mailed(delivery, contact)
    assert Exclusion.objects.get().winner == below


@pytest.mark.catalogue("A12")
@pytest.mark.parametrize(("city", "is_found"), [("Portland", True), ("Seattle", False)])
def test_a_filter_of_another_group_is_a_rival_for_whom_it_finds(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules, city: str, is_found: bool
) -> None:
    contact = on_both(group, other, store_code=other.code, city=city)
    rival = a_mailing(group=other, audience=a_filter(group=other), send_at=LATER)
    Mailing.objects.filter(pk=rival.pk).update(state=MailingState.SCHEDULED)

    mailing = scheduled(group)
    count = audience_count(list_of(group), group, LATER)
    delivery = planned(mailing, workspace)

    assert mailed(delivery, contact) is not is_found
    assert [one.winner for one in Exclusion.objects.all()] == [other] * is_found
    assert count.reached == (1 if is_found else 2)


@pytest.mark.catalogue("A12")
@pytest.mark.parametrize(
    ("visits", "is_kept"),
    [
        ("{other}=2026-11-20, {group}=2026-10-01", False),
        ("{other}=2026-09-20; {group}=2026-10-01", True),
        ("{group}=2026-10-01", True),
        ("{other}=2026-01-01,X{group}=2026-10-01", False),
        ("{other}=yesterday, {group}=2020-01-01", True),
    ],
)
def test_then_the_group_that_was_visited_last(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules, visits: str, is_kept: bool
) -> None:
    contact = on_both(group, other, visits=visits.format(group=group.code, other=other.code))
    scheduled(other)

    assert mailed(planned(scheduled(group), workspace), contact) is is_kept


@pytest.mark.catalogue("A12")
def test_else_a_hash_that_stays_the_same_decides_and_each_gets_one_mail(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules
) -> None:
    ours, theirs = an_audience(group=group, contacts=40), an_audience(group=other)
    people = list(ours.members.values_list("contact", flat=True))
    AudienceMember.objects.bulk_create(AudienceMember(audience=theirs, contact_id=pk) for pk in people)
    first, second = scheduled(group), scheduled(other)
    before = audience_count(theirs, other, LATER)

    deliveries = [planned(one, workspace) for one in (first, second)]

    got = [set(one.recipients.values_list("contact", flat=True)) for one in deliveries]
    assert got[0] | got[1] == set(people)
    assert got[0] & got[1] == set()
    assert 5 < len(got[0]) < 35
    assert before.reached == len(got[1])


def test_what_is_scheduled_for_another_day_or_by_nobody_changes_nothing(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules
) -> None:
    contact = on_both(group, other, store_code=other.code)
    scheduled(other, NOON + timedelta(days=2))
    a_mailing(group=other, audience=list_of(other), send_at=LATER)

    assert mailed(planned(scheduled(group), workspace), contact)


def test_a_group_that_the_person_left_is_no_rival(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules
) -> None:
    contact = on_both(group, other, store_code=other.code)
    unsubscribe(contact=contact, group=other)
    scheduled(other)

    assert mailed(planned(scheduled(group), workspace), contact)


def test_head_office_is_no_rival_unless_the_brand_counts_it(
    group: Group, workspace: Workspace, rules: TimeRules
) -> None:
    office = root_group(group.brand)
    Group.objects.filter(pk=office.pk).update(sender_address="hq@northwind.example", street="1 Main", city="Portland")
    office.refresh_from_db()
    contact = on_both(group, office, visits=f"{office.code}=2026-11-30")
    scheduled(office)
    exempt = audience_count(list_of(group), group, LATER)
    TimeRules.objects.update(cap_counts_head_office=True)

    counted = audience_count(list_of(group), group, LATER)

    assert (exempt.reached, counted.reached) == (2, 1)
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_where_the_brand_does_not_want_it_nobody_is_left_out(group: Group, other: Group, workspace: Workspace) -> None:
    contact = on_both(group, other)
    scheduled(other)

    assert mailed(planned(scheduled(group), workspace), contact)


@pytest.mark.catalogue("A12")
def test_it_is_known_before_the_send_in_one_statement(group: Group, other: Group, rules: TimeRules) -> None:
    on_both(group, other, store_code=other.code)
    an_audience(group=other, name="More", contacts=2)
    scheduled_mailing = a_mailing(group=other, audience=list_of_named(other, "Theirs"), send_at=LATER)
    Mailing.objects.filter(pk=scheduled_mailing.pk).update(state=MailingState.SCHEDULED)

    with CaptureQueriesContext(connection) as captured:
        count = audience_count(list_of(group), group, LATER)

    assert (count.total, count.reached, count.left_out) == (2, 1, (("Mailed by another group today", 1),))
    counting = [query for query in captured.captured_queries if "COUNT" in query["sql"]]
    assert len(counting) == 1


def test_who_is_mailed_now_is_left_out_of_what_is_planned_later(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules
) -> None:
    contact = on_both(group, other, store_code=other.code)
    a_planned(a_mailing(group=group, audience=list_of(group)), workspace)

    later = planned(scheduled(other), workspace)

    assert not mailed(later, contact)
    assert Exclusion.objects.get().winner == group


def test_a_plan_asks_as_many_queries_for_many_people_and_rivals_as_for_few(
    group: Group, other: Group, workspace: Workspace, rules: TimeRules
) -> None:
    def queries(people: int, rivals: int) -> int:
        ours = an_audience(group=group, contacts=people)
        for _number in range(rivals):
            rival = a_group(brand=group.brand)
            mailing = a_mailing(group=rival, audience=an_audience(group=rival, contacts=1), send_at=LATER)
            Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)
        mailing = a_mailing(group=group, audience=ours, people=people)
        with transaction.atomic():
            hand_over(mailing=mailing, actor=mailing.author, start=MailingState.DRAFT)
        sync_contacts(workspace.pk)
        with CaptureQueriesContext(connection) as captured:
            plan(mailing.deliveries.get())
        return len(captured)

    queries(2, 1)  # the first mailing of a day asks for the send ID that the others share
    assert queries(3, 1) == queries(40, 4)


def list_of_named(group: Group, name: str) -> Audience:
    return Audience.objects.get(group=group, name=name)
