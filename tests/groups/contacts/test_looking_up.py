"""Looking a contact up in Braze: on demand, within the budget, beside the portal, and only what one may see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from braze_client import EXPORT
from braze_client.sandbox import PORTAL_PERMISSIONS, SandboxOptions
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.contacts.looking_up import look_up
from groups.errors import BrazeUnreachable, NotConnected
from groups.models import Contact, Event, Suppression, SuppressionOrigin, Workspace
from groups.workspace import budget
from groups.workspace.services import check_connection
from tests.builders import API_KEY, Cast, a_contact, a_workspace, an_audience, change
from tests.sandbox_server import RunningSandbox, running_sandbox

pytestmark = pytest.mark.django_db

EXPORT_PATH = "/users/export/ids"


@pytest.fixture
def workspace(cast: Cast, sandbox: RunningSandbox) -> Workspace:
    """Gives the brand's workspace, connected to a sandbox of its own."""
    return a_workspace(brand=cast.brand, endpoint=sandbox.url)


@pytest.fixture
def blind() -> Iterator[RunningSandbox]:
    """Gives a Braze whose key may not look anybody up."""
    options = SandboxOptions(
        api_key=API_KEY, permissions=PORTAL_PERMISSIONS - {"users.export.ids"}, has_engagement=False
    )
    with running_sandbox(options) as found:
        yield found


@pytest.fixture
def contact(cast: Cast) -> Contact:
    """Gives somebody on a list of the store."""
    return a_contact(
        audience=an_audience(group=cast.store),
        external_id="C1",
        email="ana@example.com",
        first_name="Ana",
        last_visit="2026-01-02",
        points=4,
    )


def test_what_braze_has_stands_beside_what_the_portal_has(cast: Cast, workspace: Workspace, contact: Contact) -> None:
    sync_contacts(workspace.pk)
    change(contact, points=5)

    found = look_up(contact=contact, workspace=workspace, actor=cast.manager)

    assert found.is_known
    assert {line.label: (line.here, line.there) for line in found.lines} == {
        "Email address": ("ana@example.com", "ana@example.com"),
        "First name": ("Ana", "Ana"),
        "Last visit": ("2026-01-02", "2026-01-02"),
        "Points": ("5", "4"),
        "Groups": (cast.store.code, cast.store.code),
    }
    assert (found.differing, len(found.braze_id)) == (1, 24)
    event = Event.objects.get(action="contact.looked_up")
    assert (event.actor, event.target_id, event.detail) == (cast.manager, str(contact.pk), {})


def test_a_person_compares_only_what_they_may_see(cast: Cast, workspace: Workspace, contact: Contact) -> None:
    sync_contacts(workspace.pk)

    found = look_up(contact=contact, workspace=workspace, actor=cast.author)

    assert [line.label for line in found.lines] == ["Email address", "First name", "Groups"]


def test_the_subscription_state_is_shown_and_a_contradiction_is_said(
    cast: Cast, workspace: Workspace, contact: Contact
) -> None:
    sync_contacts(workspace.pk)
    unsubscribe(contact=contact, group=None, origin=SuppressionOrigin.PAGE)
    before = look_up(contact=contact, workspace=workspace, actor=cast.author)
    sync_contacts(workspace.pk)
    after = look_up(contact=contact, workspace=workspace, actor=cast.author)

    assert (before.subscription, before.is_shut_here) == ("", True)
    assert (after.subscription, after.disagrees_on_subscription) == ("unsubscribed", False)
    assert after.subscription_in_words.startswith("Unsubscribed")


@pytest.mark.catalogue("A11")
def test_somebody_who_unsubscribed_in_braze_is_mailed_by_nobody_of_the_brand_once_they_are_looked_up(
    cast: Cast, workspace: Workspace, contact: Contact, sandbox: RunningSandbox
) -> None:
    sync_contacts(workspace.pk)
    sandbox.state.profiles.set_email_state("ana@example.com", "unsubscribed", timezone.now())

    found = [look_up(contact=contact, workspace=workspace, actor=cast.author).is_shut_now for _time in range(2)]

    assert found == [True, False]
    one = Suppression.objects.get()
    assert (one.contact, one.group, one.origin) == (contact, None, SuppressionOrigin.BRAZE)


def test_somebody_whom_braze_does_not_know_is_said_to_be_unknown(
    cast: Cast, workspace: Workspace, contact: Contact
) -> None:
    found = look_up(contact=contact, workspace=workspace, actor=cast.author)

    assert (found.is_known, found.is_new_to_braze, found.lines) == (False, True, ())


def test_a_permission_that_is_known_to_be_missing_is_said_without_asking(
    cast: Cast, contact: Contact, blind: RunningSandbox
) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=blind.url)

    with pytest.raises(NotConnected, match=r"lacks the permission users\.export\.ids"):
        look_up(contact=contact, workspace=workspace, actor=cast.author)
    asked = blind.calls(EXPORT_PATH)
    check_connection(workspace=workspace)
    probed = blind.calls(EXPORT_PATH)
    with pytest.raises(NotConnected, match=r"lacks the permission users\.export\.ids"):
        look_up(contact=contact, workspace=workspace, actor=cast.author)

    assert (asked, blind.calls(EXPORT_PATH)) == (1, probed)


def test_a_braze_that_does_not_answer_is_said_to_be_out_of_reach(cast: Cast, contact: Contact) -> None:
    with pytest.raises(BrazeUnreachable, match="cannot be reached"):
        look_up(contact=contact, workspace=a_workspace(brand=cast.brand), actor=cast.author)


def test_a_budget_that_is_used_up_is_not_exceeded(
    cast: Cast, workspace: Workspace, contact: Contact, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = type(EXPORT)("export", 0, 60)
    monkeypatch.setattr(budget, "ours", lambda _pool, _workspace: nothing)

    with pytest.raises(BrazeUnreachable, match="used up"):
        look_up(contact=contact, workspace=workspace, actor=cast.author)

    assert sandbox.calls(EXPORT_PATH) == 0


def test_the_page_asks_only_when_the_button_is_pressed(
    cast: Cast, workspace: Workspace, contact: Contact, sandbox: RunningSandbox, client: Client
) -> None:
    sync_contacts(workspace.pk)
    client.force_login(cast.author)
    page = client.get(reverse("campaigns:contact-detail", args=[contact.pk])).content.decode()
    asked = sandbox.calls(EXPORT_PATH)

    address = reverse("groups:contact-lookup", args=[contact.pk])
    whole = client.post(address)
    part = client.post(address, headers={"HX-Request": "true"})

    assert (asked, sandbox.calls(EXPORT_PATH)) == (0, 2)
    assert "Look up in Braze" in page
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "In the portal" in part.content.decode()
    assert client.get(address).status_code == 405


def test_nobody_looks_up_whom_they_may_not_see(
    cast: Cast, workspace: Workspace, contact: Contact, sandbox: RunningSandbox, client: Client
) -> None:
    for user in (cast.neighbour, cast.approver, cast.outsider):
        client.force_login(user)
        assert client.post(reverse("groups:contact-lookup", args=[contact.pk])).status_code == 404

    assert sandbox.calls(EXPORT_PATH) == 0
    assert not Event.objects.filter(action="contact.looked_up").exists()
