"""What holds for every endpoint: no function escapes these checks, and no call can express harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from inspect import signature
from typing import Any

import httpx
import orjson
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from braze_client import (
    AsyncBrazeClient,
    Attachment,
    BrazeClient,
    BrazeError,
    Call,
    ContractViolation,
    Email,
    Event,
    Purchase,
    TriggerRecipient,
    Uncertain,
    UserAlias,
    UserAttributes,
    calls,
)
from braze_client.paging import Paged
from tests.braze_client.builders import API_KEY, CAMPAIGN_ID, ENDPOINT, NOW, SEGMENT_ID, an_email, in_a_minute
from tests.braze_client.every_call import EVERY_CALL, GROUP_ID, MakeCall, bean, visit

MAKERS = [pytest.param(make, id=name) for name, make in EVERY_CALL.items()]
MAIL = [pytest.param(make, id=name) for name, make in EVERY_CALL.items() if make(NOW).makes_mail]


def functions() -> set[str]:
    """Returns the names of the functions of `calls` that make one call of an endpoint."""
    public = {name: getattr(calls, name) for name in calls.__all__ if name[0].islower() and name != "probe"}
    return {name for name, made in public.items() if callable(made) and not name.startswith("every_")}


def test_every_function_has_a_call_here() -> None:
    assert {name.partition(" ")[0] for name in EVERY_CALL} == functions()


def test_every_function_says_in_its_docstring_what_it_does() -> None:
    short = [name for name in functions() if len(getattr(calls, name).__doc__ or "") < 40]

    assert short == []


@pytest.mark.contract("B-HTTP-1", "B-HTTP-2", "B-HTTP-3")
@pytest.mark.parametrize("make", MAKERS)
async def test_both_clients_send_the_same_request(make: MakeCall) -> None:
    seen: list[tuple[str, str, bytes, str | None, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        headers = request.headers
        seen.append(
            (request.method, str(request.url), request.content, headers.get("content-type"), headers["authorization"])
        )
        return httpx.Response(500, json={"message": "no"})

    call = make(NOW)
    with BrazeClient(ENDPOINT, API_KEY, transport=httpx.MockTransport(answer)) as client, pytest.raises(Exception):  # noqa: B017
        client.send(call, attempts=1)
    async with AsyncBrazeClient(ENDPOINT, API_KEY, transport=httpx.MockTransport(answer)) as bulk:
        with pytest.raises(Exception):  # noqa: B017
            await bulk.send(call, attempts=1)

    method, url, content, media, key = seen[0]
    assert seen[0] == seen[1]
    assert (method, key) == (call.method, f"Bearer {API_KEY}")
    assert not httpx.URL(url).path.endswith("/")
    assert media == ("application/json" if method == "POST" else None)
    assert (orjson.loads(content) is not None) if method == "POST" else content == b""


@pytest.mark.contract("B-HTTP-6")
def test_lists_in_a_query_are_written_with_brackets(client: BrazeClient, respx_mock: respx.Router) -> None:
    answer = {"message": "success", "status": {"user-1": "Unsubscribed", "user-2": "unknown"}}
    route = respx_mock.get(f"{ENDPOINT}/subscription/status/get").respond(200, json=answer)

    reply = client.send(calls.subscription_status_get(GROUP_ID, external_ids=["user-1", "user-2"]))

    query = route.calls.last.request.url.query.decode()
    assert query == f"subscription_group_id={GROUP_ID}&external_id%5B%5D=user-1&external_id%5B%5D=user-2"
    assert reply.states == {"user-1": "unsubscribed", "user-2": "unknown"}


@pytest.mark.parametrize("make", MAIL)
def test_whom_a_mail_call_addresses_is_always_said(make: MakeCall) -> None:
    body = make(NOW).body or {}
    named = [body.get("external_user_ids"), body.get("user_aliases"), body.get("recipients")]

    if body["broadcast"]:
        assert body.get("segment_id") or body.get("audience")
        assert named == [None, None, None]
    else:
        assert any(named)
        assert [] not in named


@given(st.lists(st.text(min_size=1, max_size=3), max_size=60), st.lists(st.integers(0, 60), max_size=60))
@pytest.mark.contract("B-SCH-5", "B-TRG-8")
def test_named_people_are_1_to_50_or_the_call_is_never_made(ids: list[str], numbers: list[int]) -> None:
    aliases = [UserAlias(str(number), "shop") for number in numbers]
    wanted = [*ids, *aliases]
    is_right = 1 <= len(wanted) <= 50 and len(set(wanted)) == len(wanted) and all(value.strip() for value in ids)

    for make in (_schedule, _send):
        if is_right:
            body = make(ids, aliases).body or {}
            assert len([*_listed(body, "external_user_ids"), *_listed(body, "user_aliases")]) == len(wanted)
        else:
            with pytest.raises(ContractViolation):
                make(ids, aliases)


@given(st.integers(0, 60))
def test_triggered_people_are_1_to_50_or_the_call_is_never_made(count: int) -> None:
    people = [TriggerRecipient(external_user_id=f"user-{number}") for number in range(count)]
    makers: list[Callable[[], Call[Any]]] = [
        lambda: calls.trigger_send(campaign_id=CAMPAIGN_ID, recipients=people),
        lambda: calls.trigger_schedule_create(
            campaign_id=CAMPAIGN_ID, recipients=people, schedule=in_a_minute(), now=NOW
        ),
    ]

    for make in makers:
        if 1 <= count <= 50:
            assert len(_listed(make().body or {}, "recipients")) == count
        else:
            with pytest.raises(ContractViolation):
                make()


@pytest.mark.contract("B-TRK-1", "B-TRK-2", "B-TRK-4")
@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 80), st.integers(1, 75))
def test_a_track_call_holds_1_to_its_cap_over_all_arrays(people: int, events: int, buys: int, cap: int) -> None:
    arrays: dict[str, Any] = {
        "attributes": [UserAttributes("user-1", {})] * people,
        "events": [visit(NOW)] * events,
        "purchases": [bean(NOW)] * buys,
    }

    if 1 <= people + events + buys <= cap:
        body = calls.users_track(**arrays, max_objects=cap).body or {}
        assert {name: len(_listed(body, name)) for name in body} == {n: len(v) for n, v in arrays.items() if v}
    else:
        with pytest.raises(ContractViolation) as refusal:
            calls.users_track(**arrays, max_objects=cap)
        assert refusal.value.rule == "B-TRK-1"


@pytest.mark.contract("B-TRK-2")
@pytest.mark.parametrize("cap", [0, 76])
def test_the_cap_of_a_track_call_cannot_be_raised(cap: int) -> None:
    with pytest.raises(ContractViolation):
        calls.users_track([UserAttributes("u", {})], max_objects=cap)


def test_broadcast_is_a_parameter_of_no_function_and_attachments_of_no_broadcast() -> None:
    parameters = {name: set(signature(getattr(calls, name)).parameters) for name in functions()}

    assert [name for name, names in parameters.items() if "broadcast" in names] == []
    assert [name for name, names in parameters.items() if name.endswith("_broadcast") and "attachments" in names] == []


@pytest.mark.parametrize(
    "make",
    [
        lambda email: calls.schedule_create_broadcast(
            schedule=in_a_minute(), email=email, campaign_id=CAMPAIGN_ID, segment_id=SEGMENT_ID, now=NOW
        ),
        lambda email: calls.messages_send_broadcast(email=email, campaign_id=CAMPAIGN_ID, segment_id=SEGMENT_ID),
    ],
)
def test_a_broadcast_with_attachments_is_refused(make: Callable[[Email], Call[Any]]) -> None:
    email = Email(
        app_id="app",
        subject="Menu",
        from_="a@x.example",
        body="<p>Menu</p>",
        message_variation_id="v",
        attachments=(Attachment("menu", "https://x.example/menu.pdf"),),
    )

    with pytest.raises(ContractViolation) as refusal:
        make(email)

    assert refusal.value.rule == "13.1"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: calls.messages_send_broadcast(email=an_email(), campaign_id=CAMPAIGN_ID),
        lambda: calls.messages_send(email=an_email()),
        lambda: calls.messages_send(external_user_ids=["u"], email=an_email(), send_id="s"),
        lambda: calls.schedule_update("s", now=NOW),
        lambda: calls.users_export_ids(fields=["email"], external_ids="user-1"),
        lambda: calls.users_export_ids(fields=["email"], email_address=" "),
        lambda: calls.subscription_status_set(GROUP_ID, "subscribed"),
        lambda: calls.subscription_status_set(GROUP_ID, "subscribed", emails=["a@x.example"], phones=["+1"]),
        lambda: calls.subscription_status_set(GROUP_ID, "opted_in", emails=["a@x.example"]),  # type: ignore[arg-type]
        lambda: calls.subscription_status_get(GROUP_ID, external_ids=[f"u-{number}" for number in range(51)]),
        lambda: calls.subscription_status_get(GROUP_ID, external_ids="user-1"),
        lambda: calls.email_status([], "subscribed"),
        lambda: calls.email_status([" "], "subscribed"),
        lambda: calls.email_unsubscribes(NOW.date()),
        lambda: calls.email_unsubscribes(NOW.date(), start_date=NOW.date(), limit=501),
        lambda: calls.email_hard_bounces(NOW.date(), start_date=NOW.date(), email="a@x.example"),
        lambda: calls.campaigns_list(-1),
        lambda: calls.campaigns_list(edited_after=datetime(2026, 1, 1)),  # noqa: DTZ001
        lambda: calls.scheduled_broadcasts(datetime(2026, 1, 1)),  # noqa: DTZ001
        lambda: calls.campaign_data_series(CAMPAIGN_ID, length=101),
    ],
)
def test_other_calls_outside_the_limits_are_never_made(wrong: Callable[[], Call[Any]]) -> None:
    with pytest.raises(ContractViolation):
        wrong()


@pytest.mark.contract("B-SCH-6")
def test_an_update_may_bring_the_whole_email(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/messages/schedule/update").respond(201, json={"message": "success"})

    client.send(calls.schedule_update("s-1", email=an_email(), now=NOW))

    assert orjson.loads(route.calls.last.request.content) == {
        "schedule_id": "s-1",
        "messages": {"email": an_email().as_json()},
    }


@pytest.mark.contract("B-EML-1")
def test_unsubscribes_are_read_with_times_of_any_form(client: BrazeClient, respx_mock: respx.Router) -> None:
    listed = [
        {"email": "a@x.example", "unsubscribed_at": "2020-06-17 19:27:44 +0000"},
        {"email": "b@x.example", "unsubscribed_at": "2020-06-17T19:27:44.000Z"},
        {"email": "c@x.example", "unsubscribed_at": "2020-07-10 15:00:00.000 UTC"},
        {"email": "d@x.example", "unsubscribed_at": "yesterday"},
    ]
    respx_mock.get(f"{ENDPOINT}/email/unsubscribes").respond(200, json={"message": "success", "emails": listed})

    page = client.send(calls.email_unsubscribes(NOW.date(), start_date=NOW.date()))

    evening = datetime(2020, 6, 17, 19, 27, 44, tzinfo=UTC)
    assert [item.at for item in page.items] == [evening, evening, datetime(2020, 7, 10, 15, tzinfo=UTC), None]
    assert page.is_last


@pytest.mark.contract("B-SCH-8")
def test_scheduled_broadcasts_need_no_word_of_success(client: BrazeClient, respx_mock: respx.Router) -> None:
    entry = {"name": "News", "id": "c-1", "type": "Campaign", "next_send_time": "2026-11-23T09:00:00Z"}
    respx_mock.get(f"{ENDPOINT}/messages/scheduled_broadcasts").respond(200, json={"scheduled_broadcasts": [entry]})

    reply = client.send(calls.scheduled_broadcasts(NOW))

    assert [(item.id, item.name, item.type) for item in reply.broadcasts] == [("c-1", "News", "Campaign")]


@pytest.mark.contract("B-CMP-3")
def test_more_than_eight_variations_are_a_warning(client: BrazeClient, respx_mock: respx.Router) -> None:
    messages = {f"v-{number}": {"channel": "email"} for number in range(9)}
    respx_mock.get(f"{ENDPOINT}/campaigns/details").respond(200, json={"message": "success", "messages": messages})

    campaign = client.send(calls.campaign_details(CAMPAIGN_ID))

    assert campaign.has_more_variations_than_advised


@pytest.mark.contract("B-SEG-1")
async def test_both_clients_read_a_list_page_by_page_until_one_is_short() -> None:
    pages: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        pages.append(request.url.params["page"])
        size = 100 if number < 2 else 3
        return httpx.Response(
            200, json={"message": "success", "segments": [{"id": f"{number}-{n}"} for n in range(size)]}
        )

    with BrazeClient(ENDPOINT, API_KEY, transport=httpx.MockTransport(answer)) as client:
        found = [segment.id for segment in client.items(calls.every_segment())]
    async with AsyncBrazeClient(ENDPOINT, API_KEY, transport=httpx.MockTransport(answer)) as bulk:
        also = [segment.id async for segment in bulk.items(calls.every_segment())]

    assert len(found) == 203
    assert found == also
    assert pages == ["0", "1", "2"] * 2


def test_a_list_without_end_is_left() -> None:
    entry = {"message": "success", "segments": [{"id": "same"}] * 100}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=entry))
    endless = Paged(calls.every_segment().call, most_pages=5)

    with BrazeClient(ENDPOINT, API_KEY, transport=transport) as client, pytest.raises(Uncertain, match="5 pages"):
        list(client.items(endless))


HOSTILE = [
    (201, b'{"message":["success"]}'),
    (201, b'{"message":{}}'),
    (201, b'{"message":7,"errors":' + b"[" * 950 + b"]" * 950 + b',"%":1}'),
    (201, b"[" * 100_000),
    (400, b'{"message":"no","errors":[' + b"[" * 300 + b"]" * 300 + b"]}"),
    (400, b'{"message":7,"errors":{"a":"' + API_KEY.encode() + b'"}}'),
    (500, b"\xff\xfe"),
    (200, b'"success"'),
]


@pytest.mark.contract("B-HTTP-5", "B-ENV-2")
@pytest.mark.parametrize(("status", "content"), HOSTILE)
@pytest.mark.parametrize("make", MAKERS)
async def test_whatever_the_body_is_the_caller_meets_an_error_of_this_package(
    make: MakeCall, status: int, content: bytes
) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=content))
    call = make(NOW)

    with BrazeClient(ENDPOINT, API_KEY, transport=transport) as client, pytest.raises(BrazeError) as caught:
        client.send(call, attempts=1)
    async with AsyncBrazeClient(ENDPOINT, API_KEY, transport=transport) as bulk:
        with pytest.raises(BrazeError) as also:
            await bulk.send(call, attempts=1)

    assert type(caught.value) is type(also.value)
    assert API_KEY not in f"{caught.value!r} {getattr(caught.value, 'errors', '')}"


def test_an_entry_that_cannot_be_read_does_not_end_a_list() -> None:
    entries = [{"id": str(number)} for number in range(99)]
    body = {"message": "success", "segments": [*entries, "odd"]}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=body))

    with BrazeClient(ENDPOINT, API_KEY, transport=transport) as client:
        page = client.send(calls.segments_list())

    assert (len(page.items), page.is_last) == (99, False)


def test_a_size_that_cannot_be_read_is_no_day_with_nobody(client: BrazeClient, respx_mock: respx.Router) -> None:
    data = [{"time": "2026-11-20", "size": 7}, {"time": "2026-11-21"}, {"time": "2026-11-22", "size": "many"}]
    respx_mock.get(f"{ENDPOINT}/segments/data_series").respond(200, json={"message": "success", "data": data})

    series = client.send(calls.segment_data_series(SEGMENT_ID, length=3))

    assert [day.size for day in series.days] == [7]


def test_lists_of_addresses_and_campaigns_go_on_by_offset_and_page() -> None:
    unsubscribes = calls.every_unsubscribe(NOW.date(), start_date=NOW.date())
    bounces = calls.every_hard_bounce(NOW.date(), start_date=NOW.date())

    assert dict(unsubscribes.call(2).query)["offset"] == "1000"
    assert dict(unsubscribes.call(2).query)["sort_direction"] == "asc"
    assert dict(bounces.call(1).query)["offset"] == "500"
    assert dict(calls.every_campaign().call(3).query)["page"] == "3"


@pytest.mark.contract("B-TRG-7", "B-SCH-4")
def test_broadcasts_draw_on_their_own_windows() -> None:
    pools = {name: make(NOW).pool.name for name, make in EVERY_CALL.items()}
    answered = {name: make(NOW).answered_pool.name for name, make in EVERY_CALL.items()}

    assert {name for name, pool in pools.items() if pool == "broadcasts"} == {
        "schedule_create_broadcast",
        "messages_send_broadcast",
        "trigger_send_broadcast",
        "trigger_schedule_create_broadcast",
    }
    assert answered["schedule_create_broadcast"] == "shared"
    assert answered["trigger_send_broadcast"] == "broadcasts"


def test_an_event_and_a_purchase_are_never_repeated_blindly() -> None:
    event, purchase = Event("u", "visited", NOW), bean(NOW)

    assert calls.users_track(events=[event]).repeatable is False
    assert calls.users_track(purchases=[purchase]).repeatable is False
    assert isinstance(purchase, Purchase)
    assert calls.users_track([UserAttributes("u", {"a": 1})]).repeatable is True


def _schedule(ids: list[str], aliases: list[UserAlias]) -> Call[Any]:
    return calls.schedule_create(
        external_user_ids=ids, user_aliases=aliases, schedule=in_a_minute(), email=an_email(), now=NOW
    )


def _send(ids: list[str], aliases: list[UserAlias]) -> Call[Any]:
    return calls.messages_send(external_user_ids=ids, user_aliases=aliases, email=an_email())


def _listed(body: Any, name: str) -> list[Any]:
    return list(body.get(name, []))
