"""Reading what is left of Braze's limits, and what waits for them; nothing is taken by looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, OuterRef
from django.utils.functional import Promise as StrPromise
from django.utils.translation import gettext_lazy as _

from braze_client.pacing import (
    BROADCASTS,
    EXPORT,
    SEND_IDS,
    SHARED,
    SUBSCRIPTIONS,
    TRACK,
    USER_CHANGES,
    Pool,
    WindowsUnreachable,
)
from campaigns.models import Batch, BatchState, Breaker, Delivery, DeliveryState, Mailing
from groups import access
from groups.models import SendIdDay, SharedSendId, User, Workspace
from groups.roles import Permission
from groups.workspace.braze import budget_key_of
from groups.workspace.budget import ours, store

POOLS: Final[Mapping[Pool, tuple[StrPromise, StrPromise]]] = {
    SHARED: (_("Mailings and reports"), _("an hour, all tools of the workspace together")),
    TRACK: (_("Writing contacts"), _("three seconds")),
    EXPORT: (_("Looking people up"), _("a minute")),
    BROADCASTS: (_("Mail to whole audiences"), _("a minute")),
    SUBSCRIPTIONS: (_("Asking for subscriptions"), _("a minute")),
    USER_CHANGES: (_("Deleting people"), _("a minute")),
}
WORKING: Final = (DeliveryState.STAGING, DeliveryState.SENDING)
TAKERS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class WindowLine:
    """One of Braze's windows now: `used` by the portal, `others` seen of other tools, `left` of the portal's share.

    Until `blocked_until` Braze takes no call, whatever is left.
    """

    label: StrPromise
    span: StrPromise
    limit: int
    share: int
    used: int
    others: int
    left: int
    resets_at: datetime
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Taker:
    """A mailing with a send ID of its own, made today."""

    mailing: Mailing
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SendIds:
    """Today's send IDs: how many are used of how many, who took them, and how many mailings share one.

    `unseen` counts those of mailings that the reader may not see; `shared_made` the IDs that are there to be shared.
    """

    used: int
    ours: int
    kept: int
    takers: Sequence[Taker]
    unseen: int
    shared_made: int
    sharing: int
    resets_at: datetime

    @property
    def left(self) -> int:
        """How many more mailings get one of their own."""
        return max(0, self.ours - self.used)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be handed over and was not yet: the oldest of it, unless the reader may not see its mailing."""

    batches: int
    oldest: Batch | None
    mailing: Mailing | None


def windows_of(workspace: Workspace, now: datetime) -> list[WindowLine] | None:
    """Gives the windows that the portal uses; None while the store of the windows does not answer."""
    if not (workspace.endpoint and workspace.api_key):
        return []
    key = budget_key_of(workspace)
    try:
        return [_window(pool, key, workspace, now) for pool in POOLS]
    except WindowsUnreachable:
        return None


def send_ids_of(workspace: Workspace, reader: User, now: datetime) -> SendIds:
    """Gives today's send IDs; the day is that of UTC (B-SND-2)."""
    today = now.astimezone(UTC).date()
    midnight = datetime.combine(today, time(), UTC)
    day = SendIdDay.objects.filter(workspace=workspace, day=today).first()
    made = Delivery.objects.filter(workspace=workspace, send_id_made_at__gte=midnight)
    seen = made.filter(mailing__in=access.visible(reader, Mailing, Permission.SEE_MAILINGS))
    takers = seen.select_related("mailing__group").order_by("-send_id_made_at")[:TAKERS_SHOWN]
    shared = SharedSendId.objects.filter(day=day) if day is not None else SharedSendId.objects.none()
    sharing = Delivery.objects.filter(
        workspace=workspace, send_id_is_shared=True, send_id__in=shared.values("send_id")
    ).aggregate(mailings=Count("mailing", distinct=True))["mailings"]
    return SendIds(
        used=0 if day is None else day.used,
        ours=SEND_IDS.limit - settings.SEND_IDS_KEPT_FOR_OTHERS,
        kept=settings.SEND_IDS_KEPT_FOR_OTHERS,
        takers=[Taker(one.mailing, one.send_id_made_at) for one in takers if one.send_id_made_at],
        unseen=made.count() - seen.count(),
        shared_made=shared.count(),
        sharing=sharing,
        resets_at=SEND_IDS.window_end(now),
    )


def breaker_of(workspace: Workspace) -> Breaker | None:
    """Gives the breaker while it is open: nothing is called then."""
    return Breaker.objects.filter(workspace=workspace, opened_at__isnull=False).first()


def waiting_of(workspace: Workspace, reader: User) -> Waiting:
    """Gives what waits to be handed over; the oldest is the first batch of the delivery that began first."""
    waiting = Batch.objects.filter(state=BatchState.WAITING, delivery__workspace=workspace, delivery__state__in=WORKING)
    of_delivery = Batch.objects.filter(delivery=OuterRef("pk"), state=BatchState.WAITING)
    first = Delivery.objects.filter(Exists(of_delivery), workspace=workspace, state__in=WORKING).order_by("created_at")
    delivery = first.select_related("mailing__group").first()
    if delivery is None:
        return Waiting(0, None, None)
    is_seen = access.visible(reader, Mailing, Permission.SEE_MAILINGS).filter(pk=delivery.mailing_id).exists()
    oldest = delivery.batches.filter(state=BatchState.WAITING).select_related("delivery").order_by("number").first()
    return Waiting(waiting.count(), oldest, delivery.mailing if is_seen else None)


def _window(pool: Pool, key: str, workspace: Workspace, now: datetime) -> WindowLine:
    label, span = POOLS[pool]
    mine = ours(pool, workspace)
    seen = store().look(key, mine, now)
    limit = pool.limit if seen.window.limit is None else seen.window.limit
    return WindowLine(
        label=label,
        span=span,
        limit=limit,
        share=int(limit * mine.share),
        used=seen.window.used,
        others=seen.window.others,
        left=0 if seen.blocked_until else seen.window.available(mine),
        resets_at=pool.window_end(now),
        blocked_until=seen.blocked_until,
    )
