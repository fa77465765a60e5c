"""Dispatching: claim, call, write down, with every connection busy and no batch claimed that has no free one.

What Braze answered and what is claimed next are written in one transaction, so a worker that is killed leaves at most
as many uncertain batches as it has connections.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from braze_client import CallRefused, ContractViolation, RateLimited
from campaigns.delivery import breaking
from campaigns.delivery.allowance import Allowance
from campaigns.delivery.calling import Job, Post
from campaigns.delivery.in_flight import InFlight
from campaigns.delivery.outcomes import Answer, pause, write
from campaigns.delivery.planning import a_plan_waits
from campaigns.delivery.queue import Queue
from campaigns.models import DeliveryState
from groups.errors import NotConnected
from groups.models import Workspace
from groups.upkeep.draining import is_draining
from groups.workspace.braze import async_client_for

log = logging.getLogger(__name__)

LONGEST_RUN: Final = timedelta(seconds=5)
# A run makes room after so long where a plan waits for a process, so that a small mailing begins soon.
SHORTEST_RUN: Final = timedelta(seconds=0.5)
SHORT_REST: Final = timedelta(seconds=2)
# A window that opens sooner is waited for; for a later one the sweep starts a new run.
WORTH_WAITING: Final = timedelta(seconds=1)
# An answer of Braze is kept as long as the lease of its batch lets nobody else judge it.
LONGEST_TRYING_TO_WRITE: Final = timedelta(seconds=45)


def dispatch(workspace: Workspace) -> bool:
    """Hands over what waits in a workspace for at most 5 s; tells whether more is waiting.

    Where a plan waits for a process, or the portal is being drained, it ends after half a second. Withdrawals and moves
    go before everything else. Several workers may run this at once: each batch is claimed by one, and what a worker has
    claimed when it is stopped was either not called, or is found by its lease.
    """
    if breaking.is_open(workspace):
        return False
    try:
        run = _Run.of(workspace)
    except NotConnected as error:
        calling = (DeliveryState.PLANNING, DeliveryState.STAGING, DeliveryState.SENDING)
        for delivery in workspace.deliveries.filter(state__in=calling).select_related("mailing__group__brand"):
            pause(delivery, error.sentence)
        return False
    with run.flight:
        return run.go_on_until(timezone.now() + LONGEST_RUN)


@dataclass(slots=True)
class _Run:
    """One worker's run over a workspace."""

    workspace: Workspace
    flight: InFlight
    queue: Queue
    allowance: Allowance
    watch: breaking.Watch
    post: Post = field(default_factory=Post)
    unwritten: list[tuple[Job, Answer]] = field(default_factory=list)
    has_stopped: bool = False

    @classmethod
    def of(cls, workspace: Workspace) -> _Run:
        connections = settings.BRAZE_CONNECTIONS
        flight = InFlight(lambda: async_client_for(workspace, max_connections=connections), connections)
        return cls(
            workspace,
            flight,
            Queue(workspace, flight.budget_key),
            Allowance(workspace, flight.budget_key),
            breaking.Watch(workspace),
        )

    def go_on_until(self, ends_at: datetime) -> bool:
        """Works until nothing waits or the time is over; tells whether more is waiting."""
        makes_room_at = timezone.now() + SHORTEST_RUN
        try:
            while True:
                now = timezone.now()
                if now >= makes_room_at:
                    makes_room_at = now + SHORTEST_RUN
                    ends_at = now if a_plan_waits(now) or is_draining() else ends_at
                is_over = now >= ends_at or self.has_stopped
                claimed = self._write_and_claim(now, is_over=is_over)
                self._call(claimed, now)
                if self.flight.is_empty and not claimed:
                    rest = None if is_over else self._rest(now)
                    if rest is None:
                        return is_over and not self.has_stopped
                    time.sleep(rest)
                else:
                    self.unwritten += self.flight.wait(seconds=0.5)
        finally:
            self.queue.keep_shares()

    def _write_and_claim(self, now: datetime, *, is_over: bool) -> list[Job]:
        """Stores the answers and claims for the slots that are free now, in one transaction.

        A connection to the database that breaks is opened anew: what Braze said must not be lost.
        """
        slots = 0 if is_over else self.flight.free_slots
        if not self.unwritten and not slots:
            return []
        gives_up_at = now + LONGEST_TRYING_TO_WRITE
        self._heed(self.unwritten)
        slots = 0 if self.has_stopped else slots
        is_idle = self.flight.is_empty
        while True:
            try:
                with transaction.atomic():
                    write(self.unwritten, now)
                    claimed = self.queue.claim(slots, self.allowance, now, is_idle=is_idle) if slots else []
                break
            except (OperationalError, InterfaceError) as problem:
                if timezone.now() >= gives_up_at or connection.in_atomic_block:
                    raise
                log.warning("dispatch.database_away error=%s", type(problem).__name__)
                connection.close()
                time.sleep(0.5)
                slots = 0
        self.unwritten = []
        return claimed

    def _call(self, claimed: list[Job], now: datetime) -> None:
        for job in claimed:
            try:
                self.flight.start(job, self.post.call_for(job, now))
            except ContractViolation as violation:
                self.flight.refuse(job, violation)

    def _heed(self, answers: list[tuple[Job, Answer]]) -> None:
        """Tells the other workers of a limit, and stops where Braze fails again and again."""
        for job, answer in answers:
            if isinstance(answer, RateLimited):
                self.allowance.stop_until(answer.retry_at or timezone.now() + SHORT_REST)
            elif isinstance(answer, CallRefused):
                self.queue.expect_halves(job.batch.delivery_id)
        if answers and self.watch.note([answer for _job, answer in answers]):
            self.has_stopped = True

    def _rest(self, now: datetime) -> float | None:
        """Gives how many seconds to wait for what waits itself, or None where nothing is worth waiting for."""
        opens_at = self.allowance.opens_at
        if opens_at is None or not self.queue.has_work or opens_at > now + WORTH_WAITING:
            return None
        return max(0.01, (opens_at - now).total_seconds())
