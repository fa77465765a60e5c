"""A schema-driven fuzzer over the whole API finds no 5xx, and no answer that tells of another brand (X6)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django import Settings

from tests.matrix.conftest import files, settings_of_the_world, world
from tests.matrix.world import World
from tests.smartersends.api_fuzzing import Tally, fuzz, operations, tokens_of

__all__ = ["files", "settings_of_the_world", "world"]
EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "4"))


@pytest.fixture(autouse=True)
def one_connection_and_no_limit(settings: Settings) -> Iterator[None]:
    """Keeps the connection of the test, as Django's own client does, and lets a token call as often as it likes."""
    settings.API_CALLS_PER_MINUTE = 10_000_000
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.catalogue("X6")
def test_no_request_brings_a_500_or_tells_of_another_brand(world: World) -> None:  # the fixture
    tally, tokens = Tally(), tokens_of(world)

    for operation in operations():
        fuzz(world, operation, tokens=tokens, examples=EXAMPLES, tally=tally)

    print(tally.calls, dict(sorted(tally.statuses.items())))  # noqa: T201  # what a longer run by hand tells
    assert tally.wrong == []
    assert tally.calls >= 50 * min(EXAMPLES, 10)
    assert {200, 201, 404, 422} <= tally.statuses.keys()
