"""Deciding that a brand keeps no contacts; a worker forgets those that it has."""

from __future__ import annotations

from django.db import transaction

from groups import audit
from groups.errors import InputRefused, StaleState
from groups.keeping import nudges
from groups.keeping.reasons import reasons_against
from groups.models import Brand, Forgetting, User


def keep_no_contacts(*, brand: Brand, actor: User) -> Forgetting:
    """Has the portal keep only external ID, a keyed hash of the address and consent of everybody whom Braze has.

    From now on nothing new is kept; a worker exchanges what is here, and until it is done whatever else writes contacts
    waits or is refused. There is no way back: a hash tells no address. Raises `InputRefused` with what stands against
    it, `StaleState` where it was decided already.
    """
    with transaction.atomic():
        # Whoever writes contacts holds the brand: what began before is written by now, what comes later sees this.
        held = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if not held.keeps_contacts:
            raise StaleState
        if reasons := reasons_against(held):
            raise InputRefused(" ".join(reasons), tuple(reasons))
        Brand.objects.filter(pk=brand.pk).update(keeps_contacts=False)
        forgetting = Forgetting.objects.create(brand=held, started_by=actor)
        audit.record("consent.forgetting_begun", actor=actor, target=brand, brand=brand)
        nudges.run(brand.pk)
    brand.refresh_from_db(fields=["keeps_contacts"])
    return forgetting
