"""The command line: `python -m tests.chaos [--schedules N | --seed S [--times N]] [--jobs N]`, or `make chaos`."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


def main(arguments: Sequence[str]) -> int:
    """Plays random schedules, prints how it goes and the seed of every failure; gives 1 where there was one."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=200, help="how many to play")
    parser.add_argument("--first", type=int, help="the seed of the first one; drawn where it is not given")
    parser.add_argument("--seed", type=int, help="play this one alone")
    parser.add_argument("--times", type=int, default=1, help="how often to play it: processes race anew each time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many to play at once")
    given = parser.parse_args(arguments)
    if given.seed is None:
        first = random.SystemRandom().randrange(1, 1_000_000) if given.first is None else given.first
        seeds = list(range(first, first + given.schedules))
    else:
        seeds = [given.seed] * given.times
    jobs = max(1, min(given.jobs, len(seeds)))
    print(f"{len(seeds)} schedules, seeds {seeds[0]} to {seeds[-1]}, {jobs} at once", flush=True)
    started, failed = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        os.environ.update(DATA_DIR=folder, LOG_LEVEL="CRITICAL", DJANGO_SETTINGS_MODULE="smartersends.settings")
        for number, played in enumerate(_played(seeds, jobs, Path(folder)), start=1):
            if played["problem"]:
                failed.append(played["seed"])
                print(f"\nSeed {played['seed']} failed:\n{Path(played['problem']).read_text()}\n", flush=True)
            if number % 10 == 0 or number == len(seeds):
                seconds = time.monotonic() - started
                print(f"{number} of {len(seeds)} played, {len(failed)} failed, {seconds:.0f} s", flush=True)
    if failed:
        print("Failed: " + ", ".join(str(seed) for seed in failed))
        print(f"Repeat one by: python -m tests.chaos --seed {failed[0]} --times 5")
    else:
        print("The ledger held after every one.")
    return 1 if failed else 0


def _played(seeds: Sequence[int], jobs: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Plays schedules in so many processes; gives the seed of each as it ends, and the file of its problem."""
    reading, writing = os.pipe()
    players = []
    for lane in range(jobs):
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _play_lane(seeds[lane::jobs], folder / str(lane), writing)
        players.append(pid)
    os.close(writing)
    with os.fdopen(reading) as told:
        for line in told:
            yield json.loads(line)
    ended = [os.waitpid(pid, 0)[1] for pid in players]
    if any(ended):
        raise SystemExit("A player ended before its schedules did.")


def _play_lane(seeds: Sequence[int], folder: Path, writing: int) -> None:
    code = 1
    try:
        folder.mkdir()
        _prepare()
        from tests.chaos.ground import a_ground
        from tests.chaos.playing import play

        with a_ground(folder, of_this_database=False) as ground:
            for number, seed in enumerate(seeds):
                problem = folder / f"problem-{number}.txt"
                try:
                    play(ground, seed)
                except AssertionError as error:
                    problem.write_text(str(error))
                told = {"seed": seed, "problem": str(problem) if problem.exists() else ""}
                # A short line is written in one piece, whoever else writes.
                os.write(writing, json.dumps(told).encode() + b"\n")
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _prepare() -> None:
    """Loads Django, and keeps Celery's messages where no worker of another portal finds them."""
    import django
    from celery import current_app

    django.setup()
    current_app.conf.update(broker_url="memory://", broker_transport=None, broker_transport_options={})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
