"""What Braze should know of a contact, and what of it Braze does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from groups.audiences.claiming import Waiting, codes_on_lists
from groups.audiences.filters.connecting import MIRROR, key_of
from groups.audiences.filters.definition import targets_in
from groups.audiences.queries import excluded_codes
from groups.erasing.hashing import key_of as hash_key_of
from groups.keeping.addresses import held_address
from groups.keeping.digests import digest_of
from groups.models import Attribute, Brand, Contact, Lift

Profile = dict[str, object]

TOKEN: Final = "smartersends_token"
GROUPS: Final = "smartersends_groups"
EXCLUDED_GROUPS: Final = "smartersends_excluded_groups"
SUBSCRIPTION: Final = "email_subscribe"
SHUT: Final = "unsubscribed"
OPEN: Final = "subscribed"
_OURS: Final = frozenset({TOKEN, GROUPS, EXCLUDED_GROUPS, SUBSCRIPTION})


@dataclass(frozen=True, slots=True)
class Profiler:
    """The keys of Braze for the brand's attributes, by the portal's name.

    `mirrors` are further keys, for attributes that filters use and that Braze cannot filter by: its standard ones are
    written a second time, as custom attributes (contract, section 13.3). With a `key`, the brand keeps no contacts:
    what is not here is not known, so that it is never taken away in Braze, and what Braze has is kept as hashes.
    """

    braze_names: Mapping[str, str]
    mirrors: Mapping[str, str] = field(default_factory=dict)
    key: bytes | None = None

    @classmethod
    def of(cls, brand: Brand) -> Profiler:
        """Gives the profiler of a brand as its attributes are now."""
        attributes = list(Attribute.objects.filter(brand=brand))
        targets = targets_in(one for one in attributes if one.is_target and not one.is_custom)
        return cls(
            {one.name: one.braze_name for one in attributes},
            {name: key_of(one) for name, one in targets.items()},
            None if brand.keeps_contacts else hash_key_of(brand),
        )

    @property
    def keeps(self) -> bool:
        """Whether the brand kept contacts when the profiler was made."""
        return self.key is None

    def wanted(self, contacts: Sequence[Contact] | Sequence[Waiting]) -> dict[UUID, Profile]:
        """Gives the profile that each contact should have in Braze.

        `smartersends_groups` are the codes of the groups on whose lists the contact is, sorted;
        `smartersends_excluded_groups` those that must not mail it, an empty list where there are none, so that
        broadcasts can exclude by it (contract, section 18, row 28). Whoever must get no mail of the brand is
        unsubscribed. Nobody is ever subscribed by this but one: whom the portal itself had told Braze to shut out for
        the whole brand, and who has given their consent again since (`Lift`). That is told once.
        """
        ids = [contact.pk for contact in contacts]
        codes = codes_on_lists(ids)
        excluded = excluded_codes(contacts)
        renewed = _renewed(contact for contact in contacts if contact.synced.get(SUBSCRIPTION) == SHUT)
        return {
            contact.pk: self._wanted(
                contact, codes.get(contact.pk, set()), excluded[contact.pk], is_renewed=contact.pk in renewed
            )
            for contact in contacts
        }

    def missing(self, wanted: Profile, contact: Contact | Waiting, *, is_known: bool) -> Profile:
        """Gives what of a profile Braze does not have; empty where nothing has to be sent (B-TRK-12).

        Attributes that are gone are removed (None). Where it is not known what Braze took last, everything counts.
        """
        if self.key is not None:
            kept = contact.synced if is_known else {}
            return {name: value for name, value in wanted.items() if self._kept(name, value) != kept.get(name)}
        keys = (*self.braze_names.values(), *self.mirrors.values(), *filter(_is_ours, contact.synced))
        removed = {name: None for name in keys if name not in wanted}
        if not is_known:
            return {**removed, **wanted}
        changed = {
            name: value for name, value in wanted.items() if name not in contact.synced or contact.synced[name] != value
        }
        return {**{name: None for name in removed if contact.synced.get(name) is not None}, **changed}

    def noted(self, wanted: Profile, contact: Contact | Waiting) -> Profile:
        """Gives what is to be kept as `synced` once Braze took a profile."""
        if self.key is None:
            return wanted
        told = {name: self._kept(name, value) for name, value in wanted.items()}
        # Also after a call whose outcome nobody knew: what is forgotten here is still there.
        return {name: value for name, value in {**contact.synced, **told}.items() if value is not None}

    def _kept(self, name: str, value: object) -> object:
        """Gives what is kept of a value: what the portal itself wrote stays readable."""
        return value if self.key is None else _hashed(self.key, name, value)

    def _wanted(
        self, contact: Contact | Waiting, codes: set[str], excluded: set[str | None], *, is_renewed: bool
    ) -> Profile:
        profile: Profile = {}
        if address := held_address(contact):
            profile["email"] = address
        for keys in (self.braze_names, self.mirrors):
            # Empty text is nothing: that is what filters take it for, here and in Braze.
            profile |= {
                keys[name]: None if value == "" else value
                for name, value in contact.attributes.items()
                if name in keys and (value not in ("", None) or self.key is not None)
            }
        shut_out = {code for code in excluded if code is not None}
        if None in excluded:
            profile[SUBSCRIPTION] = SHUT
            shut_out |= codes
        elif is_renewed:
            profile[SUBSCRIPTION] = OPEN
        return profile | {TOKEN: contact.token, GROUPS: sorted(codes), EXCLUDED_GROUPS: sorted(shut_out)}


def as_hashes(key: bytes, told: Mapping[str, object]) -> Profile:
    """Gives what Braze was told of somebody as a brand has it that keeps no contacts; what was taken away goes."""
    return {name: _hashed(key, name, value) for name, value in told.items() if value is not None}


def _hashed(key: bytes, name: str, value: object) -> object:
    return value if value is None or name in _OURS else digest_of(key, name, value)


def _renewed(contacts: Iterable[Contact | Waiting]) -> set[UUID]:
    """Gives those of some contacts who gave their consent again after they were shut out of the whole brand."""
    ids = [contact.pk for contact in contacts]
    if not ids:
        return set()
    lifts = Lift.objects.filter(contact__in=ids, group=None, is_renewed=True)
    return {contact_id for contact_id in lifts.values_list("contact", flat=True) if contact_id is not None}


def _is_ours(key: str) -> bool:
    """Tells whether the portal alone writes an attribute, so that it takes away what is not wanted any more."""
    return key.startswith(MIRROR)
