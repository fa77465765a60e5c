"""Braze budget and quota: what is left, who took the send IDs, what waits, and no secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from braze_client.pacing import SHARED, MemoryStore, WindowsUnreachable
from campaigns.models import Batch, Breaker, Delivery, Mailing
from campaigns.reports.budget import queries
from campaigns.reports.budget.queries import send_ids_of, waiting_of, windows_of
from groups.models import Brand, Group, RateWindow, SendIdDay, Workspace
from groups.people.roles import create_role
from groups.roles import Permission, Role
from groups.workspace import budget
from groups.workspace.braze import budget_key_of
from tests.builders import a_group, a_membership, a_person, root_group
from tests.campaigns.builders import a_mailing, a_planned
from tests.campaigns.reports.builders import a_gone
from tests.sandbox_server import API_KEY

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.fixture
def brand(group: Group, workspace: Workspace) -> Brand:
    """Gives the brand of the store, connected to Braze, at the host name of tests."""
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    return Brand.objects.get(pk=group.brand_id)


def page_of(client: Client) -> str:
    answer = client.get(reverse("campaigns:workspace-budget"))
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_each_window_says_what_is_left_of_the_portals_share_and_when_it_resets(
    brand: Brand, workspace: Workspace
) -> None:
    key = budget_key_of(workspace)
    store = budget.store()
    store.reserve(key, SHARED, 1_000, NOW)
    store.correct(key, SHARED, 250_000, 100_000, NOW + timedelta(minutes=30))

    lines = windows_of(workspace, NOW)

    assert lines is not None
    shared = lines[0]
    assert (shared.limit, shared.share, shared.used, shared.others) == (250_000, 200_000, 1_000, 149_000)
    assert (shared.left, shared.resets_at) == (100_000, datetime(2026, 11, 22, 11, tzinfo=UTC))
    assert [line.left for line in lines[1:]] == [2_400, 200, 200, 4_000, 16_000]


def test_a_window_that_braze_has_closed_has_nothing_left(brand: Brand, workspace: Workspace) -> None:
    until = NOW + timedelta(minutes=7)
    budget.store().correct(budget_key_of(workspace), SHARED, None, 0, until)

    lines = windows_of(workspace, NOW)

    assert lines is not None
    assert (lines[0].left, lines[0].blocked_until) == (0, until)


def test_looking_takes_nothing_and_shows_no_secret(brand: Brand, workspace: Workspace, client: Client) -> None:
    client.force_login(a_person(role=Role.ADMIN, group=root_group(brand)))

    page = page_of(client)

    assert "at most 80 % of each limit" in page
    assert API_KEY not in page
    assert budget_key_of(workspace).split(":")[-1] not in page
    assert not RateWindow.objects.exists()


def test_a_store_that_does_not_answer_is_said(brand: Brand, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Down(MemoryStore):
        def look(self, *_arguments: object) -> object:  # type: ignore[override]
            raise WindowsUnreachable("Redis does not answer")

    monkeypatch.setattr(queries, "store", Down)
    client.force_login(a_person(role=Role.ADMIN, group=root_group(brand)))

    assert "Nobody knows what is left" in page_of(client)


def test_todays_send_ids_name_who_took_them(
    brand: Brand, group: Group, workspace: Workspace, client: Client, settings: Settings
) -> None:
    settings.SEND_IDS_KEPT_FOR_OTHERS = 97
    manager = a_person(role=Role.BRAND_MANAGER, group=root_group(brand))
    deliveries = [a_planned(a_mailing(group=group, people=1), workspace) for _number in range(3)]
    a_gone(group=group, go_at=NOW, send_id_made_at=datetime(2026, 1, 5, tzinfo=UTC))
    now = datetime.now(UTC)

    ids = send_ids_of(workspace, manager, now)

    assert (ids.used, ids.ours, ids.left, ids.kept) == (3, 3, 0, 97)
    # The first of the day is the one to be shared, so that two are left for mailings of their own.
    assert [taker.mailing.pk for taker in ids.takers] == [deliveries[1].mailing_id, deliveries[0].mailing_id]
    assert (ids.shared_made, ids.sharing, ids.unseen) == (1, 1, 0)
    client.force_login(manager)
    page = page_of(client)
    assert "0 of 3 are left." in page
    assert "1 mailing goes out under the shared ID of the day." in page
    assert reverse("campaigns:mailing-detail", args=[deliveries[0].mailing_id]) in page


def test_mailings_that_the_reader_may_not_see_are_counted_and_not_named(
    brand: Brand, group: Group, workspace: Workspace, client: Client
) -> None:
    admin = a_person(role=Role.ADMIN, group=root_group(brand))
    role = create_role(brand=brand, name="Rules", permissions=[Permission.MANAGE_RULES], actor=admin)
    ruler = a_person()
    a_membership(user=ruler, group=root_group(brand), role=role)
    delivery = a_planned(a_mailing(group=group, people=1), workspace)
    Delivery.objects.filter(pk=delivery.pk).update(state="staging")
    Mailing.objects.filter(pk=delivery.mailing_id).update(name="Not for everybody")

    client.force_login(ruler)
    page = page_of(client)

    assert "Not for everybody" not in page
    assert "1 more went to a mailing that you may not see." in page
    assert "1 batch waits to be handed over." in page


def test_what_waits_longest_is_the_first_batch_of_the_first_delivery(
    brand: Brand, group: Group, workspace: Workspace
) -> None:
    manager = a_person(role=Role.BRAND_MANAGER, group=root_group(brand))
    first, second = (a_gone(group=group, go_at=NOW, state="staging") for _number in range(2))
    done = a_gone(group=group, go_at=NOW)
    for delivery, number, state in (
        (second, 1, "waiting"),
        (first, 1, "accepted"),
        (first, 2, "waiting"),
        (first, 3, "waiting"),
        (done, 1, "waiting"),
    ):
        Batch.objects.create(delivery=delivery, number=number, size=1, state=state)

    waiting = waiting_of(workspace, manager)

    assert waiting.batches == 3
    assert waiting.oldest is not None
    assert (waiting.oldest.delivery_id, waiting.oldest.number) == (first.pk, 2)
    assert waiting.mailing == first.mailing


def test_an_open_breaker_stands_on_top(brand: Brand, workspace: Workspace, client: Client) -> None:
    client.force_login(a_person(role=Role.BRAND_MANAGER, group=root_group(brand)))
    assert "Nothing is handed over at present" not in page_of(client)
    Breaker.objects.create(workspace=workspace, failures=20, opened_at=NOW)

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert "Braze failed 20 times in a row" in page_of(client)


def test_without_braze_the_page_leads_to_its_settings(group: Group, client: Client) -> None:
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    client.force_login(a_person(role=Role.ADMIN, group=root_group(group.brand)))

    assert "Braze is not connected" in page_of(client)


@pytest.mark.parametrize("role", [Role.REGIONAL_MANAGER, Role.READ_ONLY])
def test_nobody_else_sees_it(brand: Brand, client: Client, role: Role) -> None:
    client.force_login(a_person(role=role, group=root_group(brand)))

    assert client.get(reverse("campaigns:workspace-budget")).status_code == 404


def test_a_manager_of_one_group_alone_does_not_see_it(brand: Brand, group: Group, client: Client) -> None:
    client.force_login(a_person(role=Role.BRAND_MANAGER, group=a_group(brand=brand)))

    assert client.get(reverse("campaigns:workspace-budget")).status_code == 404
    assert SendIdDay.objects.count() == 0
