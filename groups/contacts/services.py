"""Changing contacts by hand: added to a list, changed, deleted; by the rules that files have."""

from __future__ import annotations

from typing import Final
from uuid import uuid5

from django.db import IntegrityError, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import access, audit
from groups.audiences.marking import mark_pending
from groups.audiences.rejects import RejectReason
from groups.audiences.same_address import suppress_same_addresses
from groups.contacts.changeable import may_change
from groups.contacts.typed import EXTERNAL_ID, FieldsRefused, Typed
from groups.errors import InputRefused, NotPermitted, StaleState
from groups.keeping.addresses import UNTOLD, set_address, stored_address
from groups.keeping.standing import demand_settled
from groups.models import Audience, AudienceKind, AudienceMember, Brand, Contact, Group, Suppression, User
from groups.roles import Permission
from groups.tree.rules import demand_open

_WRITTEN: Final = ("email", "attributes", "consent_source", "consent_on", "consent_text", "updated_at")


def add_contact(*, audience: Audience, said: Typed, actor: User) -> Contact:
    """Puts one person on a list, as a row of a file would: a new contact, or one whom the brand has already.

    Of somebody known what was typed is changed, and what was left empty stays; whom none of the actor's groups has is
    only put on the list. Without an ID it is derived from the address, where the brand allows that. Raises
    `InputRefused` for an audience that is no list and a group that is closed, `FieldsRefused` for an ID that is missing
    or belongs to somebody else.
    """
    demand_open(audience.group)
    if audience.kind != AudienceKind.LIST:
        raise InputRefused(_("Braze keeps the people of this audience; nobody can be added here."))
    brand = audience.group.brand
    external_id = said.external_id or _derived(brand, said.email)
    try:
        with transaction.atomic():
            demand_settled(brand)
            contact = Contact.objects.select_for_update().filter(brand=brand, external_id=external_id).first()
            if contact is None:
                contact = Contact(brand=brand, external_id=external_id)
                _apply(contact, said, keeps_empty=True)
                contact.save(force_insert=True)
                suppress_same_addresses(brand, [contact])
            elif may_change(actor, contact):
                contact.brand = brand
                _change(contact, said, actor, audience.group, keeps_empty=True)
            elif contact.email != stored_address(brand, said.email):
                raise FieldsRefused({EXTERNAL_ID: str(RejectReason.KNOWN_ELSEWHERE.label)})
            _member, is_new = AudienceMember.objects.get_or_create(audience=audience, contact=contact)
            if is_new:
                Audience.objects.filter(pk=audience.pk).update(size=F("size") + 1, updated_at=timezone.now())
                audit.record(
                    "audience.contact_added",
                    actor=actor,
                    target=audience,
                    group=audience.group,
                    contact=str(contact.pk),
                )
            mark_pending([contact.pk])
    except IntegrityError as error:
        raise StaleState from error
    return contact


def change_contact(*, contact: Contact, said: Typed, actor: User) -> Contact:
    """Changes a contact's address, the attributes that were asked for, and consent; what was left empty goes.

    Braze is told by the sync. Whoever unsubscribed stays unsubscribed with another address, and whoever is given an
    address that is shut is shut out too. The trail has which parts changed, never what they are. Raises `NotPermitted`.
    """
    with transaction.atomic():
        demand_settled(contact.brand)
        contact = Contact.objects.select_for_update(of=("self",)).select_related("brand").get(pk=contact.pk)
        if not may_change(actor, contact):
            raise NotPermitted(_("Only people who manage the contacts of a group that has them may change them."))
        if _change(contact, said, actor, place_of(contact, actor), keeps_empty=False):
            mark_pending([contact.pk])
    return contact


def delete_contact(*, contact: Contact, actor: User) -> None:
    """Takes a contact off every list and forgets what the portal knew of them; Braze is told to forget it as well.

    Their address and ID stay where a mailing, an unsubscription or Braze refers to them; nothing refers to a row that
    goes at once. This is no erasure: see `groups.erasing`. Raises `NotPermitted`, and `InputRefused` while they are on
    a list of a group whose contacts the actor does not manage.
    """
    managed = access.groups_with(actor, Permission.MANAGE_CONTACTS)
    with transaction.atomic():
        demand_settled(contact.brand)
        contact = Contact.objects.select_for_update(of=("self",)).select_related("brand").get(pk=contact.pk)
        if not may_change(actor, contact):
            raise NotPermitted(_("Only people who manage the contacts of a group that has them may delete them."))
        if AudienceMember.objects.filter(contact=contact).exclude(audience__group__in=managed).exists():
            raise InputRefused(
                _("They are on a list of another group too. Take them off your own lists, or ask head office.")
            )
        group = place_of(contact, actor)
        lists = leave_lists(contact)
        audit.record("contact.deleted", actor=actor, target=contact, brand=contact.brand, group=group, lists=lists)
        _forget(contact)


def leave_lists(contact: Contact) -> int:
    """Takes a contact off all lists, and gives how many they were; to be called inside a transaction."""
    members = AudienceMember.objects.filter(contact=contact)
    lists = list(members.values_list("audience", flat=True))
    members.delete()
    Audience.objects.filter(pk__in=lists).update(size=Greatest(F("size") - 1, Value(0)), updated_at=timezone.now())
    return len(lists)


def place_of(contact: Contact, actor: User) -> Group | None:
    """Gives the group in which a person acts on a contact: one of theirs that has them; none where only the brand's."""
    groups = access.groups_with(actor, Permission.MANAGE_CONTACTS).filter(audiences__members__contact=contact)
    return groups.order_by("pk").first()


def _derived(brand: Brand, email: str) -> str:
    if not brand.derives_external_ids:
        raise FieldsRefused(
            {EXTERNAL_ID: _("Give the ID by which Braze knows this person; without it Braze would hold them twice.")}
        )
    return str(uuid5(brand.pk, email))


def _change(contact: Contact, said: Typed, actor: User, group: Group | None, *, keeps_empty: bool) -> bool:
    before = _told(contact)
    email = contact.email
    _apply(contact, said, keeps_empty=keeps_empty)
    after = _told(contact)
    if before == after:
        return False
    contact.save(update_fields=_WRITTEN)
    if contact.email != email:
        suppress_same_addresses(contact.brand, [contact])
    audit.record(
        "contact.changed",
        actor=actor,
        target=contact,
        brand=contact.brand,
        group=group,
        before=before,
        after=after,
        not_kept=before.keys() | after.keys(),
    )
    return True


def _apply(contact: Contact, said: Typed, *, keeps_empty: bool) -> None:
    # Where the brand keeps nothing, what was left empty is only not known here.
    keeps_empty = keeps_empty or not contact.brand.keeps_contacts
    given = {name: value for name, value in said.attributes.items() if value is not None}
    kept = contact.attributes
    if not keeps_empty:
        kept = {name: value for name, value in kept.items() if name not in said.attributes}
    contact.attributes = {**kept, **given}
    if said.email:
        set_address(contact, said.email)
    consent = said.consent
    contact.consent_source = consent.source or (contact.consent_source if keeps_empty else "")
    contact.consent_on = consent.given_on or (contact.consent_on if keeps_empty else None)
    contact.consent_text = consent.text or (contact.consent_text if keeps_empty else "")


def _told(contact: Contact) -> dict[str, audit.Value]:
    """Gives what the trail compares; none of it is kept."""
    return {
        "email": contact.email,
        "consent_source": contact.consent_source,
        "consent_on": contact.consent_on,
        "consent_text": contact.consent_text,
        "address to be told": str(UNTOLD in contact.attributes),
        **{f"attribute {name}": str(value) for name, value in contact.attributes.items() if name != UNTOLD},
    }


def _forget(contact: Contact) -> None:
    is_known_to_braze = contact.first_synced_at is not None or contact.sync_lease_until is not None
    if not is_known_to_braze and not Suppression.objects.filter(contact=contact).exists():
        try:
            with transaction.atomic():
                contact.delete()
        except models.ProtectedError:
            pass  # the ledger has them
        else:
            return
    # Where the brand keeps nothing, only what is named is taken away in Braze.
    names = () if contact.brand.keeps_contacts else contact.brand.attributes.values_list("name", flat=True)
    contact.attributes = dict.fromkeys(names)
    contact.consent_source, contact.consent_on, contact.consent_text = "", None, ""
    contact.save(update_fields=_WRITTEN)
    mark_pending([contact.pk])
