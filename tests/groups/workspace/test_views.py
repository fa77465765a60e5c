"""The page "Braze Email Service Provider", as everybody tries it."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.core.validators import MaxLengthValidator
from django.db import DatabaseError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.views.debug import ExceptionReporter
from pytest_django import Settings

from groups import audit
from groups.models import Workspace
from groups.workspace.forms import WorkspaceForm
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID, Cast, a_workspace
from tests.sandbox_server import API_KEY, RunningSandbox

pytestmark = pytest.mark.django_db

FORM = {
    "endpoint": "https://rest.fra-01.braze.eu",
    "api_key": "a-brand-new-key",
    "app_id": APP_ID,
    "campaign_id": CAMPAIGN_ID,
    "variation_id": VARIATION_ID,
    "trigger_campaign_id": "",
}


def test_only_an_admin_of_the_brand_opens_the_page(cast: Cast, client: Client) -> None:
    statuses = {}
    for user in cast.everybody:
        client.force_login(user)
        statuses[user.name] = client.get(reverse("groups:workspace")).status_code

    assert {name for name, status in statuses.items() if status == 200} == {"Ade Admin"}
    assert {status for name, status in statuses.items() if name != "Ade Admin"} == {404}


def test_a_stranger_who_forges_the_form_changes_nothing(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    for user in cast.without(cast.admin):
        client.force_login(user)
        assert client.post(reverse("groups:workspace"), FORM).status_code == 404
        assert client.post(reverse("groups:workspace-check")).status_code == 404

    workspace = Workspace.objects.get()
    assert (workspace.api_key, workspace.checked_at) == (API_KEY, None)


def test_nobody_comes_in_without_signing_in(cast: Cast, client: Client) -> None:
    response = client.post(reverse("groups:workspace"), FORM)

    assert response.status_code == 302
    assert Workspace.objects.count() == 0


def test_an_admin_connects_and_never_sees_the_key_again(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    response = client.post(reverse("groups:workspace"), FORM, follow=True)

    workspace = Workspace.objects.get()
    assert response.redirect_chain == [(reverse("groups:workspace"), 302)]
    assert (workspace.brand, workspace.endpoint) == (cast.brand, FORM["endpoint"])
    assert workspace.api_key == "a-brand-new-key"
    assert b"a-brand-new-key" not in response.content
    assert b"A key is stored and is never shown." in response.content


def test_a_form_with_mistakes_says_so_and_shows_no_key(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    response = client.post(reverse("groups:workspace"), {**FORM, "app_id": "an id with blanks"})

    assert response.status_code == 422
    assert b"is no ID of Braze" in response.content
    assert b"a-brand-new-key" not in response.content
    assert Workspace.objects.count() == 0


@pytest.mark.parametrize(("typed", "stored"), [("25", 25), ("100", 100), ("", None)])
def test_the_brand_says_what_part_of_brazes_limits_the_portal_takes(
    cast: Cast, client: Client, typed: str, stored: int | None
) -> None:
    client.force_login(cast.admin)

    page = client.post(reverse("groups:workspace"), {**FORM, "budget_percent": typed}, follow=True).content.decode()

    assert Workspace.objects.get().budget_percent == stored
    assert "empty means 80%" in page


@pytest.mark.parametrize("typed", ["0", "101", "-5", "half"])
def test_a_part_that_is_none_is_refused(cast: Cast, client: Client, typed: str) -> None:
    client.force_login(cast.admin)

    response = client.post(reverse("groups:workspace"), {**FORM, "budget_percent": typed})

    assert response.status_code == 422
    assert Workspace.objects.count() == 0


def test_another_address_is_offered_only_where_the_portal_allows_it(
    cast: Cast, client: Client, settings: Settings
) -> None:
    client.force_login(cast.admin)
    forged = {**FORM, "endpoint": "other", "other_endpoint": "http://127.0.0.1:9"}
    settings.BRAZE_ALLOW_INSECURE_ENDPOINTS = False

    page = client.get(reverse("groups:workspace"))
    response = client.post(reverse("groups:workspace"), forged)

    assert b"other_endpoint" not in page.content
    assert response.status_code == 422
    assert Workspace.objects.count() == 0
    settings.BRAZE_ALLOW_INSECURE_ENDPOINTS = True
    assert client.post(reverse("groups:workspace"), forged).status_code == 302
    assert Workspace.objects.get().endpoint == "http://127.0.0.1:9"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_check_shows_a_row_for_each_permission(
    cast: Cast, client: Client, sandbox: RunningSandbox, headers: dict[str, str]
) -> None:
    a_workspace(brand=cast.brand, endpoint=sandbox.url)
    client.force_login(cast.admin)

    response = client.post(reverse("groups:workspace-check"), headers=headers)

    assert response.status_code == 200
    assert response.content.count(b"The key has it.") == 16
    assert (b"<html" in response.content) is (not headers)
    assert API_KEY.encode() not in response.content


def test_the_outgoing_addresses_stand_on_the_page(cast: Cast, client: Client, settings: Settings) -> None:
    settings.OUTGOING_IP_ADDRESSES = ["192.0.2.17"]
    client.force_login(cast.admin)

    assert b"<code>192.0.2.17</code>" in client.get(reverse("groups:workspace")).content


def reported_key(client: Client, monkeypatch: pytest.MonkeyPatch, broken: object, name: str) -> tuple[bool, str]:
    """Posts a new key while something breaks; tells whether the report that admins get holds it, and the report."""
    api_key = "-".join(["a", "fresh", "secret"])
    reports: list[str] = []

    def breaks(*_arguments: Any, **_options: Any) -> None:
        raise DatabaseError("away")

    def reports_it(request: HttpRequest, **_options: Any) -> None:
        reports.append(ExceptionReporter(request, *sys.exc_info()).get_traceback_html())

    monkeypatch.setattr(broken, name, breaks)
    got_request_exception.connect(reports_it)
    client.raise_request_exception = False
    try:
        response = client.post(reverse("groups:workspace"), {**FORM, "api_key": api_key})
    finally:
        got_request_exception.disconnect(reports_it)

    assert response.status_code == 500
    assert api_key not in response.content.decode()
    return api_key in reports[0], reports[0]


@pytest.mark.parametrize(
    ("broken", "name"),
    [(audit, "record"), (WorkspaceForm, "add_error"), (Workspace, "save_base"), (MaxLengthValidator, "__call__")],
)
def test_a_new_key_stands_in_no_report_of_an_error(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch, broken: object, name: str
) -> None:
    client.force_login(cast.admin)
    if name == "add_error":
        monkeypatch.setitem(FORM, "app_id", "an id with blanks")

    is_reported, report = reported_key(client, monkeypatch, broken, name)

    assert "DatabaseError" in report
    assert not is_reported
