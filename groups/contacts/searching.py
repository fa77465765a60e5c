"""Finding contacts of a list or of a group by a part of their address, ID or name, a page at a time.

Nothing here counts: a page is found by the address that the page before it ended with, and of a search at most
`MOST_HITS` people are shown. A group sees only the attributes that it may see, so that nobody is found by a name that
the page would not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from groups import access
from groups.audiences.queries import suppressed_by
from groups.contacts.seeing import attributes_seen_in
from groups.keeping.addresses import stored_address
from groups.models import Audience, AudienceKind, AudienceMember, Contact, Group, User
from groups.roles import Permission

PAGE_SIZE: Final = 50
MOST_HITS: Final = 500
FEW_MEMBERS: Final = 20_000
"""Up to so many people on the lists, all of them are looked through; above, the index of the whole brand is."""
LEAST_LETTERS: Final = 3
"""The index knows three letters that stand together."""
NAMES: Final = ("first_name", "last_name")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where is searched: one list, or all lists of a group and of the groups below it.

    Of lists that their groups keep to themselves only those are searched that `reader` may look into, without a reader
    none (A15). Whether one list may be looked into, the caller asks.
    """

    group: Group
    audience: Audience | None = None
    reader: User | None = None

    @property
    def people_on_lists(self) -> int:
        """How many people are on the lists; whoever is on two of them counts twice."""
        if self.audience is not None:
            return self.audience.size
        lists = Audience.objects.filter(kind=AudienceKind.LIST, group__paths_up__ancestor=self.group)
        total: int = lists.aggregate(people=Sum("size", default=0))["people"]
        return total

    def members(self) -> QuerySet[AudienceMember]:
        """Gives the places on the lists."""
        if self.audience is not None:
            return AudienceMember.objects.filter(audience=self.audience)
        is_open = Q(audience__is_private=False)
        if self.reader is not None:
            is_open = access.open_members(self.reader, Permission.SEE_CONTACTS)
        return AudienceMember.objects.filter(
            is_open, audience__kind=AudienceKind.LIST, audience__group__paths_up__ancestor=self.group
        )

    def seen_names(self) -> tuple[str, ...]:
        """Gives which of the two parts of a name the group may see."""
        seen = attributes_seen_in(self.group.brand_id, [self.group]).filter(name__in=NAMES)
        found = set(seen.values_list("name", flat=True))
        return tuple(name for name in NAMES if name in found)


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A page of contacts by address; `before` and `after` lead to its neighbours, where there are any.

    `names` are the parts of a name that may be shown. `is_cut` says that more people match than are shown,
    `is_too_short` that fewer letters were typed than can be searched for.
    """

    contacts: tuple[Contact, ...]
    names: tuple[str, ...]
    before: UUID | None = None
    after: UUID | None = None
    is_cut: bool = False
    is_too_short: bool = False


def page_of(scope: Scope, words: str = "", *, after: str = "", before: str = "") -> ContactPage:
    """Gives a page of the contacts of a list or a group, each once, with `is_suppressed`; `words` searches.

    `after` and `before` are ids of contacts that a page ended or began with; one that is not among them leads to the
    first page.
    """
    is_small = scope.people_on_lists <= FEW_MEMBERS
    names = scope.seen_names()
    people = _people(scope, is_small=is_small)
    is_cut = False
    if words:
        if "@" in words:
            words = stored_address(scope.group.brand, words.strip())
        if not is_small and len(words) < LEAST_LETTERS:
            return ContactPage((), names, is_too_short=True)
        hits = list(_matching(people, words, names).values_list("pk", flat=True)[: MOST_HITS + 1])
        is_cut = len(hits) > MOST_HITS
        people, is_small = Contact.objects.filter(pk__in=hits[:MOST_HITS]), True
    return _page(people, scope, names, after, before, is_small=is_small, is_cut=is_cut)


def _people(scope: Scope, *, is_small: bool) -> QuerySet[Contact]:
    people = Contact.objects.filter(brand=scope.group.brand_id)
    if is_small:
        return people.filter(pk__in=scope.members().values("contact"))
    return people.filter(Exists(scope.members().filter(contact=OuterRef("pk"))))


def _matching(people: QuerySet[Contact], words: str, names: tuple[str, ...]) -> QuerySet[Contact]:
    """Narrows contacts to those that match: the index finds candidates, and what is seen of each decides."""
    if connection.vendor == "postgresql":
        people = people.filter(text__text__contains=words.lower())
    found = Q(email__icontains=words) | Q(external_id__icontains=words)
    for name in names:
        found |= Q(**{f"attributes__{name}__icontains": words})
    if len(names) == len(NAMES) and " " in words:
        first, _blank, last = words.partition(" ")
        found |= Q(attributes__first_name__iendswith=first, attributes__last_name__istartswith=last)
    return people.filter(found)


def _page(
    people: QuerySet[Contact],
    scope: Scope,
    names: tuple[str, ...],
    after: str,
    before: str,
    *,
    is_small: bool,
    is_cut: bool,
) -> ContactPage:
    start = _place(people, after or before)
    is_back = start is not None and not after
    rows = _in_order(people, start, is_back=is_back, is_small=is_small)
    # What is shown of a person is asked for those of the page alone, not for all who are sorted.
    ids = list(rows.values_list("pk", flat=True)[: PAGE_SIZE + 1])
    has_more, ids = len(ids) > PAGE_SIZE, ids[:PAGE_SIZE]
    if is_back:
        ids.reverse()
    shown = Contact.objects.annotate(is_suppressed=suppressed_by(scope.group)).defer("synced").in_bulk(ids)
    found = [shown[pk] for pk in ids if pk in shown]
    has_before = has_more if is_back else start is not None
    has_after = is_back or has_more
    return ContactPage(
        contacts=tuple(found),
        names=names,
        before=found[0].pk if found and has_before else None,
        after=found[-1].pk if found and has_after else None,
        is_cut=is_cut,
    )


def _in_order(
    people: QuerySet[Contact], start: tuple[str, UUID] | None, *, is_back: bool, is_small: bool
) -> QuerySet[Contact]:
    if start is not None:
        email, pk = start
        if is_back:
            people = people.filter(Q(email__lt=email) | Q(email=email, pk__lt=pk), email__lte=email)
        else:
            people = people.filter(Q(email__gt=email) | Q(email=email, pk__gt=pk), email__gte=email)
    if is_small:
        # Few people are read and sorted. By the bare column PostgreSQL may walk through the addresses of the brand.
        people = people.alias(address=Concat("email", Value("")))
        return people.order_by("-address", "-pk") if is_back else people.order_by("address", "pk")
    return people.order_by("-email", "-pk") if is_back else people.order_by("email", "pk")


def _place(people: QuerySet[Contact], contact_id: str) -> tuple[str, UUID] | None:
    try:
        pk = UUID(contact_id)
    except ValueError:
        return None
    return people.filter(pk=pk).values_list("email", "pk").first()


def name_of(contact: Contact, names: tuple[str, ...]) -> str:
    """Gives the name of a contact as far as it may be seen."""
    return " ".join(str(contact.attributes[name]) for name in names if contact.attributes.get(name))
