"""Readers of the answers to calls that make, move or withdraw mail."""

from __future__ import annotations

from braze_client.parsing.people import sorted_errors
from braze_client.parsing.values import sentences, text_or_none, without
from braze_client.replies import Accepted, Answer, Done


def accepted(answer: Answer) -> Accepted:
    """Read the answer to a call that makes mail."""
    body = answer.body
    return Accepted(
        dispatch_id=text_or_none(body.get("dispatch_id")),
        schedule_id=text_or_none(body.get("schedule_id")),
        send_id=text_or_none(body.get("send_id")),
        remarks=sentences(body.get("errors")),
        refused=sorted_errors(body.get("errors"))[0],
        unknown=without(body, "dispatch_id", "schedule_id", "send_id", "errors", "message"),
    )


def done(answer: Answer) -> Done:
    """Read the answer to schedule/update and schedule/delete, which Braze does not document."""
    return Done(remarks=sentences(answer.body.get("errors")))
