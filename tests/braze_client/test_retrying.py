"""Calls are repeated exactly as section 16 of the contract allows (B-RETRY-3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx

from braze_client import (
    BrazeClient,
    BrazeError,
    Call,
    CallRefused,
    Increment,
    NotSent,
    RateLimited,
    TriggerRecipient,
    Uncertain,
    UserAttributes,
    calls,
)
from tests.braze_client.builders import (
    CAMPAIGN_ID,
    ENDPOINT,
    NOW,
    SCHEDULE_ID,
    SEGMENT_ID,
    a_mail,
    an_email,
    in_a_minute,
)

MakeCall = Callable[[], Call[Any]]

GET: MakeCall = calls.segments_list
SETS: MakeCall = lambda: calls.users_track([UserAttributes("u", {"a": 1})])  # noqa: E731
ADDS: MakeCall = lambda: calls.users_track([UserAttributes("u", {"a": Increment(1)})])  # noqa: E731
MOVES: MakeCall = lambda: calls.schedule_update(SCHEDULE_ID, in_a_minute(), now=NOW)  # noqa: E731
WITHDRAWS: MakeCall = lambda: calls.schedule_delete(SCHEDULE_ID)  # noqa: E731
SEND_ID: MakeCall = lambda: calls.send_id_create(CAMPAIGN_ID, "news")  # noqa: E731
MAILS: list[MakeCall] = [
    a_mail,
    lambda: calls.schedule_create_broadcast(
        schedule=in_a_minute(), email=an_email(), campaign_id=CAMPAIGN_ID, segment_id=SEGMENT_ID, now=NOW
    ),
    lambda: calls.trigger_send(campaign_id=CAMPAIGN_ID, recipients=[TriggerRecipient(external_user_id="u")]),
    lambda: calls.messages_send(external_user_ids=["u"], email=an_email()),
    lambda: calls.trigger_schedule_create(
        campaign_id=CAMPAIGN_ID,
        recipients=[TriggerRecipient(external_user_id="u")],
        schedule=in_a_minute(),
        now=NOW,
    ),
]
REPEATABLE = [GET, SETS, MOVES, WITHDRAWS, SEND_ID]
SUCCESS = httpx.Response(200, json={"message": "success"})

UNCLEAR = [
    httpx.Response(502, text="bad gateway"),
    httpx.Response(504, text="gateway timeout"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("cut"),
    httpx.Response(200, text="{"),
]
BEFORE_SENDING = httpx.ConnectError("refused")
SAID_BY_BRAZE = [httpx.Response(500, json={"message": "x"}), httpx.Response(503, json={"message": "x"})]
SOON = httpx.Response(429, json={"message": "Rate Limited"}, headers={"x-ratelimit-retry-after": "2"})


@pytest.mark.contract("B-RETRY-1", "B-RETRY-3")
@pytest.mark.parametrize("make", MAILS)
@pytest.mark.parametrize("outcome", [*UNCLEAR, *SAID_BY_BRAZE])
def test_a_call_that_may_have_made_mail_is_never_made_again(
    make: MakeCall, outcome: Any, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.route(host="rest.fra-01.braze.eu").mock(side_effect=[outcome, SUCCESS])

    with pytest.raises(BrazeError):
        client.send(make(), attempts=5)

    assert route.call_count == 1
    assert waits == []


@pytest.mark.contract("B-RETRY-3")
@pytest.mark.parametrize("make", MAILS)
@pytest.mark.parametrize("outcome", [BEFORE_SENDING, SOON])
def test_a_call_that_surely_made_no_mail_is_made_again(
    make: MakeCall, outcome: Any, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.route(host="rest.fra-01.braze.eu").mock(side_effect=[outcome, SUCCESS])

    client.send(make())

    assert route.call_count == 2
    assert len(waits) == 1


@pytest.mark.contract("B-RETRY-2", "B-RETRY-3")
@pytest.mark.parametrize("make", REPEATABLE)
@pytest.mark.parametrize("outcome", [*UNCLEAR, *SAID_BY_BRAZE, BEFORE_SENDING])
def test_a_repeatable_call_is_made_again(
    make: MakeCall, outcome: Any, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.route(host="rest.fra-01.braze.eu").mock(side_effect=[outcome, SUCCESS])

    client.send(make())

    assert route.call_count == 2
    assert len(waits) == 1
    assert 0.5 <= waits[0] <= 1.0


@pytest.mark.parametrize("outcome", [*SAID_BY_BRAZE, BEFORE_SENDING])
def test_an_increment_is_repeated_where_braze_says_that_nothing_happened(
    outcome: Any, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/track").mock(side_effect=[outcome, SUCCESS])

    client.send(ADDS())

    assert route.call_count == 2


@pytest.mark.parametrize("outcome", UNCLEAR)
def test_an_increment_is_not_repeated_after_an_unclear_answer(
    outcome: Any, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/track").mock(side_effect=[outcome, SUCCESS])

    with pytest.raises(Uncertain):
        client.send(ADDS())

    assert route.call_count == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415])
def test_a_refusal_is_never_repeated(
    status: int, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/track").respond(status, json={"message": "no"})

    with pytest.raises(BrazeError):
        client.send(SETS())

    assert route.call_count == 1


@pytest.mark.contract("B-RL-3")
def test_a_short_wait_is_waited_and_a_long_one_is_given_back(
    client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    hour = httpx.Response(429, json={"message": "Rate Limited"}, headers={"x-ratelimit-reset": "1795341600"})
    respx_mock.post(f"{ENDPOINT}/users/track").mock(side_effect=[SOON, SUCCESS, hour])

    client.send(SETS())
    with pytest.raises(RateLimited) as caught:
        client.send(SETS())

    assert len(waits) == 1
    assert 2.0 <= waits[0] <= 2.5
    assert caught.value.retry_at is not None


@pytest.mark.contract("B-SND-2")
def test_the_daily_quota_of_send_ids_is_not_asked_twice(
    client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.post(f"{ENDPOINT}/sends/id/create").mock(side_effect=[SOON, SUCCESS])

    with pytest.raises(RateLimited):
        client.send(SEND_ID())

    assert route.call_count == 1


def test_attempts_end_and_the_last_error_is_raised(
    client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/track").mock(side_effect=BEFORE_SENDING)

    with pytest.raises(NotSent):
        client.send(SETS(), attempts=3)

    assert route.call_count == 3
    assert len(waits) == 2


def test_bulk_callers_ask_for_one_attempt(client: BrazeClient, respx_mock: respx.Router, waits: list[float]) -> None:
    respx_mock.post(f"{ENDPOINT}/users/track").mock(side_effect=[SOON])

    with pytest.raises(RateLimited):
        client.send(SETS(), attempts=1)

    assert waits == []


@pytest.mark.parametrize("make", [WITHDRAWS, SEND_ID, MOVES])
@pytest.mark.contract("B-SND-3")
def test_a_refusal_after_an_unclear_attempt_stays_uncertain(
    make: MakeCall, client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    refusal = httpx.Response(400, json={"message": "no such schedule"})
    respx_mock.route(host="rest.fra-01.braze.eu").mock(side_effect=[httpx.ReadTimeout("slow"), refusal])

    with pytest.raises(Uncertain) as caught:
        client.send(make())

    assert isinstance(caught.value.later, CallRefused)
    assert caught.value.may_have_acted is True


def test_a_read_that_was_unclear_and_then_refused_is_refused(
    client: BrazeClient, respx_mock: respx.Router, waits: list[float]
) -> None:
    refusal = httpx.Response(400, json={"message": "no"})
    respx_mock.get(f"{ENDPOINT}/segments/list").mock(side_effect=[httpx.ReadTimeout("slow"), refusal])

    with pytest.raises(CallRefused):
        client.send(GET())


def test_an_unclear_read_changed_nothing(client: BrazeClient, respx_mock: respx.Router) -> None:
    respx_mock.get(f"{ENDPOINT}/segments/list").respond(502)

    with pytest.raises(Uncertain) as caught:
        client.send(GET(), attempts=1)

    assert caught.value.may_have_acted is False
