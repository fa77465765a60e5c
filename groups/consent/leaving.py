"""What a person does by themself: leaving a group or the brand, and taking that back."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences.marking import mark_pending
from groups.consent.lifting import keep_and_open
from groups.consent.suppressing import counts_for, suppress
from groups.keeping.addresses import stored_address
from groups.keeping.standing import hold
from groups.models import (
    Contact,
    Group,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
)

UNDO: Final = timedelta(hours=1)
SOURCES: Final = {
    SuppressionOrigin.PAGE: "unsubscribe page",
    SuppressionOrigin.ONE_CLICK: "one-click header",
}


def unsubscribe(
    *,
    contact: Contact,
    group: Group | None,
    source: str = "",
    origin: SuppressionOrigin = SuppressionOrigin.OTHER,
) -> int:
    """Stops mail from a group, or from the whole brand, to everybody of the brand who has the contact's address.

    Where the brand says that leaving one group counts for all, it does (catalogue A11). The address stays shut, whoever
    is given it later. Gives the number of contacts concerned; asking twice changes nothing more.
    """
    brand = contact.brand
    wide = counts_for(brand, group, SuppressionReason.UNSUBSCRIBED)
    with transaction.atomic():
        opened = suppress(
            brand=brand,
            addresses=[contact.email],
            group=wide,
            reason=SuppressionReason.UNSUBSCRIBED,
            origin=origin,
            source=source or SOURCES.get(origin, ""),
        )
        if opened:
            audit.record(
                "contact.unsubscribed",
                actor=None,
                target=contact,
                brand=brand,
                group=wide,
                is_brand_wide=wide is None,
            )
    return Contact.objects.filter(brand=brand, email=contact.email).count()


def may_be_undone(contact: Contact, group: Group | None) -> bool:
    """Tells whether the person left by the page a short while ago, so that it may have been a mistake."""
    return _just_left(contact, group).exists()


def undo(*, contact: Contact, group: Group | None) -> bool:
    """Takes back what a person did on the unsubscribe page within the last hour; tells whether there was anything.

    That is consent given again: the time and the very words of the page are kept, and Braze is told. What shut the
    address in any other way stays.
    """
    text = undo_statement(contact, group)
    now = timezone.now()
    with transaction.atomic():
        hold(contact.brand)
        found = list(_just_left(contact, group).select_for_update())
        if not found:
            return False
        people = keep_and_open(
            found,
            brand=contact.brand,
            statement=text,
            is_renewed=True,
            consented_on=timezone.localdate(now),
            actor=None,
        )
        Contact.objects.filter(pk__in=people).update(
            consent_source=SOURCES[SuppressionOrigin.PAGE], consent_on=timezone.localdate(now), consent_text=text
        )
        audit.record(
            "contact.consented_again",
            actor=None,
            target=contact,
            brand=contact.brand,
            group=group,
            is_brand_wide=group is None,
        )
        mark_pending(people)
    return True


def undo_statement(contact: Contact, group: Group | None) -> str:
    """Gives the words that a person agrees to when they take it back, in the language that they read."""
    name = contact.brand.name if group is None else group.name
    return _("I did not mean to unsubscribe. I want to go on getting mail from %(name)s.") % {"name": name}


def _just_left(contact: Contact, group: Group | None) -> QuerySet[Suppression]:
    # While a brand forgets its contacts, what was shut has a stand-in before everybody who has the address has one.
    address = contact.email.lower()
    return Suppression.objects.filter(
        brand=contact.brand_id,
        address__in={address, stored_address(contact.brand, address)},
        group=group,
        reason=SuppressionReason.UNSUBSCRIBED,
        origin=SuppressionOrigin.PAGE,
        created_at__gt=timezone.now() - UNDO,
    )
