"""Every answer of Braze becomes the one value or error that its status and shape mean (contract, sections 3 and 16)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx

from braze_client import (
    BrazeClient,
    BrazeError,
    CallRefused,
    EndpointMissing,
    KeyRefused,
    NotSent,
    PartlyRefused,
    PermissionRefused,
    RateLimited,
    RefusedObject,
    TooLarge,
    Uncertain,
    UserAttributes,
    WrongMediaType,
    calls,
)
from tests.braze_client.builders import API_KEY, ENDPOINT, NOW, a_mail

CREATE = f"{ENDPOINT}/messages/schedule/create"


@pytest.mark.parametrize(
    ("status", "kind", "may_have_acted"),
    [
        (400, CallRefused, False),
        (401, KeyRefused, False),
        (403, PermissionRefused, False),
        (404, EndpointMissing, False),
        (409, CallRefused, False),
        (413, TooLarge, False),
        (415, WrongMediaType, False),
        (429, RateLimited, False),
        (301, Uncertain, True),
        (302, Uncertain, True),
        (408, Uncertain, True),
        (500, Uncertain, True),
        (502, Uncertain, True),
        (503, Uncertain, True),
        (504, Uncertain, True),
    ],
)
def test_a_status_becomes_its_error_and_mail_is_asked_for_once(
    status: int, kind: type[BrazeError], may_have_acted: bool, client: BrazeClient, respx_mock: respx.Router
) -> None:
    headers = {"x-request-id": "r-1", "location": "https://elsewhere.example"}
    route = respx_mock.post(CREATE).respond(status, json={"message": "Why"}, headers=headers)

    with pytest.raises(BrazeError) as caught:
        client.send(a_mail(), attempts=1)

    error = caught.value
    assert type(error) is kind
    assert (error.status, error.message, error.request_id) == (status, "Why", "r-1")
    assert error.may_have_acted is may_have_acted
    assert route.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(201, text="<html>maintenance</html>"),
        httpx.Response(201, text=""),
        httpx.Response(201, json=["success"]),
        httpx.Response(201, json={"message": "nearly"}),
        httpx.Response(201, json={"dispatch_id": "x"}),
        httpx.Response(200, text='{"message":"success"'),
    ],
)
@pytest.mark.contract("B-HTTP-5")
def test_an_unreadable_success_of_a_mail_call_is_uncertain(
    answer: httpx.Response, client: BrazeClient, respx_mock: respx.Router
) -> None:
    route = respx_mock.post(CREATE).mock(return_value=answer)

    with pytest.raises(Uncertain) as caught:
        client.send(a_mail())

    assert caught.value.may_have_acted is True
    assert route.call_count == 1


@pytest.mark.contract("B-HTTP-5")
def test_queued_is_success_too(client: BrazeClient, respx_mock: respx.Router) -> None:
    respx_mock.post(CREATE).respond(200, json={"message": "queued", "dispatch_id": "d"})

    assert client.send(a_mail()).dispatch_id == "d"


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (httpx.ConnectError("refused"), NotSent),
        (httpx.ConnectTimeout("slow"), NotSent),
        (httpx.PoolTimeout("busy"), NotSent),
        (httpx.ReadTimeout("slow"), Uncertain),
        (httpx.WriteTimeout("slow"), Uncertain),
        (httpx.ReadError("cut"), Uncertain),
        (httpx.WriteError("cut"), Uncertain),
        (httpx.RemoteProtocolError("closed"), Uncertain),
        (httpx.DecodingError("garbled"), Uncertain),
        (ConnectionResetError("cut"), Uncertain),
    ],
)
@pytest.mark.contract("B-RETRY-3")
def test_only_what_surely_did_not_leave_is_not_sent(
    problem: Exception, kind: type[BrazeError], client: BrazeClient, respx_mock: respx.Router
) -> None:
    route = respx_mock.post(CREATE).mock(side_effect=problem)

    with pytest.raises(BrazeError) as caught:
        client.send(a_mail(), attempts=1)

    assert type(caught.value) is kind
    assert caught.value.may_have_acted is (kind is Uncertain)
    assert route.call_count == 1


@pytest.mark.contract("B-HTTP-2")
def test_the_explanation_may_stand_in_error(client: BrazeClient, respx_mock: respx.Router) -> None:
    words = "Error while parsing request body. Please check your syntax."
    respx_mock.post(CREATE).respond(400, json={"error": words})

    with pytest.raises(CallRefused, match="Error while parsing") as caught:
        client.send(a_mail())

    assert caught.value.message == words


@pytest.mark.contract("B-ENV-2")
def test_errors_of_any_shape_become_sentences(client: BrazeClient, respx_mock: respx.Router) -> None:
    respx_mock.post(CREATE).respond(400, json={"message": "Bad", "errors": ["first", {"index": 0}, 7]})

    with pytest.raises(CallRefused) as caught:
        client.send(a_mail())

    assert caught.value.errors == ("first", '{"index":0}', "7")
    assert caught.value.refused == ()


@pytest.mark.contract("B-TRK-13", "B-ENV-1")
def test_a_refusal_names_the_objects_that_braze_named(client: BrazeClient, respx_mock: respx.Router) -> None:
    reason = "'external_id' or 'braze_id' or 'user_alias' is required"
    errors = [{"type": reason, "input_array": "attributes", "index": 0}]
    respx_mock.post(f"{ENDPOINT}/users/track").respond(400, json={"message": "Valid data", "errors": errors})

    with pytest.raises(CallRefused) as caught:
        client.send(calls.users_track([UserAttributes("u", {})]))

    assert caught.value.refused == (RefusedObject(0, "attributes", reason),)


@pytest.mark.parametrize(
    "body",
    [
        f'{{"message":"Invalid API key: {API_KEY}"}}',
        f'{{"message":"Invalid API key: {API_KEY.upper()}"}}',
        f'{{"message":"Invalid API key: {API_KEY.replace("-", chr(92) + "u002d")}"}}',
        f'{{"error":"Bearer {API_KEY}"}}',
        f"Invalid API key: {API_KEY}",
    ],
)
@pytest.mark.contract("B-HTTP-9")
def test_the_echoed_key_appears_nowhere(
    body: str, client: BrazeClient, respx_mock: respx.Router, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    respx_mock.post(CREATE).respond(401, text=body)

    with pytest.raises(KeyRefused) as caught:
        client.send(a_mail())

    error = caught.value
    shown = f"{error!s} {error!r} {error.args} {error.errors} {client!r} {vars(client)} {caplog.text}".lower()
    assert API_KEY not in shown
    assert "[redacted]" in error.message


@pytest.mark.contract("B-HTTP-9")
def test_a_key_in_remarks_and_reasons_is_taken_out(client: BrazeClient, respx_mock: respx.Router) -> None:
    errors = [{"index": 0, "input_array": "attributes", "type": f"bad {API_KEY}"}, f"odd {API_KEY}"]
    respx_mock.post(f"{ENDPOINT}/users/track").respond(201, json={"message": "success", "errors": errors})

    with pytest.raises(PartlyRefused) as caught:
        client.send(calls.users_track([UserAttributes("u", {})]))

    assert caught.value.reply.refused[0].reason == "bad [redacted]"
    assert caught.value.reply.unplaced == ("odd [redacted]",)


@pytest.mark.parametrize(
    ("headers", "retry_at"),
    [
        ({"x-ratelimit-reset": "1795341600"}, datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
        ({"x-ratelimit-reset": "2"}, NOW + timedelta(seconds=2)),
        ({"x-ratelimit-retry-after": "3"}, NOW + timedelta(seconds=3)),
        ({"retry-after": "4", "x-ratelimit-reset": "1795341600"}, NOW + timedelta(seconds=4)),
        ({"x-ratelimit-reset": ""}, None),
        ({}, None),
    ],
)
@pytest.mark.contract("B-RL-2")
def test_a_429_says_when_to_come_back(
    headers: dict[str, str], retry_at: datetime | None, client: BrazeClient, respx_mock: respx.Router
) -> None:
    respx_mock.post(CREATE).respond(429, headers=headers, json={"message": "Rate Limited"})

    with pytest.raises(RateLimited) as caught:
        client.send(a_mail(), attempts=1)

    assert caught.value.retry_at == retry_at


def test_each_answers_rate_limits_are_passed_on(respx_mock: respx.Router) -> None:
    heard: list[tuple[str, int | None, int | None]] = []
    headers = {"x-ratelimit-limit": "250000", "x-ratelimit-remaining": "249990", "x-ratelimit-reset": "1795341600"}
    answers = [
        httpx.Response(201, json={"message": "success"}, headers=headers),
        httpx.Response(401, json={"message": "no"}, headers=dict.fromkeys(headers, "")),
        httpx.Response(429, json={"message": "no"}, headers={"x-ratelimit-retry-after": "3"}),
    ]
    respx_mock.post(CREATE).mock(side_effect=answers)

    with BrazeClient(
        ENDPOINT,
        API_KEY,
        on_rate_limits=lambda call, limits: heard.append((call.pool.name, limits.limit, limits.remaining)),
    ) as client:
        client.send(a_mail())
        for _ in range(2):
            with pytest.raises(BrazeError):
                client.send(a_mail(), attempts=1)

    assert heard == [("shared", 250_000, 249_990), ("shared", None, None), ("shared", None, 0)]


def test_somebody_hears_what_became_of_each_request(respx_mock: respx.Router) -> None:
    heard: list[tuple[str, str]] = []
    answers = [
        httpx.Response(201, json={"message": "success"}),
        httpx.Response(401, json={"message": "no"}),
        httpx.Response(503, json={"message": "no"}),
        httpx.ConnectError("no"),
    ]
    respx_mock.post(CREATE).mock(side_effect=answers)

    with BrazeClient(
        ENDPOINT, API_KEY, on_answer=lambda call, error: heard.append((call.path, type(error).__name__))
    ) as client:
        client.send(a_mail())
        for _ in range(3):
            with pytest.raises(BrazeError):
                client.send(a_mail(), attempts=1)

    assert heard == [("/messages/schedule/create", kind) for kind in ("NoneType", "KeyRefused", "Uncertain", "NotSent")]
