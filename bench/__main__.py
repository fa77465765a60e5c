"""The command line of the benchmarks: ``python -m bench NAME [--recipients N | --rows N | --calls N] ... --json``."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys

import bench
from bench import Options, Result


def names() -> list[str]:
    """Return the benchmarks that stand in this package."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__")


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def not_negative(text: str) -> int:
    """Return a whole number of at least 0."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("at least 0")
    return number


def main(arguments: list[str]) -> int:
    """Run one benchmark and print its figures; the last line is one JSON object with ``--json``."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("name", choices=names())
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--recipients", type=positive)
    size.add_argument("--rows", type=positive)
    size.add_argument("--calls", type=positive)
    parser.add_argument("--latency-ms", type=not_negative)
    parser.add_argument("--connections", type=positive)
    parser.add_argument("--parts", metavar="A,B", help="only these parts of a benchmark that has several")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    chosen = parser.parse_args(arguments)

    parts = tuple(filter(None, (chosen.parts or "").split(",")))
    options = Options(chosen.recipients, chosen.rows, chosen.latency_ms, chosen.connections, chosen.calls, parts)
    result: Result = importlib.import_module(f"bench.{chosen.name}").run(options)
    document = result.as_json()
    if chosen.json:
        print(json.dumps(document))
    else:
        for name, value in document.items():
            print(f"{name:20} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
