"""Endpoints are checked before a key ever travels (B-HOST-1)."""

from __future__ import annotations

import pytest

from braze_client import INSTANCES, BrazeClient, EndpointRefused, check_endpoint
from tests.braze_client.builders import API_KEY


@pytest.mark.parametrize(
    ("typed", "endpoint"),
    [
        ("https://rest.fra-01.braze.eu", "https://rest.fra-01.braze.eu"),
        (" https://REST.iad-03.braze.com/ ", "https://rest.iad-03.braze.com"),
        ("https://rest.mars-01.braze.com", "https://rest.mars-01.braze.com"),
    ],
)
@pytest.mark.contract("B-HOST-1")
def test_an_endpoint_of_the_right_shape_passes(typed: str, endpoint: str) -> None:
    assert check_endpoint(typed) == endpoint


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "rest.fra-01.braze.eu",
        "http://rest.fra-01.braze.eu",
        "https://rest.fra-01.braze.eu.evil.example",
        "https://rest.fra-01.braze.eu/users",
        "https://user@rest.fra-01.braze.eu",
        "https://dashboard-01.braze.eu",
        "https://rest.fra-01.braze.org",
        "http://127.0.0.1:8500",
        "https://rest.fra-01.braze.eu\nx",
    ],
)
@pytest.mark.contract("B-HOST-1")
def test_another_address_is_refused(typed: str) -> None:
    with pytest.raises(EndpointRefused):
        check_endpoint(typed)
    with pytest.raises(EndpointRefused):
        BrazeClient(typed, API_KEY)


@pytest.mark.parametrize("typed", ["http://127.0.0.1:8500/", "https://braze.internal.example", "http://[::1]:8500"])
def test_a_sandbox_passes_only_when_allowed(typed: str) -> None:
    assert check_endpoint(typed, allow_insecure=True) == typed.rstrip("/")


@pytest.mark.parametrize(
    "typed",
    ["ftp://127.0.0.1", "http://", "http://a/b", "http://u:p@a", "http://a?x=1", "http://a#x", "http://a:99999"],
)
def test_a_sandbox_address_is_a_bare_origin(typed: str) -> None:
    with pytest.raises(EndpointRefused):
        check_endpoint(typed, allow_insecure=True)


def test_all_instances_are_listed_and_have_the_shape() -> None:
    names = [instance.name for instance in INSTANCES]

    assert len(names) == 15
    assert "US-09" not in names
    assert names == sorted(set(names), key=names.index)
    for instance in INSTANCES:
        assert check_endpoint(instance.url) == instance.url
