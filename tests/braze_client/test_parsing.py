"""Answers of users.track are read by structure and by nothing else (B-TRK-13 to B-TRK-16)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_client import RefusedObject, TrackReply, parsing
from braze_client.replies import Answer

WORDS = st.text("ab9-", max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = ["errors", "attributes_processed", "users", "data", "segments", "messages", "tags", "dispatch_id", "time"]


def read(sent: int, body: dict[str, Any]) -> TrackReply:
    """Return what the reader of a track call of ``sent`` objects makes of ``body``."""
    return parsing.track_reply(sent)(Answer(201, body))


def test_b_trk_13_refused_objects_are_named_by_their_place_in_the_array() -> None:
    state = "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"
    errors = [
        {"index": 3, "input_array": "attributes", "type": state},
        {"index": 1, "input_array": "attributes", "type": "two"},
    ]

    reply = read(5, {"attributes_processed": 3, "errors": errors, "message": "success"})

    assert reply.refused == (RefusedObject(1, "attributes", "two"), RefusedObject(3, "attributes", state))
    assert reply.refused_indexes == {1, 3}
    assert reply.unplaced == ()
    assert reply.adds_up


def test_b_trk_14_a_count_that_does_not_add_up_is_only_a_warning() -> None:
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
def test_b_trk_16_an_error_that_names_nobody_makes_nobody_refused(entry: object) -> None:
    reply = read(5, {"attributes_processed": 4, "errors": [entry], "message": "success"})

    assert reply.refused == ()
    assert len(reply.unplaced) == 1


def test_one_object_is_refused_once() -> None:
    entry = {"index": 0, "input_array": "attributes", "type": "x"}

    assert len(read(1, {"attributes_processed": 0, "errors": [entry, entry]}).refused) == 1


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_no_shape_of_an_answer_makes_a_reader_fail(body: dict[str, Any]) -> None:
    answer = Answer(200, body)

    parsing.track_reply(2)(answer)
    for reader in (
        parsing.accepted,
        parsing.done,
        parsing.export_reply,
        parsing.data_series,
        parsing.segment_page,
        parsing.segment_details,
        parsing.segment_series,
        parsing.campaign_details,
    ):
        reader(answer)
