"""Everybody of a mailing as CSV: who may take them, what it says of each, and the trail of it."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from campaigns.delivery.control import edit_again
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.ledger import exporting
from campaigns.delivery.planning import plan
from campaigns.delivery.rest import send_to_rest
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.models import (
    GONE,
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Exclusion,
    ExclusionReason,
    Mailing,
    MailingState,
    Recipient,
)
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Contact, Event, FeatureSwitch, User, Workspace
from groups.people.roles import create_role
from groups.roles import Feature, Permission, Role
from tests.builders import Cast, a_contact, a_membership, a_person, a_workspace, an_audience, root_group
from tests.campaigns.builders import a_connected, a_mailing, a_planned, a_staged
from tests.campaigns.costs import cost_of
from tests.exports import alive, rows_of
from tests.sandbox_server import RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("P4")]

HEAD = [
    "Handed over since",
    "External ID",
    "Email address",
    "Batch",
    "Dispatch ID",
    "State",
    "What this means",
    "Answered",
    "Planned for",
]


def address_of(mailing: Mailing) -> str:
    """Gives the address of the export of a mailing's recipients."""
    return reverse("campaigns:mailing-recipients-export", args=[mailing.pk])


def exported(client: Client, mailing: Mailing) -> list[list[str]]:
    """Gives the rows of an export without its head."""
    head, *rows = rows_of(client.post(address_of(mailing)))
    assert head == HEAD
    return rows


def noted() -> list[Event]:
    """Gives what the trail says of exports of recipients."""
    return list(Event.objects.filter(action="mailing.recipients_exported").order_by("pk"))


def a_delivery(cast: Cast, *, people: int = 3, batches: int = 1) -> Delivery:
    """Gives a delivery that is sending, of people in batches that wait; no Braze is asked."""
    mailing = a_mailing(group=cast.store, author=cast.sender, people=people)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENDING)
    delivery = Delivery.objects.create(
        mailing=mailing,
        workspace=Workspace.objects.filter(brand=cast.brand).first() or a_workspace(brand=cast.brand),
        route="schedule",
        state=DeliveryState.SENDING,
        digest="d",
        campaign_id="c",
        is_now=True,
        started_by=cast.sender,
    )
    made = [Batch.objects.create(delivery=delivery, number=number + 1) for number in range(batches)]
    assert mailing.audience is not None
    contacts = list(Contact.objects.filter(audience_members__audience=mailing.audience).order_by("email"))
    Recipient.objects.bulk_create(
        Recipient(delivery=delivery, contact=contact, batch=made[place % batches], address=contact.email)
        for place, contact in enumerate(contacts)
    )
    for batch in made:
        Batch.objects.filter(pk=batch.pk).update(size=batch.recipients.count())
    return delivery


def to_a_segment(cast: Cast, sandbox: RunningSandbox) -> Mailing:
    """Gives a mailing to a segment of Braze that is staged as one call."""
    everybody = next(one.segment_id for one in DEFAULT_SEGMENTS if one.name == "All subscribers")
    workspace = a_connected(cast.store, sandbox)
    audience = an_audience(group=cast.store, segment_id=everybody)
    return a_staged(a_mailing(group=cast.store, author=cast.sender, audience=audience), workspace).mailing


@pytest.mark.parametrize("role", list(Role))
def test_of_the_shipped_roles_the_admin_alone_exports_recipients(cast: Cast, client: Client, role: Role) -> None:
    delivery = a_delivery(cast)
    client.force_login(a_person(role=role, group=cast.store))

    sees = client.get(reverse("campaigns:mailing-detail", args=[delivery.mailing_id])).status_code
    takes = client.post(address_of(delivery.mailing)).status_code

    assert (sees, takes) == (200, 200 if role == Role.ADMIN else 404)
    assert len(noted()) == (role == Role.ADMIN)


@pytest.mark.parametrize(
    "missing", [Permission.SEE_MAILINGS, Permission.SEE_CONTACTS, Permission.EXPORT_RECIPIENTS, None]
)
def test_whoever_may_not_see_who_got_a_mailing_does_not_export_it(
    cast: Cast, client: Client, missing: Permission | None
) -> None:
    delivery = a_delivery(cast)
    held = {Permission.EXPORT_AUDIENCES, *exporting.NEEDED} - {missing}
    role = create_role(
        brand=cast.brand, name="Own", permissions={one for one in held if one is not None}, actor=cast.admin
    )
    user = User.objects.create_user("own@example.com", name="Own")
    a_membership(user=user, group=cast.store, role=role)
    client.force_login(user)

    assert client.post(address_of(delivery.mailing)).status_code == (200 if missing is None else 404)
    assert len(noted()) == (missing is None)


def test_nobody_else_takes_them_and_nothing_is_noted_of_the_attempt(cast: Cast, client: Client) -> None:
    mailing = a_delivery(cast).mailing
    before = Event.objects.count()

    for user in cast.without(cast.admin):
        client.force_login(user)
        assert client.post(address_of(mailing)).status_code == 404, user.name
    client.logout()
    assert client.post(address_of(mailing)).status_code == 302

    assert Event.objects.count() == before


def test_an_export_is_no_link_that_somebody_follows(cast: Cast, client: Client) -> None:
    mailing = a_delivery(cast).mailing
    client.force_login(cast.admin)

    assert client.get(address_of(mailing)).status_code == 405
    assert noted() == []


def test_forged_ids_lead_nowhere(cast: Cast, client: Client) -> None:
    delivery = a_delivery(cast)
    foreign = a_mailing(group=root_group(cast.other_brand))
    of_next_door = a_person(role=Role.ADMIN, group=cast.next_store)

    client.force_login(cast.admin)
    for forged in (foreign.pk, delivery.pk, uuid.uuid4()):
        address = reverse("campaigns:mailing-recipients-export", args=[forged])
        assert client.post(address).status_code == 404
    client.force_login(of_next_door)
    assert client.post(address_of(delivery.mailing)).status_code == 404

    assert noted() == []


def test_where_exports_are_switched_off_nobody_takes_any(cast: Cast, client: Client) -> None:
    delivery = a_delivery(cast)
    FeatureSwitch.objects.create(group=cast.region, feature=Feature.EXPORTS)
    client.force_login(cast.admin)

    page = client.get(reverse("campaigns:mailing-detail", args=[delivery.mailing_id])).content.decode()

    assert address_of(delivery.mailing) not in page
    assert client.post(address_of(delivery.mailing)).status_code == 404
    assert noted() == []


@pytest.mark.parametrize("view", ["mailing-detail", "batch-list"])
def test_the_pages_offer_it_with_its_number_to_those_with_the_right(cast: Cast, client: Client, view: str) -> None:
    delivery = a_delivery(cast, people=60, batches=2)
    Delivery.objects.filter(pk=delivery.pk).update(excluded={"unsubscribed": 1000, "duplicate": 40, GONE: 3})
    target = delivery.mailing_id if view == "mailing-detail" else delivery.pk

    def shown(user: User) -> str:
        client.force_login(user)
        return client.get(reverse(f"campaigns:{view}", args=[target])).content.decode()

    page = shown(cast.admin)
    assert "Export recipients, 1,100 lines</button>" in page
    assert "The file holds personal data" in page
    assert "The audit trail records who exported these people" in page
    for user in (cast.sender, cast.manager, cast.approver):
        assert address_of(delivery.mailing) not in shown(user)


def test_a_row_says_who_in_which_batch_and_what_became_of_them(cast: Cast, client: Client) -> None:
    delivery = a_delivery(cast, people=8, batches=8)
    began = delivery.created_at.replace(microsecond=0)
    answered = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    states = (
        BatchState.ACCEPTED,
        BatchState.REFUSED,
        BatchState.UNCERTAIN,
        BatchState.NOT_SENT,
        BatchState.WITHDRAWN,
        BatchState.WITHDRAWAL_UNCERTAIN,
        BatchState.WAITING,
        BatchState.ACCEPTED,
    )
    for number, state in enumerate(states, start=1):
        delivery.batches.filter(number=number).update(state=state)
    delivery.batches.filter(number=1).update(
        dispatch_id="d" * 32, schedule_id="s-1", answered_at=answered, planned_for=answered
    )
    delivery.batches.filter(number=8).update(dispatch_id="e" * 32, schedule_id="s-8", planned_for=answered)
    delivery.recipients.filter(batch__number=8).update(outcome=BatchState.REFUSED)
    gone = a_contact(brand=cast.brand, external_id="gone", email="gone@example.com")
    Exclusion.objects.create(delivery=delivery, contact=gone, reason=ExclusionReason.CAPPED)
    client.force_login(cast.admin)

    rows = exported(client, delivery.mailing)

    assert sorted((row[3], row[4], row[5], row[6]) for row in rows) == [
        ("", "", "Left out", "Got enough mail lately"),
        ("1", "d" * 32, "Accepted", "Braze had it when its time came."),
        ("2", "", "Refused", "Braze refused it and did nothing. Nobody gets it."),
        ("3", "", "Uncertain", "Braze gave no clear answer. It may or may not have been sent."),
        ("4", "", "Not sent", "It counts as not sent. Nobody gets it."),
        ("5", "", "Withdrawn", "Braze has given it back. Nobody gets it."),
        ("6", "", "Withdrawal uncertain", "Braze did not confirm the withdrawal. It may still go out."),
        ("7", "", "Waiting", "Braze does not have it yet."),
        ("8", "e" * 32, "Refused", "Braze took the batch and refused this person."),
    ]
    by_batch = {row[3]: row for row in rows}
    first = delivery.recipients.get(batch__number=1)
    assert by_batch["1"][1:3] == [first.contact.external_id, first.address]
    assert by_batch[""][1:3] == ["gone", "gone@example.com"]
    # The group's own clock, as the statement of the batches has it.
    assert by_batch["1"][7:] == [answered.astimezone(ZoneInfo(cast.store.time_zone)).isoformat()] * 2
    assert {row[0] for row in rows} == {began.astimezone(ZoneInfo(cast.store.time_zone)).isoformat()}


def test_real_people_of_a_mailing_are_all_there_with_those_left_out(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    workspace = a_connected(cast.store, sandbox)
    audience = an_audience(group=cast.store, contacts=60)
    gone = a_contact(audience=audience, external_id="gone")
    unsubscribe(contact=gone, group=cast.store, source="page")
    mailing = a_mailing(group=cast.store, author=cast.sender, audience=audience)
    delivery = a_staged(mailing, workspace)
    client.force_login(cast.admin)

    rows = exported(client, mailing)
    page = client.get(reverse("campaigns:mailing-detail", args=[mailing.pk])).content.decode()

    dispatch_ids = dict(delivery.batches.values_list("number", "dispatch_id"))
    assert Counter((row[3], row[5], row[6]) for row in rows) == {
        ("1", "Accepted", "Braze has it and sends it at its time."): 50,
        ("2", "Accepted", "Braze has it and sends it at its time."): 10,
        ("", "Left out", "Unsubscribed"): 1,
    }
    assert {(row[3], row[4]) for row in rows} == {("1", dispatch_ids[1]), ("2", dispatch_ids[2]), ("", "")}
    assert {row[1] for row in rows} == set(audience.members.values_list("contact__external_id", flat=True))
    assert f"Export recipients, {len(rows)} lines</button>" in page


def test_the_trail_says_who_took_which_people_and_how_many(cast: Cast, client: Client) -> None:
    delivery = a_delivery(cast, people=5)
    gone = a_contact(brand=cast.brand)
    Exclusion.objects.create(delivery=delivery, contact=gone, reason=ExclusionReason.DUPLICATE)
    client.force_login(cast.admin)

    rows = exported(client, delivery.mailing)
    page = client.get(reverse("groups:event-list"), {"family": "mailing"}).content.decode()

    (event,) = noted()
    assert len(rows) == 6
    assert (event.actor, event.group, event.target_kind, event.target_id) == (
        cast.admin,
        cast.store,
        "mailing",
        str(delivery.mailing_id),
    )
    assert event.detail == {"recipients": 5, "left_out": 1}
    assert "The recipients of a mailing were exported." in page


def test_a_mailing_that_was_sent_to_the_rest_has_a_line_for_each_time(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    workspace = a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender, people=60)
    first = a_staged(mailing, workspace)
    first.batches.filter(number=2).update(state=BatchState.NOT_SENT)
    Delivery.objects.filter(pk=first.pk).update(state=DeliveryState.SETTLED, settled_at=timezone.now())
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENT_WITH_OPEN_QUESTIONS)
    mailing.refresh_from_db()
    send_to_rest(mailing=mailing, actor=cast.sender)
    second = mailing.deliveries.exclude(pk=first.pk).get()
    assert plan(second)
    client.force_login(cast.admin)

    rows = exported(client, mailing)

    times = Counter(row[1] for row in rows)
    assert Counter(times.values()) == {1: 50, 2: 10}
    assert len({row[0] for row in rows[:60]}) == 1
    assert len(rows) == exporting.lines_for(mailing, cast.admin) == 70
    assert noted()[0].detail == {"recipients": 70, "left_out": 0}


def test_whoever_unsubscribes_after_staging_has_one_line_that_says_so(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    workspace = a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender, people=3)
    delivery = a_planned(mailing, workspace)
    person = delivery.recipients.select_related("contact").order_by("pk")[0].contact
    unsubscribe(contact=person, group=cast.store, source="page")
    dispatch(workspace)
    client.force_login(cast.admin)

    rows = exported(client, mailing)

    assert [(row[3], row[5], row[6]) for row in rows if row[1] == person.external_id] == [
        ("", "Left out", "Unsubscribed")
    ]
    assert len(rows) == exporting.lines_for(mailing, cast.admin) == 3


def test_a_mailing_to_people_that_only_braze_knows_is_refused_with_a_sentence(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    mailing = to_a_segment(cast, sandbox)
    client.force_login(cast.admin)

    page = client.get(reverse("campaigns:mailing-detail", args=[mailing.pk])).content.decode()
    answer = client.post(address_of(mailing), follow=True)

    assert address_of(mailing) not in page
    assert answer.redirect_chain == [(reverse("campaigns:mailing-detail", args=[mailing.pk]), 302)]
    assert "Braze alone knows who got this mailing" in answer.content.decode()
    assert noted() == []


def test_of_a_mailing_to_a_segment_and_then_to_a_list_the_call_for_the_segment_is_a_line(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    mailing = to_a_segment(cast, sandbox)
    edit_again(mailing=mailing, actor=cast.sender)
    dispatch(mailing.deliveries.get().workspace)
    settle(mailing.deliveries.get())
    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT
    Mailing.objects.filter(pk=mailing.pk).update(audience=an_audience(group=cast.store, contacts=2))
    mailing.refresh_from_db()
    send(mailing=mailing, actor=cast.sender)
    second = mailing.deliveries.exclude(state=DeliveryState.WITHDRAWN).get()
    sync_contacts(second.workspace_id)
    assert plan(second)
    client.force_login(cast.admin)

    rows = exported(client, mailing)

    assert next(row[1:4] + row[5:7] for row in rows) == [
        "",
        "",
        "1",
        "Withdrawn",
        "One call for a whole audience: Braze alone knows who they are.",
    ]
    assert [row[5] for row in rows[1:]] == ["Waiting", "Waiting"]
    assert noted()[0].detail == {"recipients": 2, "left_out": 0}


def test_a_draft_has_nobody_to_export(cast: Cast, client: Client) -> None:
    mailing = a_mailing(group=cast.store, author=cast.sender)
    client.force_login(cast.admin)

    answer = client.post(address_of(mailing))

    assert answer.status_code == 302
    assert [str(message) for message in answer.wsgi_request._messages] == [  # type: ignore[attr-defined]
        "Nobody was counted for this mailing yet. Export its recipients once it is being handed over."
    ]
    assert noted() == []


def test_no_cell_is_a_formula(cast: Cast, client: Client) -> None:
    delivery = a_delivery(cast, people=1)
    Contact.objects.update(external_id="=1+1")
    delivery.recipients.update(address="+anna@example.com")
    gone = a_contact(brand=cast.brand, external_id="@SUM(1)", email="-bob@example.com")
    Exclusion.objects.create(delivery=delivery, contact=gone, reason=ExclusionReason.DUPLICATE)
    delivery.batches.update(state=BatchState.ACCEPTED, dispatch_id="=cmd")
    client.force_login(cast.admin)

    rows = exported(client, delivery.mailing)

    assert [(row[1], row[2], row[4]) for row in rows] == [
        ("'=1+1", "'+anna@example.com", "'=cmd"),
        ("'@SUM(1)", "'-bob@example.com", ""),
    ]


def test_the_file_speaks_the_language_of_the_person(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.admin.pk).update(language="de")
    delivery = a_delivery(cast, people=1)
    gone = a_contact(brand=cast.brand)
    Exclusion.objects.create(delivery=delivery, contact=gone, reason=ExclusionReason.UNSUBSCRIBED)
    client.force_login(cast.admin)

    answer = client.post(address_of(delivery.mailing))
    # A server reads the rows when the request, and its language, is over.
    with translation.override("en"):
        head, waiting, left_out = rows_of(answer)

    assert (head[2], head[6]) == ("E-Mail-Adresse", "Was das bedeutet")
    assert waiting[6] == "Braze hat es noch nicht."
    assert left_out[5:7] == ["Ausgelassen", "Abbestellt"]


def test_who_is_added_while_it_is_read_is_not_in_the_file_and_who_moves_is_there_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    delivery = a_delivery(cast, people=7)
    before = set(delivery.recipients.values_list("contact__external_id", flat=True))
    rows = iter(exporting.export(mailing=delivery.mailing, actor=cast.admin))
    taken = [list(next(rows)) for _number in range(4)]

    other = Batch.objects.create(delivery=delivery, number=2)
    delivery.recipients.update(batch=other)
    for number in range(6):
        late = a_contact(brand=cast.brand)
        Recipient.objects.create(delivery=delivery, contact=late, batch=other, address=f"late-{number}@example.com")
    taken += [list(row) for row in rows]

    assert Counter(str(row[1]) for row in taken[1:]) == dict.fromkeys(before, 1)
    assert noted()[0].detail == {"recipients": 7, "left_out": 0}


def test_many_recipients_come_whole_in_pieces_of_three_queries_each(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = a_delivery(cast, people=9, batches=3)

    def read() -> list[str]:
        return [str(list(row)[1]) for row in exporting.export(mailing=delivery.mailing, actor=cast.admin)]

    in_one = len(cost_of(read))
    monkeypatch.setattr(exporting, "CHUNK", 3)

    assert len(cost_of(read)) == in_one + 2 * 3
    assert sorted(read()[1:]) == sorted(delivery.recipients.values_list("contact__external_id", flat=True))


@pytest.mark.parametrize("view", ["mailing-detail", "batch-list"])
def test_the_page_asks_no_more_for_the_export_of_many(cast: Cast, client: Client, view: str) -> None:
    few, many = a_delivery(cast, people=2), a_delivery(cast, people=48, batches=6)
    client.force_login(cast.admin)

    def costs(delivery: Delivery) -> int:
        address = reverse(f"campaigns:{view}", args=[delivery.mailing_id if view == "mailing-detail" else delivery.pk])
        return len(cost_of(lambda: client.get(address)))

    assert costs(few) == costs(many)


def test_few_of_many_people_are_in_memory_together(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 100)
    delivery = a_delivery(cast, people=3000, batches=60)
    client.force_login(cast.admin)

    with alive(Recipient) as recipients, alive(Contact) as contacts, alive(Batch) as batches:
        answer = client.post(address_of(delivery.mailing))
        lines = sum(1 for _line in answer.streaming_content)  # type: ignore[attr-defined]

    assert lines == 1 + 3000
    assert (recipients.made, contacts.made) == (3000, 3000)
    assert max(recipients.most, contacts.most, batches.most) <= 2 * 100
