"""Lifting: a person's own wish only by their own word, what counts everywhere by head office alone, with proof kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from groups.audiences.queries import suppressed_by
from groups.consent.lifting import lift
from groups.consent.suppressing import suppress
from groups.errors import InputRefused, NotPermitted, StaleState
from groups.models import (
    Contact,
    Event,
    Group,
    Lift,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    SyncState,
)
from tests.builders import Cast, a_contact, an_audience, root_group

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CARD = "Signed the card at the counter."


def shut(cast: Cast, reason: SuppressionReason, group: Group | None) -> Suppression:
    """Gives the suppression of a contact of the store."""
    contact = a_contact(audience=an_audience(group=cast.store), sync_state=SyncState.SYNCED, email="maya@example.com")
    suppress(brand=cast.brand, addresses=[contact.email], group=group, reason=reason, origin=SuppressionOrigin.PAGE)
    Contact.objects.update(sync_state=SyncState.SYNCED)
    return Suppression.objects.get()


@pytest.mark.catalogue("A11")
def test_a_wish_is_lifted_by_renewed_consent_and_the_proof_is_kept(cast: Cast) -> None:
    suppression = shut(cast, SuppressionReason.UNSUBSCRIBED, cast.store)
    today = timezone.localdate()

    people = lift(
        suppression=suppression, group=cast.store, statement=f" {CARD} ", consented_on=today, actor=cast.author
    )

    assert people == 1
    assert not Contact.objects.filter(suppressed_by(cast.store)).exists()
    kept = Lift.objects.get()
    assert (kept.statement, kept.consented_on, kept.is_renewed, kept.lifted_by, kept.origin) == (
        CARD,
        today,
        True,
        cast.author,
        "page",
    )
    assert Contact.objects.get().sync_state == SyncState.PENDING
    assert Event.objects.get(action="suppression.lifted").detail["is_renewed"] is True


@pytest.mark.parametrize("reason", [SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT])
@pytest.mark.parametrize(
    ("statement", "day"),
    [("", 0 * DAY), (CARD, None), (CARD, DAY), (CARD, -DAY), ("x" * 501, 0 * DAY)],
)
def test_without_the_persons_own_word_their_wish_stands(
    cast: Cast, reason: SuppressionReason, statement: str, day: timedelta | None
) -> None:
    suppression = shut(cast, reason, None)
    consented_on: date | None = None if day is None else timezone.localdate() + day

    with pytest.raises(InputRefused):
        lift(
            suppression=suppression,
            group=root_group(cast.brand),
            statement=statement,
            consented_on=consented_on,
            actor=cast.admin,
        )

    assert Suppression.objects.count() == 1
    assert Lift.objects.count() == 0


@pytest.mark.catalogue("A11")
@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_what_counts_for_the_whole_brand_is_lifted_by_head_office_alone(cast: Cast, reason: SuppressionReason) -> None:
    suppression = shut(cast, reason, None)

    for group in (cast.store, cast.region):
        with pytest.raises(NotPermitted):
            lift(
                suppression=suppression,
                group=group,
                statement=CARD,
                consented_on=timezone.localdate(),
                actor=cast.admin,
            )
    assert Suppression.objects.count() == 1

    lift(
        suppression=suppression,
        group=root_group(cast.brand),
        statement=CARD,
        consented_on=timezone.localdate(),
        actor=cast.admin,
    )

    assert Suppression.objects.count() == 0


def test_what_shuts_the_address_for_another_reason_stays(cast: Cast) -> None:
    suppression = shut(cast, SuppressionReason.BLOCKED, None)
    suppress(
        brand=cast.brand,
        addresses=["maya@example.com"],
        group=None,
        reason=SuppressionReason.HARD_BOUNCE,
        origin=SuppressionOrigin.BRAZE,
    )

    lift(suppression=suppression, group=root_group(cast.brand), statement="A mistake.", actor=cast.admin)

    assert Suppression.objects.get().reason == SuppressionReason.HARD_BOUNCE
    assert Lift.objects.get().is_renewed is False
    with pytest.raises(StaleState):
        lift(suppression=suppression, group=root_group(cast.brand), statement="A mistake.", actor=cast.admin)
