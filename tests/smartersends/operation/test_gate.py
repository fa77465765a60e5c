"""The numbers are shown to whoever has the token, and to programs of the portal's own network."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from smartersends.operation.gate import may_read

PATHS = ("/metrics", "/progressz")
TOKEN = "a-token-of-some-length"


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_without_a_setting_nobody_finds_anything(client: Client, settings: Settings, path: str) -> None:
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = "", []

    plain = client.get(path)
    with_an_empty_token = client.get(path, headers={"authorization": "Bearer "})

    assert [(one.status_code, one.content) for one in (plain, with_an_empty_token)] == [(404, b"")] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_the_token_opens_them_and_no_other_does(client: Client, settings: Settings, path: str) -> None:
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = TOKEN, []

    right = client.get(path, headers={"authorization": f"Bearer {TOKEN}"})
    others = [client.get(path, headers={"authorization": word}) for word in (TOKEN, f"Basic {TOKEN}", "Bearer x", "é")]

    assert right.status_code in (200, 503)
    assert {answer.status_code for answer in others} == {404}


@pytest.mark.parametrize(
    ("environ", "is_let_in"),
    [
        ({"REMOTE_ADDR": "10.1.2.3"}, True),
        ({"REMOTE_ADDR": "fd00::7"}, True),
        ({"REMOTE_ADDR": "203.0.113.9"}, False),
        ({"REMOTE_ADDR": ""}, False),
        ({}, False),
        # A proxy of the same network passes on what strangers ask, and says so.
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "10.9.9.9"}, False),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_FORWARDED": "for=203.0.113.9"}, False),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_REAL_IP": "203.0.113.9"}, False),
    ],
)
def test_a_network_counts_only_where_it_asks_directly(
    settings: Settings, environ: dict[str, str], is_let_in: bool
) -> None:
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = "", ["10.0.0.0/8", "fd00::/8"]

    assert may_read(environ) is is_let_in
