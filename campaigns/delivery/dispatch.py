"""Dispatching: claim, call, write down, as long as there is work, with a bounded number of calls in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from braze_client import AsyncBrazeClient, Call, ContractViolation, Dispatcher, RateLimited
from braze_client.pacing import BROADCASTS, SHARED, Pool
from braze_client.retrying import DEFAULT_ATTEMPTS
from campaigns.delivery import claiming
from campaigns.delivery.calling import Job, call_for, jobs_for
from campaigns.delivery.outcomes import Answer, pause, write
from campaigns.models import BatchKind, BatchState, DeliveryState
from groups.errors import NotConnected
from groups.models import Workspace
from groups.workspace.braze import async_client_for
from groups.workspace.budget import store

SHORT_REST = timedelta(seconds=2)
LONGEST_RUN = timedelta(seconds=20)


def dispatch(workspace: Workspace) -> bool:
    """Hands over what waits in a workspace for at most 20 s; tells whether more is waiting.

    Withdrawals and moves go before everything else. Several workers may run this at once: each batch is claimed by
    one, and what a worker has claimed when it is stopped was either not called, or is found by its lease.
    """
    ends_at = timezone.now() + LONGEST_RUN
    try:
        client = async_client_for(workspace, max_connections=settings.BRAZE_CONNECTIONS)
    except NotConnected as error:
        calling = (DeliveryState.PLANNING, DeliveryState.STAGING, DeliveryState.SENDING)
        for delivery in workspace.deliveries.filter(state__in=calling).select_related("mailing__group__brand"):
            pause(delivery, error.sentence)
        return False
    with asyncio.Runner() as runner:
        try:
            while timezone.now() < ends_at:
                jobs = _claim_round(workspace, client.budget_key, timezone.now())
                if not jobs:
                    return False
                answers = runner.run(_call_all(client, jobs))
                write(answers, timezone.now())
                _heed_limits(client.budget_key, answers)
        finally:
            runner.run(client.aclose())
    return True


def _heed_limits(budget_key: str, answers: list[tuple[Job, Answer]]) -> None:
    """Tells all workers until when Braze takes no more, so that none of them runs into the same wall."""
    for _job, answer in answers:
        if isinstance(answer, RateLimited):
            store().correct(budget_key, SHARED, None, 0, answer.retry_at or timezone.now() + SHORT_REST)


def _claim_round(workspace: Workspace, budget_key: str, now: datetime) -> list[Job]:
    """Claims one round of work within the budget, the most urgent kind first."""
    slots = settings.BRAZE_CONNECTIONS
    for batches, into in (
        (claiming.to_withdraw(workspace, now), BatchState.WITHDRAWING),
        (claiming.to_update(workspace, now), BatchState.UPDATING),
        (claiming.to_call(workspace, now).filter(kind=BatchKind.BROADCAST), BatchState.CALLING),
        (claiming.to_call(workspace, now).filter(kind=BatchKind.LIST), BatchState.CALLING),
    ):
        wanted = batches[:slots].count()
        if not wanted:
            continue
        is_broadcast = into == BatchState.CALLING and batches.filter(kind=BatchKind.BROADCAST).exists()
        pool: Pool = (BROADCASTS if is_broadcast else SHARED).with_share(settings.BRAZE_BUDGET_SHARE)
        grant = store().reserve(budget_key, pool, wanted, now)
        if grant.granted and (claimed := claiming.claim(batches, into, limit=grant.granted, now=now)):
            return jobs_for(claimed)
    return []


async def _call_all(client: AsyncBrazeClient, jobs: list[Job]) -> list[tuple[Job, Answer]]:
    """Makes the calls of a round at once; a job that may not be called is answered by its `ContractViolation`."""
    answers: list[tuple[Job, Answer]] = []

    def callable_jobs() -> Iterator[tuple[Job, Call[object]]]:
        for job in jobs:
            try:
                yield job, call_for(job, timezone.now())
            except ContractViolation as violation:
                answers.append((job, violation))

    async def send(item: tuple[Job, Call[object]]) -> object:
        call = item[1]
        # A batch that was not sent waits in its row; only what changes no mail is tried again at once.
        return await client.send(call, attempts=1 if call.makes_mail else DEFAULT_ATTEMPTS)

    async for (job, _call), answer in Dispatcher(send, settings.BRAZE_CONNECTIONS).run(callable_jobs()):
        answers.append((job, answer))  # type: ignore[arg-type]  # each call's own parser gives Accepted or Done
    return answers
