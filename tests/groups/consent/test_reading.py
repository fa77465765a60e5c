"""Reading Braze's lists: paged, on from the day that was read last, over outages, and only where the key may."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone

from braze_client import Grant
from groups.audiences.queries import suppressed_by
from groups.audiences.syncing import sync_contacts
from groups.consent import reading
from groups.consent.lifting import lift
from groups.consent.queries import told_by_braze
from groups.consent.reading import Stretch, read, stretches
from groups.consent.tasks import read_one
from groups.models import Contact, Event, Group, Reading, ReadingKind, Suppression, Workspace
from groups.roles import Role
from groups.workspace import budget
from groups.workspace.services import connect
from tests.builders import a_contact, a_group, a_person, a_workspace, an_audience, root_group
from tests.sandbox_server import RunningSandbox

DAY = timedelta(days=1)
BOUNCES, UNSUBSCRIBES = "/email/hard_bounces", "/email/unsubscribes"


@pytest.fixture
def group(db: None) -> Group:
    return a_group()


@pytest.fixture
def workspace(group: Group, sandbox: RunningSandbox) -> Workspace:
    return a_workspace(brand=group.brand, endpoint=sandbox.url)


def bounced(sandbox: RunningSandbox, *addresses: str, ago: timedelta = timedelta(0)) -> None:
    for address in addresses:
        sandbox.state.engagement.hard_bounces[address] = time.time() - ago.total_seconds()


@pytest.mark.catalogue("A11")
def test_what_braze_lists_counts_for_the_whole_brand_with_braze_as_its_origin(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    contact = a_contact(audience=an_audience(group=group), email="gone@example.com")
    bounced(sandbox, "Gone@example.com", "unknown@example.com", ago=400 * DAY)
    bounced(sandbox, "today@example.com")

    found = read(workspace)

    assert found == 3
    assert Contact.objects.filter(suppressed_by(group)).get() == contact
    assert set(Suppression.objects.values_list("address", "contact", "reason", "origin", "group")) == {
        ("gone@example.com", contact.pk, "hard_bounce", "braze", None),
        ("unknown@example.com", None, "hard_bounce", "braze", None),
        ("today@example.com", None, "hard_bounce", "braze", None),
    }
    assert Reading.objects.get(kind=ReadingKind.HARD_BOUNCES).found == 3
    assert sum(event.detail["addresses"] for event in Event.objects.filter(action="suppression.read")) == 3


def test_who_left_in_braze_is_unsubscribed_here(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    contact = a_contact(audience=an_audience(group=group), email="left@example.com")
    sync_contacts(workspace.pk)
    sandbox.state.profiles.set_email_state("left@example.com", "unsubscribed", time.time())

    read(workspace)

    one = Suppression.objects.get()
    assert (one.contact, one.reason, one.origin) == (contact, "unsubscribed", "braze")


def test_reading_again_adds_nothing_and_asks_for_two_days_alone(workspace: Workspace, sandbox: RunningSandbox) -> None:
    bounced(sandbox, "gone@example.com")
    read(workspace)
    before = sandbox.calls(BOUNCES)

    again = read(workspace)

    assert again == 0
    assert Suppression.objects.count() == 1
    assert sandbox.calls(BOUNCES) - before == 1
    assert Reading.objects.get(kind=ReadingKind.HARD_BOUNCES).read_until == timezone.now().date()


def test_after_an_outage_the_days_in_between_are_read(workspace: Workspace, sandbox: RunningSandbox) -> None:
    read(workspace)
    Reading.objects.update(read_until=timezone.now().date() - 45 * DAY)
    bounced(sandbox, "a@example.com", ago=44 * DAY)
    bounced(sandbox, "b@example.com", ago=20 * DAY)
    bounced(sandbox, "c@example.com")

    assert read(workspace) == 3


def test_pages_are_read_to_the_end(
    workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    bounced(sandbox, *(f"n{number}@example.com" for number in range(5)))

    assert read(workspace) == 5


def test_the_day_moves_on_only_when_all_of_it_is_stored(workspace: Workspace, sandbox: RunningSandbox) -> None:
    read(workspace)
    Reading.objects.update(read_until=timezone.now().date() - 10 * DAY)
    bounced(sandbox, "gone@example.com")
    sandbox.fail(BOUNCES, 500, count=5)

    read(workspace)

    stopped = Reading.objects.get(kind=ReadingKind.HARD_BOUNCES)
    assert stopped.read_until == timezone.now().date() - 10 * DAY
    assert stopped.problem == "Braze does not answer as expected. Try again in a few minutes."
    sandbox.state.faults.clear()
    assert read(workspace) == 1
    assert Reading.objects.get(kind=ReadingKind.HARD_BOUNCES).problem == ""


def test_without_the_permission_the_portal_says_so_and_asks_no_more(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    sandbox.fail(BOUNCES, 403, count=1)

    read(workspace)
    asked = sandbox.calls(BOUNCES)
    read(workspace)

    workspace.refresh_from_db()
    assert workspace.check_result["email.hard_bounces"] == "missing"
    assert sandbox.calls(BOUNCES) == asked
    told = {one.label: (one.is_read, one.is_missing) for one in told_by_braze(group.brand)}
    assert told == {"Hard bounces": (False, True), "Unsubscribes": (True, False)}


def test_where_the_share_of_the_budget_is_used_up_nothing_is_called(
    workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Spent:
        def reserve(self, *_arguments: object) -> Grant:
            return Grant(0, timezone.now() + timedelta(minutes=30))

    monkeypatch.setattr(budget, "store", Spent)

    assert read(workspace) == 0
    assert sandbox.calls(BOUNCES) == 0


@pytest.mark.catalogue("A11")
def test_who_was_let_in_again_stays_in_until_braze_tells_of_something_newer(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    bounced(sandbox, "back@example.com", ago=timedelta(minutes=5))
    read(workspace)
    office = root_group(group.brand)
    admin = a_person(role=Role.ADMIN, group=office)
    lift(suppression=Suppression.objects.get(), group=office, statement="The mailbox works again.", actor=admin)

    assert read(workspace) == 0
    bounced(sandbox, "back@example.com", ago=-timedelta(minutes=5))
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert read(workspace) == 1


def test_the_task_of_a_workspace_that_is_gone_does_nothing(db: None) -> None:
    read_one("00000000-0000-0000-0000-000000000000")

    assert Reading.objects.count() == 0


def test_days_come_in_pieces_without_a_gap_and_the_last_one_holds_today() -> None:
    today = datetime(2026, 11, 30, tzinfo=UTC).date()

    pieces = list(stretches(today - 40 * DAY, today))
    first = list(stretches(None, today))

    assert pieces == [
        Stretch(today - 41 * DAY, today - 11 * DAY),
        Stretch(today - 11 * DAY, today + DAY),
    ]
    assert first[0].start == today - reading.FIRST_DAYS * DAY
    assert all(one.end == after.start for one, after in pairwise(first))
    assert first[-1].end == today + DAY


def test_the_lists_of_another_workspace_are_read_from_their_beginning(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    read(workspace)

    connect(
        brand=group.brand,
        actor=None,
        endpoint=sandbox.url,
        app_id="another-app",
        campaign_id=workspace.campaign_id,
        variation_id=workspace.variation_id,
        api_key=workspace.api_key,
    )

    assert Reading.objects.count() == 0
