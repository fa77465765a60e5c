"""Calls for subscription states and lists of addresses (contract, section 12); optional for the portal (B-CMP-4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from braze_client import limits, parsing
from braze_client.calls.call import Call, reading_call
from braze_client.calls.segments import SortDirection
from braze_client.limits import demand
from braze_client.pacing import SHARED, SUBSCRIPTIONS
from braze_client.paging import Paged
from braze_client.replies import AddressPage, Done, ListedAddress, SubscriptionStates

PEOPLE_PER_CALL = 50
MOST_ADDRESSES = 500
GroupState = Literal["subscribed", "unsubscribed"]
GlobalState = Literal["subscribed", "unsubscribed", "opted_in"]


def subscription_status_set(
    subscription_group_id: str,
    state: GroupState,
    *,
    external_ids: Sequence[str] = (),
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
) -> Call[Done]:
    """Set the state of 1 to 50 people in one subscription group, named in one way; 5,000 calls a minute.

    It holds for every profile that shares an address (B-TRK-10). Raises :class:`ContractViolation`.
    """
    demand("12", state in ("subscribed", "unsubscribed"), "a group's state is subscribed or unsubscribed")
    return Call(
        method="POST",
        path="/subscription/status/set",
        permission="subscription.status.set",
        pool=SUBSCRIPTIONS,
        parse=parsing.done,
        body={
            "subscription_group_id": limits.identifier(subscription_group_id, "the subscription group ID"),
            "subscription_state": state,
            **_people(external_ids, emails, phones),
        },
    )


def subscription_status_get(
    subscription_group_id: str,
    *,
    external_ids: Sequence[str] = (),
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
) -> Call[SubscriptionStates]:
    """Read the state of 1 to 50 people in one subscription group, named in one way (B-HTTP-6).

    A person who left the brand as a whole still shows the last state in the group.
    """
    query: dict[str, str | Sequence[str]] = {
        "subscription_group_id": limits.identifier(subscription_group_id, "the subscription group ID"),
        **_people(external_ids, emails, phones),
    }
    return reading_call("/subscription/status/get", "subscription.status.get", query, parsing.subscription_states)


def email_status(emails: Sequence[str], state: GlobalState) -> Call[Done]:
    """Set the global state of 1 to 50 addresses; an unknown address takes it on as soon as it appears."""
    limits.counted(emails, PEOPLE_PER_CALL, "12", "addresses")
    demand("12", all(email.strip() for email in emails), "an address is empty")
    demand("12", state in ("subscribed", "unsubscribed", "opted_in"), "unknown email subscription state")
    return Call(
        method="POST",
        path="/email/status",
        permission="email.status",
        pool=SHARED,
        parse=parsing.done,
        body={"email": list(emails), "subscription_state": state},
    )


def email_unsubscribes(
    end_date: date,
    *,
    start_date: date | None = None,
    email: str | None = None,
    limit: int = MOST_ADDRESSES,
    offset: int = 0,
    sort_direction: SortDirection = "desc",
) -> Call[AddressPage]:
    """Read who unsubscribed, from ``start_date`` on, or one ``email``: latest first, 1 to 500 a page (B-EML-1).

    Days are midnights in UTC, so what happened on ``end_date`` itself is left out: to cover today ask for tomorrow.
    """
    query = _listing(end_date, start_date, email, limit, offset) | {"sort_direction": sort_direction}
    return reading_call(
        "/email/unsubscribes", "email.unsubscribe", query, parsing.address_page("unsubscribed_at", limit)
    )


def email_hard_bounces(
    end_date: date,
    *,
    start_date: date | None = None,
    email: str | None = None,
    limit: int = MOST_ADDRESSES,
    offset: int = 0,
) -> Call[AddressPage]:
    """Read which addresses bounced for good, latest first; as :func:`email_unsubscribes`."""
    query = _listing(end_date, start_date, email, limit, offset)
    return reading_call(
        "/email/hard_bounces", "email.hard_bounces", query, parsing.address_page("hard_bounced_at", limit)
    )


def every_unsubscribe(end_date: date, *, start_date: date) -> Paged[ListedAddress]:
    """Read all who unsubscribed in the days, page by page, for the clients' ``items``.

    Oldest first, so that whoever unsubscribes meanwhile moves nobody to another page.
    """

    def page(number: int) -> Call[AddressPage]:
        offset = number * MOST_ADDRESSES
        return email_unsubscribes(end_date, start_date=start_date, offset=offset, sort_direction="asc")

    return Paged(page)


def every_hard_bounce(end_date: date, *, start_date: date) -> Paged[ListedAddress]:
    """Read all addresses that bounced in the days, page by page, for the clients' ``items``."""
    return Paged(lambda page: email_hard_bounces(end_date, start_date=start_date, offset=page * MOST_ADDRESSES))


def _people(external_ids: Sequence[str], emails: Sequence[str], phones: Sequence[str]) -> dict[str, list[str]]:
    given = {
        name: value for name, value in (("external_id", external_ids), ("email", emails), ("phone", phones)) if value
    }
    demand("12", len(given) == 1, "people are named by external IDs, by addresses, or by numbers")
    ((name, values),) = given.items()
    limits.counted(values, PEOPLE_PER_CALL, "12", "people")
    demand("12", all(value.strip() for value in values), "a person's name is empty")
    return {name: list(values)}


def _listing(end: date, start: date | None, email: str | None, limit: int, offset: int) -> dict[str, str]:
    demand("12", (start is None) != (email is None), "a list is asked for from a day on, or for one address")
    demand("12", 1 <= limit <= MOST_ADDRESSES and offset >= 0, "a page has 1 to 500 addresses and begins at 0 or later")
    demand("12", start is None or start <= end, "the days end before they begin")
    query = {"end_date": end.isoformat(), "limit": str(limit), "offset": str(offset)}
    return query | ({"email": email} if email is not None else {"start_date": start.isoformat() if start else ""})
