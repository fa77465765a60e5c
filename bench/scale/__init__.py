"""Beyond one machine: the measured figures of one machine, played again, and then many workspaces over a fleet."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from bench import Options, Result
from bench.scale.fleet import PEOPLE_PER_CALL, Finished, Kind, play
from bench.scale.machine import Machine, calls_per_second

# Measured: `python -m bench delivery` and `bench client` (docs/performance.md), two cores, 50 ms, 16 connections.
MEASURED = {"bare loop": 285.0, "one worker": 250.0, "two workers": 432.0}
CLIENT_SECONDS = 0.000_83  # of the bare loop, a call
BRAZE_SECONDS = 0.000_6  # of the local Braze: 0.26 of a core at 432 calls/s
# Chosen so that the first two figures come out; the third then follows by itself, and is the proof.
HELD_SECONDS = 0.054_6
WORKER_SECONDS = 0.003_7
STATED_ERROR = 0.10

MORNING = (
    Kind("quiet brand", 60, 100, 500),
    Kind("usual brand", 35, 400, 1_000),
    Kind("national brand", 5, 500, 500, 5_000_000),
)
EVERYBODY = (Kind("all of a brand twice", 100, 500, 5_000, 5_000_000),)
GIANT = (Kind("one brand of 50 million", 1, 500, 500, 50_000_000),)


def reproduced() -> dict[str, float]:
    """Return the calls a second of the bare loop, of one worker and of two, as the simulated machine makes them."""
    bare = Machine(HELD_SECONDS, CLIENT_SECONDS, BRAZE_SECONDS)
    worker = Machine(HELD_SECONDS, WORKER_SECONDS, BRAZE_SECONDS)
    return {
        "bare loop": calls_per_second(bare, workers=1),
        "one worker": calls_per_second(worker, workers=1),
        "two workers": calls_per_second(worker, workers=2),
    }


def run(options: Options) -> Result:
    """Print both tables of docs/scale.md; ``throughput`` is what two simulated workers make, beside the measured."""
    started = time.process_time()
    found = reproduced()
    rows = [*machine_table(found), "", *fleet_table(MEASURED["two workers"] / 2)]
    print("\n".join(rows))
    return Result(
        name="scale",
        n=len(rows),
        unit="calls/s of two workers",
        throughput=found["two workers"],
        bare_throughput=MEASURED["two workers"],
        cpu_seconds=time.process_time() - started,
        more={"one_worker": found["one worker"], "stated_error": STATED_ERROR},
    )


def machine_table(found: dict[str, float]) -> Iterator[str]:
    """Give the measured figures beside the simulated ones, as Markdown."""
    yield "| one machine of two cores | measured | simulated | difference |"
    yield "| --- | --- | --- | --- |"
    for name, measured in MEASURED.items():
        yield f"| {name} | {measured:.0f} calls/s | {found[name]:.0f} calls/s | {found[name] / measured - 1:+.0%} |"


def fleet_table(calls_a_second: float) -> Iterator[str]:
    """Give the large case as Markdown; a worker makes so many calls a second, one of two on its machine."""
    yield "| what is sent, all submitted at 9:00 | workers | people | small mailings of stores | head office | all |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for kinds, fleets in ((MORNING, (8, 26, 52)), (EVERYBODY, (26, 52, 104)), (GIANT, (2, 26))):
        for workers in fleets:
            yield from fleet_rows(kinds, workers, calls_a_second)


def fleet_rows(kinds: Sequence[Kind], workers: int, calls_a_second: float) -> Iterator[str]:
    """Give the rows of one morning and one fleet."""
    fair = play(kinds, workers=workers, calls_a_second=calls_a_second)
    in_line = play(kinds, workers=workers, calls_a_second=calls_a_second, is_fair=False)
    yield from (_row(one, workers, beside) for one, beside in zip(fair, in_line, strict=True))


def _row(one: Finished, workers: int, in_line: Finished) -> str:
    people = one.calls * PEOPLE_PER_CALL * one.kind.workspaces
    small = f"{_span(one.small_done)} (in line: {_span(in_line.small_done)})" if one.small_done else "none"
    waits = " (budget)" if one.seconds_without_budget > one.all_done / 2 else ""
    cells: Sequence[str] = (
        f"{one.kind.workspaces} × {one.kind.name}",
        str(workers),
        f"{people / 1_000_000:,.0f} million",
        small,
        _span(one.head_office_done) if one.head_office_done else "none",
        _span(one.all_done) + waits,
    )
    return f"| {' | '.join(cells)} |"


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3600:.1f} h"
