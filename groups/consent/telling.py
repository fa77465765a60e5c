"""What Braze tells of one person: a state that says no is kept, and one that says yes changes nothing."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from braze_client import BrazeError, calls
from groups import audit
from groups.audiences.profiles import SHUT, SUBSCRIPTION
from groups.consent.suppressing import suppress
from groups.errors import GroupsError
from groups.models import (
    Contact,
    Lift,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    Workspace,
)
from groups.workspace.braze import client_for, explained

SUBSCRIPTION_GROUPS: Final = "subscription.status.get"
MISSING: Final = "missing"


def note_subscription_state(contact: Contact, state: object) -> bool:
    """Takes what Braze says of a person's subscription (`email_subscribe`); tells whether that shut somebody out.

    `unsubscribed` stops mail from the whole brand to everybody with the address, with Braze as its origin; any other
    state changes nothing, so that nobody is subscribed again by being looked up. What the portal has let in again and
    Braze has not heard of yet is not taken for news.
    """
    if str(state).strip().lower() != SHUT or _is_on_its_way(contact):
        return False
    with transaction.atomic():
        opened = suppress(
            brand=contact.brand,
            addresses=[contact.email],
            group=None,
            reason=SuppressionReason.UNSUBSCRIBED,
            origin=SuppressionOrigin.BRAZE,
            source="look-up",
        )
        if opened:
            audit.record("contact.unsubscribed", actor=None, target=contact, brand=contact.brand, is_brand_wide=True)
    return bool(opened)


def note_subscription_group(contact: Contact) -> bool:
    """Asks Braze for a person's state in the brand's subscription group, where there is one and the key may ask.

    Takes what it says as `note_subscription_state` does. Raises `NotConnected` and `BrazeUnreachable`.
    """
    workspace = Workspace.objects.filter(brand=contact.brand_id).first()
    if workspace is None or not workspace.subscription_group_id:
        return False
    if workspace.check_result.get(SUBSCRIPTION_GROUPS) == MISSING:
        return False
    try:
        with client_for(workspace) as client:
            call = calls.subscription_status_get(workspace.subscription_group_id, external_ids=[contact.external_id])
            states = client.send(call, attempts=1).states
    except BrazeError as error:
        problem: GroupsError = explained(error)
        raise problem from error
    return note_subscription_state(contact, states.get(contact.external_id, ""))


def _is_on_its_way(contact: Contact) -> bool:
    """Tells whether the person came back and Braze still has the state of before."""
    if contact.synced.get(SUBSCRIPTION) != SHUT:
        return False
    is_shut = Suppression.objects.filter(contact=contact, group=None).exists()
    return not is_shut and Lift.objects.filter(contact=contact, group=None, is_renewed=True).exists()
