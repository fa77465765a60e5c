"""Lifting a suppression where that is lawful, with the proof of it kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences.marking import mark_pending
from groups.consent.suppressing import EVERYWHERE
from groups.errors import InputRefused, NotPermitted, StaleState
from groups.keeping.addresses import storing_of
from groups.keeping.standing import demand_settled
from groups.models import Brand, Group, Lift, Suppression, SuppressionReason, User

STATEMENT_CHARACTERS = 500
# These are wishes of a person, so that only the person's own word undoes them.
WISHES = frozenset({SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT})


def needs_consent(suppression: Suppression) -> bool:
    """Tells whether a suppression is a person's own wish, which only their renewed consent lifts."""
    return suppression.reason in WISHES


def who_else_lifts(suppression: Suppression, group: Group) -> str:
    """Says why nobody lifts a suppression from a group's page; empty where people there may.

    What counts for the whole brand, complaints and hard bounces are lifted by the brand's own group alone.
    """
    if group.parent_id is None:
        return ""
    if suppression.reason in EVERYWHERE:
        return _("Only head office lifts a complaint or a hard bounce.")
    if suppression.group_id is None:
        return _("It counts for the whole brand, so only head office lifts it.")
    return ""


def lift(
    *,
    suppression: Suppression,
    group: Group,
    statement: str,
    consented_on: date | None = None,
    actor: User,
) -> int:
    """Lets an address be mailed again, from the page of a group, and tells Braze; gives how many people it concerns.

    `statement` says why; for what a person wished it says how they agreed again, on `consented_on`. Everybody who has
    the address is let in; what shuts it for another reason stays. Raises `NotPermitted` where head office must do it,
    `InputRefused` without a statement or for a day that is none, `StaleState` when it is lifted already.
    """
    if why := who_else_lifts(suppression, group):
        raise NotPermitted(why)
    words = " ".join(statement.split())
    is_renewed = needs_consent(suppression)
    if not words or len(words) > STATEMENT_CHARACTERS:
        raise InputRefused(
            _("Say how this person agreed to get mail again, in at most 500 characters.")
            if is_renewed
            else _("Say why this address may be mailed again, in at most 500 characters.")
        )
    suppressed_on = timezone.localdate(suppression.created_at)
    if is_renewed and (consented_on is None or not suppressed_on <= consented_on <= timezone.localdate()):
        raise InputRefused(
            _("Give the day on which they agreed again: after they were shut out, and not in the future.")
        )
    with transaction.atomic():
        demand_settled(suppression.brand)
        same = list(
            Suppression.objects.select_for_update().filter(
                brand=suppression.brand_id,
                address=suppression.address,
                group=suppression.group_id,
                reason=suppression.reason,
            )
        )
        if not same:
            raise StaleState
        people = keep_and_open(
            same,
            brand=suppression.brand,
            statement=words,
            is_renewed=is_renewed,
            consented_on=consented_on if is_renewed else None,
            actor=actor,
        )
        audit.record(
            "suppression.lifted",
            actor=actor,
            target=suppression,
            brand=suppression.brand,
            group=suppression.group,
            reason=suppression.reason,
            origin=suppression.origin,
            is_renewed=is_renewed,
        )
        mark_pending(people)
    return len(people)


def keep_and_open(
    suppressions: Collection[Suppression],
    *,
    brand: Brand,
    statement: str,
    is_renewed: bool,
    consented_on: date | None,
    actor: User | None,
) -> list[UUID]:
    """Keeps suppressions of a brand as lifted ones and deletes them; gives the contacts that they shut out.

    To be called inside a transaction, with the brand held and the rows locked.
    """
    stored = storing_of(brand)
    Lift.objects.bulk_create(
        Lift(
            brand_id=one.brand_id,
            contact_id=one.contact_id,
            address=stored(one.address),
            group_id=one.group_id,
            reason=one.reason,
            origin=one.origin,
            suppressed_at=one.created_at,
            is_renewed=is_renewed,
            statement=statement,
            consented_on=consented_on,
            lifted_by=actor,
        )
        for one in suppressions
    )
    Suppression.objects.filter(pk__in=[one.pk for one in suppressions]).delete()
    return sorted({one.contact_id for one in suppressions if one.contact_id is not None})
