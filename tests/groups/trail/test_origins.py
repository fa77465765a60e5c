"""Where an event comes from: a network and no address, and nothing that a client makes up."""

from __future__ import annotations

import pytest
from celery import shared_task
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from groups.models import Event, Origin
from groups.trail import origins
from groups.trail.origins import Whence, acting_from, client_network
from smartersends.origin import OriginMiddleware, note_command
from tests.builders import APP_ID, CAMPAIGN_ID, VARIATION_ID, Cast, a_contact, an_audience, an_event


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
        ("not-an-address", ""),
    ],
)
def test_an_address_is_kept_as_its_network_only(peer: str, network: str) -> None:
    assert client_network(peer, "", 0) == network


@pytest.mark.parametrize(
    ("forwarded_for", "proxies", "network"),
    [
        ("198.51.100.9", 0, "203.0.113.0/24"),
        ("198.51.100.9", 1, "198.51.100.0/24"),
        ("192.0.2.66, 198.51.100.9", 1, "198.51.100.0/24"),
        ("192.0.2.66, 198.51.100.9, 10.0.0.1", 2, "198.51.100.0/24"),
        ("198.51.100.9:4711", 1, "198.51.100.0/24"),
        ("[2001:db8:1:2::3]:4711", 1, "2001:db8:1::/48"),
        ("198.51.100.9", 2, ""),
        ("unknown", 1, ""),
        ("", 1, "203.0.113.0/24"),
    ],
)
def test_a_forwarded_address_counts_only_as_far_as_the_portals_own_proxies_say_it(
    forwarded_for: str, proxies: int, network: str
) -> None:
    assert client_network("203.0.113.77", forwarded_for, proxies) == network


def test_a_request_says_where_it_comes_from_and_leaves_nothing_behind(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(origins.current())
        return HttpResponse()

    before = origins.current()
    for path in ("/groups/", "/api/mailings"):
        OriginMiddleware(view)(
            RequestFactory().get(path, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "192.0.2.66"})
        )

    assert seen == [Whence(Origin.PAGE, "192.0.2.0/24"), Whence(Origin.API, "192.0.2.0/24")]
    assert origins.current() == before


def test_a_change_on_a_page_is_noted_with_the_network_of_its_person(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    client.post(
        reverse("groups:workspace"),
        {
            "endpoint": "https://rest.fra-01.braze.eu",
            "api_key": "a-brand-new-key",
            "app_id": APP_ID,
            "campaign_id": CAMPAIGN_ID,
            "variation_id": VARIATION_ID,
        },
        REMOTE_ADDR="203.0.113.77",
        headers={"X-Forwarded-For": "192.0.2.66"},
    )

    event = Event.objects.get(action="workspace.connected")
    assert (event.actor, event.origin, event.place) == (cast.admin, Origin.PAGE, "203.0.113.0/24")


def test_of_a_contact_who_unsubscribes_not_even_the_network_is_kept(cast: Cast, client: Client) -> None:
    contact = a_contact(audience=an_audience(group=cast.store))

    client.post(
        reverse("groups:unsubscribe", args=[cast.store.pk, contact.token]),
        {"List-Unsubscribe": "One-Click"},
        REMOTE_ADDR="203.0.113.77",
    )

    event = Event.objects.get(action="contact.unsubscribed")
    assert (event.actor, event.origin, event.place) == (None, Origin.PAGE, "")


def test_a_task_is_noted_by_its_name(cast: Cast) -> None:
    @shared_task(name="tests.origins.noting")
    def noting() -> None:
        an_event(group=cast.store, number=1)

    noting()
    an_event(group=cast.store, number=2)

    events = Event.objects.filter(group=cast.store, action="group.updated").order_by("pk")
    assert [(event.origin, event.place) for event in events] == [(Origin.TASK, "tests.origins.noting"), ("", "")]


@pytest.mark.parametrize(
    ("arguments", "whence"),
    [
        (["/srv/portal/manage.py", "import_groups", "stores.csv"], Whence(Origin.COMMAND, "import_groups")),
        (["manage.py"], Whence()),
        (["/usr/bin/gunicorn", "smartersends.wsgi"], Whence()),
    ],
)
def test_a_command_is_noted_by_its_name(arguments: list[str], whence: Whence) -> None:
    with acting_from(Origin.TASK, "tests"):
        token = origins._current.set(Whence())
        note_command(arguments)
        found = origins.current()
        origins._current.reset(token)

    assert found == whence
