"""Deciding that a brand keeps no contacts, before the first of them comes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused, StaleState
from groups.models import (
    Audience,
    AudienceKind,
    Brand,
    Contact,
    ContactImport,
    Suppression,
    User,
    Workspace,
)


def reasons_against(brand: Brand) -> list[str]:
    """Says what stands against keeping no contacts; nothing where nothing does."""
    reasons = []
    if not Workspace.objects.filter(brand=brand).exists():
        reasons.append(_("Braze is not connected yet, so that nobody could be told of anyone."))
    if brand.derives_external_ids:
        reasons.append(_("External IDs are derived from addresses here and would give them away."))
    contacts = Contact.objects.filter(brand=brand, erased_at=None)
    imports = ContactImport.objects.filter(audience__group__brand=brand).exclude(file="")
    if contacts.exists() or imports.exists() or Suppression.objects.filter(brand=brand).exists():
        reasons.append(_("The brand has contacts already. This is decided before the first of them comes."))
    filters = Audience.objects.filter(group__brand=brand, kind=AudienceKind.FILTER, segment_id="")
    if names := list(filters.order_by("name").values_list("name", flat=True)[:5]):
        reasons.append(
            _("Filters over your own contacts need their attributes: %(names)s. Delete them first.")
            % {"names": ", ".join(names)}
        )
    return reasons


def keep_no_contacts(*, brand: Brand, actor: User) -> None:
    """Has the portal keep only external ID, a keyed hash of the address and consent of everybody whom Braze has.

    There is no way back: a hash tells no address. Raises `InputRefused` with what stands against it, `StaleState` where
    it is so already.
    """
    with transaction.atomic():
        kept = Brand.objects.select_for_update(no_key=True).filter(pk=brand.pk, keeps_contacts=True)
        if kept.first() is None:
            raise StaleState
        if reasons := reasons_against(brand):
            raise InputRefused(" ".join(reasons), tuple(reasons))
        Brand.objects.filter(pk=brand.pk).update(keeps_contacts=False)
        audit.record("consent.contacts_forgotten", actor=actor, target=brand, brand=brand)
    brand.refresh_from_db(fields=["keeps_contacts"])
