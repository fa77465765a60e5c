"""The totals of each mailing, added up once when something of it was read, so that no page counts."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from campaigns.calendar.entries import NEVER_WENT
from campaigns.models import (
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    ExclusionReason,
    Mailing,
    MailingResult,
    Recipient,
    ReportDay,
)
from campaigns.models import TemplateVersion as Version

LEAST_DELIVERED: Final = 50
BRAZE_NAMES: Final[Mapping[str, str]] = {
    "sent": "sent",
    "delivered": "delivered",
    "opens": "unique_opens",
    "clicks": "unique_clicks",
    "bounces": "bounces",
    "unsubscribes": "unsubscribes",
    "spam": "reported_spam",
    "conversions": "conversions",
}
CHUNK: Final = 200
SUBJECT_LENGTH: Final = 500
CAPPED: Final = (ExclusionReason.CAPPED, ExclusionReason.MAILED_TODAY)
_WRITTEN: Final = tuple(one.name for one in MailingResult._meta.concrete_fields if one.name != "mailing")


def add_day(total: Counter[str], day: Mapping[str, int]) -> None:
    """Adds a day; unique people of several days cannot be added up, so the strongest day stands for them."""
    for name, count in day.items():
        total[name] = max(total[name], count) if name.startswith("unique_") else total[name] + count


def refresh(mailing_ids: Collection[uuid.UUID]) -> None:
    """Writes the totals of mailings anew from their deliveries and days; of one that has not gone out there is none.

    Twice, or at once by two, is harmless: all is made from the rows. Six queries for each 200 mailings.
    """
    ids = list(dict.fromkeys(mailing_ids))
    for start in range(0, len(ids), CHUNK):
        _refresh(ids[start : start + CHUNK])


@dataclass(slots=True)
class _Gone:
    """What the deliveries and days of one mailing say."""

    went_at: datetime | None = None
    subject: str = ""
    handed_over: int = 0
    capped: int = 0
    is_counted_by_braze: bool = False
    metrics: Counter[str] = field(default_factory=Counter)
    days: set[date] = field(default_factory=set)
    read_at: datetime | None = None

    def day(self, zone: ZoneInfo) -> date | None:
        """The day on which it went out, else the first that Braze names."""
        if self.went_at is not None:
            return self.went_at.astimezone(zone).date()
        return min(self.days, default=None)


@transaction.atomic
def _refresh(ids: Sequence[uuid.UUID]) -> None:
    gone = _gone(ids)
    # In the order of their ids, so that two at once do not wait for each other.
    results = sorted(_results(gone), key=lambda one: one.mailing_id)
    MailingResult.objects.filter(mailing__in=set(ids) - {one.mailing_id for one in results}).delete()
    MailingResult.objects.bulk_create(results, update_conflicts=True, unique_fields=["mailing"], update_fields=_WRITTEN)


def _gone(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Gone]:
    found: dict[uuid.UUID, _Gone] = defaultdict(_Gone)
    deliveries = Delivery.objects.filter(mailing__in=ids).exclude(state__in=NEVER_WENT)
    live = deliveries.filter(go_at__lte=timezone.now()).order_by("-go_at")
    for mailing, go_at, subject, excluded in live.values_list("mailing", "go_at", "message__subject", "excluded"):
        # The first of them comes last.
        found[mailing].went_at, found[mailing].subject = go_at, subject or ""
        found[mailing].capped += sum(excluded.get(reason, 0) for reason in CAPPED)
    days = ReportDay.objects.filter(delivery__mailing__in=ids)
    for mailing, day, metrics, read_at in days.values_list("delivery__mailing", "day", "metrics", "read_at"):
        one = found[mailing]
        add_day(one.metrics, metrics)
        one.days.add(day)
        one.read_at = max(read_at, one.read_at or read_at)
    _count_people(found, list(found))
    return found


def _count_people(found: dict[uuid.UUID, _Gone], ids: list[uuid.UUID]) -> None:
    """Counts whom Braze took: those of accepted batches, but for the few whose own outcome differs."""
    batches = Batch.objects.filter(delivery__mailing__in=ids, state=BatchState.ACCEPTED).order_by()
    for mailing, kind, people in batches.values_list("delivery__mailing", "kind").annotate(people=Sum("size")):
        found[mailing].is_counted_by_braze |= kind == BatchKind.BROADCAST
        found[mailing].handed_over += people if kind == BatchKind.LIST else 0
    differing = (
        Recipient.objects.filter(delivery__mailing__in=ids).exclude(outcome="").exclude(outcome=F("batch__state"))
    )
    for mailing, outcome, of_batch in differing.values_list("delivery__mailing", "outcome", "batch__state"):
        found[mailing].handed_over += (outcome == BatchState.ACCEPTED) - (of_batch == BatchState.ACCEPTED)


def _results(gone: Mapping[uuid.UUID, _Gone]) -> Iterator[MailingResult]:
    mailings = Mailing.everything.filter(pk__in=gone, is_practice=False)
    rows = list(
        mailings.values_list(
            "pk", "group", "group__brand", "group__time_zone", "version", "version__template", "values"
        )
    )
    usual = _usual_subjects({row[4] for row in rows})
    for pk, group, brand, zone, version, template, values in rows:
        one = gone[pk]
        went_on = one.day(ZoneInfo(zone))
        if went_on is None:
            continue
        known = {name: one.metrics.get(braze_name) for name, braze_name in BRAZE_NAMES.items()}
        own = values.get("subject")
        yield MailingResult(
            mailing_id=pk,
            brand_id=brand,
            group_id=group,
            template_id=template,
            went_on=went_on,
            subject=one.subject[:SUBJECT_LENGTH],
            has_own_subject=bool(one.subject and own) and own != usual[version],
            handed_over=max(one.handed_over, 0),
            capped=one.capped,
            is_counted_by_braze=one.is_counted_by_braze,
            **known,
            days=len(one.days),
            first_day=min(one.days, default=None),
            last_day=max(one.days, default=None),
            read_at=one.read_at,
            click_rate=_rate(known["clicks"], known["delivered"]),
        )


def _usual_subjects(versions: set[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """Gives the subject that each version brings, None where it is locked or empty."""
    compiled = Version.objects.filter(pk__in=versions).values_list("pk", "compiled__fields")
    return {
        pk: next((one.get("default") for one in fields or () if one.get("name") == "subject"), None)
        for pk, fields in compiled
    }


def _rate(clicks: int | None, delivered: int | None) -> float | None:
    if clicks is None or delivered is None or delivered < LEAST_DELIVERED:
        return None
    return clicks / delivered
