"""Each call leaves as exactly the request that Braze's contract describes, and reads the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import httpx
import orjson
import pytest
import respx

from braze_client import (
    Accepted,
    ArrayAttribute,
    BrazeClient,
    Call,
    CallRefused,
    ContractViolation,
    Schedule,
    Segment,
    TriggerRecipient,
    Uncertain,
    UserAttributes,
    calls,
)
from braze_client.calls import PROBES
from tests.braze_client.builders import (
    API_KEY,
    CAMPAIGN_ID,
    DISPATCH_ID,
    ENDPOINT,
    NOW,
    SCHEDULE_ID,
    SEGMENT_ID,
    a_mail,
    an_email,
    in_a_minute,
)


def sent_body(route: respx.Route) -> object:
    """Return the JSON that left."""
    return orjson.loads(route.calls.last.request.content)


def test_schedule_create_leaves_with_ids_time_email_and_campaign(client: BrazeClient, respx_mock: respx.Router) -> None:
    answer = {"dispatch_id": DISPATCH_ID, "schedule_id": SCHEDULE_ID, "message": "success"}
    route = respx_mock.post(f"{ENDPOINT}/messages/schedule/create").respond(201, json=answer)

    reply = client.send(a_mail())

    request = route.calls.last.request
    assert reply == Accepted(dispatch_id=DISPATCH_ID, schedule_id=SCHEDULE_ID)
    assert request.headers["authorization"] == f"Bearer {API_KEY}"
    assert request.headers["content-type"] == "application/json"
    assert sent_body(route) == {
        "broadcast": False,
        "external_user_ids": ["user-0", "user-1"],
        "schedule": {"time": "2026-11-22T09:01:00Z"},
        "messages": {"email": an_email().as_json()},
        "campaign_id": CAMPAIGN_ID,
        "send_id": "news-2026-11",
        "recipient_subscription_state": "subscribed",
        "override_messaging_limits": False,
    }


@pytest.mark.contract("B-ENV-1")
def test_remarks_of_a_success_and_unknown_members_are_kept(client: BrazeClient, respx_mock: respx.Router) -> None:
    answer = {
        "message": "success",
        "dispatch_id": DISPATCH_ID,
        "send_id": "s",
        "errors": ["one", {"b": 1, "a": 2}],
        "x": 1,
    }
    respx_mock.post(f"{ENDPOINT}/messages/schedule/create").respond(201, json=answer)

    reply = client.send(a_mail())

    assert reply.remarks == ("one", '{"a":2,"b":1}')
    assert reply.send_id == "s"
    assert reply.unknown == {"x": 1}


@pytest.mark.parametrize("count", [0, 51])
@pytest.mark.contract("B-SCH-5")
def test_a_schedule_takes_1_to_50_people(count: int) -> None:
    assert a_mail(recipients=50).makes_mail

    with pytest.raises(ContractViolation) as refusal:
        a_mail(recipients=count)

    assert refusal.value.rule == "B-SCH-5"


def test_a_person_who_stands_twice_is_refused() -> None:
    with pytest.raises(ContractViolation):
        calls.schedule_create(external_user_ids=["u", "u"], schedule=in_a_minute(), email=an_email(), now=NOW)


def test_one_string_is_not_taken_for_many_ids() -> None:
    with pytest.raises(ContractViolation):
        calls.schedule_create(external_user_ids="user-1", schedule=in_a_minute(), email=an_email(), now=NOW)


def test_a_campaign_needs_the_variation_id_and_a_send_id_needs_the_campaign() -> None:
    with pytest.raises(ContractViolation):
        calls.schedule_create(
            external_user_ids=["u"],
            schedule=in_a_minute(),
            email=an_email(message_variation_id=None),
            campaign_id=CAMPAIGN_ID,
            now=NOW,
        )
    with pytest.raises(ContractViolation):
        calls.schedule_create(external_user_ids=["u"], schedule=in_a_minute(), email=an_email(), send_id="s", now=NOW)


@pytest.mark.contract("B-SCH-1")
def test_a_schedule_too_near_never_leaves() -> None:
    with pytest.raises(ContractViolation) as refusal:
        calls.schedule_create(
            external_user_ids=["u"], schedule=Schedule(NOW + timedelta(seconds=5)), email=an_email(), now=NOW
        )

    assert refusal.value.rule == "B-SCH-1"


def test_a_broadcast_names_its_segment_and_draws_on_the_broadcast_windows(
    client: BrazeClient, respx_mock: respx.Router
) -> None:
    answer = {"dispatch_id": DISPATCH_ID, "schedule_id": SCHEDULE_ID, "message": "success"}
    route = respx_mock.post(f"{ENDPOINT}/messages/schedule/create").respond(201, json=answer)
    call = calls.schedule_create_broadcast(
        schedule=in_a_minute(),
        email=an_email(),
        campaign_id=CAMPAIGN_ID,
        segment_id=SEGMENT_ID,
        audience=ArrayAttribute("smartersends_excluded_groups").does_not_include("US-001"),
        now=NOW,
    )

    client.send(call)

    body = sent_body(route)
    assert isinstance(body, dict)
    assert body["broadcast"] is True
    assert body["segment_id"] == SEGMENT_ID
    assert body["audience"]["custom_attribute"]["value"] == "US-001"
    assert "external_user_ids" not in body
    assert call.pool.name == "broadcasts"
    assert call.answered_pool.name == "shared"
    assert call.audience_key is not None


def test_a_broadcast_to_nobody_in_particular_cannot_be_said() -> None:
    with pytest.raises(ContractViolation):
        calls.schedule_create_broadcast(schedule=in_a_minute(), email=an_email(), campaign_id=CAMPAIGN_ID, now=NOW)


@pytest.mark.contract("B-SCH-6")
def test_an_update_sends_the_whole_schedule(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/messages/schedule/update").respond(201, json={"message": "success"})

    client.send(calls.schedule_update(SCHEDULE_ID, in_a_minute(), now=NOW))

    assert sent_body(route) == {"schedule_id": SCHEDULE_ID, "schedule": {"time": "2026-11-22T09:01:00Z"}}


def test_a_delete_takes_an_empty_2xx_as_success(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/messages/schedule/delete").respond(204)

    client.send(calls.schedule_delete(SCHEDULE_ID))

    assert sent_body(route) == {"schedule_id": SCHEDULE_ID}


def test_trigger_send_leaves_with_recipients_and_properties(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/campaigns/trigger/send").respond(
        201, json={"dispatch_id": DISPATCH_ID, "message": "success"}
    )
    recipients = [TriggerRecipient(external_user_id="u-1", trigger_properties={"first": "Ana"})]

    reply = client.send(
        calls.trigger_send(campaign_id=CAMPAIGN_ID, recipients=recipients, trigger_properties={"headline": "Hi"})
    )

    assert reply.dispatch_id == DISPATCH_ID
    assert sent_body(route) == {
        "broadcast": False,
        "campaign_id": CAMPAIGN_ID,
        "recipients": [{"external_user_id": "u-1", "trigger_properties": {"first": "Ana"}}],
        "trigger_properties": {"headline": "Hi"},
    }


@pytest.mark.parametrize("count", [0, 51])
def test_a_trigger_takes_1_to_50_recipients(count: int) -> None:
    with pytest.raises(ContractViolation):
        calls.trigger_send(
            campaign_id=CAMPAIGN_ID,
            recipients=[TriggerRecipient(external_user_id=f"u-{number}") for number in range(count)],
        )


@pytest.mark.contract("B-TRG-8")
def test_a_recipient_who_stands_twice_is_refused() -> None:
    twice = [
        TriggerRecipient(email=address, prioritization=("identified",)) for address in ("a@x.example", "A@x.example")
    ]

    with pytest.raises(ContractViolation) as refusal:
        calls.trigger_send(campaign_id=CAMPAIGN_ID, recipients=twice)

    assert refusal.value.rule == "B-TRG-8"


def test_users_track_sends_attributes_only(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/track").respond(
        201, json={"attributes_processed": 1, "message": "success"}
    )

    reply = client.send(calls.users_track([UserAttributes("u-1", {"first_name": "Ana"})]))

    assert sent_body(route) == {"attributes": [{"external_id": "u-1", "first_name": "Ana"}]}
    assert reply.adds_up


@pytest.mark.parametrize("count", [0, 76])
@pytest.mark.contract("B-TRK-1")
def test_a_track_call_takes_1_to_75_objects(count: int) -> None:
    with pytest.raises(ContractViolation) as refusal:
        calls.users_track([UserAttributes(f"u-{number}", {}) for number in range(count)])

    assert refusal.value.rule == "B-TRK-1"


@pytest.mark.contract("B-EXP-2")
@pytest.mark.contract("B-RETRY-4", "B-EXP-1")
def test_an_export_always_names_its_fields(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/export/ids").respond(
        201, json={"message": "success", "users": [{"external_id": "u-1"}], "invalid_user_ids": ["u-2"]}
    )

    reply = client.send(calls.users_export_ids(external_ids=["u-1", "u-2"], fields=["external_id", "email"]))

    assert sent_body(route) == {"external_ids": ["u-1", "u-2"], "fields_to_export": ["external_id", "email"]}
    assert reply.users == ({"external_id": "u-1"},)
    assert reply.invalid_user_ids == ("u-2",)
    assert route.calls.last.request.extensions["timeout"] == {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 30.0}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: calls.users_export_ids(fields=["email"]),
        lambda: calls.users_export_ids(fields=[], external_ids=["u"]),
        lambda: calls.users_export_ids(fields=["shoe_size"], external_ids=["u"]),
        lambda: calls.users_export_ids(fields=["email"], phone="+491", email_address="a@x.example"),
        lambda: calls.users_export_ids(fields=["email"], external_ids=[f"u-{n}" for n in range(51)]),
        lambda: calls.send_id_create(CAMPAIGN_ID, "x" * 65),
        lambda: calls.send_id_create(CAMPAIGN_ID, "nöws"),
        lambda: calls.send_data_series(CAMPAIGN_ID, "s", length=0),
        lambda: calls.send_data_series(CAMPAIGN_ID, "s", length=101),
        lambda: calls.segments_list(-1),
        lambda: calls.schedule_delete(""),
        lambda: calls.probe("world.domination"),
    ],
)
def test_a_call_outside_the_limits_is_never_made(wrong: Callable[[], Call[object]]) -> None:
    with pytest.raises(ContractViolation):
        wrong()


def test_a_send_id_is_made_for_a_campaign(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/sends/id/create").respond(
        201, json={"message": "success", "send_id": "news-1"}
    )

    reply = client.send(calls.send_id_create(CAMPAIGN_ID, "news-1"))

    assert reply.send_id == "news-1"
    assert sent_body(route) == {"campaign_id": CAMPAIGN_ID, "send_id": "news-1"}


@pytest.mark.contract("B-SND-6")
def test_a_series_is_read_by_variation_and_a_metric_that_braze_left_out_stays_unknown(
    client: BrazeClient, respx_mock: respx.Router
) -> None:
    entry = {"variation_api_id": "v-1", "sent": 40, "unique_opens": 7, "novelty": 3}
    day = {"time": "2026-11-20", "messages": {"email": [entry]}, "unique_recipients": 40, "conversions": 2}
    second = {"time": "2026-11-21", "messages": {"email": [{"variation_api_id": "v-1", "sent": 2}]}}
    route = respx_mock.get(f"{ENDPOINT}/sends/data_series").respond(
        200, json={"message": "success", "data": [day, second]}
    )
    ending_at = datetime(2026, 11, 22, tzinfo=UTC)

    series = client.send(calls.send_data_series(CAMPAIGN_ID, "news-1", length=14, ending_at=ending_at))

    first = series.days[0]
    assert dict(route.calls.last.request.url.params) == {
        "campaign_id": CAMPAIGN_ID,
        "send_id": "news-1",
        "length": "14",
        "ending_at": "2026-11-22T00:00:00Z",
    }
    assert (first.date, first.unique_recipients, first.unknown) == (date(2026, 11, 20), 40, {"conversions": 2})
    assert first.variations[0].metrics == {"sent": 40, "unique_opens": 7}
    assert first.variations[0].unknown == {"novelty": 3}
    assert series.total("sent") == 42
    assert series.total("sent", "v-2") == 0


@pytest.mark.contract("B-SEG-1")
def test_a_short_page_of_segments_is_the_last(client: BrazeClient, respx_mock: respx.Router) -> None:
    entry = {"id": SEGMENT_ID, "name": "Regulars", "analytics_tracking_enabled": True, "tags": ["coffee"]}
    route = respx_mock.get(f"{ENDPOINT}/segments/list", params={"page": "0"})
    full = httpx.Response(200, json={"message": "success", "segments": [entry] * 100})
    route.side_effect = [full, httpx.Response(200, json={"message": "success", "segments": [entry]})]

    first, second = client.send(calls.segments_list()), client.send(calls.segments_list())

    assert (first.is_last, second.is_last) == (False, True)
    assert second.items == (Segment(SEGMENT_ID, "Regulars", has_analytics=True, tags=("coffee",)),)


def test_segment_details_and_sizes_are_read(client: BrazeClient, respx_mock: respx.Router) -> None:
    details = {"message": "success", "name": "Regulars", "description": "age > 18", "text_description": "Our best"}
    sizes = {"message": "success", "data": [{"time": "2026-11-21", "size": 12}, {"time": "?", "size": 1}]}
    respx_mock.get(f"{ENDPOINT}/segments/details").respond(200, json=details)
    respx_mock.get(f"{ENDPOINT}/segments/data_series").respond(200, json=sizes)

    segment = client.send(calls.segment_details(SEGMENT_ID))
    series = client.send(calls.segment_data_series(SEGMENT_ID, length=7))

    assert (segment.name, segment.description, segment.filters) == ("Regulars", "Our best", "age > 18")
    assert [(day.date, day.size) for day in series.days] == [(date(2026, 11, 21), 12)]


def test_campaign_details_name_the_channel_of_each_variation(client: BrazeClient, respx_mock: respx.Router) -> None:
    answer = {"message": "success", "name": "All mail", "enabled": True, "messages": {"v-1": {"channel": "email"}}}
    respx_mock.get(f"{ENDPOINT}/campaigns/details").respond(200, json=answer)

    campaign = client.send(calls.campaign_details(CAMPAIGN_ID))

    assert campaign.variations["v-1"].channel == "email"
    assert (campaign.is_enabled, campaign.is_archived) == (True, False)


@pytest.mark.parametrize("permission", sorted(PROBES))
@pytest.mark.parametrize(
    ("status", "outcome"), [(400, "granted"), (401, "key refused"), (403, "missing"), (200, "granted")]
)
def test_a_probe_reads_the_permission_from_the_status_and_names_nothing(
    permission: str, status: int, outcome: str, client: BrazeClient, respx_mock: respx.Router
) -> None:
    method, path = PROBES[permission]
    word = "success" if status == 200 else "no"
    route = respx_mock.route(method=method, url=f"{ENDPOINT}{path}").respond(status, json={"message": word})

    reply = client.send(calls.probe(permission))

    assert (reply.permission, reply.outcome) == (permission, outcome)
    assert route.calls.last.request.content in (b"", b"{}")
    assert not route.calls.last.request.url.query


def test_a_probe_does_not_take_a_strange_servers_400_for_a_permission(
    client: BrazeClient, respx_mock: respx.Router
) -> None:
    respx_mock.post(f"{ENDPOINT}/users/track").respond(400, html="<h1>Bad Request</h1>")

    with pytest.raises(CallRefused):
        client.send(calls.probe("users.track"))


@pytest.mark.contract("B-HTTP-8")
def test_a_body_above_4_mb_never_leaves(client: BrazeClient) -> None:
    call = calls.schedule_create(
        external_user_ids=["u"], schedule=in_a_minute(), email=an_email(body="x" * 4 * 1024 * 1024), now=NOW
    )

    with pytest.raises(ContractViolation) as refusal:
        client.send(call)

    assert refusal.value.rule == "B-HTTP-8"


def test_text_that_is_no_unicode_never_leaves(client: BrazeClient) -> None:
    with pytest.raises(ContractViolation):
        client.send(calls.users_track([UserAttributes("u", {"first_name": "\ud800"})]))


def test_a_triggered_broadcast_names_its_audience(client: BrazeClient, respx_mock: respx.Router) -> None:
    answer = {"dispatch_id": DISPATCH_ID, "message": "success"}
    route = respx_mock.post(f"{ENDPOINT}/campaigns/trigger/send").respond(201, json=answer)
    audience = ArrayAttribute("smartersends_groups").includes("US-001")
    call = calls.trigger_send_broadcast(campaign_id=CAMPAIGN_ID, audience=audience, send_id="news-1")

    client.send(call)

    assert sent_body(route) == {
        "broadcast": True,
        "audience": audience.as_json(),
        "campaign_id": CAMPAIGN_ID,
        "send_id": "news-1",
    }
    assert (call.makes_mail, call.pool.name, call.answered_pool.name) == (True, "broadcasts", "broadcasts")


def test_the_same_audience_has_the_same_key_and_another_has_another() -> None:
    keys = [
        calls.trigger_send_broadcast(
            campaign_id=CAMPAIGN_ID,
            audience=ArrayAttribute("smartersends_groups").includes(group),
            send_id=send_id,
        ).audience_key
        for group, send_id in [("US-001", "a"), ("US-001", "b"), ("US-002", "a")]
    ]

    assert keys[0] == keys[1] != keys[2]


def test_a_person_is_looked_up_by_address(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/export/ids").respond(201, json={"message": "success", "users": []})

    reply = client.send(calls.users_export_ids(email_address="ana@x.example", fields=["external_id"]))

    assert sent_body(route) == {"email_address": "ana@x.example", "fields_to_export": ["external_id"]}
    assert (reply.users, reply.invalid_user_ids) == ((), ())


def test_a_send_id_that_braze_does_not_name_is_not_made_up(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/sends/id/create").respond(201, json={"message": "success"})

    with pytest.raises(Uncertain):
        client.send(calls.send_id_create(CAMPAIGN_ID))

    assert client.send(calls.send_id_create(CAMPAIGN_ID, "news-1")).send_id == "news-1"
    assert route.call_count == 2


def test_any_mapping_can_be_an_attribute(client: BrazeClient, respx_mock: respx.Router) -> None:
    route = respx_mock.post(f"{ENDPOINT}/users/track").respond(201, json={"message": "success"})

    client.send(calls.users_track([UserAttributes("u", {"favourite": MappingProxyType({"drink": "flat white"})})]))

    assert sent_body(route) == {"attributes": [{"external_id": "u", "favourite": {"drink": "flat white"}}]}
