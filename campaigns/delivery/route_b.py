"""Route B's recipients: named with their own values, and with attributes where Braze may not know them yet."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from braze_client import ContractViolation, TriggerRecipient
from campaigns.brandlock import PersonalValue, personal_properties
from campaigns.models import Batch, BatchState, Delivery, Recipient, Route
from groups.audiences.profiles import SUBSCRIPTION, Profile, Profiler
from groups.keeping.addresses import held_address
from groups.models import Contact

log = logging.getLogger(__name__)

# An attribute of the brand may have any name in Braze; consent is given by people, never by a mail to them.
CONSENT: Final = frozenset({SUBSCRIPTION, "subscription_groups", "push_subscribe"})


def waits_for_sync(delivery: Delivery) -> bool:
    """Tells whether Braze must have somebody before this delivery may name them.

    Where it is false, which it is only on route B for people who may be new, a plan may rely on this: everybody is
    named by external ID with `send_to_existing_only: false` and the attributes that Braze lacks of them, their address
    among them, read when the call is made; Braze stores these before it sends (B-TRG-3). So nobody who is pending has
    to be waited for, `first_synced_at` may be empty, and there is no propagation to wait for (B-TRK-18). It may not
    rely on more: whoever Braze refused at a sync is to be left out as before, and whether a pending contact would be
    refused shows at the call only, in the recipient's outcome.
    """
    return not (delivery.route == Route.TRIGGER and delivery.mails_new_people)


def named_by_id(external_ids: Sequence[str]) -> tuple[TriggerRecipient, ...]:
    """Gives recipients of whom nothing but their ID travels."""
    return tuple(TriggerRecipient(external_user_id=external_id) for external_id in external_ids)


def recipients_of(batches: Sequence[Batch]) -> dict[int, tuple[TriggerRecipient, ...]]:
    """Gives the people of batches by batch, in the order of their rows, where more than their IDs travels.

    Somebody of whom the contract forbids to say what would have to be said is marked as refused and left out, so that
    one person holds up no other. Needs a transaction.
    """
    naming = {batch.pk: batch.delivery for batch in batches if _says_more_than_ids(batch.delivery)}
    if not naming:
        return {}
    rows = Recipient.objects.filter(batch__in=naming, outcome="").select_related("contact").order_by("pk")
    people = list(rows)
    attributes = _attributes_of([row.contact for row in people if naming[row.batch_id].mails_new_people])
    named: dict[int, list[TriggerRecipient]] = {pk: [] for pk in naming}
    refused: list[int] = []
    for row in people:
        try:
            named[row.batch_id].append(_recipient(row.contact, naming[row.batch_id], attributes.get(row.contact_id)))
        except ContractViolation as violation:
            log.warning("delivery.recipient_refused recipient=%s rule=%s", row.pk, violation.rule)
            refused.append(row.pk)
    if refused:
        Recipient.objects.filter(pk__in=refused).update(outcome=BatchState.REFUSED)
    return {pk: tuple(recipients) for pk, recipients in named.items()}


def _says_more_than_ids(delivery: Delivery) -> bool:
    return delivery.route == Route.TRIGGER and bool(delivery.personal_values or delivery.mails_new_people)


def _recipient(contact: Contact, delivery: Delivery, attributes: Profile | None) -> TriggerRecipient:
    properties = personal_properties(_values_of(contact, delivery.personal_values))
    if attributes is None:
        return TriggerRecipient(external_user_id=contact.external_id, trigger_properties=properties)
    return TriggerRecipient(
        external_user_id=contact.external_id,
        trigger_properties=properties,
        send_to_existing_only=False,
        attributes=attributes,
    )


def _values_of(contact: Contact, fallbacks: Mapping[str, PersonalValue]) -> dict[str, PersonalValue]:
    """Gives a contact's own values; whoever lacks one gets its fallback, and none where that is empty too."""
    own = {name: contact.attributes.get(name) for name in fallbacks}
    values = {name: fallbacks[name] if value in (None, "") else value for name, value in own.items()}
    return {name: value for name, value in values.items() if value != ""}


def _attributes_of(contacts: Sequence[Contact]) -> dict[UUID, Profile]:
    """Gives what the next sync would send of each contact (B-TRK-12), and always the address; nobody's consent."""
    if not contacts:
        return {}
    profiler = Profiler.of(contacts[0].brand)
    wanted = profiler.wanted(contacts)
    attributes: dict[UUID, Profile] = {}
    for contact in contacts:
        # A lease means that a sync is under way, or that nobody knows what became of the last one.
        missing = profiler.missing(wanted[contact.pk], contact, is_known=contact.sync_lease_until is None)
        told = {name: value for name, value in missing.items() if name not in CONSENT}
        address = held_address(contact)
        attributes[contact.pk] = {**told, "email": address} if address else told
    return attributes
