"""Contacts reach Braze, only what changed, and nothing is lost when Braze says no or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from braze_client.sandbox import PORTAL_PERMISSIONS, SandboxOptions
from groups.audiences import syncing
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Audience, Brand, Contact, Suppression, SuppressionReason, SyncState, Workspace
from tests.builders import a_contact, a_group, a_workspace, an_audience, change
from tests.sandbox_server import API_KEY, RunningSandbox, running_sandbox

pytestmark = pytest.mark.django_db

TRACK = "/users/track"


@pytest.fixture
def audience() -> Audience:
    return an_audience(group=a_group(code="US-001"))


@pytest.fixture
def workspace(audience: Audience, sandbox: RunningSandbox) -> Workspace:
    return a_workspace(brand=audience.group.brand, endpoint=sandbox.url)


def test_a_new_contact_reaches_braze_whole(audience: Audience, workspace: Workspace, sandbox: RunningSandbox) -> None:
    contact = a_contact(audience=audience, first_name="Maya", city="Portland", points=12)

    result = sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert profile.fields["email"] == contact.email
    assert profile.fields["first_name"] == "Maya"
    assert profile.fields["home_city"] == "Portland"
    assert profile.custom["points"] == 12
    assert profile.custom["smartersends_token"] == contact.token
    assert profile.custom["smartersends_groups"] == ["US-001"]
    assert profile.custom["smartersends_excluded_groups"] == []
    assert "email_subscribe" not in profile.fields
    assert (result.synced, result.refused, result.has_more, result.reason) == (1, 0, False, "")
    contact.refresh_from_db()
    assert contact.sync_state == SyncState.SYNCED
    assert contact.first_synced_at is not None
    assert contact.sync_lease_until is None


@pytest.mark.contract("B-TRK-1")
def test_151_contacts_go_in_three_calls(audience: Audience, workspace: Workspace, sandbox: RunningSandbox) -> None:
    for _ in range(151):
        a_contact(audience=audience)

    result = sync_contacts(workspace.pk)

    assert result.synced == 151
    assert sandbox.calls(TRACK) == 3
    assert Contact.objects.filter(sync_state=SyncState.SYNCED).count() == 151


@pytest.mark.contract("B-TRK-12")
def test_only_what_changed_is_sent(audience: Audience, workspace: Workspace, sandbox: RunningSandbox) -> None:
    contact = a_contact(audience=audience, first_name="Maya", city="Portland")
    sync_contacts(workspace.pk)
    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    profile.fields = {**profile.fields, "home_city": "changed in Braze"}

    contact.refresh_from_db()
    change(contact, first_name="Maia")
    sync_contacts(workspace.pk)

    assert profile.fields["first_name"] == "Maia"
    assert profile.fields["home_city"] == "changed in Braze"


def test_a_contact_that_braze_has_already_costs_no_call(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    contact = a_contact(audience=audience)
    sync_contacts(workspace.pk)

    contact.refresh_from_db()
    change(contact)
    result = sync_contacts(workspace.pk)

    assert sandbox.calls(TRACK) == 1
    assert result.synced == 1


def test_an_attribute_that_is_gone_is_removed_in_braze(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    contact = a_contact(audience=audience, first_name="Maya", points=3)
    sync_contacts(workspace.pk)

    contact.refresh_from_db()
    contact.attributes = {"first_name": "Maya"}
    contact.save()
    change(contact)
    sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert "points" not in profile.custom


def test_one_refused_contact_keeps_its_sentence_and_the_others_arrive(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    good = a_contact(audience=audience)
    bad = a_contact(audience=audience, email="not an address")

    result = sync_contacts(workspace.pk)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (result.synced, result.refused) == (1, 1)
    assert bad.sync_state == SyncState.REFUSED
    assert bad.sync_error == "The value provided for the 'email' field is not a valid email."
    assert good.sync_state == SyncState.SYNCED
    assert sandbox.profile(bad.external_id) is None


def test_a_refused_contact_is_tried_again_once_it_changed(audience: Audience, workspace: Workspace) -> None:
    contact = a_contact(audience=audience, email="not an address")
    sync_contacts(workspace.pk)

    Contact.objects.filter(pk=contact.pk).update(email="right@example.com")
    contact.refresh_from_db()
    change(contact)
    sync_contacts(workspace.pk)

    contact.refresh_from_db()
    assert contact.sync_state == SyncState.SYNCED
    assert contact.sync_error == ""


def test_a_person_on_more_lists_than_braze_takes_is_refused_with_a_reason(workspace: Workspace) -> None:
    brand = workspace.brand
    contact = a_contact(brand=brand)
    for number in range(26):
        audience = an_audience(group=a_group(brand=brand, code=f"S-{number:02}"))
        audience.members.create(contact=contact)

    sync_contacts(workspace.pk)

    contact.refresh_from_db()
    assert contact.sync_state == SyncState.REFUSED
    assert "smartersends_groups: more than 25 items" in contact.sync_error


def test_a_cut_after_braze_acted_leaves_the_contact_pending_and_sends_it_whole_again(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "ATTEMPTS", 1)
    contact = a_contact(audience=audience, first_name="Maya", city="Portland")
    sandbox.drop_after_acting(TRACK)

    first = sync_contacts(workspace.pk)
    contact.refresh_from_db()

    assert (first.synced, first.refused) == (0, 0)
    assert contact.sync_state == SyncState.PENDING
    assert contact.sync_lease_until is not None and contact.sync_lease_until <= timezone.now()

    contact.attributes = {"first_name": "Maya"}
    contact.save()
    second = sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert second.synced == 1
    assert "home_city" not in profile.fields


def test_a_lease_that_a_killed_worker_left_runs_out_and_the_contact_goes_on(
    audience: Audience, workspace: Workspace
) -> None:
    contact = a_contact(audience=audience)
    Contact.objects.filter(pk=contact.pk).update(sync_lease_until=timezone.now() + timedelta(minutes=1))

    while_held = sync_contacts(workspace.pk)
    Contact.objects.filter(pk=contact.pk).update(sync_lease_until=timezone.now() - timedelta(seconds=1))
    afterwards = sync_contacts(workspace.pk)

    assert (while_held.synced, afterwards.synced) == (0, 1)


def test_a_contact_that_changes_while_it_is_under_way_stays_pending(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = a_contact(audience=audience, first_name="Maya")
    write = syncing._write

    def change_then_write(outcome: syncing.Round, profiler: syncing.Profiler, brand: Brand) -> None:
        change(Contact.objects.get(pk=contact.pk), first_name="Maia")
        write(outcome, profiler, brand)
        monkeypatch.setattr(syncing, "_write", write)

    monkeypatch.setattr(syncing, "_write", change_then_write)
    sync_contacts(workspace.pk)

    contact.refresh_from_db()
    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert profile.fields["first_name"] == "Maia"
    assert sandbox.calls(TRACK) == 2
    assert contact.sync_state == SyncState.SYNCED


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_or_permission_pauses_the_workspace_with_the_reason(audience: Audience, status: int) -> None:
    key = API_KEY if status == 403 else "another-key"
    options = SandboxOptions(api_key=key, permissions=PORTAL_PERMISSIONS - {"users.track"})
    contact = a_contact(audience=audience)

    with running_sandbox(options) as sandbox:
        workspace = a_workspace(brand=audience.group.brand, endpoint=sandbox.url)
        first = sync_contacts(workspace.pk)
        calls = sum(sandbox.state.statuses.values()) or sandbox.calls(TRACK)
        second = sync_contacts(workspace.pk)

        assert (sum(sandbox.state.statuses.values()) or sandbox.calls(TRACK)) == calls
    workspace.refresh_from_db()
    contact.refresh_from_db()
    assert first.reason == second.reason == workspace.pause_reason
    assert "admin" in workspace.pause_reason
    assert API_KEY not in workspace.pause_reason
    assert workspace.paused_until is not None and workspace.paused_until > timezone.now()
    assert contact.sync_state == SyncState.PENDING
    assert contact.sync_lease_until is None


def test_a_pause_ends_once_a_call_went_through(audience: Audience, workspace: Workspace) -> None:
    a_contact(audience=audience)
    Workspace.objects.filter(pk=workspace.pk).update(
        paused_until=timezone.now() - timedelta(seconds=1), pause_reason="The key was refused."
    )

    sync_contacts(workspace.pk)

    workspace.refresh_from_db()
    assert (workspace.paused_until, workspace.pause_reason) == (None, "")


def test_braze_being_down_leaves_the_contacts_for_later(audience: Audience) -> None:
    workspace = a_workspace(brand=audience.group.brand, endpoint="http://127.0.0.1:9")
    contact = a_contact(audience=audience)

    result = sync_contacts(workspace.pk)

    contact.refresh_from_db()
    workspace.refresh_from_db()
    assert result.synced == 0
    assert result.reason == "Braze does not answer as expected. Try again in a few minutes."
    assert contact.sync_state == SyncState.PENDING
    assert contact.sync_lease_until is None
    assert workspace.pause_reason == ""


def test_a_used_up_rate_limit_is_waited_for(audience: Audience, sandbox: RunningSandbox) -> None:
    workspace = a_workspace(brand=audience.group.brand, endpoint=sandbox.url)
    a_contact(audience=audience)
    sandbox.fail(TRACK, 429, count=2)

    result = sync_contacts(workspace.pk, limit_seconds=20)

    assert result.synced == 1
    assert sandbox.calls(TRACK) >= 2


def test_a_workspace_that_is_not_connected_says_so(audience: Audience) -> None:
    workspace = Workspace.objects.create(brand=audience.group.brand)
    a_contact(audience=audience)

    result = sync_contacts(workspace.pk)

    assert result.reason == "Braze is not connected yet. Ask an admin to fill in the Braze settings."


def test_contacts_of_another_brand_stay(workspace: Workspace, sandbox: RunningSandbox) -> None:
    stranger = a_contact()

    sync_contacts(workspace.pk)

    stranger.refresh_from_db()
    assert stranger.sync_state == SyncState.PENDING
    assert len(sandbox.state.profiles) == 0


def test_a_group_that_somebody_left_stands_in_the_excluded_groups(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    contact = a_contact(audience=audience)
    unsubscribe(contact=contact, group=audience.group, source="test")

    sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert profile.custom["smartersends_excluded_groups"] == ["US-001"]
    assert profile.email_subscribe == "subscribed"


def test_whoever_left_the_brand_is_unsubscribed_in_braze(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    contact = a_contact(audience=audience)
    sync_contacts(workspace.pk)
    unsubscribe(contact=contact, group=None, source="test")

    sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert profile.email_subscribe == "unsubscribed"
    assert profile.custom["smartersends_excluded_groups"] == ["US-001"]


def test_a_new_id_with_the_address_of_somebody_who_left_is_unsubscribed_in_braze(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    gone = a_contact(audience=audience, email="anna@example.com")
    unsubscribe(contact=gone, group=None, source="test")
    Contact.objects.filter(pk=gone.pk).update(email="away@example.com")
    heir = a_contact(audience=audience, email="anna@example.com")

    sync_contacts(workspace.pk)

    profile = sandbox.profile(heir.external_id)
    assert profile is not None
    assert profile.email_subscribe == "unsubscribed"
    assert profile.custom["smartersends_excluded_groups"] == ["US-001"]


def test_taking_a_suppression_away_subscribes_nobody(
    audience: Audience, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    contact = a_contact(audience=audience)
    Suppression.objects.create(
        contact=contact,
        brand=contact.brand,
        address=contact.email,
        reason=SuppressionReason.BLOCKED,
        source="test",
    )
    sync_contacts(workspace.pk)

    Suppression.objects.all().delete()
    contact.refresh_from_db()
    change(contact)
    sync_contacts(workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    assert profile.email_subscribe == "unsubscribed"
    assert Brand.objects.count() == 1
