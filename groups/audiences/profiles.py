"""What Braze should know of a contact, and what of it Braze does not know yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from groups.audiences.claiming import Waiting, codes_on_lists
from groups.audiences.filters.connecting import MIRROR, key_of
from groups.audiences.filters.definition import targets_in
from groups.audiences.queries import excluded_codes
from groups.models import Attribute, Brand, Contact

Profile = dict[str, object]

TOKEN: Final = "smartersends_token"
GROUPS: Final = "smartersends_groups"
EXCLUDED_GROUPS: Final = "smartersends_excluded_groups"
SUBSCRIPTION: Final = "email_subscribe"


@dataclass(frozen=True, slots=True)
class Profiler:
    """The keys of Braze for the brand's attributes, by the portal's name.

    `mirrors` are further keys, for attributes that filters use and that Braze cannot filter by: its standard ones are
    written a second time, as custom attributes (contract, section 13.3).
    """

    braze_names: Mapping[str, str]
    mirrors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, brand: Brand) -> Profiler:
        """Gives the profiler of a brand as its attributes are now."""
        attributes = list(Attribute.objects.filter(brand=brand))
        targets = targets_in(one for one in attributes if one.is_target and not one.is_custom)
        return cls(
            {one.name: one.braze_name for one in attributes}, {name: key_of(one) for name, one in targets.items()}
        )

    def wanted(self, contacts: Sequence[Contact] | Sequence[Waiting]) -> dict[UUID, Profile]:
        """Gives the profile that each contact should have in Braze.

        `smartersends_groups` are the codes of the groups on whose lists the contact is, sorted;
        `smartersends_excluded_groups` those that must not mail it, an empty list where there are none, so that
        broadcasts can exclude by it (contract, section 18, row 28). Whoever must get no mail of the brand is
        unsubscribed; nobody is ever subscribed by this.
        """
        ids = [contact.pk for contact in contacts]
        codes = codes_on_lists(ids)
        excluded = excluded_codes(contacts)
        return {
            contact.pk: self._wanted(contact, codes.get(contact.pk, set()), excluded[contact.pk])
            for contact in contacts
        }

    def missing(self, wanted: Profile, contact: Contact | Waiting, *, is_known: bool) -> Profile:
        """Gives what of a profile Braze does not have; empty where nothing has to be sent (B-TRK-12).

        Attributes that are gone are removed (None). Where it is not known what Braze took last, everything counts.
        """
        keys = (*self.braze_names.values(), *self.mirrors.values(), *filter(_is_ours, contact.synced))
        removed = {name: None for name in keys if name not in wanted}
        if not is_known:
            return {**removed, **wanted}
        changed = {
            name: value for name, value in wanted.items() if name not in contact.synced or contact.synced[name] != value
        }
        return {**{name: None for name in removed if contact.synced.get(name) is not None}, **changed}

    def _wanted(self, contact: Contact | Waiting, codes: set[str], excluded: set[str | None]) -> Profile:
        profile: Profile = {"email": contact.email}
        for keys in (self.braze_names, self.mirrors):
            # Empty text is nothing: that is what filters take it for, here and in Braze.
            profile |= {
                keys[name]: value
                for name, value in contact.attributes.items()
                if name in keys and value not in ("", None)
            }
        shut_out = {code for code in excluded if code is not None}
        if None in excluded:
            profile[SUBSCRIPTION] = "unsubscribed"
            shut_out |= codes
        return profile | {TOKEN: contact.token, GROUPS: sorted(codes), EXCLUDED_GROUPS: sorted(shut_out)}


def _is_ours(key: str) -> bool:
    """Tells whether the portal alone writes an attribute, so that it takes away what is not wanted any more."""
    return key.startswith(MIRROR)
