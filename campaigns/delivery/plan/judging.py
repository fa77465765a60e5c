"""Who of a chunk gets no mail, and why: one rule after the other, each one statement over the whole chunk.

The first reason that holds stays: a person's own wish stands before the others, and a shared address comes last, so
that the other person with it may still get the mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.delivery.plan.lookups import LookedUp, only
from campaigns.delivery.plan.winning import lost_to, rivals_of, winners_among
from campaigns.models import BatchState, Candidate, Delivery, ExclusionReason, Recipient
from campaigns.schedule.pressure import pressure_of
from groups.models import (
    Audience,
    AudienceMember,
    Group,
    GroupKind,
    Suppression,
    SuppressionReason,
    SyncState,
    Workspace,
)

# Whoever stands in a batch of these got the mail, will get it, or may have got it.
MAYBE_REACHED: Final = (BatchState.ACCEPTED, BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN)
COMING: Final = (*MAYBE_REACHED, BatchState.WAITING, BatchState.CALLING, BatchState.UPDATING)


@dataclass(frozen=True, slots=True)
class Winner:
    """The group that mails somebody the same day instead, as a subquery: nothing in it where there is none.

    `people` are all of a list for whom there is one, where the caller named the list: for counting that is quicker.
    """

    group: Subquery
    people: QuerySet[Any, Any] | None = None


Condition = LookedUp | Q | Winner


def judge(delivery: Delivery) -> None:
    """Gives every candidate who must not get this mail the reason for it. Needs a transaction."""
    for rule in RULES:
        for reason, condition in rule(delivery):
            if isinstance(condition, Winner):
                Candidate.objects.filter(reason="").update(winner=condition.group)
                Candidate.objects.filter(reason="", winner__isnull=False).update(reason=reason)
            else:
                Candidate.objects.filter(condition, reason="").update(reason=reason)


def _suppressed(delivery: Delivery) -> Iterable[tuple[ExclusionReason, Condition]]:
    """Found by contact and by address, because a file may have given either of them another partner."""
    group = delivery.mailing.group
    of_group = Suppression.objects.filter(Q(group=None) | Q(group=group), brand=group.brand_id)
    if not of_group.exists():
        return
    wish = Q(reason=SuppressionReason.UNSUBSCRIBED)
    for reason, found in (
        (ExclusionReason.UNSUBSCRIBED, of_group.filter(wish)),
        (ExclusionReason.SUPPRESSED, of_group.exclude(wish)),
    ):
        yield reason, LookedUp(found.filter(contact=OuterRef("contact")))
        yield reason, LookedUp(found.filter(address=OuterRef("address")))


def _maybe_mailed(delivery: Delivery) -> Iterable[tuple[ExclusionReason, Condition]]:
    """Nobody gets the same mailing twice: an earlier delivery of it may have reached them."""
    if delivery.mailing.deliveries.exclude(pk=delivery.pk).exists():
        ours = Recipient.objects.filter(delivery__mailing=delivery.mailing_id).exclude(delivery=delivery)
        reached = ours.filter(batch__state__in=MAYBE_REACHED, outcome="")
        yield ExclusionReason.MAYBE_MAILED, LookedUp(reached.filter(contact=OuterRef("contact")))


def _unknown_to_braze(delivery: Delivery) -> Iterable[tuple[ExclusionReason, Condition]]:
    yield ExclusionReason.UNKNOWN_TO_BRAZE, Q(sync_state=SyncState.REFUSED)


def _under_pressure(delivery: Delivery) -> Iterable[tuple[ExclusionReason, Condition]]:
    """Plans of one workspace take turns here, so that two of them that run at once see each other."""
    found = pressed(delivery.mailing.group, delivery.go_at or timezone.now(), "contact", delivery)
    if found:
        Workspace.objects.select_for_update().get(pk=delivery.workspace_id)
    return found


def pressed(
    group: Group, go_at: datetime, contact: str, delivery: Delivery | None = None, *, audience: Audience | None = None
) -> list[tuple[ExclusionReason, LookedUp | Winner]]:
    """Gives who gets enough mail around a day already, and whom another group mails the same day (A12, A13, M16).

    Mails that are planned count like those that went, those of `delivery` itself do not; a mailing that is scheduled
    for the day and not planned yet counts where its group goes before this one (`winning`). `contact` is the column
    that names the contact in the rows which the conditions are put on, `audience` a list that is to be counted.
    """
    pressure = pressure_of(group)
    if group.kind == GroupKind.BRAND and not pressure.caps_head_office:
        return []
    all_mails = (
        Recipient.objects.filter(outcome="", batch__state__in=COMING)
        .exclude(delivery=delivery)
        .annotate(goes_at=Coalesce("delivery__go_at", "delivery__created_at"))
    )
    if not pressure.caps_head_office:
        all_mails = all_mails.exclude(delivery__mailing__group__kind=GroupKind.BRAND)
    mails = all_mails.filter(contact=OuterRef(contact))
    found: list[tuple[ExclusionReason, LookedUp | Winner]] = []
    if pressure.one_group_a_day:
        day = _local_day(go_at, group)
        others = Q(goes_at__range=day) & ~Q(delivery__mailing__group=group)
        mailed_by = Subquery(mails.filter(others).order_by().values("delivery__mailing__group")[:1])
        mailed = None if audience is None else all_mails.filter(others, _on_list(audience)).order_by().values("contact")
        found.append((ExclusionReason.MAILED_TODAY, Winner(mailed_by, mailed)))
        rivals = rivals_of(group, day, timezone.now(), pressure)
        winners = winners_among(rivals, group, contact, pressure)
        lost = [None] * len(winners) if audience is None else lost_to(rivals, audience, group, pressure)
        found += [(ExclusionReason.MAILED_TODAY, Winner(*beaten)) for beaten in zip(winners, lost, strict=True)]
    if pressure.cap_mails and pressure.cap_days:
        around = timedelta(days=pressure.cap_days)
        near = mails.filter(goes_at__gt=go_at - around, goes_at__lt=go_at + around)
        found.append((ExclusionReason.CAPPED, _at_least(pressure.cap_mails, near)))
    return found


def _on_list(audience: Audience) -> Q:
    return Q(contact__in=AudienceMember.objects.filter(audience=audience).values("contact"))


def _at_least(number: int, mails: QuerySet[Recipient]) -> LookedUp:
    counted = mails.order_by().values("contact").annotate(number=Count("pk"))
    return LookedUp(counted.filter(number__gte=number))


def _local_day(moment: datetime, group: Group) -> tuple[datetime, datetime]:
    """Gives the first and the last moment of a day in a group's zone."""
    zone = ZoneInfo(group.time_zone)
    day = moment.astimezone(zone).date()
    return datetime.combine(day, time.min, zone), datetime.combine(day, time.max, zone)


def _same_address(delivery: Delivery) -> Iterable[tuple[ExclusionReason, Condition]]:
    kept = Recipient.objects.filter(delivery=only(delivery), address=OuterRef("address"))
    yield ExclusionReason.DUPLICATE, LookedUp(kept)
    first = Candidate.objects.filter(reason="").values("address").annotate(first=Min("position")).values("first")
    yield ExclusionReason.DUPLICATE, ~Q(position__in=Subquery(first))


RULES: Final[tuple[Callable[[Delivery], Iterable[tuple[ExclusionReason, Condition]]], ...]] = (
    _suppressed,
    _maybe_mailed,
    _unknown_to_braze,
    _under_pressure,
    _same_address,
)
