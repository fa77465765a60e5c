"""Benchmarks, each beside its bare limit in the same run: ``python -m bench NAME --json``.

A benchmark is a module of this package with ``def run(options: Options) -> Result``.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for; each benchmark takes what concerns it and its own default for None."""

    recipients: int | None = None
    rows: int | None = None
    latency_ms: int | None = None
    connections: int | None = None
    calls: int | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a benchmark found.

    ``throughput`` and ``bare_throughput`` are in ``unit``, ``ratio`` is ours over bare. ``cpu_seconds`` is the CPU time
    of our own process for our part. ``sandbox_cpu_share`` is the sandbox's CPU time over the elapsed time while our
    part ran: near 1 the sandbox, not the client, sets the pace; 0 where no sandbox takes part. ``more`` holds a
    benchmark's own figures, such as ``us_per_render``.
    """

    name: str
    n: int
    unit: str
    throughput: float
    bare_throughput: float
    cpu_seconds: float
    sandbox_cpu_share: float = 0.0
    more: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return ours over the bare limit."""
        return self.throughput / self.bare_throughput if self.bare_throughput else 0.0

    def as_json(self) -> dict[str, object]:
        """Return the figures of the one line that ends a run, with this process's peak memory in MB."""
        document: dict[str, object] = {
            "name": self.name,
            "n": self.n,
            "unit": self.unit,
            "throughput": self.throughput,
            "bare_throughput": self.bare_throughput,
            "ratio": self.ratio,
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "cpu_seconds": self.cpu_seconds,
            "sandbox_cpu_share": self.sandbox_cpu_share,
            **self.more,
        }
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in document.items()}
