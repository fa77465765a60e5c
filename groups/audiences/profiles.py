"""What Braze should know of a contact, and what of it Braze does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from groups.audiences.queries import excluded_codes
from groups.models import Attribute, AudienceKind, AudienceMember, Brand, Contact, Lift

Profile = dict[str, object]

TOKEN: Final = "smartersends_token"
GROUPS: Final = "smartersends_groups"
EXCLUDED_GROUPS: Final = "smartersends_excluded_groups"
SUBSCRIPTION: Final = "email_subscribe"
SHUT: Final = "unsubscribed"
OPEN: Final = "subscribed"


@dataclass(frozen=True, slots=True)
class Profiler:
    """The keys of Braze for the brand's attributes, by the portal's name."""

    braze_names: Mapping[str, str]

    @classmethod
    def of(cls, brand: Brand) -> Profiler:
        """Gives the profiler of a brand as its attributes are now."""
        return cls(dict(Attribute.objects.filter(brand=brand).values_list("name", "braze_name")))

    def wanted(self, contacts: Sequence[Contact]) -> dict[UUID, Profile]:
        """Gives the profile that each contact should have in Braze.

        `smartersends_groups` are the codes of the groups on whose lists the contact is, sorted;
        `smartersends_excluded_groups` those that must not mail it, an empty list where there are none, so that
        broadcasts can exclude by it (contract, section 18, row 28). Whoever must get no mail of the brand is
        unsubscribed. Nobody is ever subscribed by this but one: whom the portal itself had told Braze to shut out for
        the whole brand, and who has given their consent again since (`Lift`). That is told once.
        """
        ids = [contact.pk for contact in contacts]
        codes = _codes_on_lists(ids)
        excluded = excluded_codes(contacts)
        renewed = _renewed(contact for contact in contacts if contact.synced.get(SUBSCRIPTION) == SHUT)
        return {
            contact.pk: self._wanted(
                contact, codes.get(contact.pk, set()), excluded[contact.pk], is_renewed=contact.pk in renewed
            )
            for contact in contacts
        }

    def missing(self, wanted: Profile, contact: Contact, *, is_known: bool) -> Profile:
        """Gives what of a profile Braze does not have; empty where nothing has to be sent (B-TRK-12).

        Attributes that are gone are removed (None). Where it is not known what Braze took last, everything counts.
        """
        removed = {name: None for name in self.braze_names.values() if name not in wanted}
        if not is_known:
            return {**removed, **wanted}
        changed = {
            name: value for name, value in wanted.items() if name not in contact.synced or contact.synced[name] != value
        }
        return {**{name: None for name in removed if contact.synced.get(name) is not None}, **changed}

    def _wanted(self, contact: Contact, codes: set[str], excluded: set[str | None], *, is_renewed: bool) -> Profile:
        profile: Profile = {"email": contact.email}
        profile |= {
            self.braze_names[name]: value for name, value in contact.attributes.items() if name in self.braze_names
        }
        shut_out = {code for code in excluded if code is not None}
        if None in excluded:
            profile[SUBSCRIPTION] = SHUT
            shut_out |= codes
        elif is_renewed:
            profile[SUBSCRIPTION] = OPEN
        return profile | {TOKEN: contact.token, GROUPS: sorted(codes), EXCLUDED_GROUPS: sorted(shut_out)}


def _renewed(contacts: Iterable[Contact]) -> set[UUID]:
    """Gives those of some contacts who gave their consent again after they were shut out of the whole brand."""
    ids = [contact.pk for contact in contacts]
    if not ids:
        return set()
    lifts = Lift.objects.filter(contact__in=ids, group=None, is_renewed=True)
    return {contact_id for contact_id in lifts.values_list("contact", flat=True) if contact_id is not None}


def _codes_on_lists(ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    members = AudienceMember.objects.filter(contact__in=ids, audience__kind=AudienceKind.LIST)
    for contact_id, code in members.values_list("contact", "audience__group__code"):
        found.setdefault(contact_id, set()).add(code)
    return found
