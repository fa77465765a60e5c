"""Random schedules of faults: drawn from a seed, pure, so that a number is enough to repeat one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

from campaigns.models import Route
from tests.chaos.injuries import Injury, Moment

ActKind = Literal["kill", "pause", "resume", "cancel", "reschedule", "unsubscribe", "remove", "recall", "down"]

CREATE, UPDATE, DELETE = (f"/messages/schedule/{verb}" for verb in ("create", "update", "delete"))
TRIGGER, TRACK, SEND_ID = "/campaigns/trigger/send", "/users/track", "/sends/id/create"
PATHS: Final = (CREATE, CREATE, CREATE, TRIGGER, TRIGGER, TRIGGER, UPDATE, DELETE, TRACK, SEND_ID, "*")
UNCLEAR: Final = ("redirect", "garbled", "html", "wrong_word", "accept_then_drop", "accept_then_fail")
CUT: Final = ("cut_before", "cut_during", "accept_then_hang", "timeout")
TASKS: Final = ("", "plan", "dispatch", "dispatch", "sync", "sweep")
# What the moments of a run are counted to, so that most injuries are reached.
REACH: Final[Mapping[Moment, int]] = {
    "statement": 90,
    "write": 30,
    "before_commit": 20,
    "after_commit": 20,
    "before_call": 18,
    "after_answer": 18,
}
JUMPS: Final = (-1_200.0, -60.0, 45.0, 70.0, 400.0, 1_200.0)
# Longer than what holds a call, so that only answers that never come end a call by its time.
READ_SECONDS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Plan:
    """A mailing of a schedule; `send_in_minutes` empty means now."""

    people: int
    route: Route
    store: str
    send_in_minutes: int | None


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does so many milliseconds after a beat, to the mailing or worker of that place."""

    beat: int
    milliseconds: int
    kind: ActKind
    place: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything that is drawn for one run; `person` of a fault of Braze is a place in the first mailing's list."""

    seed: int
    mailings: tuple[Plan, ...]
    workers: tuple[tuple[Injury, ...], ...]
    is_eager: bool
    faults: tuple[Mapping[str, Any], ...]
    acts: tuple[Act, ...]
    longest_step_seconds: float = field(default=900.0)

    def __str__(self) -> str:
        lines = [f"seed {self.seed}, eager {self.is_eager}, steps up to {self.longest_step_seconds:g} s"]
        lines += [f"  mailing {plan}" for plan in self.mailings]
        lines += [f"  worker {injuries}" for injuries in self.workers]
        lines += [f"  Braze {dict(fault)}" for fault in self.faults]
        lines += [f"  {act}" for act in self.acts]
        return "\n".join(lines)


def draw(seed: int) -> Schedule:
    """Gives the schedule of a seed: one or two mailings, one or two workers, two to five faults."""
    random = Random(seed)
    mailings = tuple(_plan(random, store) for store in ("Portland", "Astoria")[: random.choice((1, 1, 2))])
    injuries: tuple[list[Injury], ...] = tuple([] for _ in range(random.choice((1, 2))))
    faults: list[Mapping[str, Any]] = []
    acts: list[Act] = []
    makers: tuple[Callable[[], None], ...] = (
        lambda: random.choice(injuries).append(_injury(random)),
        lambda: faults.append(_fault(random, mailings[0].people)),
        lambda: acts.append(_act(random)),
    )
    for _number in range(random.randint(2, 5)):
        random.choices(makers, weights=(4, 4, 3))[0]()
    return Schedule(
        seed=seed,
        mailings=mailings,
        workers=tuple(tuple(one) for one in injuries),
        is_eager=random.random() < 0.4,
        faults=tuple(faults),
        acts=tuple(sorted(acts, key=lambda act: (act.beat, act.milliseconds))),
        longest_step_seconds=random.choice((15.0, 60.0, 900.0)),
    )


def _plan(random: Random, store: str) -> Plan:
    minutes = random.choice((None, None, 12, 45))
    return Plan(random.randint(60, 400), random.choice(list(Route)), store, minutes)


def _injury(random: Random) -> Injury:
    deed = random.choices(("kill", "connection_lost", "disk_full", "jump"), weights=(6, 2, 2, 1))[0]
    task = random.choice(TASKS)
    match deed:
        case "kill":
            moment = random.choice(list(REACH))
            return Injury("kill", moment, random.randint(1, REACH[moment]), task=task)
        case "jump":
            number = random.randint(1, REACH["before_call"])
            return Injury("jump", "before_call", number, seconds=random.choice(JUMPS))
        case "disk_full":
            number, times = random.randint(1, REACH["write"]), random.randint(1, 5)
            return Injury("disk_full", "write", number, times, task)
        case _:
            number, times = random.randint(1, REACH["statement"]), random.randint(1, 3)
            return Injury("connection_lost", "statement", number, times, task)


def _fault(random: Random, people: int) -> Mapping[str, Any]:
    path, after, few = random.choice(PATHS), random.randint(0, 9), random.randint(1, 4)
    match random.choice(("429", "5xx", "unclear", "cut", "400", "refused", "partly", "slow")):
        case "429":
            resets = random.choice(({}, {"resets_in": random.choice((3, 40, 200))}))
            return {"path": path, "kind": 429, "after": after, "count": few * 2, **resets}
        case "5xx":
            kind = random.choice((500, 502, 503, 504))
            return {"path": path, "kind": kind, "after": after, "count": random.choice((1, 3, 12))}
        case "unclear":
            return {"path": path, "kind": random.choice(UNCLEAR), "after": after, "count": few}
        case "cut":
            kind = random.choice(CUT)
            return {"path": path, "kind": kind, "after": after, "count": min(few, 2), "hold_seconds": 30}
        case "400":
            person = random.choice(
                ({"person": random.randrange(people), "count": 100}, {"count": random.choice((1, 30))})
            )
            return {"path": random.choice((CREATE, TRIGGER)), "kind": 400, "after": after, **person}
        case "refused":
            return {
                "path": path,
                "kind": random.choice((401, 403)),
                "after": after,
                "count": random.choice((1, 5, 1_000)),
            }
        case "partly":
            path = random.choice((CREATE, TRIGGER))
            return {"path": path, "kind": "partly", "after": after, "count": 1, "people": random.randint(1, 49)}
        case _:
            hold = random.choice((0.1, 0.4))
            return {"path": path, "kind": "latency", "after": after, "count": 12, "hold_seconds": hold}


def _act(random: Random) -> Act:
    kind: ActKind = random.choices(
        ("kill", "pause", "resume", "cancel", "reschedule", "unsubscribe", "remove", "recall", "down"),
        weights=(5, 2, 1, 2, 2, 3, 1, 1, 2),
    )[0]
    return Act(random.randint(1, 9), random.randint(0, 250), kind, random.randint(0, 1))
