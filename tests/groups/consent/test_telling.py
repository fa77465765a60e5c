"""What a look-up tells: a state that says no is kept, and one that says yes changes nothing."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.consent.lifting import lift
from groups.consent.telling import note_subscription_group, note_subscription_state
from groups.models import Contact, Suppression, SuppressionOrigin, Workspace
from groups.roles import Role
from tests.builders import a_contact, a_person, a_workspace, root_group
from tests.sandbox_server import RunningSandbox

GROUP = str(uuid4())


@pytest.fixture
def contact(db: None) -> Contact:
    return a_contact()


@pytest.fixture
def workspace(contact: Contact, sandbox: RunningSandbox) -> Workspace:
    found = a_workspace(brand=contact.brand, endpoint=sandbox.url)
    sync_contacts(found.pk)
    contact.refresh_from_db()
    return found


@pytest.mark.catalogue("A11")
def test_an_unsubscribed_state_stops_mail_of_the_whole_brand(contact: Contact) -> None:
    is_news = [note_subscription_state(contact, "Unsubscribed"), note_subscription_state(contact, "unsubscribed")]

    one = Suppression.objects.get()
    assert is_news == [True, False]
    assert (one.contact, one.group, one.reason, one.origin) == (contact, None, "unsubscribed", "braze")


@pytest.mark.parametrize("state", ["subscribed", "opted_in", "", None, "unknown"])
def test_any_other_state_lets_nobody_in(contact: Contact, state: object) -> None:
    unsubscribe(contact=contact, group=None, origin=SuppressionOrigin.PAGE)

    assert note_subscription_state(contact, state) is False
    assert Suppression.objects.count() == 1


def test_who_came_back_is_not_shut_out_by_what_braze_has_not_heard_yet(contact: Contact, workspace: Workspace) -> None:
    office = root_group(contact.brand)
    unsubscribe(contact=contact, group=None, origin=SuppressionOrigin.PAGE)
    sync_contacts(workspace.pk)
    lift(
        suppression=Suppression.objects.get(),
        group=office,
        statement="Wrote to us.",
        consented_on=timezone.localdate(),
        actor=a_person(role=Role.ADMIN, group=office),
    )
    contact.refresh_from_db()

    assert note_subscription_state(contact, "unsubscribed") is False
    sync_contacts(workspace.pk)
    contact.refresh_from_db()
    assert note_subscription_state(contact, "unsubscribed") is True


def test_the_subscription_group_is_asked_where_there_is_one_and_the_key_may(
    contact: Contact, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    profile = sandbox.profile(contact.external_id)
    assert profile is not None
    sandbox.state.profiles.set_group_state(profile, GROUP, "unsubscribed")

    without = note_subscription_group(contact)
    Workspace.objects.update(subscription_group_id=GROUP, check_result={"subscription.status.get": "missing"})
    not_permitted = note_subscription_group(contact)
    Workspace.objects.update(check_result={})
    asked = note_subscription_group(contact)

    assert (without, not_permitted, asked) == (False, False, True)
    assert sandbox.calls("/subscription/status/get") == 1
    assert Suppression.objects.get().origin == "braze"
