"""The clock's hand: delivers schedules when their time comes, in slices, so that replies stay quick."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from braze_client.sandbox.messages import Mailing
from braze_client.sandbox.profiles import Profile
from braze_client.sandbox.state import Schedule, State

SLICE_SECONDS = 0.01
IDLE_SECONDS = 0.05
STEP_PEOPLE = 50
EARLIEST_ZONE = timedelta(hours=14)
LATEST_ZONE = timedelta(hours=-12)
ZONE_STEP_SECONDS = 900


def enqueue(state: State, schedule: Schedule) -> None:
    """Puts a schedule into the queue at its time; an older entry of it is passed over when met."""
    state.queued += 1
    heapq.heappush(state.queue, (schedule.due, state.queued, schedule))


class Dispatcher:
    """Delivers what is due; `deliver_due` may be called by anybody at any time."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._running: Iterator[None] | None = None

    def deliver_due(self, *, budget_seconds: float | None = None) -> bool:
        """Delivers until nothing is due or the budget is used; returns whether something is left."""
        state = self._state
        state.settle(state.clock())
        started = time.perf_counter()
        while True:
            if self._running is None:
                self._running = self._next()
                if self._running is None:
                    return False
            if next(self._running, self._running) is self._running:
                self._running = None
            if budget_seconds is not None and time.perf_counter() - started >= budget_seconds:
                return True

    async def run(self) -> None:
        """Delivers for ever, yielding to the requests in between."""
        while True:
            has_more = self.deliver_due(budget_seconds=SLICE_SECONDS)
            await asyncio.sleep(0 if has_more else IDLE_SECONDS)

    @property
    def is_idle(self) -> bool:
        """Whether no mail is being delivered at this moment."""
        return self._running is None

    def forget(self) -> None:
        """Drops the delivery in progress, for a reset."""
        self._running = None

    def _next(self) -> Iterator[None] | None:
        queue = self._state.queue
        now = self._state.clock()
        while queue and queue[0][0] <= now:
            due, _, schedule = heapq.heappop(queue)
            if schedule.state == "waiting" and schedule.due == due:
                return self._deliver(schedule, due)
        return None

    def _deliver(self, schedule: Schedule, now: float) -> Iterator[None]:
        state = self._state
        mailing = Mailing(
            route=schedule.route,
            dispatch_id=schedule.dispatch_id,
            schedule_id=schedule.schedule_id,
            campaign_id=schedule.campaign_id,
            send_id=schedule.send_id,
            content=schedule.content,
            sent_at=now,
        )
        is_last = schedule.local_time is None or now >= _latest(schedule.local_time)
        if not is_last:
            schedule.due = now + ZONE_STEP_SECONDS
            enqueue(state, schedule)
        else:
            schedule.state = "sent"
        if (problem := state.inbox.problem_of(schedule.content)) is not None:
            schedule.state = "failed"
            state.inbox.fail(mailing, problem)
            return
        reached: set[str] = set()
        for count, (profile, properties) in enumerate(self._people(schedule), start=1):
            if count % STEP_PEOPLE == 0:
                yield
            if profile.braze_id in reached or not self._may_get(schedule, profile, now):
                continue
            reached.add(profile.braze_id)
            if schedule.local_time is not None:
                schedule.zones_done.add(profile.braze_id)
            message = state.inbox.deliver(mailing, profile, properties)
            if message is not None:
                schedule.sent_count += 1
                state.engagement.follow(message, now)
        if is_last:
            schedule.recipient_count = schedule.recipient_count or len(reached)
            schedule.addressees = ()

    def _people(self, schedule: Schedule) -> Iterator[tuple[Profile, dict[str, object]]]:
        if schedule.is_broadcast:
            for profile in self._state.profiles:
                yield profile, dict(schedule.shared_properties)
            return
        profiles = self._state.profiles
        for one in schedule.addressees:
            listed = profiles.by_external_id(one) if isinstance(one, str) else one.find(profiles)
            if listed is not None:
                own = {} if isinstance(one, str) else one.properties
                yield listed, {**schedule.shared_properties, **own}

    def _may_get(self, schedule: Schedule, profile: Profile, now: float) -> bool:
        if profile.email is None or profile.email_subscribe not in schedule.subscription_states:
            return False
        if schedule.local_time is not None and (
            profile.braze_id in schedule.zones_done or now < _moment_in(schedule.local_time, profile)
        ):
            return False
        return all(matches(profile) for matches in schedule.matchers)


def first_moment(local_time: str) -> float:
    """Returns when the wall time first comes anywhere."""
    return _as_if_utc(local_time) - EARLIEST_ZONE.total_seconds()


def _latest(local_time: str) -> float:
    return _as_if_utc(local_time) - LATEST_ZONE.total_seconds()


def _as_if_utc(local_time: str) -> float:
    return datetime.fromisoformat(local_time).replace(tzinfo=UTC).timestamp()


def _moment_in(local_time: str, profile: Profile) -> float:
    """Returns when the wall time comes for this person; without a known zone, in UTC."""
    try:
        zone = ZoneInfo(str(profile.fields.get("time_zone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return datetime.fromisoformat(local_time).replace(tzinfo=zone).timestamp()
