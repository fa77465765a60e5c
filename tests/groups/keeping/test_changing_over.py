"""Beginning to forget contacts: what stands against it, and whatever writes addresses waits until it is done (A9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.audiences.claiming import take_waiting
from groups.audiences.imports.services import begin, confirm_mapping, retry_import
from groups.audiences.marking import mark_pending
from groups.audiences.profiles import Profiler
from groups.audiences.rounds import Claimed, Round
from groups.audiences.syncing import _claim, _write, sync_contacts
from groups.consent.leaving import undo, unsubscribe
from groups.consent.lifting import lift
from groups.consent.reading import read
from groups.consent.suppressing import suppress
from groups.contacts.services import add_contact, change_contact, delete_contact
from groups.contacts.typed import typed
from groups.erasing.services import ask, ask_by_address
from groups.errors import ChangingOver, InputRefused
from groups.keeping import services, standing, tasks, working
from groups.keeping.addresses import is_stand_in, stand_ins_of
from groups.keeping.reasons import reasons_against, remarks_on
from groups.keeping.texts import names_address, without_addresses
from groups.models import (
    Attribute,
    Audience,
    Brand,
    Contact,
    ContactImport,
    Erasure,
    Event,
    Forgetting,
    ImportState,
    Lift,
    Reading,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    SyncState,
    User,
    Workspace,
)
from groups.workspace.services import connect
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID, Cast, a_contact, a_workspace, an_audience, an_import
from tests.groups.keeping.builders import imported, places_of
from tests.sandbox_server import API_KEY, RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("A9")]

ROWS = "customer_id,email,first_name\nC1,ana@example.com,Ana\nC2,ben@example.com,Ben\nC3,cleo@example.com,Cleo\n"


@pytest.fixture
def kept(audience: Audience, workspace: Workspace, actor: User) -> Brand:
    """Gives a brand with three people whom Braze has."""
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    brand: Brand = Brand.objects.get(pk=workspace.brand_id)
    return brand


@pytest.fixture
def changing(kept: Brand, actor: User) -> Brand:
    """Gives the brand when it has just begun to forget them, before a worker came."""
    services.keep_no_contacts(brand=kept, actor=actor)
    return kept


def people(brand: Brand) -> list[tuple[object, ...]]:
    """Gives all that contacts, suppressions and lifts of a brand say."""
    return [
        *Contact.objects.filter(brand=brand).order_by("pk").values_list(),
        *Suppression.objects.filter(brand=brand).order_by("pk").values_list(),
        *Lift.objects.filter(brand=brand).order_by("pk").values_list(),
    ]


def test_each_thing_that_stands_against_it_is_said_and_nothing_changes(
    kept: Brand, actor: User, audience: Audience, workspace: Workspace
) -> None:
    assert reasons_against(kept) == []
    one = Contact.objects.get(external_id="C1")
    mark_pending([one.pk])
    waiting = an_import(ROWS, group=audience.group, actor=actor, audience=audience)
    ContactImport.objects.filter(pk=waiting.pk).update(state=ImportState.WAITING)
    ask(contact=Contact.objects.get(external_id="C2"), actor=actor)
    Contact.objects.filter(external_id="C3").update(external_id="cleo@example.com")
    Attribute.objects.filter(brand=kept, name="first_name").update(is_target=True)
    Brand.objects.filter(pk=kept.pk).update(derives_external_ids=True)
    Workspace.objects.update(endpoint="")
    before = people(kept)
    kept.refresh_from_db()

    with pytest.raises(InputRefused) as refused:
        services.keep_no_contacts(brand=kept, actor=actor)

    assert refused.value.findings == (
        "Braze is not connected yet, so that nobody could be told of anyone.",
        "External IDs are derived from addresses here and would give them away.",
        "Braze does not have what the portal knows of 2 people yet. Wait until it is there.",
        "Attributes that filters use are still on their way to Braze. Wait some minutes.",
        "The external ID of 1 person looks like an address, and would give it away.",
        "Files are being imported: contacts.csv. Wait until they are done.",
        "1 person is being erased. Wait until that is done.",
    )
    assert people(kept) == before
    assert Brand.objects.get(pk=kept.pk).keeps_contacts
    assert not Forgetting.objects.exists()


def test_whom_braze_refused_and_files_that_wait_are_named_before_and_forgotten(
    kept: Brand, actor: User, audience: Audience, workspace: Workspace
) -> None:
    Contact.objects.filter(external_id="C1").update(sync_state=SyncState.REFUSED, sync_error="ana@example.com is odd")
    upload = an_import(ROWS, group=audience.group, actor=actor, audience=audience)

    remarks = remarks_on(kept)
    services.keep_no_contacts(brand=kept, actor=actor)
    assert working.work_on(kept.pk)

    assert len(remarks) == 2
    assert "1 person whom Braze refused is forgotten" in remarks[0]
    assert "1 uploaded file that was not imported is deleted" in remarks[1]
    refused = Contact.objects.get(external_id="C1")
    assert (refused.sync_state, refused.sync_error) == (SyncState.REFUSED, "Their address is not kept here.")
    upload.refresh_from_db()
    assert (upload.state, upload.file.name) == (ImportState.FAILED, "")
    with pytest.raises(InputRefused, match="Upload it again"):
        retry_import(contact_import=upload, actor=actor)
    assert places_of(["ana@example.com"]) == set()


def attempts(brand: Brand, audience: Audience, actor: User) -> dict[str, Callable[[], object]]:
    """Gives everything that writes contacts or addresses and has to wait, by name, with rows from before."""
    contact = Contact.objects.get(external_id="C1")
    suppression = Suppression.objects.get(contact=Contact.objects.get(external_id="C3"))
    fresh = Audience.objects.get(pk=audience.pk)
    said = typed({"email": "new@example.com", "external_id": "N1"}, [], with_id=True)
    changed = typed({"email": "new@example.com"}, [], with_id=False, may_keep_address=True)
    uploads = {state: an_upload(state, audience, actor) for state in ("mapping", "checked", "failed")}
    return {
        "add": lambda: add_contact(audience=fresh, said=said, actor=actor),
        "change": lambda: change_contact(contact=contact, said=changed, actor=actor),
        "delete": lambda: delete_contact(contact=contact, actor=actor),
        "upload": lambda: an_import(ROWS, group=fresh.group, actor=actor, audience=fresh),
        "confirm": lambda: confirm_mapping(
            contact_import=uploads["mapping"], mapping={0: "external_id", 1: "email"}, actor=actor
        ),
        "begin": lambda: begin(contact_import=uploads["checked"], actor=actor, is_confirmed=True),
        "retry": lambda: retry_import(contact_import=uploads["failed"], actor=actor),
        "lift": lambda: lift(
            suppression=suppression,
            group=brand.groups.get(parent=None),
            statement="They asked",
            consented_on=timezone.localdate(),
            actor=actor,
        ),
        "erase": lambda: ask(contact=contact, actor=actor),
        "erase_by_address": lambda: ask_by_address(brand=brand, address="ana@example.com", actor=actor),
        "connect": lambda: connect(
            brand=brand,
            endpoint="http://127.0.0.1:9",
            api_key=API_KEY,
            app_id=APP_ID,
            campaign_id=CAMPAIGN_ID,
            variation_id=VARIATION_ID,
            actor=actor,
        ),
    }


def an_upload(state: str, audience: Audience, actor: User) -> ContactImport:
    """Gives a file that waits for a person."""
    found = an_import(ROWS, group=audience.group, actor=actor, audience=audience)
    ContactImport.objects.filter(pk=found.pk).update(state=state)
    found.refresh_from_db()
    return found


def test_whatever_writes_contacts_or_addresses_is_refused_until_it_is_done(
    kept: Brand, actor: User, audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    cleo = Contact.objects.get(external_id="C3")
    unsubscribe(contact=cleo, group=None)
    sync_contacts(workspace.pk)
    # Read by requests that began before, so that each object still says that the brand keeps contacts.
    tried = attempts(Brand.objects.get(pk=kept.pk), audience, actor)
    services.keep_no_contacts(brand=kept, actor=actor)
    before, uploads, calls = people(kept), ContactImport.objects.count(), sandbox.calls("/users/track")

    for name, attempt in tried.items():
        with pytest.raises(ChangingOver, match="just forgetting"):
            attempt()
        assert people(kept) == before, name
    mark_pending([cleo.pk])
    synced = sync_contacts(workspace.pk)
    listed = read(workspace)

    assert (ContactImport.objects.count(), Erasure.objects.count()) == (uploads, 0)
    assert ContactImport.objects.filter(state=ImportState.WAITING).count() == 0
    assert (synced.synced, sandbox.calls("/users/track")) == (0, calls)
    assert "just forgetting" in synced.reason
    assert (listed, Reading.objects.count()) == (0, 0)
    Contact.objects.filter(pk=cleo.pk).update(sync_state=SyncState.SYNCED)
    assert working.work_on(kept.pk)
    tried["delete"]()
    assert sync_contacts(workspace.pk).reason == ""


def test_another_brand_goes_on_as_before(changing: Brand) -> None:
    other = an_audience()

    contact = a_contact(audience=other)
    with transaction.atomic():
        is_held = standing.hold(other.group.brand)
    unsubscribe(contact=contact, group=None)

    assert not is_held
    assert Suppression.objects.get(contact=contact).address == contact.email
    assert other.group.brand.keeps_contacts


def test_people_leave_and_take_it_back_while_the_portal_forgets(changing: Brand, actor: User) -> None:
    ana = Contact.objects.get(external_id="C1")

    unsubscribe(contact=ana, group=None, origin=SuppressionOrigin.PAGE)
    shut = Suppression.objects.get(contact=ana)
    left_by_hand = suppress(
        brand=Brand.objects.get(pk=changing.pk),
        addresses=["BEN@example.com"],
        group=None,
        reason=SuppressionReason.BLOCKED,
        origin=SuppressionOrigin.HAND,
    )
    is_undone = undo(contact=ana, group=None)
    unsubscribe(contact=ana, group=None, origin=SuppressionOrigin.PAGE)
    assert working.work_on(changing.pk)
    ana.refresh_from_db()

    assert (shut.address, left_by_hand, is_undone) == (stand_ins_of(changing)("ana@example.com"), 1, True)
    assert Suppression.objects.get(contact=ana).address == ana.email == Lift.objects.get().address
    assert Suppression.objects.get(contact=Contact.objects.get(external_id="C2")).reason == SuppressionReason.BLOCKED
    assert undo(contact=ana, group=None)


def test_what_a_sync_has_in_hand_from_before_is_stored_as_hashes(
    kept: Brand, actor: User, workspace: Workspace
) -> None:
    """Two workers had the same person, and one of them writes what Braze said when all is done."""
    mark_pending([Contact.objects.get(external_id="C1").pk])
    profiler = Profiler.of(kept)
    now = timezone.now()
    with transaction.atomic():
        taken = take_waiting(workspace, limit=5, now=now, lease_until=now + timedelta(minutes=2))
    late = Round(accepted=[Claimed(taken[0], profiler.wanted(taken)[taken[0].pk])])
    Contact.objects.update(sync_state=SyncState.SYNCED, sync_lease_until=None)
    services.keep_no_contacts(brand=kept, actor=actor)
    assert working.work_on(kept.pk)

    _write(late, profiler, workspace.brand)

    contact = Contact.objects.get(external_id="C1")
    assert is_stand_in(contact.email)
    assert (contact.attributes, len(str(contact.synced["email"]))) == ({}, 24)
    assert places_of(["ana@example.com"]) == set()
    with pytest.raises(ChangingOver):
        _claim(workspace, profiler, 10)


@pytest.mark.django_db(transaction=True)
def test_a_brand_is_held_within_a_transaction_only() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        standing.hold(Brand(slug="nobody"))
    with pytest.raises(Brand.DoesNotExist), transaction.atomic():
        standing.hold(Brand(slug="nobody"))


def test_the_sweep_finds_what_no_worker_has_and_a_doubled_task_does_nothing(
    changing: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.run, "delay", asked.append)

    tasks.sweep()
    Forgetting.objects.update(lease_until=timezone.now() + timedelta(seconds=30))
    tasks.sweep()
    tasks.run(str(changing.pk))
    untouched = Forgetting.objects.get().rows_total
    Forgetting.objects.update(lease_until=timezone.now())
    tasks.run(str(changing.pk))
    tasks.run(str(changing.pk))

    assert asked == [str(changing.pk)]
    assert untouched is None
    assert Forgetting.objects.get().finished_at is not None
    actions = ["consent.forgetting_begun", "consent.contacts_forgotten"]
    assert list(Event.objects.filter(action__in=actions).order_by("at").values_list("action", flat=True)) == actions


def test_the_page_shows_how_far_it_is_with_a_number_and_an_end(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    address = reverse("groups:contacts-kept")
    client.force_login(cast.manager)
    client.post(address, {"confirmed": "on"})
    Forgetting.objects.update(rows_total=2_000, rows_done=500, started_at=timezone.now() - timedelta(minutes=1))

    page = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    again = client.post(address, {"confirmed": "on"})
    assert working.work_on(cast.brand.pk)
    done = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "500 of 2,000 entries forgotten" in page
    assert "about 2\xa0minutes left" in part or "about 3\xa0minutes left" in part
    assert "<html" not in part
    assert again.status_code == 302
    assert Forgetting.objects.count() == 1
    assert "hx-trigger" not in done
    for stranger in cast.without(cast.manager, cast.admin):
        client.force_login(stranger)
        assert client.get(address, headers={"HX-Request": "true"}).status_code in (403, 404)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("O'Brien@Example.com, she said.", "(address not kept), she said."),
        ("<ana@example.com>", "<(address not kept)>"),
        ({"to": ["ana@example.com", 3]}, {"to": ["(address not kept)", 3]}),
        ("met at 5 @ the store", "met at 5 @ the store"),
        ("abc@forgotten.invalid and x@erased.invalid", "abc@forgotten.invalid and x@erased.invalid"),
    ],
)
def test_addresses_are_taken_out_of_words(said: object, left: object) -> None:
    assert without_addresses(said) == left
    assert not names_address(left)
