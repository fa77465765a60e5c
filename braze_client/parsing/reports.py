"""Readers of send IDs and of numbers by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from braze_client.parsing.values import (
    UnreadableAnswer,
    count_or_none,
    day_or_none,
    objects,
    text,
    text_or_none,
    without,
)
from braze_client.replies import Answer, DataSeries, Day, Json, SendId, VariationDay

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


def send_id(asked: str | None) -> Callable[[Answer], SendId]:
    """Return the reader of sends/id/create; an answer without the ID means the one that was asked for."""

    def read(answer: Answer) -> SendId:
        given = text(answer.body.get("send_id")) or asked
        if given is None:
            raise UnreadableAnswer("sends/id/create gave no send ID")
        return SendId(given)

    return read


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
                unique_recipients=count_or_none(entry.get("unique_recipients")),
                unknown=without(entry, "time", "messages", "unique_recipients"),
            )
        )
    return DataSeries(tuple(days))


def variation_day(entry: Json) -> VariationDay:
    """Read one variation's metrics of one day."""
    return VariationDay(
        variation_id=text_or_none(entry.get("variation_api_id")),
        variation_name=text_or_none(entry.get("variation_name")),
        metrics={name: known for name in METRICS if (known := count_or_none(entry.get(name))) is not None},
        unknown=without(entry, "variation_api_id", "variation_name", *METRICS),
    )
