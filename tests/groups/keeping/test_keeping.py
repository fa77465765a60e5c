"""A brand that keeps no contacts: what Braze has is forgotten here, and what rests on it still holds (A9)."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Route
from campaigns.preflight import check
from groups.audiences.marking import mark_pending, resync
from groups.audiences.queries import suppressed_by
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.consent.suppressing import suppress
from groups.contacts.searching import Scope, page_of
from groups.contacts.services import add_contact, change_contact, delete_contact
from groups.contacts.typed import typed
from groups.erasing.services import ask_by_address
from groups.erasing.working import work_on
from groups.errors import InputRefused, StaleState
from groups.keeping import services
from groups.keeping.addresses import held_address, is_stand_in
from groups.keeping.working import work_on as forget_some
from groups.models import (
    Attribute,
    Audience,
    Brand,
    Contact,
    Group,
    ImportReject,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    SyncState,
    User,
    Workspace,
)
from tests.builders import Cast, a_contact, a_group, a_workspace, an_audience
from tests.campaigns.builders import a_mailing
from tests.groups.audiences.filters.builders import a_filter
from tests.groups.keeping.builders import imported
from tests.sandbox_server import RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("A9")]

ROWS = "customer_id,email,first_name\nC1,ana@example.com,Ana\nC2,ben@example.com,Ben\n"


@pytest.fixture
def brand(workspace: Workspace, actor: User) -> Brand:
    """A brand that was asked to keep no contacts."""
    brand: Brand = Brand.objects.get(pk=workspace.brand_id)
    services.keep_no_contacts(brand=brand, actor=actor)
    assert forget_some(brand.pk)
    return brand


def everything_of(contact: Contact) -> str:
    """Gives all that the row of a contact says, as one text."""
    return json.dumps(Contact.objects.filter(pk=contact.pk).values().get(), default=str)


def test_what_a_file_brings_is_forgotten_once_braze_has_it(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    counts = imported(ROWS, audience, actor)
    waiting = Contact.objects.get(external_id="C1")
    held = held_address(waiting)
    result = sync_contacts(workspace.pk)

    profile = sandbox.profile("C1")
    assert profile is not None
    assert (profile.fields["email"], profile.fields["first_name"]) == ("ana@example.com", "Ana")
    assert (counts["new"], held, result.synced) == (2, "ana@example.com", 2)
    contact = Contact.objects.get(external_id="C1")
    said = everything_of(contact).lower()
    assert is_stand_in(contact.email)
    assert (contact.attributes, contact.sync_state, held_address(contact)) == ({}, SyncState.SYNCED, "")
    assert "ana" not in said.replace(contact.email, "").replace(contact.token.lower(), "")


def test_the_same_file_again_costs_no_call_and_a_changed_value_one(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    profile = sandbox.profile("C2")
    assert profile is not None

    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    calls_of_the_same = sandbox.calls("/users/track")
    profile.fields = {**profile.fields, "email": "changed in Braze"}
    imported(ROWS.replace("Ben\n", "Bertha\n"), audience, actor)
    sync_contacts(workspace.pk)

    assert (calls_of_the_same, sandbox.calls("/users/track")) == (1, 2)
    assert (profile.fields["first_name"], profile.fields["email"]) == ("Bertha", "changed in Braze")
    assert Contact.objects.exclude(attributes={}).count() == 0


def test_what_is_not_known_here_is_never_taken_away_in_braze(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    contact = Contact.objects.get(external_id="C1")
    other = an_audience(group=a_group(brand=brand, code="US-002"))

    other.members.create(contact=contact)
    mark_pending([contact.pk])
    sync_contacts(workspace.pk)

    profile = sandbox.profile("C1")
    assert profile is not None
    assert profile.custom["smartersends_groups"] == ["US-001", "US-002"]
    assert (profile.fields["email"], profile.fields["first_name"]) == ("ana@example.com", "Ana")


def test_somebody_who_unsubscribed_stays_out_whatever_a_file_says(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    unsubscribe(contact=Contact.objects.get(external_id="C1"), group=None)
    suppress(
        brand=brand,
        addresses=["New@Example.com"],
        group=None,
        reason=SuppressionReason.BLOCKED,
        origin=SuppressionOrigin.HAND,
    )

    counts = imported(
        "customer_id,email\nC1,other@example.com\nC7,ana@example.com\nC8,new@example.com\nC9,free@example.com\n",
        audience,
        actor,
    )

    shut = set(Contact.objects.filter(suppressed_by(audience.group)).values_list("external_id", flat=True))
    assert shut == {"C1", "C7", "C8"}
    assert counts["suppressed"] == 3
    assert not Suppression.objects.filter(address__contains="example.com").exists()


def test_people_are_found_by_their_whole_address_and_changed_without_it(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    fresh = Audience.objects.get(pk=audience.pk)
    attributes = list(Attribute.objects.filter(brand=brand, name="first_name"))
    said = typed({"email": "Ana@Example.com", "external_id": "C1", "first_name": "Ana"}, attributes, with_id=True)
    contact = add_contact(audience=fresh, said=said, actor=actor)
    sync_contacts(workspace.pk)
    contact.refresh_from_db()

    found = page_of(Scope(fresh.group, fresh, actor), "ana@example.com").contacts
    nothing = typed({"first_name": "Anna"}, attributes, with_id=False, may_keep_address=True)
    change_contact(contact=contact, said=nothing, actor=actor)
    sync_contacts(workspace.pk)

    profile = sandbox.profile("C1")
    assert profile is not None
    assert [one.label for one in found] == ["C1"]
    assert (profile.fields["first_name"], profile.fields["email"]) == ("Anna", "ana@example.com")
    assert len(ask_by_address(brand=brand, address="ANA@example.com", actor=actor)) == 1


def test_somebody_who_was_erased_does_not_come_back_under_another_id(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User
) -> None:
    imported(f"{ROWS},ana@example.com,Without an ID\n", audience, actor)
    sync_contacts(workspace.pk)
    reject = ImportReject.objects.get()

    (erasure,) = ask_by_address(brand=brand, address="Ana@Example.com", actor=actor)
    work_on(erasure.pk)
    imported("customer_id,email\nC9,ana@example.com\nC8,free@example.com\n", audience, actor)

    reject.refresh_from_db()
    shut = set(Contact.objects.filter(suppressed_by(audience.group)).values_list("external_id", flat=True))
    assert reject.cells == []
    assert {"C9"} <= shut
    assert "C8" not in shut


def test_a_look_up_shows_what_braze_has_and_takes_it_for_no_difference(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, client: Client
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    contact = Contact.objects.get(external_id="C1")

    client.force_login(actor)
    page = client.get(reverse("campaigns:contact-detail", args=[contact.pk])).content.decode()
    found = client.post(reverse("groups:contact-lookup", args=[contact.pk])).content.decode()

    assert "ana@example.com" not in page
    assert contact.email not in page
    assert "Look the person up to see them" in page
    assert "ana@example.com" in found
    assert "differs" not in found
    assert Contact.objects.get(pk=contact.pk).attributes == {}


def test_deleting_somebody_tells_braze_to_forget_what_it_has(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)

    delete_contact(contact=Contact.objects.get(external_id="C1"), actor=actor)
    sync_contacts(workspace.pk)

    profile = sandbox.profile("C1")
    assert profile is not None
    assert profile.fields.get("first_name") is None
    assert profile.custom["smartersends_groups"] == []


def test_another_workspace_gets_nobody_without_an_address(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)

    resync(brand=brand)
    sync_contacts(workspace.pk)

    refused = Contact.objects.filter(sync_state=SyncState.REFUSED)
    assert set(refused.values_list("sync_error", flat=True)) == {"Their address is not kept here."}
    assert (refused.count(), sandbox.calls("/users/track")) == (2, 1)


def test_filters_of_contacts_stand_against_it_and_are_refused_after_it(
    audience: Audience, workspace: Workspace, actor: User
) -> None:
    brand = Brand.objects.get(pk=workspace.brand_id)
    stored = a_filter(group=audience.group, name="Portland", actor=actor)

    with pytest.raises(InputRefused, match="Portland"):
        services.keep_no_contacts(brand=brand, actor=actor)
    Audience.objects.filter(pk=stored.pk).delete()
    services.keep_no_contacts(brand=brand, actor=actor)
    assert forget_some(brand.pk)
    with pytest.raises(StaleState):
        services.keep_no_contacts(brand=brand, actor=actor)

    group = Group.objects.get(pk=audience.group_id)
    with pytest.raises(InputRefused, match="keeps no attributes"):
        a_filter(group=group, name="Seattle", actor=actor)


def test_what_stands_against_it_is_said_and_nothing_changes(
    audience: Audience, workspace: Workspace, actor: User
) -> None:
    brand = Brand.objects.get(pk=workspace.brand_id)
    a_contact(audience=audience)
    Brand.objects.filter(pk=brand.pk).update(derives_external_ids=True)
    brand.refresh_from_db()

    with pytest.raises(InputRefused) as refused:
        services.keep_no_contacts(brand=brand, actor=actor)

    assert len(refused.value.findings) == 2
    assert "Braze does not have what the portal knows of 1 person yet" in refused.value.sentence
    assert Brand.objects.get(pk=brand.pk).keeps_contacts


def test_mail_of_braze_that_shows_personal_values_is_refused_by_the_check(brand: Brand, group: Group) -> None:
    kept = a_mailing(group=a_group(), route=Route.TRIGGER)
    mailing = a_mailing(group=Group.objects.get(pk=group.pk), route=Route.TRIGGER)
    for one in (kept, mailing):
        one.version.personal_values = ["first_name"]

    codes = {finding.code for finding in check(mailing) if finding.blocks}

    assert "personal_values_not_kept" in codes
    assert "personal_values_not_kept" not in {finding.code for finding in check(kept)}


def test_nobody_goes_to_braze_without_an_address(
    brand: Brand, audience: Audience, workspace: Workspace, actor: User, sandbox: RunningSandbox
) -> None:
    imported(ROWS, audience, actor)
    sync_contacts(workspace.pk)
    contact = Contact.objects.get(external_id="C1")
    resync(brand=brand)

    mark_pending([contact.pk])
    sync_contacts(workspace.pk)
    refused = Contact.objects.get(pk=contact.pk).sync_state
    said = typed({"email": "ana@example.com"}, [], with_id=False, may_keep_address=True)
    change_contact(contact=contact, said=said, actor=actor)
    sync_contacts(workspace.pk)

    contact.refresh_from_db()
    assert (refused, contact.sync_state, sandbox.calls("/users/track")) == (SyncState.REFUSED, SyncState.SYNCED, 2)


def test_the_page_asks_for_a_word_and_lets_nobody_else(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    Suppression.objects.filter(brand=cast.brand).delete()
    address = reverse("groups:contacts-kept")

    client.force_login(cast.manager)
    unsure = client.post(address)
    client.force_login(cast.sender)
    stranger = client.post(address, {"confirmed": "on"})
    before = Brand.objects.get(pk=cast.brand.pk).keeps_contacts
    client.force_login(cast.manager)
    sure = client.post(address, {"confirmed": "on"}, follow=True)

    assert (unsure.status_code, stranger.status_code, before) == (422, 404, True)
    assert "what is forgotten cannot be brought back" in unsure.content.decode()
    assert not Brand.objects.get(pk=cast.brand.pk).keeps_contacts
    assert "What is to be forgotten is being counted" in sure.content.decode()
    assert forget_some(cast.brand.pk)
    assert "Braze alone has addresses and attributes" in client.get(address).content.decode()
