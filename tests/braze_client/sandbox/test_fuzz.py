"""Whatever is sent to the sandbox: never a 500, always JSON with a message or an error, and it goes on working."""

from __future__ import annotations

import asyncio
import copy
import os
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from braze_client.sandbox.app import ENDPOINTS
from tests.braze_client.builders import NOW
from tests.braze_client.every_call import EVERY_CALL
from tests.braze_client.sandbox.builders import KEY, NOON, Desk, a_person, a_schedule, a_trigger

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
# The usual run tries the same requests each time; a long one, by FUZZ_EXAMPLES, tries new ones.
SETTINGS = settings(
    max_examples=EXAMPLES or 150,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
POSTS = sorted(endpoint.path for endpoint in ENDPOINTS if endpoint.method == "POST")
GETS = sorted(endpoint.path for endpoint in ENDPOINTS if endpoint.method == "GET")
PAGES = [
    "/inbox",
    "/inbox.json",
    "/ledger.json",
    "/profiles",
    "/calls",
    "/quotas",
    "/sandbox/profiles",
    "/sandbox/calls",
]

ODD_TEXT = st.sampled_from(
    [
        "",
        " ",
        "2026-13-45",
        "2026-03-02T12:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01",
        "0001-01-01T00:00:00+14:00",
        "{{${first_name}}}",
        "{% abort_message %}",
        "{{",
        "\u202e\x00",
        "'; --",
        "a" * 1000,
        "[",
        "(a+)+$",
        "Europe/Berlin",
        "../../etc/passwd",
        "opted_in",
    ]
)
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**63, 2**64 - 1)
    | st.floats()
    | ODD_TEXT
    | st.text(max_size=5)
)
ANYTHING = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD_TEXT | st.text(max_size=5), inner, max_size=4)
)
NAMES = sorted(
    {name for make in EVERY_CALL.values() for name in (make(NOW).body or {})}
    | {name for make in EVERY_CALL.values() for name, _ in make(NOW).query}
    | {
        "external_ids",
        "phone",
        "braze_id",
        "email_address",
        "audience",
        "AND",
        "OR",
        "in_local_time",
        "at_optimal_time",
    }
)


def valid_bodies(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """Returns calls that the sandbox takes, to be spoilt."""
    bodies = [(call.path, dict(call.body)) for call in (make(NOW) for make in EVERY_CALL.values()) if call.body]
    return [*bodies, ("/messages/schedule/create", a_schedule(desk)), ("/campaigns/trigger/send", a_trigger())]


@st.composite
def spoilt_calls(draw: st.DrawFn) -> tuple[str, Any]:
    """Draws a valid call in which one value, somewhere, is another; or which has a member more."""
    path, body = draw(st.sampled_from(valid_bodies(Desk())))
    body = orjson.loads(orjson.dumps(copy.deepcopy(body)))
    spot: Any = body
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if isinstance(spot[key], dict | list) and draw(st.booleans()):
            spot = spot[key]
            continue
        match draw(st.sampled_from(["change", "drop", "double"])):
            case "change":
                spot[key] = draw(ANYTHING)
            case "drop":
                del spot[key]
            case _:
                spot[key] = [spot[key]] * draw(st.integers(2, 80))
        break
    return path, body


@SETTINGS
@given(st.lists(spoilt_calls(), min_size=1, max_size=4))
def test_spoilt_calls_are_answered_and_the_sandbox_goes_on(sent: list[tuple[str, Any]]) -> None:
    async def scene() -> None:
        desk = a_prepared_desk()
        await desk.people(a_person(1), a_person(2))
        for path, body in sent:
            check(await desk.client.post(path, content=dumped(body), headers={"content-type": "application/json"}))
        await check_that_it_goes_on(desk)

    asyncio.run(scene())


@SETTINGS
@given(st.sampled_from(POSTS), ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_any_json_is_answered(path: str, body: Any) -> None:
    async def scene() -> None:
        desk = a_prepared_desk()
        check(await desk.client.post(path, content=dumped(body), headers={"content-type": "application/json"}))
        await check_that_it_goes_on(desk)

    asyncio.run(scene())


@SETTINGS
@given(
    st.sampled_from([*POSTS, *GETS, *PAGES]),
    st.lists(
        st.tuples(st.sampled_from([*NAMES, "page", "q", "offset", "limit", "bodies"]), ODD_TEXT | st.text(max_size=8)),
        max_size=4,
    ),
    st.binary(max_size=40),
)
def test_any_query_and_any_bytes_are_answered(path: str, query: list[tuple[str, str]], content: bytes) -> None:
    async def scene() -> None:
        desk = a_prepared_desk()
        if path in POSTS:
            check(await desk.client.post(path, content=content, headers={"content-type": "application/json"}))
        else:
            parameters = [
                (name, "".join(letter for letter in value if not "\ud800" <= letter <= "\udfff"))
                for name, value in query
            ]
            reply = await desk.client.get(path, params=parameters)
            assert reply.status_code < 500
            if path in GETS:
                check(reply)

    asyncio.run(scene())


@pytest.mark.parametrize("path", POSTS)
async def test_deep_nesting_and_other_media_are_answered(path: str) -> None:
    desk = a_prepared_desk()
    deep = b'{"audience":' + b'{"AND":[' * 500 + b"{}" + b"]}" * 500 + b"}"

    for content, media in [
        (deep, "application/json"),
        (b"a=1", "application/x-www-form-urlencoded"),
        (b"", "text/plain"),
    ]:
        check(await desk.client.post(path, content=content, headers={"content-type": media}))


def a_prepared_desk() -> Desk:
    """Returns a sandbox whose clock stands where the valid calls lie in the future."""
    desk = Desk()
    desk.now = max(NOON, NOW.timestamp())
    return desk


def dumped(body: Any) -> bytes:
    """Returns JSON as a careless client writes it: NaN and lone surrogates as they come."""
    import json

    return json.dumps(body).encode("utf-8", "surrogatepass")


def check(reply: httpx.Response) -> None:
    """Checks what holds for every answer of the API."""
    assert reply.status_code < 500, reply.text
    words = reply.json()
    assert isinstance(words.get("message", words.get("error")), str)
    assert (words.get("message") == "success") == (reply.status_code < 300)
    assert KEY not in reply.text
    for name in ("limit", "remaining", "reset"):
        assert reply.headers.get(f"x-ratelimit-{name}", "").isdecimal() or reply.status_code in (401, 404)


async def check_that_it_goes_on(desk: Desk) -> None:
    """Checks that what was taken is delivered and can be looked at, now and in a month."""
    for _ in range(2):
        assert (await desk.get("/ledger.json")).status_code == 200
        mail = (await desk.get("/inbox.json", bodies="true")).json()["messages"]
        for page in ("/inbox", "/profiles", "/calls", "/quotas", *(f"/inbox/{one['number']}" for one in mail[:3])):
            assert (await desk.get(page)).status_code == 200
        desk.now += 31 * 86_400
