"""One mail for somebody who is in two groups' audiences on one day: which group it is (catalogue A12).

The person's own group wins, then the one that they visited last, then the one that a stable hash of person and group
puts first. So it does not matter whose name comes first, nor, among mailings that are known, whose is planned first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import MD5, Cast, Coalesce, Concat, Length, Lower, Replace, StrIndex, Substr, Trim
from django.db.models.lookups import GreaterThan

from campaigns.models import DeliveryState, Exclusion, Mailing, MailingState
from campaigns.schedule.pressure import Pressure
from groups.audiences.filters.queries import definition_of, people_of, targets_of, today_of
from groups.audiences.filters.selecting import Matches
from groups.errors import InputRefused
from groups.models import Audience, AudienceKind, Group, GroupKind, GroupPath, Suppression

# Once a delivery has left its plan, its recipients say whom it reaches, and not the audience.
PLANNED: Final = (
    DeliveryState.STAGING,
    DeliveryState.STAGED,
    DeliveryState.SENDING,
    DeliveryState.PAUSED,
    DeliveryState.WITHDRAWING,
    DeliveryState.SETTLED,
)
_ON_LIST: Final = "audience__members__contact"
_OF_GROUP: Final = "group__audiences__members__contact"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
_DAY_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True)
class Rivals:
    """Mailings of other groups that are known to go on a day and are not planned yet, by how their people are found."""

    lists: tuple[UUID, ...] = ()
    filters: tuple[Mailing, ...] = ()


def rivals_of(group: Group, day: tuple[datetime, datetime], now: datetime, pressure: Pressure) -> Rivals:
    """Gives the mailings of other groups that are known to go on a day and are not planned yet; one query.

    Known are mailings that are scheduled to a list, or to a filter over their group's contacts; one that goes as soon
    as possible goes now. Whom a Braze segment finds nobody knows here.
    """
    known = Mailing.objects.filter(
        Q(audience__kind=AudienceKind.LIST) | Q(audience__kind=AudienceKind.FILTER, audience__segment_id=""),
        group__brand=group.brand_id,
        state=MailingState.SCHEDULED,
    ).exclude(group=group)
    if not pressure.caps_head_office:
        known = known.exclude(group__kind=GroupKind.BRAND)
    known = known.annotate(goes_at=Coalesce("send_at", Value(now))).filter(goes_at__range=day)
    found = known.exclude(deliveries__state__in=PLANNED).order_by("pk").select_related("audience__group__brand")
    lists, filters = [], []
    for mailing in found:
        assert mailing.audience is not None
        if mailing.audience.kind == AudienceKind.FILTER:
            filters.append(mailing)
        else:
            lists.append(mailing.pk)
    return Rivals(tuple(lists), tuple(filters))


def winners_among(rivals: Rivals, group: Group, contact: str, pressure: Pressure) -> list[Subquery]:
    """Gives the best group among the mailings of others that beats a group for a person, and nothing where none does.

    One subquery for all that go to lists, and one for each filter: whoever is beaten by any of them is left out.
    `contact` is the column that names the person in the rows around it.
    """
    return [
        Subquery(_better(known, person, group, pressure).order_by("-home", "-visit", "lot").values("group")[:1])
        for known, person in _known(rivals, OuterRef(contact))
    ]


def lost_to(rivals: Rivals, audience: Audience, group: Group, pressure: Pressure) -> list[QuerySet[Any, Any]]:
    """Gives the people of a list or a filter for whom a mailing of others beats a group's, at once, by `person`.

    In the order of `winners_among`.
    """
    ours = people_of(audience).order_by().values("pk")
    return [
        _better(known, person, group, pressure).values("person")
        for known, person in _known(rivals, ours, lookup="__in")
    ]


def _known(rivals: Rivals, people: Any, lookup: str = "") -> Iterator[tuple[QuerySet[Mailing], str]]:
    """Gives the mailings with those of some people whom they find, and the way from a mailing to a person."""
    if rivals.lists:
        yield Mailing.objects.filter(**{"pk__in": rivals.lists, _ON_LIST + lookup: people}), _ON_LIST
    for mailing in rivals.filters:
        audience = mailing.audience
        assert audience is not None
        try:
            definition = definition_of(audience)
        except InputRefused:
            continue  # it finds nobody
        finds = Matches(
            definition,
            targets_of(audience.group.brand_id),
            today_of(audience.group, mailing.send_at),
            f"{_OF_GROUP}__attributes",
        )
        of_group = {"group__audiences__kind": AudienceKind.LIST, _OF_GROUP + lookup: people}
        yield Mailing.objects.filter(finds, pk=mailing.pk, **of_group), _OF_GROUP


def _better(known: QuerySet[Mailing], person: str, group: Group, pressure: Pressure) -> QuerySet[Any, Any]:
    """Gives the mailings with each person whom they find and for whom they go before a group's, with what they go by.

    Mailings that leave the person out anyway are none of them: those of a group that the person left, and those whose
    plan has judged them already.
    """
    shut = Suppression.objects.filter(
        Q(contact=OuterRef("person")) | Q(brand=group.brand_id, address=OuterRef("person_address")),
        group=OuterRef("group"),
    )
    judged = Exclusion.objects.filter(
        delivery__mailing=OuterRef("pk"), delivery__state=DeliveryState.PLANNING, contact=OuterRef("person")
    )
    above = GroupPath.objects.filter(descendant=OuterRef("group"), ancestor__code=OuterRef("home_code"))
    codes = list(GroupPath.objects.filter(descendant=group).values_list("ancestor__code", flat=True))
    has_home = bool(pressure.home_attribute)
    found = (
        known.order_by()
        .annotate(
            person=F(person),
            person_address=Lower(f"{person}__email"),
            home_code=_said(pressure.home_attribute, person),
            visits=_said(pressure.visit_attribute, person),
        )
        .filter(~Exists(shut), ~Exists(judged))
        .annotate(
            home=_one_where(Q(Exists(above))) if has_home else _nothing(),
            own_home=_one_where(Q(home_code__in=codes)) if has_home else _nothing(),
            visit_text=_visited(F("group__code")),
            own_visit_text=_visited(Value(group.code)),
        )
        .annotate(
            visit=_if_day("visit_text"),
            own_visit=_if_day("own_visit_text"),
            lot=_lot(F("group_id")),
            own_lot=_lot(Value(group.pk, models.UUIDField())),
        )
    )
    return found.filter(
        Q(home__gt=F("own_home"))
        | Q(home=F("own_home"), visit__gt=F("own_visit"))
        | Q(home=F("own_home"), visit=F("own_visit"), lot__lt=F("own_lot"))
    )


def _said(attribute: str, person: str) -> Combinable:
    """What a person's attribute says, as text; empty where the brand names none or they have none."""
    if not attribute:
        return _text("")
    said = KeyTextTransform(attribute, f"{person}__attributes")
    return Trim(Coalesce(said, _text(""), output_field=TextField()), output_field=TextField())


def _visited(code: Combinable) -> Combinable:
    """What stands behind a group's code in `PDX-1=2026-11-20, SEA-2=2026-10-01`."""
    plain = _replaced(_replaced(F("visits"), " ", ""), ";", ",")
    listed = Concat(_text(","), plain, output_field=TextField())
    mark = Concat(_text(","), Cast(code, TextField()), _text("="), output_field=TextField())
    return Case(
        When(
            Q(visits__contains="="),
            then=Case(
                When(
                    Q(_at(listed, mark)),
                    then=Substr(listed, StrIndex(listed, mark) + Length(mark), _DAY_CHARACTERS),
                ),
                default=_text(""),
                output_field=TextField(),
            ),
        ),
        default=_text(""),
        output_field=TextField(),
    )


def _text(words: str) -> Value:
    return Value(words, TextField())


def _replaced(text: Combinable, old: str, new: str) -> Combinable:
    return Replace(text, _text(old), _text(new), output_field=TextField())


def _at(listed: Combinable, mark: Combinable) -> Combinable:
    return GreaterThan(StrIndex(listed, mark), Value(0))


def _if_day(name: str) -> Combinable:
    """A day as text, in which a later one is greater; empty, which is the least, where it is none."""
    return Case(When(Q(**{f"{name}__regex": _DAY}), then=F(name)), default=_text(""), output_field=TextField())


def _lot(group: Combinable) -> Combinable:
    """A hash of person and group, that stays what it is."""
    both = Concat(Cast(F("person"), TextField()), Cast(group, TextField()), output_field=TextField())
    return MD5(both, output_field=TextField())


def _one_where(condition: Q) -> Combinable:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _nothing() -> Combinable:
    return Value(0, IntegerField())
