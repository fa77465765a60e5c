"""Tolerant readers: from an answer of Braze to a value of :mod:`braze_client.replies`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from math import isfinite

import orjson

from braze_client.replies import (
    Accepted,
    Answer,
    CampaignDetails,
    DataSeries,
    Day,
    Done,
    ExportReply,
    Json,
    ProbeOutcome,
    ProbeReply,
    RefusedObject,
    Segment,
    SegmentDetails,
    SegmentPage,
    SegmentSeries,
    SegmentSize,
    SendId,
    TrackReply,
    VariationDay,
)

SEGMENTS_PER_PAGE = 100
METRICS = (
    "sent",
    "opens",
    "unique_opens",
    "clicks",
    "unique_clicks",
    "unsubscribes",
    "bounces",
    "delivered",
    "reported_spam",
)


class UnreadableAnswer(ValueError):
    """A 2xx lacks what makes it useful; the clients turn this into :class:`braze_client.errors.Uncertain`."""


def accepted(answer: Answer) -> Accepted:
    """Read the answer to a call that makes mail."""
    body = answer.body
    return Accepted(
        dispatch_id=text_or_none(body.get("dispatch_id")),
        schedule_id=text_or_none(body.get("schedule_id")),
        send_id=text_or_none(body.get("send_id")),
        remarks=sentences(body.get("errors")),
        unknown=without(body, "dispatch_id", "schedule_id", "send_id", "errors", "message"),
    )


def done(answer: Answer) -> Done:
    """Read the answer to schedule/update and schedule/delete, which Braze does not document."""
    return Done(remarks=sentences(answer.body.get("errors")))


def send_id(asked: str | None) -> Callable[[Answer], SendId]:
    """Return the reader of sends/id/create; an answer without the ID means the one that was asked for."""

    def read(answer: Answer) -> SendId:
        given = text(answer.body.get("send_id")) or asked
        if given is None:
            raise UnreadableAnswer("sends/id/create gave no send ID")
        return SendId(given)

    return read


def track_reply(sent: int) -> Callable[[Answer], TrackReply]:
    """Return the reader of the answer to a users.track call of ``sent`` attribute objects (B-TRK-13 to B-TRK-16)."""

    def read(answer: Answer) -> TrackReply:
        refused: dict[int, RefusedObject] = {}
        unplaced: list[str] = []
        for entry in items(answer.body.get("errors")):
            placed = placed_error(entry, sent)
            if placed is None:
                unplaced.append(sentence(entry))
            else:
                refused.setdefault(placed.index, placed)
        processed = answer.body.get("attributes_processed")
        return TrackReply(
            sent=sent,
            processed=processed if type(processed) is int else None,
            refused=tuple(refused[index] for index in sorted(refused)),
            unplaced=tuple(unplaced),
        )

    return read


def placed_error(entry: object, sent: int) -> RefusedObject | None:
    """Return the refused object that ``entry`` names by array and index, or None when it names none."""
    if not isinstance(entry, Mapping):
        return None
    index, input_array = entry.get("index"), entry.get("input_array")
    if type(index) is not int or not 0 <= index < sent or input_array != "attributes":
        return None
    reason = entry.get("type")
    return RefusedObject(index, "attributes", reason if isinstance(reason, str) else sentence(entry))


def export_reply(answer: Answer) -> ExportReply:
    """Read the profiles of users/export/ids."""
    return ExportReply(
        users=tuple(objects(answer.body.get("users"))),
        invalid_user_ids=tuple(text(item) for item in items(answer.body.get("invalid_user_ids"))),
    )


def data_series(answer: Answer) -> DataSeries:
    """Read sends/data_series: every metric optional, unknown keys kept, days without a readable date left out."""
    days = []
    for entry in objects(answer.body.get("data")):
        day = day_or_none(entry.get("time"))
        if day is None:
            continue
        messages = entry.get("messages")
        emails = messages.get("email") if isinstance(messages, Mapping) else None
        days.append(
            Day(
                date=day,
                variations=tuple(variation_day(item) for item in objects(emails)),
                unique_recipients=count(entry.get("unique_recipients")),
                unknown=without(entry, "time", "messages", "unique_recipients"),
            )
        )
    return DataSeries(tuple(days))


def variation_day(entry: Json) -> VariationDay:
    """Read one variation's metrics of one day."""
    return VariationDay(
        variation_id=text_or_none(entry.get("variation_api_id")),
        variation_name=text_or_none(entry.get("variation_name")),
        metrics={name: count(entry.get(name)) for name in METRICS},
        unknown=without(entry, "variation_api_id", "variation_name", *METRICS),
    )


def segment_page(answer: Answer) -> SegmentPage:
    """Read one page of segments/list."""
    entries = list(objects(answer.body.get("segments")))
    return SegmentPage(
        segments=tuple(
            Segment(
                id=text(entry.get("id")),
                name=text(entry.get("name")),
                has_analytics=entry.get("analytics_tracking_enabled") is True,
                tags=tuple(text(tag) for tag in items(entry.get("tags"))),
            )
            for entry in entries
        ),
        is_last=len(entries) < SEGMENTS_PER_PAGE,
    )


def segment_details(answer: Answer) -> SegmentDetails:
    """Read segments/details; Braze's ``description`` is the filters and ``text_description`` the words of a person."""
    body = answer.body
    return SegmentDetails(
        name=text(body.get("name")),
        description=text(body.get("text_description")),
        filters=text(body.get("description")),
        tags=tuple(text(tag) for tag in items(body.get("tags"))),
        created_at=text_or_none(body.get("created_at")),
        updated_at=text_or_none(body.get("updated_at")),
    )


def segment_series(answer: Answer) -> SegmentSeries:
    """Read segments/data_series."""
    sizes = ((day_or_none(entry.get("time")), entry.get("size")) for entry in objects(answer.body.get("data")))
    return SegmentSeries(tuple(SegmentSize(day, count(size)) for day, size in sizes if day is not None))


def campaign_details(answer: Answer) -> CampaignDetails:
    """Read campaigns/details, whose ``messages`` is an object by message variation ID."""
    body = answer.body
    messages = body.get("messages")
    variations = messages.items() if isinstance(messages, Mapping) else ()
    return CampaignDetails(
        name=text(body.get("name")),
        is_archived=body.get("archived") is True,
        is_draft=body.get("draft") is True,
        is_enabled=body.get("enabled") is True,
        variations={key: text(value.get("channel")) for key, value in variations if isinstance(value, Mapping)},
        unknown=without(body, "message", "name", "archived", "draft", "enabled", "messages"),
    )


def probe_reply(permission: str) -> Callable[[Answer], ProbeReply]:
    """Return the reader of a probe's status: 401 and 403 say no, 400 and 2xx say that the key was let in."""
    outcomes: dict[int, ProbeOutcome] = {401: "key refused", 403: "missing"}
    return lambda answer: ProbeReply(permission, outcomes.get(answer.status, "granted"))


def sentences(errors: object) -> tuple[str, ...]:
    """Return Braze's ``errors`` as text, whatever their shape: strings, objects, a single value (B-ENV-2)."""
    return tuple(sentence(entry) for entry in items(errors))


def sentence(entry: object) -> str:
    """Return one error as text: itself, or the whole object as JSON, so that nothing is lost."""
    return entry if isinstance(entry, str) else orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()


def items(value: object) -> Iterator[object]:
    """Yield the members of a list, nothing for None, and anything else as one member."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def objects(value: object) -> Iterator[Json]:
    """Yield the JSON objects of a list and leave the rest."""
    return (entry for entry in items(value) if isinstance(entry, Mapping))


def text(value: object) -> str:
    """Return a string as it is, None as empty, and anything else in its own words."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def text_or_none(value: object) -> str | None:
    """Return text that is not empty, else None."""
    return text(value) or None


def count(value: object) -> int:
    """Return a whole number, 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return 0
    return int(value)


def day_or_none(value: object) -> date | None:
    """Return the day of an ISO date or time, else None."""
    try:
        return datetime.fromisoformat(text(value)).date()
    except ValueError:
        return None


def without(body: Json, *known: str) -> Json:
    """Return the members of ``body`` whose names are not among ``known``."""
    return {name: value for name, value in body.items() if name not in known}
