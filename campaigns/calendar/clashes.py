"""Which mailings reach the same people within some hours (M19), from a sample of people and never by counting all.

Of a list the people with the lowest IDs are looked at, at most `SAMPLE`: IDs are random, so these are drawn by lot. Up
to that many people the share is exact; beyond, with 500 people, it is right within five points in 19 of 20 cases. Where
a mailing's delivery is planned its recipients are asked, before that who is on its list, or whom its filter finds. Of a
Braze segment only Braze knows whom it reaches.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.calendar.entries import LIVE, UNPLANNED, between, mailings_of_brand
from campaigns.models import Delivery, Mailing, Recipient
from campaigns.schedule.levels import ClashRule
from groups.audiences.filters.queries import people_of
from groups.models import Audience, AudienceKind, AudienceMember, Brand, Group, GroupPath

SAMPLE: Final = 500
# How many people one page looks at, over all its lists, and of how many lists.
PEOPLE_LOOKED_AT: Final = 6_000
MOST_LISTS: Final = 30
# Of how many filters of others it is asked whom of the sample they find, a query each.
MOST_FILTERS: Final = 8
OTHERS_READ: Final = 2_000
UNKNOWN_NAMED: Final = 3
_HIGHEST: Final = 2**128


@dataclass(frozen=True, slots=True)
class Subject:
    """A mailing that is looked at: whom it goes to, and when; `is_open` where that is a filter or a segment."""

    id: uuid.UUID
    audience_id: uuid.UUID
    goes_at: datetime
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """A mailing that may reach some of the same people; `people` are those of the sample whom it reaches for sure."""

    id: uuid.UUID
    name: str
    group: Group
    goes_at: datetime
    audience_id: uuid.UUID
    people: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Clash:
    """What share of a mailing's people have others near it, 0 to 1; the others that reach most of them come first."""

    share: float
    is_exact: bool
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class _Sample:
    people: Sequence[uuid.UUID]
    is_whole: bool


def clash_of(mailing: Mailing, *, goes_at: datetime, rule: ClashRule) -> Clash | None:
    """Gives how a mailing clashes with the others of its brand at a moment; None where it does not, or none can tell.

    Five queries at most, however many mailings and people there are, and one for each filter near it.
    """
    audience = mailing.audience
    if audience is None or mailing.is_practice:
        return None
    subject = Subject(mailing.pk, audience.pk, goes_at, is_open=audience.kind != AudienceKind.LIST)
    if audience.kind == AudienceKind.LIST:
        samples = _samples({audience.pk: audience.size}, SAMPLE)
    elif audience.is_counted_by_braze:
        # Of a segment one thing is known: another mailing to it reaches the same people. They stand for one.
        samples = {audience.pk: _Sample([audience.pk], is_whole=True)}
    else:
        found = list(people_of(audience, goes_at).order_by("pk").values_list("pk", flat=True)[: SAMPLE + 1])
        samples = {audience.pk: _Sample(found[:SAMPLE], len(found) <= SAMPLE)}
    return _clashes([subject], samples, mailing.group.brand, rule, own_group=mailing.group_id).get(mailing.pk)


def clashes_among(
    subjects: Sequence[Subject], sizes: Mapping[uuid.UUID, int], *, brand: Brand, rule: ClashRule
) -> dict[uuid.UUID, Clash]:
    """Gives the clashes of mailings to lists, whose `sizes` are given by audience; at most `MOST_LISTS` lists are read.

    Five queries, however many mailings and people there are, and one for each filter near them.
    """
    lists = dict.fromkeys(one.audience_id for one in subjects if one.audience_id in sizes)
    looked_at = {audience: sizes[audience] for audience in list(lists)[:MOST_LISTS]}
    if not looked_at:
        return {}
    each = min(SAMPLE, PEOPLE_LOOKED_AT // len(looked_at))
    return _clashes(subjects, _samples(looked_at, each), brand, rule)


def unknown_near(mailing: Mailing, *, goes_at: datetime, rule: ClashRule) -> Sequence[Mailing]:
    """Gives mailings of the same group and of those above it near a moment of which nobody can tell that they clash."""
    audience = mailing.audience
    if audience is None or mailing.is_practice:
        return []
    near = timedelta(hours=rule.hours)
    found = mailings_of_brand(mailing.group.brand).filter(between(goes_at - near, goes_at + near))
    found = found.exclude(pk=mailing.pk).exclude(audience=None).exclude(audience=audience)
    above = Exists(GroupPath.objects.filter(ancestor=OuterRef("group"), descendant=mailing.group))
    light = found.select_related("group", "audience").defer("values", "envelope", "audience__definition")
    if audience.is_counted_by_braze:
        return list(light.filter(above).order_by("send_at", "pk")[:UNKNOWN_NAMED])
    planned = Delivery.objects.exclude(state__in=UNPLANNED).exclude(frozen=None).values("mailing")
    open_ones = light.exclude(audience__kind=AudienceKind.LIST).exclude(pk__in=planned).annotate(is_above=above)
    read = list(open_ones.order_by("send_at", "pk")[:OTHERS_READ])
    # Whom so few filters find was asked, wherever they are.
    filters = {one.audience_id for one in read if one.audience is not None and not one.audience.is_counted_by_braze}
    asked = filters if len(filters) <= MOST_FILTERS else set()
    return [one for one in read if one.is_above and one.audience_id not in asked][:UNKNOWN_NAMED]


def people_reached(group: Group, mailings: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Gives which of some mailings reach people of a group's lists, of whom about `SAMPLE` are looked at; four queries.

    Of a group with many lists the largest `MOST_LISTS` are asked.
    """
    lists = Audience.objects.filter(group=group, kind=AudienceKind.LIST).order_by("-size")
    sizes = dict(lists.values_list("pk", "size")[:MOST_LISTS])
    if not sizes:
        return set()
    people = {person for one in _samples(sizes, SAMPLE // len(sizes)).values() for person in one.people}
    by_list = AudienceMember.objects.filter(contact__in=people, audience__mailings__in=mailings)
    by_plan = Recipient.objects.filter(contact__in=people, delivery__mailing__in=mailings, delivery__state__in=LIVE)
    return {
        *by_list.order_by().values_list("audience__mailings", flat=True).distinct(),
        *by_plan.order_by().values_list("delivery__mailing", flat=True).distinct(),
    } & set(mailings)


def _samples(sizes: Mapping[uuid.UUID, int], each: int) -> dict[uuid.UUID, _Sample]:
    """Reads the people with the lowest IDs of each list, about `each` of them, in one query."""
    wanted = Q(pk__in=())
    for audience, size in sizes.items():
        of_list = Q(audience=audience)
        if size > each:
            of_list &= Q(contact_id__lt=uuid.UUID(int=int(_HIGHEST * each / size)))
        wanted |= of_list
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    most = 2 * each * len(sizes)
    for audience, contact in AudienceMember.objects.filter(wanted).values_list("audience_id", "contact_id")[:most]:
        found[audience].append(contact)
    return {audience: _Sample(people, sizes[audience] <= each) for audience, people in found.items()}


def _clashes(
    subjects: Sequence[Subject],
    samples: Mapping[uuid.UUID, _Sample],
    brand: Brand,
    rule: ClashRule,
    own_group: uuid.UUID | None = None,
) -> dict[uuid.UUID, Clash]:
    known = [one for one in subjects if one.audience_id in samples]
    if not known:
        return {}
    near = timedelta(hours=rule.hours)
    around = between(min(one.goes_at for one in known) - near, max(one.goes_at for one in known) + near)
    everybody = {person for sample in samples.values() for person in sample.people}
    others = _others(everybody, mailings_of_brand(brand).filter(around), own_group)
    found = {}
    for one in known:
        clash = _clash(one, samples[one.audience_id], others, near)
        if clash is not None and 100 * clash.share > rule.percent:
            found[one.id] = clash
    return found


def _others(people: Collection[uuid.UUID], mailings: QuerySet[Mailing], own_group: uuid.UUID | None) -> list[Other]:
    """Gives which of some mailings reach some people, in four queries and one for each of `MOST_FILTERS` filters.

    The people lead to the groups on whose lists they are, and these to their mailings: a filter of a group finds nobody
    else. Of planned deliveries the ledger is asked, which an index answers for each delivery and person.
    """
    on_list: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    groups = set() if own_group is None else {own_group}
    places = AudienceMember.objects.filter(contact__in=people)
    for person, audience, group in places.values_list("contact_id", "audience_id", "audience__group_id"):
        on_list[audience].add(person)
        groups.add(group)
    told = Delivery.objects.filter(mailing=OuterRef("pk"), state__in=LIVE).order_by("created_at").values("go_at")[:1]
    dated = mailings.filter(group__in=groups).annotate(goes_at=Coalesce("send_at", Subquery(told)))
    light = dated.select_related("group", "audience").defer("values", "envelope", "audience__definition")
    near = list(light.order_by("-send_at")[:OTHERS_READ])
    planned = Delivery.objects.filter(mailing__in=[one.pk for one in near]).exclude(state__in=UNPLANNED)
    mailing_of = dict(planned.order_by().values_list("pk", "mailing"))
    handed_over: dict[uuid.UUID, set[uuid.UUID]] = {mailing: set() for mailing in mailing_of.values()}
    mailed = Recipient.objects.filter(delivery__in=mailing_of, contact__in=people)
    for delivery, person in mailed.values_list("delivery_id", "contact_id"):
        handed_over[mailing_of[delivery]].add(person)
    on_list |= _found_by_filters([one for one in near if one.pk not in handed_over], people)
    return [
        Other(
            one.pk,
            one.name,
            one.group,
            one.goes_at,
            one.audience_id,
            frozenset(handed_over[one.pk] if one.pk in handed_over else on_list.get(one.audience_id, ())),
        )
        for one in near
        if one.goes_at is not None and one.audience_id is not None
    ]


def _found_by_filters(mailings: Iterable[Mailing], people: Collection[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Gives whom of some people the filters of mailings find on the day that they go out, by audience."""
    return {
        pk: set(people_of(audience, moment).order_by().filter(pk__in=people).values_list("pk", flat=True))
        for pk, (audience, moment) in _filters_asked(mailings).items()
    }


def _filters_asked(mailings: Iterable[Mailing]) -> dict[uuid.UUID, tuple[Audience, datetime | None]]:
    """Gives the first filters of some mailings, with the moment that each is asked for."""
    filters: dict[uuid.UUID, tuple[Audience, datetime | None]] = {}
    for one in mailings:
        audience = one.audience
        if audience is not None and audience.kind == AudienceKind.FILTER and not audience.is_counted_by_braze:
            filters.setdefault(audience.pk, (audience, one.send_at))
    return dict(list(filters.items())[:MOST_FILTERS])


def _clash(subject: Subject, sample: _Sample, others: Iterable[Other], near: timedelta) -> Clash | None:
    people = frozenset(sample.people)
    hit = []
    for one in others:
        if one.id == subject.id or abs(one.goes_at - subject.goes_at) > near:
            continue
        # Two mailings to one filter or segment reach the same people, whoever they are.
        is_same = one.audience_id == subject.audience_id and not one.people
        if shared := people if is_same and subject.is_open else one.people & people:
            hit.append((one, shared))
    if not hit:
        return None
    hit.sort(key=lambda found: (-len(found[1]), found[0].goes_at))
    together = frozenset().union(*(shared for _one, shared in hit))
    return Clash(len(together) / len(people), sample.is_whole, tuple(one for one, _shared in hit))
