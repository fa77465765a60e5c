"""Reading the lists that Braze keeps of addresses, day by day, so that an outage leaves no gap."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from braze_client import AddressPage, BrazeClient, BrazeError, Call, ListedAddress, PermissionRefused, calls
from braze_client.pacing import SHARED
from groups import audit
from groups.consent.suppressing import suppress
from groups.errors import ChangingOver, NotConnected
from groups.keeping.addresses import storing_of
from groups.keeping.standing import demand_settled, is_changing_over
from groups.models import (
    Brand,
    Lift,
    Reading,
    ReadingKind,
    SuppressionOrigin,
    SuppressionReason,
    Workspace,
)
from groups.workspace import budget
from groups.workspace.braze import budget_key_of, client_for, explained

log = logging.getLogger(__name__)

PERMISSIONS: Final[Mapping[ReadingKind, str]] = {
    ReadingKind.HARD_BOUNCES: "email.hard_bounces",
    ReadingKind.UNSUBSCRIBES: "email.unsubscribe",
}
REASONS: Final[Mapping[ReadingKind, SuppressionReason]] = {
    ReadingKind.HARD_BOUNCES: SuppressionReason.HARD_BOUNCE,
    ReadingKind.UNSUBSCRIBES: SuppressionReason.UNSUBSCRIBED,
}
MISSING: Final = "missing"
# The first reading goes back so far; Braze suppresses by itself whatever is older.
FIRST_DAYS: Final = 5 * 365
DAYS_AT_ONCE: Final = 30
# Braze may list something late: each reading begins a day before the one before it ended.
OVERLAP: Final = timedelta(days=1)
PAGE: Final = 500
MOST_PAGES: Final = 10_000
LONGEST_ADDRESS: Final = 254


class BudgetSpent(Exception):
    """Our share of Braze's window is used up; the next run goes on."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days to be read, from midnight to midnight in UTC; the second one is left out."""

    start: date
    end: date


def workspaces_to_read() -> Sequence[UUID]:
    """Gives the connected workspaces that are not paused."""
    not_paused = Q(paused_until=None) | Q(paused_until__lt=timezone.now())
    return list(Workspace.objects.filter(not_paused).exclude(endpoint="").values_list("pk", flat=True))


def read(workspace: Workspace, *, limit_seconds: float = 20.0) -> int:
    """Reads both lists on from where they were read last; gives how many addresses were new.

    What the key may not read is passed over, and noted as missing where Braze says so. The day is moved on only when
    all of a stretch is stored, and storing it twice changes nothing, so that a reading that was cut off, or that two
    workers made at once, does no harm. Stops after about `limit_seconds`; the next one goes on. Waits while the brand
    forgets its contacts, because what Braze lists is compared with what was lifted here.
    """
    if is_changing_over(workspace.brand_id):
        return 0
    deadline = time.monotonic() + limit_seconds
    return sum(_read_list(workspace, kind, deadline) for kind in ReadingKind if _may_read(workspace, kind))


def stretches(read_until: date | None, today: date) -> Iterator[Stretch]:
    """Yields the days that are to be read, in pieces of thirty; the last one holds today."""
    start = today - timedelta(days=FIRST_DAYS) if read_until is None else read_until - OVERLAP
    end_of_all = today + timedelta(days=1)
    while start < end_of_all:
        end = min(start + timedelta(days=DAYS_AT_ONCE), end_of_all)
        yield Stretch(start, end)
        start = end


def _may_read(workspace: Workspace, kind: ReadingKind) -> bool:
    return bool(workspace.check_result.get(PERMISSIONS[kind]) != MISSING)


def _read_list(workspace: Workspace, kind: ReadingKind, deadline: float) -> int:
    reading, _is_new = Reading.objects.get_or_create(workspace=workspace, kind=kind)
    found, problem = 0, ""
    try:
        with client_for(workspace) as client:
            for stretch in stretches(reading.read_until, timezone.now().date()):
                found += _read_stretch(workspace, client, reading, stretch)
                if time.monotonic() >= deadline:
                    break
    except PermissionRefused:
        _note_missing(workspace, kind)
    except BudgetSpent:
        log.info("consent.budget_spent workspace=%s list=%s", workspace.pk, kind)
    except BrazeError as error:
        log.warning("consent.unread workspace=%s list=%s error=%s", workspace.pk, kind, type(error).__name__)
        problem = explained(error).sentence
    except (NotConnected, ChangingOver) as error:
        problem = error.sentence
    Reading.objects.filter(pk=reading.pk).update(problem=problem[:300], read_at=timezone.now())
    return found


def _read_stretch(workspace: Workspace, client: BrazeClient, reading: Reading, stretch: Stretch) -> int:
    """Stores all of a stretch, page by page, and moves the day on."""
    found = 0
    kind = ReadingKind(reading.kind)
    for page in _pages(workspace, client, kind, stretch):
        with transaction.atomic():
            demand_settled(workspace.brand)
            new = _store(workspace.brand, kind, page)
            if new:
                audit.record(
                    "suppression.read", actor=None, target=reading, brand=workspace.brand, list=str(kind), addresses=new
                )
                Reading.objects.filter(pk=reading.pk).update(found=F("found") + new)
        found += new
    # Today is not over: the next reading asks for it again.
    read_until = min(stretch.end, timezone.now().date())
    Reading.objects.filter(Q(read_until=None) | Q(read_until__lt=read_until), pk=reading.pk).update(
        read_until=read_until
    )
    return found


def _pages(
    workspace: Workspace, client: BrazeClient, kind: ReadingKind, stretch: Stretch
) -> Iterator[tuple[ListedAddress, ...]]:
    """Reads page by page, each out of our share of Braze's window.

    Of unsubscribes the oldest come first and of bounces the newest, so that what happens meanwhile pushes nobody off
    the pages that are still to be read. Raises `BudgetSpent`.
    """
    store, key, pool = budget.store(), budget_key_of(workspace), budget.ours(SHARED, workspace)
    for number in range(MOST_PAGES):
        if store.reserve(key, pool, 1, timezone.now()).granted == 0:
            raise BudgetSpent
        page = client.send(_call(kind, stretch, number * PAGE), attempts=2)
        yield page.items
        if page.is_last:
            return


def _call(kind: ReadingKind, stretch: Stretch, offset: int) -> Call[AddressPage]:
    if kind == ReadingKind.HARD_BOUNCES:
        return calls.email_hard_bounces(stretch.end, start_date=stretch.start, limit=PAGE, offset=offset)
    return calls.email_unsubscribes(
        stretch.end, start_date=stretch.start, limit=PAGE, offset=offset, sort_direction="asc"
    )


def _store(brand: Brand, kind: ReadingKind, page: Sequence[ListedAddress]) -> int:
    """Shuts the addresses of a page to the whole brand, but for those that were let in again after that."""
    stored = storing_of(brand)
    listed: dict[str, datetime | None] = {}
    for one in page:
        address = one.email.strip().lower()
        if address and len(address) <= LONGEST_ADDRESS:
            listed[stored(address)] = one.at
    reason = REASONS[kind]
    let_in: dict[str, datetime] = {}
    lifts = Lift.objects.filter(brand=brand, address__in=listed, group=None, reason=reason)
    for address, at in lifts.order_by("created_at").values_list("address", "created_at"):
        let_in[address] = at
    news = [address for address, at in listed.items() if address not in let_in or (at and at > let_in[address])]
    return suppress(
        brand=brand, addresses=news, group=None, reason=reason, origin=SuppressionOrigin.BRAZE, source="list of Braze"
    )


def _note_missing(workspace: Workspace, kind: ReadingKind) -> None:
    """Keeps in the result of the check that the key lacks the permission, until it is checked again."""
    with transaction.atomic():
        locked = Workspace.objects.select_for_update().get(pk=workspace.pk)
        result = {**locked.check_result, PERMISSIONS[kind]: MISSING}
        Workspace.objects.filter(pk=workspace.pk).update(check_result=result)
    workspace.check_result = result
