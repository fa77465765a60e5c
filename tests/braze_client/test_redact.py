"""The API key is in nothing that can be logged or shown (B-HTTP-9)."""

from __future__ import annotations

import pickle

import pytest

from braze_client import AsyncBrazeClient, BrazeClient, ContractViolation, Secret, redact
from braze_client.redact import redact_json
from tests.braze_client.builders import API_KEY, ENDPOINT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Invalid API key: {API_KEY}", "Invalid API key: [redacted]"),
        (f"{API_KEY.upper()} and {API_KEY}", "[redacted] and [redacted]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
        ("nothing to hide", "nothing to hide"),
        ("x" * 3000, "x" * 2000 + " [cut]"),
    ],
)
def test_a_text_loses_its_secrets(text: str, shown: str) -> None:
    assert redact(text, (API_KEY,)) == shown


def test_a_secret_is_found_percent_encoded() -> None:
    assert redact("key=a%2Fb%2Bc", ("a/b+c",)) == "key=[redacted]"


def test_an_empty_secret_redacts_nothing() -> None:
    assert redact("text", ("",)) == "text"


@pytest.mark.contract("B-HTTP-9")
@pytest.mark.parametrize("written", ["key-1", "KEY-1", "key%2D1", "%6Bey-1", "key\\u002d1", "key\\-1"])
def test_a_secret_is_found_in_every_written_form(written: str) -> None:
    assert redact(f"<{written}>", ("key-1",)) == "<[redacted]>"
    assert redact_json([f"<{written}>", {written: {"x": [written]}}], "key-1") == [
        "<[redacted]>",
        {"[redacted]": {"x": ["[redacted]"]}},
    ]


async def test_clients_show_no_key() -> None:
    with BrazeClient(ENDPOINT, API_KEY) as client:
        async with AsyncBrazeClient(ENDPOINT, API_KEY) as bulk:
            shown = f"{client!r} {client} {vars(client)} {bulk!r} {vars(bulk)}"

    assert API_KEY not in shown
    assert "BrazeClient(endpoint='https://rest.fra-01.braze.eu', api_key=[redacted])" in shown


def test_a_secret_is_neither_shown_nor_pickled() -> None:
    secret = Secret(API_KEY)

    assert f"{secret} {secret!r}" == "[redacted] [redacted]"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize("key", ["", " ", '"quoted"', "two words", "line\nbreak", "ключ"])
@pytest.mark.contract("B-HTTP-1")
def test_what_is_no_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ContractViolation) as refusal:
        BrazeClient(ENDPOINT, key)

    assert refusal.value.rule == "B-HTTP-1"
    assert not key.strip() or key not in str(refusal.value)
