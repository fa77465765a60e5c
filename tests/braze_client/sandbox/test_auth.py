"""Who may ask, and how refusals look on the wire."""

from __future__ import annotations

import pytest

from tests.braze_client.sandbox.builders import EVERYTHING, NOON, Desk, a_person

BODY = {"attributes": [a_person()]}


@pytest.mark.parametrize("header", ["Bearer wrong", 'Bearer "key-of-the-test"', "key-of-the-test", ""])
@pytest.mark.contract("B-HTTP-1", "B-HTTP-9")
async def test_a_wrong_key_is_401_that_echoes_it_with_empty_rate_headers(header: str) -> None:
    desk = Desk()

    reply = await desk.client.post("/users/track", json=BODY, headers={"Authorization": header})

    assert reply.status_code == 401
    assert reply.json() == {"message": f"Invalid API key: {header.removeprefix('Bearer ')}"}
    assert reply.headers["x-ratelimit-limit"] == reply.headers["x-ratelimit-reset"] == ""
    assert len(desk.app.workspace.profiles) == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/messages/send"),
        ("POST", "/campaigns/trigger/schedule/create"),
        ("GET", "/campaigns/list"),
        ("GET", "/campaigns/data_series"),
        ("POST", "/email/status"),
        ("POST", "/subscription/status/set"),
    ],
)
@pytest.mark.contract("B-CMP-4")
async def test_a_missing_permission_is_403_before_the_body_is_read(method: str, path: str) -> None:
    desk = Desk()
    partner = Desk(permissions=frozenset({"users.track"}))

    refused = await partner.client.request(method, path, content=b"{")
    permitted = await desk.client.request(method, path, content=b"{}", headers={"content-type": "application/json"})

    assert (refused.status_code, refused.json()) == (403, {"message": "Access Denied"})
    assert permitted.status_code != 403


@pytest.mark.parametrize("permission", sorted(EVERYTHING))
async def test_each_permission_alone_opens_exactly_its_endpoints(permission: str) -> None:
    from braze_client.sandbox.app import ENDPOINTS

    desk = Desk(permissions=frozenset({permission}))

    open_paths = [
        one.path
        for one in ENDPOINTS
        if (await desk.client.request(one.method, one.path, json={})).status_code not in (401, 403)
    ]

    assert open_paths == [one.path for one in ENDPOINTS if one.permission == permission]


@pytest.mark.parametrize(
    ("content_type", "content", "status", "payload"),
    [
        ("text/plain", b"{}", 415, {"message": "Content-Type must be application/json"}),
        (
            "application/json",
            b"{oops",
            400,
            {"error": "Error while parsing request body. Please check your syntax."},
        ),
        ("application/json", b"[]", 400, {"error": "Error while parsing request body. Please check your syntax."}),
        ("application/json", b" " * (4 * 1024 * 1024 + 1), 413, {"message": "Request body too large"}),
    ],
)
@pytest.mark.contract("B-HTTP-2", "B-HTTP-8")
async def test_a_body_that_is_no_json_object_is_refused(
    content_type: str, content: bytes, status: int, payload: dict[str, str]
) -> None:
    desk = Desk()

    reply = await desk.client.post("/users/track", content=content, headers={"content-type": content_type})

    assert (reply.status_code, reply.json()) == (status, payload)


@pytest.mark.parametrize("path", ["/users/track/", "/users/trakc", "/segments/list/"])
@pytest.mark.contract("B-HTTP-3")
async def test_a_trailing_slash_or_typo_is_404(path: str) -> None:
    reply = await Desk().post(path, BODY)

    assert (reply.status_code, reply.json()) == (404, {"message": "Not Found"})


@pytest.mark.contract("B-HTTP-4", "B-HTTP-7")
async def test_a_success_has_the_headers_and_status_of_the_wire() -> None:
    desk = Desk()

    posted = await desk.post("/users/track", BODY)
    got = await desk.get("/segments/list")

    assert (posted.status_code, got.status_code) == (201, 200)
    assert posted.json()["message"] == got.json()["message"] == "success"
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["etag"].startswith('W/"')
    assert posted.headers["cache-control"] == "max-age=0, private, must-revalidate"
    assert len(posted.headers["x-request-id"]) == 36


@pytest.mark.contract("B-RL-1")
async def test_the_shared_pool_is_aligned_to_the_clock_hour() -> None:
    desk = Desk(shared_calls_per_hour=2)

    replies = [await desk.get("/segments/list") for _ in range(3)]
    desk.now = NOON - NOON % 3600 + 3600
    fresh = await desk.get("/segments/list")

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert replies[2].json() == {"message": "Rate Limited"}
    assert int(replies[2].headers["x-ratelimit-reset"]) == NOON - NOON % 3600 + 3600
    assert (fresh.status_code, fresh.headers["x-ratelimit-remaining"]) == (200, "1")


@pytest.mark.contract("B-RL-2")
async def test_a_contract_by_monthly_users_answers_in_seconds_left() -> None:
    desk = Desk(track_calls_per_3_seconds=1, has_delta_rate_headers=True)

    allowed, refused = await desk.post("/users/track", BODY), await desk.post("/users/track", BODY)

    assert int(allowed.headers["x-ratelimit-reset"]) <= 3
    assert refused.status_code == 429
    assert "x-ratelimit-reset" not in refused.headers
    assert int(refused.headers["x-ratelimit-retry-after"]) <= 3
