"""A brand that has mailed its contacts forgets them: no address is left, and nobody who left is mailed (A9)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.errors import Refusal
from campaigns.models import Batch, Delivery, MailingState, Recipient, Route, TestMail
from groups.audiences.syncing import sync_contacts
from groups.consent.lifting import lift
from groups.consent.suppressing import suppress
from groups.errors import InputRefused
from groups.keeping import services, working
from groups.keeping.addresses import is_stand_in
from groups.keeping.queries import progress_of
from groups.keeping.reasons import remarks_on
from groups.models import (
    Audience,
    Brand,
    Contact,
    ContactImport,
    Forgetting,
    Group,
    ImportReject,
    ImportState,
    Lift,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    SyncState,
    User,
    Workspace,
)
from groups.roles import Role
from tests.builders import a_brand, a_contact, a_person, an_audience, an_import, root_group
from tests.campaigns.builders import a_mailing, a_planned, a_staged, deliver_due
from tests.groups.keeping.builders import imported, places_of
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.catalogue("A9")

NAMES = ("ana", "ben", "cleo", "dora", "eva", "fay")
ADDRESSES = [f"{name}@example.com" for name in NAMES]
FILE = (
    "customer_id,email,first_name\n"
    + "".join(f"C{number},{name}@example.com,{name.title()}wein\n" for number, name in enumerate(NAMES, start=1))
    + ",hedi@example.com,Without an ID\n"
)
AGAIN = "customer_id,email\n" + "".join(f"D{number},{name}@Example.com\n" for number, name in enumerate(NAMES, start=1))


@pytest.fixture
def admin(group: Group) -> User:
    """Gives an admin of the brand."""
    return a_person(role=Role.ADMIN, group=root_group(group.brand))


@pytest.fixture
def audience(group: Group) -> Audience:
    """Gives a list of the store."""
    return an_audience(group=group)


@pytest.fixture
def lived(group: Group, workspace: Workspace, audience: Audience, admin: User, sandbox: RunningSandbox) -> Brand:
    """Gives a brand that has brought people in, mailed them, and heard from some; everything is in Braze."""
    imported(FILE, audience, admin)
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    brand: Brand = Brand.objects.get(pk=group.brand_id)
    for addresses, reason in (
        (["ben@example.com"], "blocked"),
        (["Dora@Example.com", "late@example.com"], "unsubscribed"),
    ):
        suppress(
            brand=brand,
            addresses=addresses,
            group=None,
            reason=SuppressionReason(reason),
            origin=SuppressionOrigin.HAND,
            note="wrote from dora@example.com",
        )
    lift(
        suppression=Suppression.objects.get(address="ben@example.com"),
        group=root_group(brand),
        statement="ben@example.com called",
        actor=admin,
    )
    dora = Contact.objects.get(external_id="C4")
    # As rows stand that were written before addresses were put into lower case.
    Suppression.objects.create(contact=dora, brand=brand, address="Dora@Example.com", reason="unsubscribed")
    Contact.objects.filter(external_id="C5").update(email="Eva@Example.com")
    broken = an_import(FILE, group=group, actor=admin, audience=audience)
    ContactImport.objects.filter(pk=broken.pk).update(state=ImportState.FAILED, failure="no row of eva@example.com")
    delivery = a_staged(a_mailing(group=group, audience=audience), workspace)
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
        deliver_due(sandbox)
        settle(delivery)
    Batch.objects.update(error="ana@example.com is odd", remarks=[{"type": "Eva@Example.com is no email", "index": 0}])
    TestMail.objects.create(
        group=group, mailing=delivery.mailing, revision=1, digest="d", tester=admin, asked_by=admin,
        contact=dora, error="dora@example.com refused",
    )  # fmt: skip
    sync_contacts(workspace.pk)
    return brand


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the worker take two rows a chunk."""
    monkeypatch.setattr(working, "CHUNK_ROWS", {"postgresql": 2, "sqlite": 2})


def one_chunk(brand: Brand) -> None:
    """Lets a worker exchange one chunk and leave the rest to the next."""
    assert working.work_on(brand.pk, limit_seconds=0) is False


def killed_in(place: str, brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a worker go on until it is killed after it has written a chunk of a place and before that is committed."""
    held = working._held

    def dies(brand_id: object, lease: object) -> Forgetting:
        found = held(brand_id, lease)  # type: ignore[arg-type]
        if found.place == place and found.after:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(working, "_held", dies)
        working.work_on(brand.pk)


def link_of(contact: Contact, audience: Audience) -> str:
    """Gives the link to unsubscribe in the mail of a list's group."""
    return reverse("groups:unsubscribe", args=[audience.group_id, contact.token])


def state_of(brand: Brand) -> tuple[str, int, bool]:
    """Gives the place, the rows that are done, and whether all is."""
    found = Forgetting.objects.get(brand=brand)
    return found.place, found.rows_done, found.finished_at is not None


@pytest.mark.usefixtures("two_at_once")
def test_a_worker_that_is_killed_goes_on_and_no_address_is_left_anywhere(
    lived: Brand, admin: User, audience: Audience, workspace: Workspace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = a_contact(brand=a_brand("Harbor Books"), email="ana@example.com")
    files = [one.file.path for one in ContactImport.objects.exclude(file="")]
    before = places_of([*ADDRESSES, "hedi@example.com", "anawein"])
    told = Contact.objects.get(external_id="C3").synced
    services.keep_no_contacts(brand=lived, actor=admin)

    killed_in("contacts", lived, monkeypatch)
    stopped = state_of(lived)
    again = working.work_on(lived.pk)
    raw = Contact.objects.filter(brand=lived, email__endswith="@example.com").order_by("pk")
    leaving = [raw[0], Contact.objects.filter(brand=lived).exclude(pk__in=raw).order_by("pk")[0]]
    for contact in leaving:
        assert client.post(link_of(contact, audience), {"List-Unsubscribe": "One-Click"}).status_code == 200
    shut_meanwhile = set(
        Suppression.objects.filter(origin=SuppressionOrigin.ONE_CLICK).values_list("address", flat=True)
    )
    with time_machine.travel(timezone.now() + working.LEASE + timedelta(seconds=1)):
        waiting = list(working.waiting())
        finished = working.work_on(lived.pk)

    assert {"contact.email", "recipient.address", "suppression.address", "lift.address"} <= before
    assert {"importreject.cells", "batch.error", "batch.remarks", "testmail.error", "contact.attributes"} <= before
    assert stopped[0] == "contacts"
    assert (again, waiting, finished) == (False, [lived.pk], True)
    assert all(map(is_stand_in, shut_meanwhile))
    elsewhere.refresh_from_db()
    assert elsewhere.email == "ana@example.com"
    Contact.objects.filter(pk=elsewhere.pk).delete()
    assert places_of([*ADDRESSES, "hedi@example.com", "late@example.com", "anawein"]) == set()
    assert len(files) == 2
    assert not any(Path(file).exists() for file in files)
    assert ContactImport.objects.get(state=ImportState.FAILED).failure.startswith("The file was deleted")
    assert ImportReject.objects.get().cells == []
    cleo = Contact.objects.get(external_id="C3")
    assert cleo.synced.keys() == told.keys()
    assert cleo.synced["email"] != told["email"]
    sync_contacts(workspace.pk)
    assert not Contact.objects.filter(brand=lived).exclude(sync_state=SyncState.SYNCED).exists()


@pytest.mark.usefixtures("two_at_once")
def test_nobody_who_left_before_or_meanwhile_is_mailed_afterwards(
    lived: Brand, group: Group, admin: User, audience: Audience, workspace: Workspace, client: Client
) -> None:
    services.keep_no_contacts(brand=lived, actor=admin)
    while not Contact.objects.filter(brand=lived, email__endswith="invalid").exists():
        one_chunk(lived)
    left = Contact.objects.filter(brand=lived, email="ana@example.com").first() or Contact.objects.get(external_id="C1")
    page = client.post(link_of(left, audience), {"scope": "brand"})
    assert working.work_on(lived.pk)
    group = Group.objects.get(pk=group.pk)

    counts = imported(f"{AGAIN}E1,late@example.com\n", audience, admin)
    delivery = a_planned(a_mailing(group=group, audience=audience), workspace)

    mailed = set(delivery.recipients.values_list("contact__external_id", flat=True))
    assert page.status_code == 200
    assert counts["suppressed"] == 3
    assert {name[1:] for name in mailed} == {"2", "3", "5", "6"}
    assert len(mailed) == 4
    assert delivery.frozen == delivery.recipients.count() + delivery.exclusions.count() == 13
    assert all(map(is_stand_in, delivery.recipients.values_list("address", flat=True)))


def test_two_spellings_of_one_suppression_become_one_and_the_older_stays(lived: Brand, admin: User) -> None:
    dora = Contact.objects.get(external_id="C4")
    older = dora.suppressions.order_by("pk")[0]

    services.keep_no_contacts(brand=lived, actor=admin)
    assert working.work_on(lived.pk)

    suppression = dora.suppressions.get()
    assert (suppression.pk, suppression.created_at) == (older.pk, older.created_at)
    assert (suppression.origin, suppression.note) == (SuppressionOrigin.HAND, "wrote from (address not kept)")
    assert suppression.address == Contact.objects.get(pk=dora.pk).email
    assert Lift.objects.get().statement == "(address not kept) called"
    assert Lift.objects.get().address == Contact.objects.get(external_id="C2").email


def test_two_people_of_one_delivery_whose_addresses_become_one_both_stay_in_the_ledger(
    lived: Brand, admin: User
) -> None:
    recipients = list(Recipient.objects.order_by("pk"))
    Recipient.objects.filter(pk=recipients[1].pk).update(address=recipients[0].address.upper())

    services.keep_no_contacts(brand=lived, actor=admin)
    assert working.work_on(lived.pk)

    addresses = list(Recipient.objects.order_by("pk").values_list("address", flat=True))
    assert len(set(addresses)) == len(recipients)
    assert all(map(is_stand_in, addresses))


def test_no_mailing_begins_meanwhile_and_one_that_is_due_goes_when_it_is_done(
    lived: Brand, group: Group, admin: User, audience: Audience
) -> None:
    due = a_mailing(group=group, audience=audience, send_at=timezone.now() + timedelta(hours=26))
    send(mailing=due, actor=due.author)
    now = a_mailing(group=group, audience=audience)
    services.keep_no_contacts(brand=lived, actor=admin)
    number = Delivery.objects.count()

    with pytest.raises(Refusal, match="just forgetting"):
        send(mailing=now, actor=now.author)
    with time_machine.travel(due.send_at - timedelta(minutes=20)):  # type: ignore[operator]
        start_due_mailings()
        waited = (Delivery.objects.count(), due.deliveries.count())
        assert working.work_on(lived.pk)
        start_due_mailings()

    now.refresh_from_db()
    due.refresh_from_db()
    assert now.state == MailingState.DRAFT
    assert waited == (number, 0)
    assert (due.state, due.deliveries.count()) == (MailingState.SCHEDULED, 1)


def test_mailings_on_their_way_stand_against_it_and_templates_with_personal_values_are_named(
    lived: Brand, group: Group, admin: User, audience: Audience, workspace: Workspace
) -> None:
    mailing = a_mailing(group=group, audience=audience, route=Route.TRIGGER)
    version = mailing.version
    type(version).objects.filter(pk=version.pk).update(personal_values=["first_name"])
    on_its_way = a_mailing(group=group, audience=audience)
    on_its_way.name = "Opening week"
    on_its_way.save()
    a_planned(on_its_way, workspace)

    with pytest.raises(InputRefused) as refused:
        services.keep_no_contacts(brand=lived, actor=admin)

    assert refused.value.findings == (
        "Mailings are on their way: Opening week. Wait until they are done, or stop them.",
    )
    assert Brand.objects.get(pk=lived.pk).keeps_contacts
    assert not Forgetting.objects.exists()
    assert any("show personal values: News" in remark for remark in remarks_on(lived))


def test_the_worker_goes_back_to_a_table_in_which_something_is_left(lived: Brand, admin: User) -> None:
    services.keep_no_contacts(brand=lived, actor=admin)
    while state_of(lived)[0] != "recipients":
        one_chunk(lived)
    Lift.objects.update(address="ben@example.com")

    first = working.work_on(lived.pk)
    back = state_of(lived)
    second = working.work_on(lived.pk)

    assert (first, back[0], back[2]) == (False, "lifts", False)
    assert second
    assert places_of(["ben@example.com"]) == set()
    assert progress_of(lived) is None
