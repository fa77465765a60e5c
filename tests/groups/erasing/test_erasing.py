"""Somebody asks to be erased: the portal forgets them, Braze is told, a proof stays, and nobody mails them again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone
from pytest_django import Settings

from braze_client.sandbox import PORTAL_PERMISSIONS, SandboxOptions
from groups.audiences import tasks
from groups.audiences.imports.importing import run_import
from groups.audiences.imports.services import confirm_mapping
from groups.audiences.marking import resync
from groups.audiences.queries import suppressed_by
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.contacts.services import change_contact
from groups.contacts.typed import typed
from groups.erasing import hashing, services, working
from groups.errors import NotPermitted, StaleState
from groups.models import (
    Audience,
    Contact,
    ContactImport,
    Erasure,
    ErasureState,
    Event,
    Group,
    HashKey,
    ImportReject,
    Suppression,
    SuppressionReason,
    User,
    Workspace,
)
from groups.workspace.services import check_connection
from tests.builders import API_KEY, Cast, a_contact, a_workspace, an_audience, an_import
from tests.sandbox_server import RunningSandbox, running_sandbox

pytestmark = pytest.mark.django_db

DELETE_PATH = "/users/delete"


@pytest.fixture
def workspace(cast: Cast, sandbox: RunningSandbox) -> Workspace:
    """Gives the brand's workspace, connected to a sandbox whose key may delete people."""
    return a_workspace(brand=cast.brand, endpoint=sandbox.url)


@pytest.fixture
def keeping() -> Iterator[RunningSandbox]:
    """Gives a Braze whose key may not delete people."""
    options = SandboxOptions(api_key=API_KEY, permissions=PORTAL_PERMISSIONS - {"users.delete"})
    with running_sandbox(options) as found:
        yield found


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """Gives somebody on a list of the store."""
    return a_contact(
        audience=an_audience(group=cast.store),
        external_id="CUSTOMER-77",
        email="ana@example.com",
        first_name="Anabel",
        city="Bonn",
    )


def imported(rows: str, group: Group, actor: User) -> None:
    """Brings a file of IDs and addresses into a new list of a group."""
    contact_import = an_import(f"id,email\n{rows}", group=group, actor=actor)
    confirm_mapping(contact_import=contact_import, mapping={0: "external_id", 1: "email"}, actor=actor)
    run_import(contact_import.pk)


def is_shut(email: str, group: Group) -> bool:
    """Tells whether a group must not mail whoever has an address."""
    return Contact.objects.filter(suppressed_by(group), email=email).exists()


def import_of(cast: Cast, content: str) -> ContactImport:
    """Imports a file into a list of the store and gives what became of it."""
    contact_import = an_import(content, group=cast.store, actor=cast.author)
    mapping = {int(place): target for place, target in contact_import.mapping.items()}
    confirm_mapping(contact_import=contact_import, mapping=mapping, actor=cast.author)
    tasks.run_import(str(contact_import.pk))
    contact_import.refresh_from_db()
    return contact_import


def erased(contact: Contact, cast: Cast) -> Erasure:
    """Asks for an erasure and works on it."""
    erasure = services.ask(contact=contact, actor=cast.manager, reference="REQ-1")
    working.work_on(erasure.pk)
    erasure.refresh_from_db()
    return erasure


def test_braze_deletes_them_the_portal_forgets_them_and_a_proof_stays(
    cast: Cast, workspace: Workspace, sandbox: RunningSandbox, contact: Contact
) -> None:
    sync_contacts(workspace.pk)
    assert sandbox.profile("CUSTOMER-77") is not None

    erasure = erased(contact, cast)

    contact.refresh_from_db()
    assert erasure.state == ErasureState.ERASED
    assert sandbox.profile("CUSTOMER-77") is None
    assert sandbox.bodies(DELETE_PATH) == [{"external_ids": ["CUSTOMER-77"]}]
    assert (contact.external_id, contact.email) == (f"erased-{contact.pk}", f"{contact.pk}@erased.invalid")
    assert (contact.attributes, contact.synced, contact.consent_source) == ({}, {}, "")
    assert contact.erased_at is not None
    assert not contact.audience_members.exists()
    assert Audience.objects.get().size == 0
    assert (erasure.asked_by, erasure.reference, erasure.leftover) == (cast.manager, "REQ-1", "")
    assert (erasure.gone["contact"], erasure.gone["lists"], erasure.gone["rejects"]) == (1, 1, 0)
    assert (erasure.answer["how"], erasure.answer["people"]) == ("deleted", 1)
    key = hashing.key_of(cast.brand)
    assert erasure.external_id_digest == hashing.external_id_digest(key, "CUSTOMER-77")
    assert [one.digest for one in erasure.addresses.all()] == [hashing.address_digest(key, "ANA@example.com ")]
    assert [event.action for event in Event.objects.filter(target_kind="erasure").order_by("pk")] == [
        "erasure.asked",
        "erasure.finished",
    ]


def test_nothing_in_the_database_names_them_any_more(cast: Cast, workspace: Workspace, contact: Contact) -> None:
    rows = ("CUSTOMER-77,ANA@example.com,many", "C2,Ana <ana@example.com>,many", "C3,banana@example.com,no")
    import_of(cast, "\n".join(("customer_id,email,Points", *rows)))
    sync_contacts(workspace.pk)
    assert ImportReject.objects.count() == 3

    erasure = erased(contact, cast)

    assert erasure.gone["rejects"] == 2
    left = [
        f"{model.__name__}.{name}"
        for model in apps.get_models()
        if model._meta.managed
        for row in model._base_manager.values()
        for name, value in row.items()
        if re.search(r"\bana@example\.com|customer-77|anabel", str(value), re.IGNORECASE)
    ]
    assert left == []
    assert ImportReject.objects.exclude(cells=[]).get().cells[0] == "C3"


def test_without_the_permission_what_the_portal_wrote_is_emptied_and_the_rest_is_named(
    cast: Cast, keeping: RunningSandbox, contact: Contact
) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=keeping.url)
    sync_contacts(workspace.pk)
    profile = keeping.profile("CUSTOMER-77")
    assert profile is not None
    profile.custom["loyalty"] = "gold"

    erasure = erased(contact, cast)

    profile = keeping.profile("CUSTOMER-77")
    assert profile is not None
    assert erasure.state == ErasureState.ERASED
    assert erasure.answer["how"] == "emptied"
    assert {"email", "first_name", "home_city", "smartersends_groups"} <= set(erasure.answer["attributes"])
    assert profile.custom == {"loyalty": "gold"}
    assert {name for name, value in profile.fields.items() if value} == {"email_subscribe"}
    assert profile.fields["email_subscribe"] == "unsubscribed"


def test_a_key_that_is_known_to_lack_the_permission_is_not_asked_to_delete(
    cast: Cast, keeping: RunningSandbox, contact: Contact
) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=keeping.url)
    sync_contacts(workspace.pk)
    check_connection(workspace=workspace)
    probes = keeping.calls(DELETE_PATH)

    erasure = erased(contact, cast)

    assert (erasure.answer["how"], keeping.calls(DELETE_PATH)) == ("emptied", probes)


def test_while_braze_does_not_answer_the_portal_has_forgotten_and_asks_again(
    cast: Cast, workspace: Workspace, sandbox: RunningSandbox, contact: Contact
) -> None:
    sync_contacts(workspace.pk)
    sandbox.fail(DELETE_PATH, 503)

    erasure = erased(contact, cast)
    contact.refresh_from_db()
    standing = (erasure.state, bool(erasure.state_reason), bool(erasure.leftover), contact.attributes)
    too_early = working.work_on(erasure.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        again = working.waiting()
        working.work_on(erasure.pk)
    erasure.refresh_from_db()

    assert standing == (ErasureState.BRAZE_NOT_TOLD, True, True, {})
    assert too_early is None
    assert again == [erasure.pk]
    assert (erasure.state, erasure.leftover, erasure.attempts) == (ErasureState.ERASED, "", 2)
    assert sandbox.profile("CUSTOMER-77") is None


def test_a_person_lets_braze_be_told_at_once(
    cast: Cast, workspace: Workspace, sandbox: RunningSandbox, contact: Contact
) -> None:
    sync_contacts(workspace.pk)
    sandbox.fail(DELETE_PATH, 503)
    erasure = erased(contact, cast)

    services.retry(erasure=erasure, actor=cast.manager)
    working.work_on(erasure.pk)
    erasure.refresh_from_db()

    assert erasure.state == ErasureState.ERASED
    with pytest.raises(StaleState):
        services.retry(erasure=erasure, actor=cast.manager)


def test_a_worker_that_was_killed_is_followed_by_another_and_nothing_counts_twice(
    cast: Cast, workspace: Workspace, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_contacts(workspace.pk)
    erasure = services.ask(contact=contact, actor=cast.manager)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(working, "tell", die)
        with pytest.raises(KeyboardInterrupt):
            working.work_on(erasure.pk)
    taken = working.work_on(erasure.pk)
    with time_machine.travel(timezone.now() + working.LEASE):
        working.work_on(erasure.pk)
    erasure.refresh_from_db()

    assert taken is None
    assert (erasure.state, erasure.gone["lists"]) == (ErasureState.ERASED, 1)
    assert working.work_on(erasure.pk) is None


def test_a_call_to_braze_that_is_under_way_is_waited_for(cast: Cast, workspace: Workspace, contact: Contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(sync_lease_until=timezone.now() + timedelta(seconds=60))

    erasure = erased(contact, cast)

    contact.refresh_from_db()
    assert (erasure.state, erasure.portal_done_at) == (ErasureState.ERASING, None)
    assert contact.email == "ana@example.com"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        working.work_on(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.state == ErasureState.ERASED


def test_what_braze_was_told_last_has_to_be_stored_before_the_profile_is_deleted(
    cast: Cast, workspace: Workspace, sandbox: RunningSandbox, contact: Contact, settings: Settings
) -> None:
    settings.BRAZE_PROPAGATION_SECONDS = 300
    sync_contacts(workspace.pk)

    erasure = erased(contact, cast)
    early = (erasure.state, erasure.state_reason, sandbox.calls(DELETE_PATH))
    with time_machine.travel(timezone.now() + timedelta(seconds=301)):
        working.work_on(erasure.pk)
    erasure.refresh_from_db()

    assert early == (ErasureState.ERASING, "Waiting until Braze has stored what it was told last.", 0)
    assert erasure.state == ErasureState.ERASED


def test_whose_erasure_was_asked_for_is_changed_by_nobody(cast: Cast, contact: Contact) -> None:
    services.ask(contact=contact, actor=cast.manager)

    with pytest.raises(NotPermitted):
        change_contact(contact=contact, said=typed({"email": "new@example.com"}, (), with_id=False), actor=cast.admin)

    assert Contact.objects.get(pk=contact.pk).email == "ana@example.com"


def test_somebody_whom_braze_was_never_told_of_needs_no_braze(cast: Cast, contact: Contact) -> None:
    erasure = erased(contact, cast)

    assert (erasure.state, erasure.answer["how"]) == (ErasureState.ERASED, "never_told")


def test_a_file_that_brings_the_address_or_the_id_again_brings_somebody_who_gets_no_mail(
    cast: Cast, workspace: Workspace, contact: Contact, sandbox: RunningSandbox
) -> None:
    erased(contact, cast)

    done = import_of(cast, "customer_id,email\nC9,Ana@Example.com\nCUSTOMER-77,else@example.com\nC8,bo@example.com\n")
    sync_contacts(workspace.pk)

    assert (done.rows_new, done.rows_suppressed) == (3, 2)
    assert is_shut("ana@example.com", cast.store)
    assert is_shut("else@example.com", cast.store)
    assert not is_shut("bo@example.com", cast.store)
    profile = sandbox.profile("C9")
    assert profile is not None
    assert profile.fields["email_subscribe"] == "unsubscribed"


def test_the_sync_shuts_out_whom_another_way_brought_in(
    cast: Cast, workspace: Workspace, contact: Contact, sandbox: RunningSandbox
) -> None:
    erased(contact, cast)
    a_contact(audience=an_audience(group=cast.far_store), external_id="C9", email="ana@example.com")

    sync_contacts(workspace.pk)

    assert is_shut("ana@example.com", cast.far_store)


def test_whoever_is_given_the_address_by_hand_gets_no_mail(cast: Cast, contact: Contact) -> None:
    erased(contact, cast)
    other = a_contact(audience=an_audience(group=cast.store), email="bo@example.com")

    change_contact(contact=other, said=typed({"email": "ana@example.com"}, (), with_id=False), actor=cast.author)

    assert is_shut("ana@example.com", cast.store)


def test_an_address_that_they_had_unsubscribed_with_stays_shut_as_a_hash(cast: Cast, contact: Contact) -> None:
    unsubscribe(contact=contact, group=cast.store, source="page")
    change_contact(contact=contact, said=typed({"email": "new@example.com"}, (), with_id=False), actor=cast.author)

    erasure = erased(contact, cast)
    imported("C1,ana@example.com\nC2,new@example.com\n", cast.next_store, cast.manager)

    assert erasure.addresses.count() == 2
    assert is_shut("ana@example.com", cast.next_store)
    assert is_shut("new@example.com", cast.next_store)


def test_from_the_moment_it_is_asked_for_nobody_with_the_address_is_mailed(cast: Cast, contact: Contact) -> None:
    twin = a_contact(audience=an_audience(group=cast.far_store), external_id="TWIN", email="ana@example.com")

    services.ask(contact=contact, actor=cast.manager)

    shut = Suppression.objects.filter(group=None, reason=SuppressionReason.BLOCKED)
    assert set(shut.values_list("contact", flat=True)) == {contact.pk, twin.pk}
    assert services.others_with_address(contact) == [twin]


def test_another_brand_knows_nothing_of_it_and_its_hashes_differ(cast: Cast, contact: Contact) -> None:
    erased(contact, cast)
    other = a_contact(brand=cast.other_brand, email="ana@example.com")
    imported("C1,ana@example.com\n", cast.other_brand.groups.get(), cast.outsider)

    digests = {hashing.address_digest(hashing.key_of(brand), "a@b.c") for brand in (cast.brand, cast.other_brand)}
    assert not Suppression.objects.filter(contact=other).exists()
    assert not is_shut("ana@example.com", cast.other_brand.groups.get())
    assert len(digests) == HashKey.objects.count() == 2


def test_a_workspace_that_is_another_one_is_not_told_of_the_erased(
    cast: Cast, workspace: Workspace, sandbox: RunningSandbox, contact: Contact
) -> None:
    erased(contact, cast)

    resync(brand=cast.brand)
    sync_contacts(workspace.pk)

    assert sandbox.profile(f"erased-{contact.pk}") is None


def test_only_who_manages_the_contacts_of_the_whole_brand_erases_and_once(cast: Cast, contact: Contact) -> None:
    for user in cast.without(cast.manager, cast.admin):
        with pytest.raises(NotPermitted):
            services.ask(contact=contact, actor=user)
    assert not Erasure.objects.exists()
    assert not Suppression.objects.exists()

    services.ask(contact=contact, actor=cast.admin)
    with pytest.raises(StaleState):
        services.ask(contact=contact, actor=cast.manager)
    assert Erasure.objects.count() == 1
