"""Bringing contacts to Braze by `users.track`: only what changed, at most 75 people a call, several calls in flight."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import (
    OBJECTS_PER_TRACK_CALL,
    TRACK,
    AsyncBrazeClient,
    BrazeError,
    Call,
    CallRefused,
    ContractViolation,
    Dispatcher,
    KeyRefused,
    PartlyRefused,
    PermissionRefused,
    Pool,
    RateLimited,
    TooLarge,
    TrackReply,
    Uncertain,
    UserAttributes,
    calls,
    chunked,
)
from groups.audiences.claiming import Taken, note_taken, take_waiting
from groups.audiences.profiles import Profiler, as_hashes
from groups.audiences.rounds import Claimed, Letter, Parcel, Round
from groups.erasing.hashing import key_of as hash_key_of
from groups.erasing.kept_out import keep_out
from groups.errors import ChangingOver, NotConnected
from groups.keeping.standing import demand_settled, hold, sentence
from groups.models import Brand, Contact, SyncState, Workspace
from groups.workspace import budget
from groups.workspace.braze import async_client_for, budget_key_of, explained

logger = logging.getLogger(__name__)

CALLS_PER_ROUND: Final = 16
LEASE: Final = timedelta(seconds=120)
PAUSE: Final = timedelta(minutes=2)
ATTEMPTS: Final = 2
# A call that leaves later than this before the end of a window may arrive after it.
MARGIN_SECONDS: Final = 0.1
ERROR_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many contacts Braze took and refused; `has_more` means that going on at once makes sense.

    `reason` says in a person's words why it stopped with contacts left.
    """

    synced: int = 0
    refused: int = 0
    has_more: bool = False
    reason: str = ""


def sync_contacts(workspace_id: UUID, limit_seconds: float = 20.0) -> SyncResult:
    """Brings the pending contacts of a workspace's brand to Braze, for at most about `limit_seconds`.

    Contacts are claimed by a lease, so that no two workers send the same one. A refused contact keeps Braze's sentence
    until it changes; one whose outcome nobody knows stays pending and is sent whole next time; one that changes while
    it is under way stays pending. A refused key or permission pauses the workspace for two minutes, with the reason.
    """
    workspace = Workspace.objects.select_related("brand").filter(pk=workspace_id).first()
    if workspace is None:
        return SyncResult()
    if workspace.paused_until is not None and workspace.paused_until > timezone.now():
        return SyncResult(reason=workspace.pause_reason)
    try:
        client = async_client_for(workspace, max_connections=CALLS_PER_ROUND)
    except NotConnected as error:
        return SyncResult(reason=error.sentence)
    with asyncio.Runner() as runner:
        try:
            return _sync_until(time.monotonic() + limit_seconds, workspace, client, runner)
        finally:
            runner.run(client.aclose())


def _sync_until(deadline: float, workspace: Workspace, client: AsyncBrazeClient, runner: asyncio.Runner) -> SyncResult:
    """Works round by round; what a round makes is made before its calls are reserved, so that they leave at once.

    A call that left late would count in Braze's next window, which is full of others.
    """
    profiler = Profiler.of(workspace.brand)
    store, key = budget.store(), budget_key_of(workspace)
    pool = budget.ours(TRACK, workspace)
    synced = refused = 0
    while time.monotonic() < deadline:
        try:
            claimed = _claim(workspace, profiler, CALLS_PER_ROUND * OBJECTS_PER_TRACK_CALL)
        except ChangingOver as error:
            return SyncResult(synced, refused, reason=error.sentence)
        if not claimed:
            return SyncResult(synced, refused)
        outcome = Round()
        letters = _letters(_parcels(claimed, profiler, outcome))
        while letters:
            _await_a_fresh_window(pool)
            grant = store.reserve(key, pool, len(letters), timezone.now())
            if grant.granted:
                runner.run(_send(client, letters[: grant.granted], outcome))
                del letters[: grant.granted]
                if outcome.problem is not None or outcome.unknown:
                    break
                continue
            wait = (grant.resets_at - timezone.now()).total_seconds()
            if wait > deadline - time.monotonic():
                break
            time.sleep(max(0.0, wait))
        outcome.not_sent += [parcel.claimed for letter in letters for parcel in letter.parcels]
        _write(outcome, profiler, workspace.brand)
        synced += len(outcome.accepted)
        refused += len(outcome.refused)
        if isinstance(outcome.problem, RateLimited):
            retry_at = outcome.problem.retry_at or timezone.now() + timedelta(seconds=pool.window_seconds)
            store.correct(key, pool, None, 0, retry_at)
        elif outcome.problem is not None:
            return SyncResult(synced, refused, reason=_stop(workspace, outcome.problem))
        elif outcome.unknown:
            return SyncResult(synced, refused)
        elif letters:
            return SyncResult(synced, refused, reason=explained(RateLimited("", retry_at=None)).sentence)
        else:
            _go_on(workspace)
    return SyncResult(synced, refused, has_more=True)


def _await_a_fresh_window(pool: Pool) -> None:
    """Waits for the next window where this one ends before a call could arrive in it."""
    now = timezone.now()
    left = (pool.window_end(now) - now).total_seconds()
    if left < MARGIN_SECONDS:
        time.sleep(left)


def _letters(parcels: Sequence[Parcel]) -> list[Letter]:
    return [Letter(batch, _call_for(batch)) for batch in chunked(parcels, OBJECTS_PER_TRACK_CALL)]


def _call_for(batch: Sequence[Parcel]) -> Call[TrackReply]:
    return calls.users_track([parcel.attributes for parcel in batch])


def _claim(workspace: Workspace, profiler: Profiler, limit: int) -> list[Claimed]:
    """Takes pending contacts that nobody has, and says what Braze should know of them.

    Raises `ChangingOver` while the brand forgets its contacts, and where it has done so since the profiler was made.
    """
    now = timezone.now()
    with transaction.atomic():
        demand_settled(workspace.brand)
        if profiler.keeps != workspace.brand.keeps_contacts:
            raise ChangingOver(sentence())
        contacts = take_waiting(workspace, limit=limit, now=now, lease_until=now + LEASE)
        keep_out(workspace.brand, contacts)
        wanted = profiler.wanted(contacts)
    return [Claimed(contact, wanted[contact.pk]) for contact in contacts]


def _parcels(claimed: Sequence[Claimed], profiler: Profiler, outcome: Round) -> list[Parcel]:
    """Gives what has to be sent; contacts that Braze has already, or could never take, are settled at once."""
    parcels = []
    for one in claimed:
        if profiler.key is not None and "email" not in one.profile and "email" not in one.contact.synced:
            # Braze would take them for somebody without an address, to whom nothing is delivered.
            outcome.refused.append((one, _("Their address is not kept here.")))
            continue
        attributes = profiler.missing(one.profile, one.contact, is_known=one.is_known)
        if not attributes:
            outcome.accepted.append(one)
            continue
        try:
            parcels.append(Parcel(one, UserAttributes(one.contact.external_id, attributes)))
        except ContractViolation as violation:
            outcome.refused.append((one, violation.message))
    return parcels


async def _send(client: AsyncBrazeClient, letters: Sequence[Letter], outcome: Round) -> None:
    """Makes the calls, a few at once, and sorts the contacts by what became of them."""

    async def send(letter: Letter) -> None:
        await _send_batch(client, letter, outcome)

    async with aclosing(Dispatcher(send, CALLS_PER_ROUND).run(letters)) as finished:
        async for _batch, _nothing in finished:
            pass


async def _send_batch(client: AsyncBrazeClient, letter: Letter, outcome: Round) -> None:
    """Makes one call; one that is refused as a whole is cut in halves down to the person whom Braze does not take."""
    batch = letter.parcels
    claimed = [parcel.claimed for parcel in batch]
    if isinstance(outcome.problem, (KeyRefused, PermissionRefused, RateLimited)):
        outcome.not_sent += claimed
        return
    try:
        reply = await _stored(client, letter)
    except (CallRefused, TooLarge) as error:
        if len(batch) == 1:
            outcome.refused.append((claimed[0], error.message))
            return
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            await _send_batch(client, Letter(half, _call_for(half)), outcome)
    except Uncertain as error:
        outcome.problem = outcome.problem or error
        outcome.unknown += claimed
    except BrazeError as error:
        outcome.problem = error
        outcome.not_sent += claimed
    else:
        reasons = reply.refused_in("attributes")
        for index, one in enumerate(claimed):
            if index in reasons:
                outcome.refused.append((one, reasons[index]))
            elif reply.unplaced:
                outcome.unknown.append(one)
            else:
                outcome.accepted.append(one)


async def _stored(client: AsyncBrazeClient, letter: Letter) -> TrackReply:
    """Makes the call and gives what Braze said of each person, some of whom it may have refused."""
    try:
        return await client.send(letter.call, attempts=ATTEMPTS)
    except PartlyRefused as partly:
        return partly.reply


def _write(outcome: Round, profiler: Profiler, brand: Brand) -> None:
    """Stores what became of a round, in one transaction, as the brand keeps it by then."""
    now = timezone.now()
    with transaction.atomic():
        hold(brand)
        # What was claimed twice may be written after the brand has forgotten it.
        key = None if profiler.keeps == brand.keeps_contacts else hash_key_of(brand)
        taken = [
            Taken(
                one.contact.pk,
                profiler.noted(one.profile, one.contact) if key is None else as_hashes(key, one.profile),
                one.contact.sync_revision,
            )
            for one in outcome.accepted
        ]
        note_taken(taken, now, forgets=not brand.keeps_contacts)
        revisions = dict(
            _rows([one for one, _reason in outcome.refused])
            .select_for_update()
            .order_by("pk")
            .values_list("pk", "sync_revision")
            if outcome.refused
            else ()
        )
        for one, reason in outcome.refused:
            is_same = revisions.get(one.contact.pk) == one.contact.sync_revision
            _rows([one]).update(
                sync_lease_until=None if one.is_known else now,
                sync_state=SyncState.REFUSED if is_same else SyncState.PENDING,
                sync_error=reason[:ERROR_CHARACTERS] if is_same else "",
            )
        # A lease that ran out says that nobody knows what Braze has; none says that `synced` tells it.
        if outcome.not_sent:
            _rows([one for one in outcome.not_sent if one.is_known]).update(sync_lease_until=None)
            _rows([one for one in outcome.not_sent if not one.is_known]).update(sync_lease_until=now)
        if outcome.unknown:
            _rows(outcome.unknown).update(sync_lease_until=now)


def _rows(claimed: Sequence[Claimed]) -> QuerySet[Contact]:
    return Contact.objects.filter(pk__in=[one.contact.pk for one in claimed])


def _stop(workspace: Workspace, problem: BrazeError) -> str:
    """Gives the sentence for a round that could not go on; a refused key or permission pauses the workspace."""
    sentence = explained(problem).sentence
    logger.warning("The contacts of workspace %s wait: %s", workspace.pk, problem)
    if isinstance(problem, (KeyRefused, PermissionRefused)):
        Workspace.objects.filter(pk=workspace.pk).update(paused_until=timezone.now() + PAUSE, pause_reason=sentence)
    return sentence


def _go_on(workspace: Workspace) -> None:
    """Ends a pause whose time has passed, once a call went through."""
    if workspace.pause_reason:
        Workspace.objects.filter(pk=workspace.pk, paused_until=workspace.paused_until).update(
            paused_until=None, pause_reason=""
        )
        workspace.paused_until, workspace.pause_reason = None, ""
