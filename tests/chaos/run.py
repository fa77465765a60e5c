"""One run: mailings are sent, workers work and are hurt, time passes, and in the end the ledger is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Min, Model, Q
from django.utils import timezone

from campaigns.delivery.services import send
from campaigns.models import Batch, Delivery, DeliveryState, Mailing, MailingState, PauseCause, Route
from groups.models import Contact, Workspace
from tests.chaos import scene
from tests.chaos.braze import Braze
from tests.chaos.clock import Clock
from tests.chaos.crew import Crew, Worker
from tests.chaos.injuries import Injury
from tests.chaos.ledger import OPEN, OVER, Ledger

STEP_SECONDS: Final = 15.0
LONGEST_STEP_SECONDS: Final = 900.0
MOST_STEPS: Final = 400
PATIENCE_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 0.002
MOMENTS: Final[dict[type[Model], tuple[str, ...]]] = {
    Mailing: ("send_at",),
    Delivery: ("lease_until", "stage_by", "undo_until", "go_at"),
    Batch: ("lease_until", "not_before", "due_at"),
    Contact: ("sync_lease_until",),
    Workspace: ("paused_until",),
}


@dataclass(slots=True)
class Run:
    """A run over its own database; everything that happens is steered from here.

    `losses` counts the workers that were killed, and other mishaps that may leave calls without an owner; `excused`
    are the external IDs of people of whom Braze may say by itself that they get nothing.
    """

    folder: Path
    database: str
    braze: Braze
    clock: Clock
    read_seconds: float | None = None
    longest_step_seconds: float = LONGEST_STEP_SECONDS
    losses: int = 0
    excused: set[str] = field(default_factory=set)
    crew: Crew = field(init=False)

    def __post_init__(self) -> None:
        self.crew = Crew(self.clock, self.folder, self.read_seconds)

    def a_sent(
        self,
        *,
        people: int = 130,
        route: Route = Route.SCHEDULE,
        store: str = "Portland",
        send_in: timedelta | None = None,
    ) -> Mailing:
        """Sends a mailing to so many people, now or at a time; nobody works on it yet."""
        mailing = scene.a_draft(
            people=people, route=route, store=store, send_at=timezone.now() + send_in if send_in else None
        )
        return send(mailing=mailing, actor=mailing.author)

    def hire(self, *injuries: Injury, is_eager: bool = False) -> Worker:
        """Starts a worker."""
        return self.crew.hire(*injuries, is_eager=is_eager)

    def go_on(
        self,
        until: Callable[[], bool],
        *,
        each: Callable[[], bool] = lambda: False,
        is_replacing: bool = True,
    ) -> None:
        """Lets workers work, and time pass whenever nobody has anything to do, until something is so.

        It is looked at whenever all are idle. `each` is called all the time, in the midst of work, and may say that it
        is enough. A worker that is gone is replaced by a healthy one; one that is busy for
        `PATIENCE_SECONDS` on end hangs. While nobody calls Braze, and everything waits for a moment that stands in the
        rows, time passes until then.
        """
        steps, deadline = 0, time.monotonic() + PATIENCE_SECONDS
        made = -1
        while True:
            for gone in self.crew.reap():
                self.losses += gone.was_killed
                if not gone.was_killed:
                    raise AssertionError(f"A worker ended by itself ({gone.ended}).\n{self.crew.story()}")
                if is_replacing:
                    self.hire()
            if each():
                return
            if self.crew.is_idle():
                deadline = time.monotonic() + PATIENCE_SECONDS
                if until():
                    return
                if steps == MOST_STEPS:
                    raise AssertionError(f"It did not come to an end:\n{self.standing()}\n{self.crew.story()}")
                calls = self.crew.calls_made()
                step = STEP_SECONDS if calls != made else seconds_to_next_moment()
                made = calls
                self.let_pass(min(max(STEP_SECONDS, step), self.longest_step_seconds))
                self.crew.beat()
                steps += 1
            elif time.monotonic() > deadline:
                raise AssertionError(f"A worker hangs:\n{self.standing()}\n{self.crew.story()}")
            else:
                time.sleep(LOOK_SECONDS)

    def until_staged(self) -> None:
        """Lets everything go on until Braze has every batch of every mailing."""
        self.go_on(lambda: not Delivery.objects.exclude(state=DeliveryState.STAGED).exists())

    def until_rest(self, *, each: Callable[[], bool] = lambda: False, is_replacing: bool = True) -> None:
        """Lets everything go on until no mailing can go on by itself any more.

        When all of them are over, time passes until Braze has sent what it has.
        """
        self.go_on(is_at_rest, each=each, is_replacing=is_replacing)
        waiting = self.braze.record().waiting
        if waiting and not Mailing.objects.exclude(state__in=(*OVER, MailingState.DRAFT)).exists():
            self.let_pass(max(one.due for one in waiting) - timezone.now().timestamp() + 1)

    def let_pass(self, seconds: float) -> None:
        """Lets time pass for everybody."""
        self.clock.put_on(seconds)
        self.braze.put_on(self.clock.ahead_seconds)

    def check(self) -> None:
        """Demands that the portal's ledger and Braze's agree, person by person."""
        losses = self.losses + self.crew.mishaps()
        ledger = Ledger(self.braze.record(), settings.BRAZE_CONNECTIONS, losses, self.excused)
        try:
            ledger.demand()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.standing()}\n{self.crew.story()}") from None

    def standing(self) -> str:
        """Says where everything stands, for a message about a failure."""
        lines = []
        for delivery in Delivery.objects.select_related("mailing").order_by("created_at"):
            mailing = delivery.mailing
            counts: dict[str, int] = {}
            for batch in delivery.batches.all():
                counts[batch.state] = counts.get(batch.state, 0) + batch.size
            errors = set(delivery.batches.exclude(error="").values_list("state", "error"))
            lines.append(
                f"{mailing.values['subject']}: mailing {mailing.state} ({mailing.state_reason!r}), {delivery.route}"
                f" {delivery.state}, people {counts}, frozen {delivery.frozen}, go {delivery.go_at},"
                f" errors {errors or 'none'}"
            )
        return f"now {timezone.now()}\n" + "\n".join(lines)


def seconds_to_next_moment() -> float:
    """Gives how long it is until the first moment in the rows, where everything waits for one; else one beat."""
    now, found = timezone.now(), []
    busy = Q(state__in=(DeliveryState.PLANNING, DeliveryState.STAGING, DeliveryState.WITHDRAWING))
    due = Q(state=DeliveryState.SENDING, go_at__lte=now) | Q(moved_to__isnull=False)
    if Delivery.objects.filter(busy | due).exists():
        return STEP_SECONDS
    for model, names in MOMENTS.items():
        later = {name: Min(name, filter=Q(**{f"{name}__gt": now})) for name in names}
        found += model._default_manager.aggregate(**later).values()
    first = min((one for one in found if one is not None), default=None)
    return STEP_SECONDS if first is None else (first - now).total_seconds() + 1


def is_at_rest() -> bool:
    """Tells whether nothing goes on by itself: every mailing is over, or waits for a person."""
    for mailing in Mailing.objects.exclude(state=MailingState.DRAFT):
        if mailing.state in OVER or mailing.state == MailingState.NEEDS_DECISION:
            continue
        delivery = mailing.deliveries.exclude(
            state__in=(DeliveryState.SETTLED, DeliveryState.WITHDRAWN, DeliveryState.FAILED)
        ).first()
        # What is paused stays so by itself, but a withdrawal from there goes on.
        if mailing.state != MailingState.PAUSED or delivery is None or delivery.state != DeliveryState.PAUSED:
            return False
        if delivery.pause_cause == PauseCause.BREAKER:
            return False
        if delivery.batches.filter(state__in=OPEN - {"waiting"}).exists():
            return False
    return True


def states_of(mailing: Mailing) -> dict[str, int]:
    """Gives how many people of a mailing stand in which state, over all its deliveries."""
    people: dict[str, int] = {}
    for state, size in Batch.objects.filter(delivery__mailing=mailing).values_list("state", "size"):
        people[state] = people.get(state, 0) + size
    return {state: number for state, number in sorted(people.items()) if number}
