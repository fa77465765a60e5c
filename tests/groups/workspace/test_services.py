"""Connecting to Braze, without a word of the key anywhere but in its column."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import DatabaseError, connection
from django.views.debug import ExceptionReporter
from pytest_django import Settings

from braze_client.sandbox import PARTNER_PERMISSIONS, SandboxOptions
from groups.audiences.syncing import sync_contacts
from groups.errors import InputRefused, NotConnected
from groups.models import Brand, Event, Workspace
from groups.workspace.braze import client_for
from groups.workspace.services import check_connection, connect
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID, a_brand, a_contact, a_workspace
from tests.sandbox_server import API_KEY, RunningSandbox, running_sandbox

pytestmark = pytest.mark.django_db

BRAZE = "https://rest.iad-01.braze.com"


def connected(
    brand: Brand, *, endpoint: str = BRAZE, api_key: str | None = "a-key-1", app_id: str = APP_ID
) -> Workspace:
    """Connects a brand."""
    return connect(
        brand=brand,
        actor=None,
        endpoint=endpoint,
        api_key=api_key,
        app_id=app_id,
        campaign_id=CAMPAIGN_ID,
        variation_id=VARIATION_ID,
    )


def test_the_settings_are_stored_and_the_key_is_encrypted() -> None:
    workspace = connected(a_brand(), endpoint=BRAZE + "/")

    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM groups_workspace")
        stored = cursor.fetchone()[0]
    assert (workspace.endpoint, workspace.api_key, workspace.is_connected) == (BRAZE, "a-key-1", True)
    assert "a-key-1" not in stored
    assert Workspace.objects.get().api_key == "a-key-1"


def test_the_audit_trail_tells_of_it_without_the_key() -> None:
    connected(a_brand())

    event = Event.objects.get(action="workspace.connected")
    assert event.detail["endpoint"] == BRAZE
    assert event.detail["is_key_new"] is True
    assert "a-key-1" not in json.dumps(event.detail)


def test_the_report_of_an_error_does_not_show_the_new_key(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = a_brand()
    api_key = "-".join(["a", "fresh", "secret"])

    def breaks(*_arguments: object, **_options: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(Workspace, "save_base", breaks)
    with pytest.raises(DatabaseError) as caught:
        connected(brand, api_key=api_key)

    inside = caught.tb.tb_next.tb_next if caught.tb.tb_next else None
    report = ExceptionReporter(None, caught.type, caught.value, inside).get_traceback_html()
    assert "save_base" in report
    assert api_key not in report


def test_an_empty_key_keeps_the_stored_one() -> None:
    brand = a_brand()
    connected(brand)

    workspace = connected(brand, api_key="", app_id="another-app")

    assert (workspace.api_key, workspace.app_id) == ("a-key-1", "another-app")


def test_the_stored_key_is_not_sent_to_another_address() -> None:
    brand = a_brand()
    connected(brand)

    with pytest.raises(InputRefused, match="Paste the key of the new REST endpoint"):
        connected(brand, endpoint="https://rest.fra-01.braze.eu", api_key=None)

    assert Workspace.objects.get().endpoint == BRAZE


@pytest.mark.parametrize(
    "endpoint",
    ["", "https://evil.example", "http://rest.iad-01.braze.com", "https://rest.iad-01.braze.com.evil.example"],
)
def test_an_address_that_is_no_endpoint_is_refused(endpoint: str, settings: Settings) -> None:
    settings.BRAZE_ALLOW_INSECURE_ENDPOINTS = False

    with pytest.raises(InputRefused, match="no REST endpoint of Braze"):
        connected(a_brand(), endpoint=endpoint)

    assert Workspace.objects.count() == 0


@pytest.mark.parametrize(("api_key", "app_id"), [("", APP_ID), ('"quoted key"', APP_ID), ("key", "an id"), ("key", "")])
def test_what_cannot_be_a_key_or_an_id_is_refused(api_key: str, app_id: str) -> None:
    with pytest.raises(InputRefused):
        connected(a_brand(), api_key=api_key, app_id=app_id)

    assert Workspace.objects.count() == 0


def test_a_full_key_is_granted_everything(sandbox: RunningSandbox) -> None:
    workspace = a_workspace(endpoint=sandbox.url)

    rows = check_connection(workspace=workspace)

    workspace.refresh_from_db()
    assert len(rows) == 16
    assert {row.outcome for row in rows} == {"granted"}
    assert set(workspace.check_result.values()) == {"granted"}
    assert workspace.checked_at is not None
    assert len(sandbox.state.profiles) == len(sandbox.state.schedules) == len(sandbox.state.send_ids) == 0


def test_the_ten_permissions_are_enough_and_the_rest_says_what_it_costs() -> None:
    with running_sandbox(SandboxOptions(api_key=API_KEY, permissions=PARTNER_PERMISSIONS)) as sandbox:
        rows = check_connection(workspace=a_workspace(endpoint=sandbox.url))

    outcomes = {row.permission: row.outcome for row in rows}
    assert {name for name, outcome in outcomes.items() if outcome == "granted"} == PARTNER_PERMISSIONS
    assert {row.permission for row in rows if row.is_needed} == PARTNER_PERMISSIONS
    trigger = next(row for row in rows if row.permission == "campaigns.trigger.send")
    assert trigger.sentence.startswith("The key lacks it. Everything else works;")


def test_a_key_that_braze_does_not_know_makes_every_row_unknown(
    sandbox: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    workspace = a_workspace(endpoint=sandbox.url, api_key="a-wrong-key")

    rows = check_connection(workspace=workspace)

    assert {row.outcome for row in rows} == {"unknown"}
    assert rows[0].sentence.startswith("Braze does not know this key.")
    assert "a-wrong-key" not in caplog.text
    assert not any("a-wrong-key" in row.sentence for row in rows)


def test_another_workspace_gets_every_contact_whole(sandbox: RunningSandbox) -> None:
    brand = a_brand()
    connected(brand, endpoint=sandbox.url, api_key=API_KEY)
    contact = a_contact(brand=brand)
    sync_contacts(brand.workspace.pk)
    sandbox.state.reset()

    connected(brand, endpoint=sandbox.url, api_key=API_KEY)
    same = sync_contacts(brand.workspace.pk)
    connected(brand, endpoint=sandbox.url, api_key=API_KEY, app_id="of-another-workspace")
    another = sync_contacts(brand.workspace.pk)

    profile = sandbox.profile(contact.external_id)
    assert (same.synced, another.synced) == (0, 1)
    assert profile is not None
    assert profile.fields["email"] == contact.email


def test_an_address_where_nobody_answers_says_so_after_one_try() -> None:
    rows = check_connection(workspace=a_workspace())

    assert {row.outcome for row in rows} == {"unknown"}
    assert rows[0].sentence.startswith("No answer came from this address.")


def test_a_check_that_succeeds_ends_a_pause(sandbox: RunningSandbox) -> None:
    workspace = a_workspace(endpoint=sandbox.url)
    Workspace.objects.update(pause_reason="The key was refused.")
    workspace.refresh_from_db()

    check_connection(workspace=workspace)

    assert Workspace.objects.get().pause_reason == ""


def test_a_workspace_without_settings_gives_no_client() -> None:
    with pytest.raises(NotConnected):
        client_for(Workspace(brand=a_brand()))
