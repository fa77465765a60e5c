"""Answers of users.track are read by structure and by nothing else (B-TRK-13 to B-TRK-16)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_client import PartlyRefused, RefusedObject, TrackReply, parsing
from braze_client.replies import Answer

WORDS = st.text("ab9-", max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = [
    "errors",
    "attributes_processed",
    "users",
    "data",
    "segments",
    "messages",
    "tags",
    "dispatch_id",
    "time",
    "status",
    "emails",
    "campaigns",
    "scheduled_broadcasts",
]


def read(sent: int, body: dict[str, Any], events: int = 0) -> TrackReply:
    """Return what the reader of a track call of ``sent`` attributes and ``events`` makes of ``body``."""
    counts = {"attributes": sent, "events": events}
    try:
        return parsing.track_reply({name: count for name, count in counts.items() if count})(Answer(201, body))
    except PartlyRefused as partly:
        return partly.reply


@pytest.mark.contract("B-TRK-13")
def test_refused_objects_are_named_by_their_place_in_the_array() -> None:
    state = "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"
    errors = [
        {"index": 3, "input_array": "attributes", "type": state},
        {"index": 1, "input_array": "attributes", "type": "two"},
    ]

    reply = read(5, {"attributes_processed": 3, "errors": errors, "message": "success"})

    assert reply.refused == (RefusedObject(1, "attributes", "two"), RefusedObject(3, "attributes", state))
    assert reply.refused_in("attributes") == {1: "two", 3: state}
    assert reply.refused_in("events") == {}
    assert reply.unplaced == ()
    assert reply.adds_up


@pytest.mark.contract("B-TRK-14")
def test_a_count_that_does_not_add_up_is_only_a_warning() -> None:
    reply = read(5, {"attributes_processed": 4, "message": "success"})

    assert reply.adds_up is False
    assert reply.refused == ()


@pytest.mark.parametrize(
    "entry",
    [
        "EMAIL_BAD_FORMAT",
        {"EMAIL_BAD_FORMAT": "text"},
        {"index": 5, "input_array": "attributes", "type": "x"},
        {"index": -1, "input_array": "attributes", "type": "x"},
        {"index": True, "input_array": "attributes", "type": "x"},
        {"index": "1", "input_array": "attributes", "type": "x"},
        {"index": 1, "input_array": "events", "type": "x"},
        {"index": 1, "type": "x"},
        None,
        7,
    ],
)
@pytest.mark.contract("B-TRK-16")
def test_an_error_that_names_nobody_makes_nobody_refused(entry: object) -> None:
    reply = read(5, {"attributes_processed": 4, "errors": [entry], "message": "success"})

    assert reply.refused == ()
    assert len(reply.unplaced) == 1


@pytest.mark.contract("B-TRK-13")
def test_each_array_counts_its_own_objects() -> None:
    errors = [{"index": 0, "input_array": name, "type": "x"} for name in ("events", "attributes")]
    body = {"attributes_processed": 0, "events_processed": 1, "errors": errors, "message": "success"}

    reply = read(1, body, events=2)

    assert reply.refused == (RefusedObject(0, "attributes", "x"), RefusedObject(0, "events", "x"))
    assert reply.adds_up


@pytest.mark.contract("B-ENV-1")
def test_a_success_with_errors_is_never_taken_for_the_whole() -> None:
    body = {"attributes_processed": 1, "errors": ["something"], "message": "success"}

    with pytest.raises(PartlyRefused) as caught:
        parsing.track_reply({"attributes": 1})(Answer(201, body, "r-1"))

    assert caught.value.may_have_acted is True
    assert caught.value.reply.unplaced == ("something",)
    assert (caught.value.status, caught.value.request_id) == (201, "r-1")


def test_one_object_is_refused_once() -> None:
    entry = {"index": 0, "input_array": "attributes", "type": "x"}

    assert len(read(1, {"attributes_processed": 0, "errors": [entry, entry]}).refused) == 1


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_no_shape_of_an_answer_makes_a_reader_fail(body: dict[str, Any]) -> None:
    answer = Answer(200, body)

    read(2, body)
    for reader in (
        parsing.accepted,
        parsing.done,
        parsing.export_reply,
        parsing.data_series,
        parsing.segment_page,
        parsing.segment_details,
        parsing.segment_series,
        parsing.campaign_details,
        parsing.campaign_page,
        parsing.scheduled_broadcasts,
        parsing.subscription_states,
        parsing.address_page("unsubscribed_at", 100),
    ):
        reader(answer)
