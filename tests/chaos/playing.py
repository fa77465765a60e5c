"""Playing a drawn schedule: the run, the person who puts it right afterwards, and the ledger after both."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from campaigns.delivery.control import cancel, reschedule
from campaigns.delivery.decisions import resume
from campaigns.delivery.recalling import recall
from campaigns.delivery.stopping import pause
from campaigns.errors import Refusal, StaleState
from campaigns.models import Mailing
from groups.audiences.services import remove_contact
from groups.consent.leaving import unsubscribe
from groups.models import Contact
from tests.chaos import scene
from tests.chaos.ground import Ground
from tests.chaos.ledger import OVER
from tests.chaos.person import put_right
from tests.chaos.run import Run
from tests.chaos.schedules import READ_SECONDS, Act, Schedule, draw

# A worker whose clock is wrong takes the calls of the others for lost, again and again.
LOSSES_OF_A_WRONG_CLOCK: Final = 1_000
DOWN_SECONDS: Final = (90.0, 2_400.0)


def play(ground: Ground, seed: int) -> None:
    """Plays the schedule of a seed; raises `AssertionError` with the schedule and what went wrong."""
    schedule = draw(seed)
    try:
        with ground.a_run(read_seconds=READ_SECONDS) as run:
            _Play(run, schedule).play()
    except AssertionError as error:
        raise AssertionError(f"{schedule}\n{error}") from error


class _Play:
    """One schedule on a run of its own."""

    def __init__(self, run: Run, schedule: Schedule) -> None:
        self._run, self._schedule = run, schedule
        self._mailings: list[Mailing] = []
        self._acts = deque(schedule.acts)
        self._beat, self._since = 0, 0.0

    def play(self) -> None:
        run, schedule = self._run, self._schedule
        run.longest_step_seconds = schedule.longest_step_seconds
        for plan in schedule.mailings:
            send_in = None if plan.send_in_minutes is None else timedelta(minutes=plan.send_in_minutes)
            self._mailings.append(run.a_sent(people=plan.people, route=plan.route, store=plan.store, send_in=send_in))
        for fault in schedule.faults:
            self._arm(fault)
        for injuries in schedule.workers:
            run.hire(*injuries, is_eager=schedule.is_eager)
            if any(injury.deed == "jump" for injury in injuries):
                run.losses += LOSSES_OF_A_WRONG_CLOCK
        run.until_rest(each=self._look)
        run.check()
        run.longest_step_seconds = max(run.longest_step_seconds, 60.0)
        put_right(run)
        run.check()
        left = [f"{one.values['subject']} {one.state}" for one in Mailing.objects.exclude(state__in=OVER)]
        if left:
            raise AssertionError(f"These are not over: {left}\n{run.standing()}")

    def _arm(self, fault: Mapping[str, Any]) -> None:
        armed = dict(fault)
        if "person" in armed:
            members = self._mailings[0].audience.members.order_by("pk")
            armed["person"] = members[armed["person"]].contact.external_id
        self._run.braze.fail(armed.pop("path"), armed.pop("kind"), **armed)

    def _look(self) -> bool:
        """Does what is due by now; tells that nothing more is to be waited for, which it never says itself."""
        if self._run.crew.board[0] != self._beat:
            self._beat, self._since = self._run.crew.board[0], time.monotonic()
        while self._acts and self._is_due(self._acts[0]):
            act = self._acts.popleft()
            try:
                self._do(act, self._mailings[act.place % len(self._mailings)])
            except (StaleState, Refusal):
                continue
        return False

    def _is_due(self, act: Act) -> bool:
        passed = (time.monotonic() - self._since) * 1_000
        return self._beat > act.beat or (self._beat == act.beat and passed >= act.milliseconds)

    def _do(self, act: Act, mailing: Mailing) -> None:
        run, boss = self._run, scene.the_boss()
        mailing.refresh_from_db()
        match act.kind:
            case "kill":
                if alive := run.crew.alive:
                    self._kill(alive[act.place % len(alive)].place)
            case "down":
                for worker in run.crew.alive:
                    self._kill(worker.place)
                run.let_pass(DOWN_SECONDS[act.place])
                run.hire()
            case "pause":
                pause(mailing=mailing, actor=boss)
            case "resume":
                resume(mailing=mailing, actor=boss)
            case "cancel":
                cancel(mailing=mailing, actor=boss)
            case "reschedule":
                reschedule(mailing=mailing, send_at=timezone.now() + timedelta(minutes=30), actor=boss)
            case "recall":
                recall(template=mailing.version.template, reason="A wrong price.", actor=boss)
            case "unsubscribe":
                for contact in Contact.objects.order_by("external_id")[act.place :: 37]:
                    run.excused.add(contact.external_id)
                    unsubscribe(contact=contact, group=mailing.group, source="page")
            case "remove":
                for member in mailing.audience.members.select_related("contact").order_by("pk")[act.place :: 37]:
                    remove_contact(audience=mailing.audience, contact=member.contact, actor=boss)

    def _kill(self, place: int) -> None:
        for worker in self._run.crew.alive:
            if worker.place == place:
                self._run.crew.kill(worker)
                self._run.losses += 1
        if not self._run.crew.alive:
            self._run.hire()
