"""What a filter said when its mailing was frozen, and whom it finds from there: in the database, or by Braze."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from braze_client.audience import Audience as ConnectedAudience
from campaigns.errors import Refusal
from campaigns.models import Delivery, Mailing
from groups.audiences.filters.connecting import connected
from groups.audiences.filters.definition import Definition, Targets
from groups.audiences.filters.parsing import read
from groups.audiences.filters.queries import all_attributes_of, definition_of, matching, today_of
from groups.errors import InputRefused
from groups.models import AudienceKind, Contact


def selection_of(mailing: Mailing) -> dict[str, Any] | None:
    """Gives what a mailing's filter says, and the day on which it goes, from which its days count; None without one.

    Raises `Refusal` where the brand does not let filters use one of its attributes any more.
    """
    audience = mailing.audience
    if audience is None or audience.kind != AudienceKind.FILTER:
        return None
    try:
        definition = definition_of(audience)
    except InputRefused as refused:
        raise Refusal(refused.sentence) from refused
    day = today_of(mailing.group, mailing.send_at)
    return {"definition": definition.as_json(), "day": day.isoformat()}


def selected(delivery: Delivery) -> QuerySet[Contact]:
    """Gives the contacts of the delivery's group whom its filter finds."""
    definition, targets, day = _frozen(delivery)
    return matching(definition, delivery.mailing.group, day, targets)


def connected_selection(delivery: Delivery) -> tuple[ConnectedAudience, ...]:
    """Gives the filter of a delivery as Braze applies it, nothing where it has none."""
    if delivery.selection is None:
        return ()
    return (connected(*_frozen(delivery)),)


def _frozen(delivery: Delivery) -> tuple[Definition, Targets, date]:
    """Reads a frozen filter; whether the brand lets filters use its attributes was asked when it was frozen."""
    frozen = delivery.selection or {}
    targets = all_attributes_of(delivery.mailing.group.brand_id)
    return read(frozen["definition"], targets), targets, date.fromisoformat(frozen["day"])
