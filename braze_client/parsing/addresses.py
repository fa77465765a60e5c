"""Readers of subscription states and lists of addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from braze_client.parsing.values import items, objects, text
from braze_client.replies import AddressPage, Answer, ListedAddress, SubscriptionState, SubscriptionStates

STATES: Mapping[str, SubscriptionState] = {"subscribed": "subscribed", "unsubscribed": "unsubscribed"}
TIME_SHAPES = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S.%f %Z", "%Y-%m-%d %H:%M:%S %Z")


def subscription_states(answer: Answer) -> SubscriptionStates:
    """Read subscription/status/get; capitals do not count, and any other word means unknown (18, row 16)."""
    status = answer.body.get("status")
    entries = status.items() if isinstance(status, Mapping) else ()
    return SubscriptionStates({key: STATES.get(text(word).strip().lower(), "unknown") for key, word in entries})


def address_page(time_name: str, limit: int) -> Callable[[Answer], AddressPage]:
    """Return the reader of a list of addresses whose time stands under ``time_name``."""

    def read(answer: Answer) -> AddressPage:
        entries = list(items(answer.body.get("emails")))
        listed = (
            ListedAddress(text(entry.get("email")), moment_or_none(entry.get(time_name))) for entry in objects(entries)
        )
        return AddressPage(tuple(listed), is_last=len(entries) < limit)

    return read


def moment_or_none(value: object) -> datetime | None:
    """Return an aware time from any of Braze's forms, ISO or ``2020-06-17 19:27:44 +0000``; else None (B-EML-1)."""
    written = text(value).strip()
    for read in (datetime.fromisoformat, *(_shaped(shape) for shape in TIME_SHAPES)):
        try:
            moment = read(written)
        except ValueError:
            continue
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None


def _shaped(shape: str) -> Callable[[str], datetime]:
    return lambda written: datetime.strptime(written, shape)  # noqa: DTZ007  # a missing zone is UTC, above
