"""What pages and checks need to know of mailings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, default_values
from campaigns.compose.content import compiled_of
from campaigns.delivery.plan.judging import Winner, pressed
from campaigns.models import ExclusionReason, Mailing, Route
from groups.audiences.filters.queries import people_of, words_of
from groups.models import Audience, AudienceKind, Group, Suppression, SuppressionReason, SyncState


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """How many people an audience holds, how many a mailing reaches, and who is left out, by reason.

    `total` is None for people whom only Braze knows; `waiting` are those whom the mailing waits for, because Braze does
    not have them yet. `words` say what a filter says.
    """

    total: int | None
    reached: int | None
    left_out: tuple[tuple[str, int], ...] = ()
    waiting: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose value is not the template's: `before` and `after` are plain values as JSON carries them."""

    field: str
    label: str
    before: Any
    after: Any


def count_of(mailing: Mailing) -> AudienceCount | None:
    """Counts whom a mailing reaches, None without an audience; where people may be new to Braze, nobody is waited for.

    That is what `campaigns.delivery.route_b.waits_for_sync` tells of its delivery.
    """
    if mailing.audience is None:
        return None
    count = audience_count(mailing.audience, mailing.group, mailing.send_at)
    is_open_to_new = mailing.route == Route.TRIGGER and mailing.version.template.mails_new_people
    return replace(count, waiting=0) if is_open_to_new else count


def audience_count(audience: Audience, group: Group, go_at: datetime | None = None) -> AudienceCount:
    """Counts an audience, in one statement, by the rules of a plan (`campaigns.delivery.plan.judging`).

    `go_at` is when the mailing goes, None for now: who got enough mail depends on the day.
    """
    if audience.is_counted_by_braze:
        return AudienceCount(total=None, reached=None, words=_words(audience))
    rules: list[tuple[ExclusionReason, Exists | Q]] = [
        *_suppressed(group),
        (ExclusionReason.UNKNOWN_TO_BRAZE, Q(sync_state=SyncState.REFUSED)),
    ]
    for reason, found in pressed(group, go_at or timezone.now(), "pk", audience=audience):
        rules.append((reason, Q(pk__in=found.people) if isinstance(found, Winner) else found))
    why = Case(
        *(When(condition, then=Value(reason)) for reason, condition in rules),
        default=Value(""),
        output_field=CharField(),
    )
    # Grouped by the reason, which the database works out once for each person.
    figures = {
        row["why"]: row
        for row in people_of(audience, go_at)
        .order_by()
        .annotate(why=why)
        .values("why")
        .annotate(
            people=Count("pk"),
            addresses=Count(Lower("email"), distinct=True),
            waiting=Count("pk", filter=Q(sync_state=SyncState.PENDING)),
        )
    }
    kept = figures.get("", {"people": 0, "addresses": 0, "waiting": 0})
    reasons = dict.fromkeys(reason for reason, _condition in rules)
    left_out = [(reason, figures[reason]["people"]) for reason in reasons if reason in figures]
    left_out.append((ExclusionReason.DUPLICATE, kept["people"] - kept["addresses"]))
    return AudienceCount(
        total=sum(row["people"] for row in figures.values()),
        reached=kept["addresses"],
        left_out=tuple((str(reason.label), count) for reason, count in left_out if count),
        waiting=kept["waiting"],
        words=_words(audience),
    )


def _words(audience: Audience) -> str:
    return words_of(audience) if audience.kind == AudienceKind.FILTER else ""


def _suppressed(group: Group) -> Iterator[tuple[ExclusionReason, Exists]]:
    """Yields the conditions on contacts that a group must not mail, in the order of the plan.

    By contact and by address apart, so that the database looks each up by its index, and none for a brand in which
    nobody ever left.
    """
    of_group = Suppression.objects.filter(Q(group=None) | Q(group=group), brand=group.brand_id)
    if not of_group.exists():
        return
    wish = Q(reason=SuppressionReason.UNSUBSCRIBED)
    for reason, found in (
        (ExclusionReason.UNSUBSCRIBED, of_group.filter(wish)),
        (ExclusionReason.SUPPRESSED, of_group.exclude(wish)),
    ):
        yield reason, Exists(found.filter(contact=OuterRef("pk")))
        yield reason, Exists(found.filter(address=Lower(OuterRef("email"))))


def differences(mailing: Mailing, *, against: Mapping[str, Any] | None = None) -> tuple[Difference, ...]:
    """Gives what a mailing changes against its template, in the order of the email (catalogue M4).

    `against` are other values to compare with, for example those that somebody saw before.
    """
    compiled = compiled_of(mailing.version)
    return value_differences(compiled, default_values(compiled) if against is None else against, mailing.values)


def value_differences(
    compiled: Compiled, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Gives what differs between two sets of values of one version, in the order of the email."""
    return (*_field_differences(compiled, before, after), *_room_differences(compiled, before, after))


def _field_differences(compiled: Compiled, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Yields the fields that differ; of repeated sections every entry, those that are new or gone as well."""
    seen: set[str] = set()
    for spec in compiled.fields:
        if spec.repeat is None:
            if after.get(spec.name) != before.get(spec.name):
                yield Difference(spec.name, spec.label, before.get(spec.name), after.get(spec.name))
        elif spec.repeat not in seen:
            seen.add(spec.repeat)
            yield from _item_differences(compiled, spec.repeat, before, after)


def _item_differences(
    compiled: Compiled, repeat: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    old, new = (list(values.get(repeat) or []) for values in (before, after))
    inside = [spec for spec in compiled.fields if spec.repeat == repeat]
    for number in range(1, max(len(old), len(new)) + 1):
        was, now = (items[number - 1] if number <= len(items) else {} for items in (old, new))
        for spec in inside:
            if was.get(spec.name) != now.get(spec.name):
                path = f"{repeat}.{number}.{spec.name}"
                yield Difference(path, f"{spec.label} ({number})", was.get(spec.name), now.get(spec.name))


def _room_differences(compiled: Compiled, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Yields sections left out or shown, variants chosen, and the order."""
    chosen, usual = after.get("sections") or {}, before.get("sections") or {}
    variants, first = after.get("choices") or {}, before.get("choices") or {}
    names = {True: _("shown"), False: _("left out")}
    for section in compiled.sections:
        if section.optional and section.repeat is None and chosen.get(section.name) != usual.get(section.name):
            was, now = (names[values.get(section.name) is not False] for values in (usual, chosen))
            yield Difference(section.name, section.label, was, now)
    for choice, known in compiled.choices.items():
        was, now = (values.get(choice, known[0]) for values in (first, variants))
        if was != now and now in known:
            labels = [compiled.sections_by_name[name].label for name in (was, now)]
            yield Difference(choice, choice.replace("_", " ").capitalize(), *labels)
    usual_order = [*compiled.movable(None)]
    order = [name for name in after.get("order") or [] if name in usual_order]
    if order and order != usual_order:
        labels = [", ".join(compiled.sections_by_name[name].label for name in names) for names in (usual_order, order)]
        yield Difference("order", _("Order of the parts"), *labels)
