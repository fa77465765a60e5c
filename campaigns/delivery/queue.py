"""The work of a workspace in fair order: withdrawals and moves first, then calls, group by group in turn."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from braze_client.pacing import BROADCASTS, BROADCASTS_PER_AUDIENCE
from campaigns.delivery import claiming
from campaigns.delivery.allowance import Allowance, reserved
from campaigns.delivery.calling import Job, audience_key_of, jobs_for
from campaigns.delivery.fair_share import SMALL_BATCHES, Line, share_out
from campaigns.delivery.restaging import leave_out_suppressed
from campaigns.models import Batch, BatchKind, BatchState, Delivery, GroupShare, Route
from groups.models import GroupKind, Suppression, Workspace
from groups.workspace.budget import ours

# How old the picture of what waits may be; a small mailing that is submitted now begins after so long at the latest.
SECONDS_BETWEEN_LOOKS: Final = 0.5
HEAD_OFFICE_WEIGHT: Final = 4


class Queue:
    """What one worker sees of a workspace's work; everything that it takes is taken by a conditional update."""

    def __init__(self, workspace: Workspace, budget_key: str) -> None:
        self._workspace = workspace
        self._budget_key = budget_key
        self._known: dict[UUID, Delivery] = {}
        self._deliveries: dict[UUID, Delivery] = {}
        self._broadcasts: dict[UUID, Delivery] = {}
        self._with_news: set[UUID] = set()
        self._with_halves: set[UUID] = set()
        self._deficits: dict[UUID, float] = {}
        self._kept: dict[UUID, float] = {}
        self._turn = 0
        self._looked_at = self._looked_at_urgent = float("-inf")

    @property
    def has_work(self) -> bool:
        """Whether calls waited when it was last looked at."""
        return bool(self._deliveries or self._broadcasts)

    def claim(self, slots: int, allowance: Allowance, now: datetime, *, is_idle: bool) -> list[Job]:
        """Claims up to so many batches within the budget. Needs a transaction; commit it before any call.

        A worker that is idle, with no call under way, looks for what is urgent once more before it ends its run.
        """
        claimed = self._claim_urgent(slots, allowance, now, is_idle=is_idle)
        if len(claimed) < slots:
            self._look(now)
            claimed += self._claim_broadcasts(slots - len(claimed), now)
        if len(claimed) < slots and self._deliveries:
            claimed += self._claim_lists(slots - len(claimed), allowance, now)
        return jobs_for(claimed)

    def expect_halves(self, delivery_id: UUID) -> None:
        """Calls the halves of a refused batch before everything else of its delivery: they tell whether it is wrong."""
        self._with_halves.add(delivery_id)

    def keep_shares(self) -> None:
        """Brings what the groups have used of their turns together with what other workers noted."""
        changed = {group: deficit - self._kept.get(group, 0.0) for group, deficit in self._deficits.items()}
        shares = GroupShare.objects.filter(workspace=self._workspace)
        with transaction.atomic():
            shares.exclude(group__in=self._deficits).delete()
            for group, change in changed.items():
                if change and not shares.filter(group=group).update(deficit=F("deficit") + change):
                    GroupShare.objects.get_or_create(
                        workspace=self._workspace, group_id=group, defaults={"deficit": change}
                    )
        self._kept = dict(self._deficits)

    def _claim_urgent(self, slots: int, allowance: Allowance, now: datetime, *, is_idle: bool) -> list[Batch]:
        """Claims what must be withdrawn or moved; looks for it now and then, and at once while there is more.

        What is moved back was given up by a worker; each run looks for that once.
        """
        if not is_idle and time.monotonic() - self._looked_at_urgent < SECONDS_BETWEEN_LOOKS:
            return []
        claimed: list[Batch] = []
        is_first = self._looked_at_urgent == float("-inf")
        withdrawn = claiming.to_withdraw(self._workspace, now)
        moved = claiming.to_update(self._workspace, now, and_back=is_first)
        for batches, into in (
            *((one, BatchState.WITHDRAWING) for one in withdrawn),
            *((one, BatchState.UPDATING) for one in moved),
        ):
            wanted = batches[: slots - len(claimed)].count()
            if wanted and (granted := allowance.take(wanted, now)):
                claimed += claiming.claim(batches, into, limit=granted, now=now)
        if len(claimed) < slots:
            self._looked_at_urgent = time.monotonic()
        return claimed

    def _look(self, now: datetime) -> None:
        """Sees which deliveries wait, now and then, and at once when nothing is known to wait."""
        if self.has_work and time.monotonic() - self._looked_at < SECONDS_BETWEEN_LOOKS:
            return
        broadcasts = Batch.objects.filter(delivery=OuterRef("pk"), kind=BatchKind.BROADCAST)
        news = Suppression.objects.filter(brand=self._workspace.brand_id, created_at__gte=OuterRef("created_at"))
        waiting = claiming.deliveries_to_call(self._workspace, now).annotate(
            is_broadcast=Exists(broadcasts), has_news=Exists(news)
        )
        rows = list(waiting.values_list("pk", "state", "go_at", "is_broadcast", "has_news"))
        self._read({pk: (state, go_at) for pk, state, go_at, _is_broadcast, _has_news in rows})
        self._broadcasts = {pk: self._known[pk] for pk, _state, _go_at, is_broadcast, _news in rows if is_broadcast}
        self._deliveries = {pk: self._known[pk] for pk, _state, _go_at, is_broadcast, _news in rows if not is_broadcast}
        self._with_news = {pk for pk, _state, _go_at, _is_broadcast, has_news in rows if has_news}
        self._looked_at = time.monotonic()
        groups = {delivery.mailing.group_id for delivery in self._deliveries.values()}
        if len(groups) > 1:
            self.keep_shares()
            shares = GroupShare.objects.filter(workspace=self._workspace, group__in=groups)
            self._deficits = dict(shares.values_list("group", "deficit"))
            self._kept = dict(self._deficits)

    def _read(self, waiting: dict[UUID, tuple[str, datetime | None]]) -> None:
        """Reads deliveries with their whole mail, each once, and again when somebody has moved it."""
        known = {pk: one for pk, one in self._known.items() if waiting.get(pk) == (one.state, one.go_at)}
        related = ("mailing__audience", "mailing__group__brand", "workspace")
        missing = [pk for pk in waiting if pk not in known]
        if missing:
            known |= {one.pk: one for one in Delivery.objects.filter(pk__in=missing).select_related(*related)}
        self._known = {pk: known[pk] for pk in waiting}

    def _claim_broadcasts(self, slots: int, now: datetime) -> list[Batch]:
        """Claims calls for a whole audience, of which Braze takes few a minute, and fewer for the same audience."""
        claimed: list[Batch] = []
        for delivery in list(self._broadcasts.values())[:slots]:
            per_audience = ours(BROADCASTS_PER_AUDIENCE, self._workspace).for_audience(audience_key_of(delivery))
            pools = (ours(BROADCASTS, self._workspace), per_audience)
            if all(reserved(self._budget_key, pool, 1, now).granted for pool in pools):
                claimed += self._claim_of(delivery, 1, now)
            del self._broadcasts[delivery.pk]
        return claimed

    def _claim_lists(self, slots: int, allowance: Allowance, now: datetime) -> list[Batch]:
        granted = allowance.take(slots, now)
        claimed: list[Batch] = []
        while (missing := granted - len(claimed)) and (lines := self._lines()):
            for pk, number in share_out(missing, lines, self._deficits, self._turn).items():
                claimed += self._claim_of(self._deliveries[pk], number, now)
            self._turn += missing
        allowance.give_back(granted - len(claimed))
        return claimed

    def _claim_of(self, delivery: Delivery, number: int, now: datetime) -> list[Batch]:
        """Claims batches of one delivery; one that has fewer left is not looked at again until the next look."""
        batches: list[Batch] = []
        if delivery.pk in self._with_halves:
            batches = claiming.claim_calls(delivery, limit=number, now=now, halves_only=True)
            if len(batches) < number:
                self._with_halves.discard(delivery.pk)
        if len(batches) < number:
            batches += claiming.claim_calls(delivery, limit=number - len(batches), now=now)
        if len(batches) < number:
            self._deliveries.pop(delivery.pk, None)
        # What leaves by these calls cannot be withdrawn any more, so who has unsubscribed is asked at this moment; and
        # somebody new is named with the address that they have now, which may have been shut long ago.
        if delivery.route == Route.TRIGGER or delivery.pk in self._with_news:
            leave_out_suppressed(batches)
        return batches

    def _lines(self) -> list[Line]:
        small: dict[UUID, list[UUID]] = {}
        large: dict[UUID, list[UUID]] = {}
        weights: dict[UUID, int] = {}
        for delivery in self._deliveries.values():
            group = delivery.mailing.group
            weights[group.pk] = HEAD_OFFICE_WEIGHT if group.kind == GroupKind.BRAND else 1
            lane = small if delivery.batch_count <= SMALL_BATCHES else large
            lane.setdefault(group.pk, []).append(delivery.pk)
        return [Line(pk, weight, tuple(small.get(pk, ())), tuple(large.get(pk, ()))) for pk, weight in weights.items()]
